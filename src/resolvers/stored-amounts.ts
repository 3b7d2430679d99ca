import type { Viewer } from '../access/viewer.ts'
import { formatDecimal } from '../domain/amounts/decimal.ts'
import type { Refuse, SetStoredAmount } from '../domain/decisions/command.ts'
import { InvalidUsage, type NotFound, RequirementNotMet } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Caller } from '../domain/placer.ts'
import { accruedToday, nextAccrual, readStored } from '../domain/stored-amount.ts'
import { callerOf, remember, spender } from './request/caller.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext } from './request/context.ts'
import * as inputs from './request/inputs.ts'
import type { ResultOf, TeamView } from './request/results.ts'
import { type CommandIn, noSuchTeam, type SubmitInput, submitKeyed } from './request/submit.ts'

export type SetStoredAmountInput = {
  rate: string
  amount: string
  idempotencyKey: string
  teamId?: inputs.Optional<string>
  memberId?: inputs.Optional<string>
}

/** Amounts as decimals: GB, and GB-days. */
export type StoredAmountView = {
  readonly rate: string
  readonly name: string
  readonly amount: string
  readonly since: Instant
  readonly accruedToday: string
}

export async function setStoredAmount(
  _: unknown,
  { input }: { input: SetStoredAmountInput },
  context: GatewayContext,
): Promise<ResultOf<'SetStoredAmountResult'>> {
  const viewer = spender(context)
  if (viewer instanceof RequirementNotMet) return viewer
  const asked = askedAmount(viewer, input)
  if (!('command' in asked)) return asked
  remember(context, viewer, asked.teamId)
  return submitKeyed(context.services, asked, 'SetStoredAmountResult')
}

function askedAmount(
  viewer: Viewer,
  input: SetStoredAmountInput,
): SubmitInput<CommandIn<'SetStoredAmountResult'>> | NotFound {
  const { amount } = input
  const rate = codeOf('Rate', input.rate)
  const key = inputs.checkedKey(input.idempotencyKey)
  const teamId = inputs.teamFor(viewer, input.teamId)
  const memberId = inputs.memberFor(viewer, input.memberId, teamId)
  if (teamId === null) return noSuchTeam()
  const caller = callerOf(viewer)
  const command = readCommand(caller, rate, amount)
  const normal = command.kind === 'refuse' ? { unread: { rate, amount } } : { rate, amount: command.amount }
  return { teamId, key, mutation: 'setStoredAmount', caller, input: { ...normal, memberId }, command }
}

function readCommand(caller: Caller, rate: string, text: string): SetStoredAmount | Refuse<InvalidUsage> {
  const failure = inputs.rateRefusal(['rate'], rate)
  if (failure !== null) return { kind: 'refuse', failure }
  const amount = readStored(text)
  if (amount !== undefined) return { kind: 'set-stored-amount', rate, amount, caller }
  const reason = 'not a usable amount: give a plain decimal of GB from 0 to 1000000000 with at most 6 fraction digits'
  return { kind: 'refuse', failure: new InvalidUsage({ path: ['amount'], reason }) }
}

export function teamStoredAmounts(
  { account, at }: TeamView,
  _: unknown,
  { services }: GatewayContext,
): StoredAmountView[] {
  const { rateCard, timeZone } = services.catalogs.wholeAt(at)
  return account.stored
    .filter((stored) => nextAccrual(stored) !== null)
    .toSorted((a, b) => (a.rate < b.rate ? -1 : 1))
    .map((stored) => ({
      rate: stored.rate,
      name: rateCard.rates.get(stored.rate)?.name ?? stored.rate,
      amount: formatDecimal(stored.amount),
      since: stored.changedAt,
      accruedToday: formatDecimal(accruedToday(stored, timeZone, at)),
    }))
}
