import type { Viewer } from '../access/viewer.ts'
import type { AuditedMutation } from '../domain/audit.ts'
import type { Command, PlaceHold, Refuse } from '../domain/decisions/command.ts'
import { InvalidInput, InvalidUsage, NotFound, QuoteExpired, RequirementNotMet } from '../domain/errors.ts'
import type { FitLine } from '../domain/fit.ts'
import { defaultHoldSeconds, maxHoldSeconds } from '../domain/hold.ts'
import { type HoldId, holdId, type TeamId } from '../domain/identity.ts'
import type { UsageLine } from '../domain/usage.ts'
import { actOf, callerOf, callerWithRole, remember, spender } from './request/caller.ts'
import type { GatewayContext, Services } from './request/context.ts'
import { decodeIdOf } from './request/ids.ts'
import * as inputs from './request/inputs.ts'
import type { ResultOf } from './request/results.ts'
import { noSuchTeam, type SubmitInput, served, submitKeyed } from './request/submit.ts'

type Optional<T> = inputs.Optional<T>
export type HoldCreditsInput = {
  usage?: Optional<readonly UsageLine[]>
  fit?: Optional<FitLine>
  quoteId?: Optional<string>
  idempotencyKey: string
  expiresInSeconds?: Optional<number>
  reference?: Optional<string>
  teamId?: Optional<string>
  memberId?: Optional<string>
}
type OnHold = { holdId: string; idempotencyKey: string }
export type ExtendHoldInput = OnHold & {
  usage?: Optional<readonly UsageLine[]>
  expiresInSeconds?: Optional<number>
}
export type CaptureHoldInput = OnHold & { usage: readonly UsageLine[] }
export type SettleHoldInput = OnHold & { usage?: Optional<readonly UsageLine[]> }
export type ReleaseHoldInput = OnHold & { reason?: Optional<string> }

export async function holdCredits(
  _: unknown,
  { input }: { input: HoldCreditsInput },
  context: GatewayContext,
): Promise<ResultOf<'HoldCreditsResult'>> {
  const { services } = context
  const viewer = spender(context)
  if (viewer instanceof RequirementNotMet) return viewer
  inputs.checkedKey(input.idempotencyKey)
  const reference = inputs.checkedText('reference', input.reference)
  const teamId = inputs.teamFor(viewer, input.teamId)
  const memberId = inputs.memberFor(viewer, input.memberId, teamId)
  if (teamId === null) return noSuchTeam()
  remember(context, viewer, teamId)
  const expiresInSeconds = input.expiresInSeconds ?? defaultHoldSeconds
  const { usage, normal } = await heldUsage(services, teamId, input)
  const command = withinDeadline(expiresInSeconds, {
    kind: 'place-hold',
    usage,
    expiresInSeconds,
    reference,
    memberId,
    caller: callerOf(viewer),
  })
  const normalised = { ...normal, expiresInSeconds, reference, memberId }
  const asked = {
    teamId,
    key: input.idempotencyKey,
    mutation: 'holdCredits',
    caller: callerOf(viewer),
    input: normalised,
    command,
  }
  return submitKeyed(services, asked, 'HoldCreditsResult')
}

export async function extendHold(
  _: unknown,
  { input }: { input: ExtendHoldInput },
  context: GatewayContext,
): Promise<ResultOf<'HoldCreditsResult'>> {
  const viewer = callerWithRole(context, 'MEMBER')
  inputs.checkedKey(input.idempotencyKey)
  const usage = inputs.readAskedIfAny(input.usage)
  const expiresInSeconds = input.expiresInSeconds ?? null
  const asked = onHold(
    { context, viewer, mutation: 'extendHold' },
    input,
    { usage: usage?.normal ?? null, expiresInSeconds },
    (id) =>
      withinDeadline(expiresInSeconds, {
        kind: 'extend-hold',
        holdId: id,
        usage: usage?.asked ?? null,
        expiresInSeconds,
        caller: callerOf(viewer),
      }),
  )
  return asked === null ? noSuchHold() : submitKeyed(context.services, asked, 'HoldCreditsResult')
}

export async function captureHold(
  _: unknown,
  { input }: { input: CaptureHoldInput },
  context: GatewayContext,
): Promise<ResultOf<'SettleHoldResult'>> {
  const viewer = callerWithRole(context, 'MEMBER')
  inputs.checkedKey(input.idempotencyKey)
  const { asked: usage, normal } = inputs.readAsked(input.usage)
  const asked = onHold({ context, viewer, mutation: 'captureHold' }, input, { usage: normal }, (id) => ({
    kind: 'capture-hold',
    holdId: id,
    usage,
    caller: callerOf(viewer),
  }))
  return asked === null ? noSuchHold() : submitKeyed(context.services, asked, 'SettleHoldResult')
}

export async function settleHold(
  _: unknown,
  { input }: { input: SettleHoldInput },
  context: GatewayContext,
): Promise<ResultOf<'SettleHoldResult'>> {
  const viewer = callerWithRole(context, 'MEMBER')
  inputs.checkedKey(input.idempotencyKey)
  const usage = inputs.readAskedIfAny(input.usage)
  const asked = onHold({ context, viewer, mutation: 'settleHold' }, input, { usage: usage?.normal ?? null }, (id) => ({
    kind: 'settle-hold',
    holdId: id,
    usage: usage?.asked ?? null,
    caller: callerOf(viewer),
  }))
  return asked === null ? noSuchHold() : submitKeyed(context.services, asked, 'SettleHoldResult')
}

export async function releaseHold(
  _: unknown,
  { input }: { input: ReleaseHoldInput },
  context: GatewayContext,
): Promise<ResultOf<'ReleaseHoldResult'>> {
  const viewer = callerWithRole(context, 'MEMBER')
  inputs.checkedKey(input.idempotencyKey)
  const reason = inputs.checkedText('reason', input.reason)
  const asked = onHold({ context, viewer, mutation: 'releaseHold' }, input, { reason }, (id) => ({
    kind: 'release-hold',
    holdId: id,
    reason,
    caller: callerOf(viewer),
  }))
  return asked === null ? noSuchHold() : submitKeyed(context.services, asked, 'ReleaseHoldResult')
}

const noSuchHold = () => new NotFound({ what: 'hold' })

type OfCaller = {
  readonly context: GatewayContext
  readonly viewer: Viewer
  readonly mutation: AuditedMutation
}

/** A command on the hold of an id. Another team's, or no hold's id: refused in the caller's own team, if it has one. */
function onHold<C extends Command>(
  { context, viewer, mutation }: OfCaller,
  input: OnHold,
  rest: Readonly<Record<string, unknown>>,
  commandOn: (id: HoldId) => C,
): SubmitInput<C | Refuse<NotFound>> | null {
  const { idempotencyKey: key } = input
  const id = decodeIdOf('Hold', input.holdId)
  const theirs = id === null ? null : inputs.reachable(viewer, id.teamId)
  const caller = callerOf(viewer)
  const normalised = { ...rest, holdId: input.holdId }
  if (id !== null && theirs !== null) {
    const act = actOf(context, viewer, mutation, input.holdId)
    return { teamId: theirs, key, mutation, caller, input: normalised, command: commandOn(holdId(id.number)), act }
  }
  if (viewer.teamId === null) return null
  const command = { kind: 'refuse' as const, failure: noSuchHold() }
  return { teamId: viewer.teamId, key, mutation, caller, input: normalised, command }
}

function withinDeadline<C extends Command>(seconds: number | null, command: C): C | Refuse<InvalidInput> {
  if (seconds === null || (seconds >= 1 && seconds <= maxHoldSeconds)) return command
  const reason = `not a usable time: give 1 to ${maxHoldSeconds} seconds`
  return { kind: 'refuse', failure: new InvalidInput({ path: ['expiresInSeconds'], reason }) }
}

type HeldUsage = { usage: PlaceHold['usage']; normal: { usage?: unknown; fit?: unknown; quoteId?: unknown } }

async function heldUsage(services: Services, teamId: TeamId, input: HoldCreditsInput): Promise<HeldUsage> {
  const { quoteId, fit } = input
  // The normal form of usage without a fit is that of earlier versions: keys last for ever.
  if (fit != null) return fittedUsage(input, fit)
  const asked = inputs.readAskedIfAny(input.usage)
  const quoted = quoteId != null
  const normal = { usage: asked?.normal ?? null, quoteId: quoteId ?? null }
  if (quoted === (asked !== null)) {
    const reason = 'give usage or a quoteId: one of them, and not both'
    return { usage: new InvalidUsage({ path: ['usage'], reason }), normal }
  }
  if (!quoted) return { usage: asked?.asked ?? [], normal }
  const quote = await served(async () => services.quotes.read(quoteId, teamId, await services.now()))
  // Another gateway may have priced it by a newer card, which is then read here before the ledger needs it.
  const isKnown = quote !== null && (await served(() => services.catalogs.find(quote.rateCardVersion))) !== null
  return { usage: isKnown ? quote : new QuoteExpired(), normal }
}

function fittedUsage({ usage, quoteId = null }: HoldCreditsInput, fit: FitLine): HeldUsage {
  if (usage == null || quoteId !== null) {
    const reason =
      'it needs usage and no quoteId: a quote has its quantities already. For a quote that fits, give `estimate` the fit'
    return { usage: new InvalidUsage({ path: ['fit'], reason }), normal: { usage, fit: { unread: fit }, quoteId } }
  }
  const { asked, normal } = inputs.readFitted(usage, fit)
  return { usage: asked, normal: { ...normal, quoteId } }
}
