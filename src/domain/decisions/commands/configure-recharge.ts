import type { Account, PackageTerms } from '../../account.ts'
import { MOST_CREDITS } from '../../amounts/credits.ts'
import { InvalidAmount, InvalidInput, type PurchaseNotAllowed, UnknownPackage } from '../../errors.ts'
import { idle, monthOf, type Recharge, rechargeAt, underWay } from '../../recharge.ts'
import type { Context } from '../../rules.ts'
import { buyingRefusal, buyingRoleRefusal } from '../../who-may-buy.ts'
import { type ConfigureRecharge, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Turns auto-recharge on with these values, or off. It buys nothing by itself, also where the balance is below the
 * threshold: the next demand does. What had paused, reached its cap or waits for its next attempt is armed again; a purchase
 * that is being paid goes on beside the new values, and what the month has spent stays spent. Said again while it runs,
 * nothing changes. Off, it keeps its values, and takes no others; that any admin may do, on any plan.
 * Source: facts W5, G5, G6.
 */
export function configureRecharge(
  draft: Draft,
  command: ConfigureRecharge,
  { account, context }: Given,
): OutcomeOf<'configure-recharge'> {
  const { recharge } = account
  if (!command.enabled) {
    const refusal = buyingRoleRefusal(command.caller.role)
    if (refusal !== null) return refused(refusal)
    draft.set({ topUpsEnabled: false })
    if (recharge !== null && recharge.state !== 'OFF') {
      draft.set({ recharge: { ...recharge, state: 'OFF', failures: 0, retryAt: null } })
    }
    return { kind: 'done' }
  }
  const wanted = wantedBy(account, command, context)
  if ('failure' in wanted) return refused(wanted.failure)
  draft.set({ topUpsEnabled: true })
  if (recharge === null || !runsAs(recharge, wanted)) draft.set({ recharge: turnedOn(recharge, wanted, context) })
  return { kind: 'done' }
}

/** A digit too many must not buy without end: an episode is at most so many purchases, and one for what comes meanwhile. */
const maxPacks = 10n

type Wanted = Pick<Recharge, 'threshold' | 'packageId' | 'monthlyCap' | 'currency'>

function wantedBy(
  account: Account,
  command: ConfigureRecharge,
  context: Context,
): Wanted | { failure: PurchaseNotAllowed | UnknownPackage | InvalidAmount | InvalidInput } {
  const failure = buyingRefusal(account, command, context)
  if (failure !== null) return { failure }
  const { threshold, packageId, monthlyCap } = command
  if (threshold === null || threshold < 0n) {
    return unusable('threshold', 'auto-recharge needs a threshold: give the balance, 0 or more, below which it buys')
  }
  if (threshold > MOST_CREDITS) return unusable('threshold', 'no balance reaches such a threshold: give a lower one')
  if (packageId === null) {
    const reason = 'auto-recharge needs a package: give the id of what it buys'
    return { failure: new InvalidInput({ path: ['packageId'], reason }) }
  }
  const pack = context.policy.package(packageId)
  if (pack === undefined) return { failure: new UnknownPackage({ packageId }) }
  if (threshold > pack.credits * maxPacks) {
    return unusable(
      'threshold',
      `the threshold is more than ${maxPacks} packages hold: give a lower one, or a larger package`,
    )
  }
  if (!affords(monthlyCap, pack)) {
    return unusable('monthlyCap', 'the monthly cap is below the price of one package: give at least that, or none')
  }
  return { threshold, packageId, monthlyCap, currency: pack.price.currency }
}

const affords = (monthlyCap: bigint | null, { price }: PackageTerms): boolean =>
  monthlyCap === null || monthlyCap >= price.amount

const unusable = (amount: string, reason: string) => ({ failure: new InvalidAmount({ path: [amount], reason }) })

const runsAs = (recharge: Recharge, wanted: Wanted): boolean =>
  (recharge.state === 'ARMED' ||
    (recharge.state !== 'OFF' && recharge.state !== 'PAUSED' && recharge.attempt !== null)) &&
  recharge.threshold === wanted.threshold &&
  recharge.packageId === wanted.packageId &&
  recharge.monthlyCap === wanted.monthlyCap &&
  recharge.currency === wanted.currency

function turnedOn(before: Recharge | null, wanted: Wanted, { at, policy }: Context): Recharge {
  const nothing = { month: monthOf(at, policy.timeZone), spent: 0n, uncapped: 0n }
  if (before === null) return { ...idle, ...nothing, ...wanted, lastFailure: null, state: 'ARMED' }
  const now = rechargeAt(before, at, policy.timeZone)
  // Of another currency, nothing can be counted on.
  const counted = now.currency === wanted.currency ? now : { ...now, ...nothing, attemptMonth: null }
  const { spent, attempt } = counted
  const above = wanted.monthlyCap === null ? 0n : spent - wanted.monthlyCap
  const uncapped = above > counted.uncapped ? above : counted.uncapped
  const set: Recharge = { ...counted, ...wanted, uncapped }
  if (attempt === null) return { ...set, failures: 0, retryAt: null, lastFailure: null, state: 'ARMED' }
  return { ...set, lastFailure: null, state: underWay(counted) }
}
