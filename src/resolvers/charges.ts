import { InputFault } from '../access/faults.ts'
import type { Viewer } from '../access/viewer.ts'
import { addMoney, type Money } from '../domain/amounts/money.ts'
import type { BurnStep, ChargeLine } from '../domain/charge.ts'
import { InvalidInput, type NotFound, RequirementNotMet } from '../domain/errors.ts'
import type { GrantId, TeamId } from '../domain/identity.ts'
import type { UsageLine } from '../domain/usage.ts'
import { answersOf } from './request/batch-answers.ts'
import { callerOf, remember, spender } from './request/caller.ts'
import type { GatewayContext, Services } from './request/context.ts'
import { findHold } from './request/finders.ts'
import { encodeId } from './request/ids.ts'
import * as inputs from './request/inputs.ts'
import { InternalServerError } from './request/internal-server-error.ts'
import { type ChargeView, type HoldView, type ResultOf, resultOf } from './request/results.ts'
import { type CommandIn, noSuchTeam, type SubmitInput, served, submissionOf, submitKeyed } from './request/submit.ts'

export type ChargeUsageInput = {
  usage: readonly UsageLine[]
  idempotencyKey: string
  reference?: inputs.Optional<string>
  teamId?: inputs.Optional<string>
  memberId?: inputs.Optional<string>
}
type ChargeUsageResult = ResultOf<'ChargeUsageResult'>
type AskedCharge = SubmitInput<CommandIn<'ChargeUsageResult'>>

const maxEvents = 1_000

export async function chargeUsage(
  _: unknown,
  { input }: { input: ChargeUsageInput },
  context: GatewayContext,
): Promise<ChargeUsageResult> {
  const viewer = spender(context)
  if (viewer instanceof RequirementNotMet) return viewer
  const asked = askedCharge(viewer, input)
  if (!('command' in asked)) return asked
  remember(context, viewer, asked.teamId)
  return submitKeyed(context.services, asked, 'ChargeUsageResult')
}

export async function recordUsage(
  _: unknown,
  { events }: { events: readonly ChargeUsageInput[] },
  context: GatewayContext,
): Promise<readonly ChargeUsageResult[]> {
  const viewer = spender(context)
  if (events.length < 1 || events.length > maxEvents)
    throw inputs.badInput('events', `give 1 to ${maxEvents} events at once`)
  if (viewer instanceof RequirementNotMet) return events.map(() => viewer)
  const asked = events.map((event) => askedEvent(viewer, event))
  const wanted = asked.filter((one) => 'command' in one)
  for (const teamId of new Set(wanted.map((one) => one.teamId))) remember(context, viewer, teamId)
  const settled = await served(() => context.services.ledger.submitAll(wanted.map(submissionOf)))
  const answers = answersOf(settled, context.services)
  const results = wanted.map(({ teamId }, index) => {
    const answer = answers[index]
    if (answer === undefined) throw new Error('An event was not decided')
    return answer instanceof InternalServerError ? answer : resultOf(answer, teamId, 'ChargeUsageResult')
  })
  return asked.map((one) => ('command' in one ? (results.shift() ?? noSuchTeam()) : one))
}

/** A fault in one event is that event's own outcome: the other events are not affected. */
function askedEvent(viewer: Viewer, event: ChargeUsageInput): AskedCharge | InvalidInput | NotFound {
  const { idempotencyKey: key, usage, reference, memberId } = event
  const unkept = inputs.keyRefusal(key)
  if (unkept !== null) return unkept
  const teamId = eventTeam(viewer, event.teamId)
  if (teamId instanceof InvalidInput) return teamId
  if (teamId === null) return noSuchTeam()
  const failure = inputs.eventRefusal(viewer, event, teamId)
  if (failure === null) return askedCharge(viewer, event)
  const input = { usage: inputs.readAsked(usage).normal, reference, memberId }
  const caller = callerOf(viewer)
  return { teamId, key, mutation: 'chargeUsage', caller, input, command: { kind: 'refuse', failure } }
}

/** The team of one event among many; a fault in it is a refusal of the event. */
function eventTeam(viewer: Viewer, given: inputs.Optional<string>): TeamId | InvalidInput | null {
  try {
    return inputs.teamFor(viewer, given)
  } catch (error) {
    if (!(error instanceof InputFault)) throw error
    return new InvalidInput({ path: error.at, reason: error.reason })
  }
}

function askedCharge(viewer: Viewer, input: ChargeUsageInput): AskedCharge | NotFound {
  const key = inputs.checkedKey(input.idempotencyKey)
  const reference = inputs.checkedText('reference', input.reference)
  const teamId = inputs.teamFor(viewer, input.teamId)
  const memberId = inputs.memberFor(viewer, input.memberId, teamId)
  if (teamId === null) return noSuchTeam()
  const { asked: usage, normal } = inputs.readAsked(input.usage)
  const caller = callerOf(viewer)
  return {
    teamId,
    key,
    mutation: 'chargeUsage',
    caller,
    input: { usage: normal, reference, memberId },
    command: { kind: 'charge-usage', usage, reference, memberId, caller },
  }
}

/** One line of a charge, with its rate's name on the card that priced it. */
export type PriceLine = ChargeLine & { readonly name: string }

export async function priceLines(
  lines: readonly ChargeLine[],
  rateCardVersion: string | null,
  { catalogs }: Services,
): Promise<PriceLine[]> {
  if (lines.length === 0) return []
  const catalog = rateCardVersion === null ? null : await catalogs.find(rateCardVersion)
  const nameOf = (rate: string) => catalog?.rateCard.rates.get(rate)?.name ?? catalogs.nameOf(rate) ?? rate
  return lines.map((line) => ({ ...line, name: nameOf(line.rate) }))
}

export const chargeLines = ({ charge }: ChargeView, _: unknown, { services }: GatewayContext): Promise<PriceLine[]> =>
  priceLines(charge.lines, charge.rateCardVersion, services)

/** The hold; it is read only if the mutation did not return it. */
export function chargeHold(
  view: ChargeView,
  _: unknown,
  context: GatewayContext,
): Promise<HoldView | null> | HoldView | null {
  const { charge, hold, teamId, team } = view
  if (charge.holdId === null) return null
  return hold ? { type: 'Hold', teamId, hold, team } : findHold(context, teamId, charge.holdId)
}

export const chargeMetered = ({ charge }: ChargeView): Money | null =>
  charge.lines.reduce<Money | null>((sum, { money }) => (sum && money ? addMoney(sum, money) : (money ?? sum)), null)

/** A burn step with the global id of its grant. */
export type BurnView = Omit<BurnStep, 'grantId'> & { readonly grantId: string }

export const burnViews = (
  burn: readonly { grantId: GrantId; kind: BurnStep['kind']; amount: bigint; expiresAt: number | null }[],
  teamId: TeamId,
): BurnView[] => burn.map((step) => ({ ...step, grantId: encodeId('CreditGrant', step.grantId, teamId) }))
