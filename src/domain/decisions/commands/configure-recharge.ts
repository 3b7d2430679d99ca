import { idle, nothingCounted, type Recharge, rechargeAt, underWay } from '../../recharge.ts'
import type { Context } from '../../rules.ts'
import { buyingRefusal, buyingRoleRefusal } from '../../who-may-buy.ts'
import { currencyRefusal } from '../choose-currency.ts'
import { type ConfigureRecharge, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { type RechargeSettings, settingsOf } from '../recharge-settings.ts'

/**
 * Turns auto-recharge on with these values, or off. It buys nothing by itself, also where the balance is below the
 * threshold: the next demand does. What had paused, reached a limit or waits for its next attempt is armed again; a purchase
 * that is being paid goes on beside the new values, and what the month has spent stays spent. Said again while it runs,
 * nothing changes. Off, it keeps its values, and takes no others; that any admin may do, on any plan.
 * Source: facts W5, G5, G6.
 */
export function configureRecharge(
  draft: Draft,
  command: ConfigureRecharge,
  given: Given,
): OutcomeOf<'configure-recharge'> {
  const { account, context } = given
  const { recharge } = account
  if (!command.enabled) {
    const refusal = buyingRoleRefusal(command.caller.role)
    if (refusal !== null) return refused(refusal)
    draft.set({ topUpsEnabled: false })
    if (recharge !== null && recharge.state !== 'OFF') {
      draft.set({ recharge: { ...recharge, state: 'OFF', cappedBy: null, failures: 0, retryAt: null, loss: null } })
    }
    return { kind: 'done' }
  }
  const wanted = wantedBy(command, given)
  if ('failure' in wanted) return refused(wanted.failure)
  const { settings, mandate: text } = wanted
  draft.set({ topUpsEnabled: true, currency: settings.currency })
  if (recharge !== null && runsAs(recharge, settings)) return { kind: 'done' }
  const mandate = { acceptedBy: command.caller.id, acceptedAt: context.at, text }
  draft.set({ recharge: { ...turnedOn(recharge, settings, context), mandate } })
  return { kind: 'done' }
}

function wantedBy(command: ConfigureRecharge, given: Given) {
  const { account, context } = given
  const failure = buyingRefusal(account, command, context) ?? currencyRefusal(command.currency, given, false)
  return failure === null ? settingsOf(command, context.policy) : { failure }
}

const names = ['threshold', 'packageId', 'targetBalance', 'monthlyCap', 'maxPerDay', 'currency'] as const

const runsAs = (recharge: Recharge, wanted: RechargeSettings): boolean =>
  (recharge.state === 'ARMED' ||
    (recharge.state !== 'OFF' && recharge.state !== 'PAUSED' && recharge.attempt !== null)) &&
  names.every((name) => recharge[name] === wanted[name])

function turnedOn(
  before: Recharge | null,
  wanted: RechargeSettings,
  { at, policy }: Context,
): Omit<Recharge, 'mandate'> {
  const nothing = nothingCounted(at, policy.timeZone)
  if (before === null) return { ...idle, ...nothing, ...wanted, lastFailure: null, loss: null, state: 'ARMED' }
  const now = rechargeAt(before, at, policy.timeZone)
  // Money of another currency can't be counted on; the number of recharges can.
  const { month, spent: none, uncapped: noneUncapped } = nothing
  const anew = { ...now, month, spent: none, uncapped: noneUncapped, attemptMonth: null }
  const counted = now.currency === wanted.currency ? now : anew
  const { spent, attempt } = counted
  const above = wanted.monthlyCap === null ? 0n : spent - wanted.monthlyCap
  const uncapped = above > counted.uncapped ? above : counted.uncapped
  const set: Recharge = { ...counted, ...wanted, uncapped, lastFailure: null, loss: null }
  if (attempt === null) return { ...set, cappedBy: null, failures: 0, retryAt: null, state: 'ARMED' }
  return { ...set, state: underWay(counted) }
}
