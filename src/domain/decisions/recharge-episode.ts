import type { PackageTerms, Policy } from '../account.ts'
import type { Money } from '../amounts/money.ts'
import type { Instant } from '../identity.ts'
import { isLoss, type Loss, pausedBy } from '../loss.ts'
import type { Posting } from '../posting.ts'
import { idle, type Recharge, rechargeAt, underWay } from '../recharge.ts'
import type { Moment } from '../rules.ts'
import { sells } from '../who-may-buy.ts'
import type { FailPurchase, LandPurchase, RearmRecharge } from './command.ts'
import type { Draft } from './draft.ts'

/* An episode of auto-recharge, one purchase at a time. Source: docs/payments.md, facts W5, G5. */

/** The delay between each decline and the next attempt; after the last of these, there is no further attempt. */
const retryDelaysMs = [3_600_000, 6 * 3_600_000] as const

/**
 * Whether the postings spend or reserve anything. Credits that are given, given back or taken back demand no recharge.
 */
export const demands = (postings: readonly Posting[]): boolean =>
  postings.some(({ entries }) => entries.some(({ to, amount }) => amount > 0n && (to === 'spent' || to === 'held')))

/**
 * After a demand (a use, or a refused one), an armed recharge begins an episode if the balance is below its threshold.
 * A recharge that has begun, is off or can't continue stays as it is, whatever is spent.
 */
export function demand(draft: Draft, moment: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge === null || (recharge.state !== 'ARMED' && recharge.state !== 'CAPPED')) return
  if (draft.available >= recharge.threshold) return
  const now = rechargeAt(recharge, moment.at, moment.policy.timeZone)
  if (now.state === 'ARMED') buy(draft, now, moment)
}

/** The next attempt is due. */
export function retry(draft: Draft, moment: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge === null || recharge.retryAt === null || recharge.retryAt > moment.at) return
  draft.passTime(moment.at)
  goOn(draft, recharge, moment)
}

/**
 * The customer has another payment method. A recharge that declines had paused continues `atOnce`, or is armed again
 * for the next demand; so is one that waits for its next attempt. The count of declines begins anew.
 */
export function rearm(draft: Draft, { atOnce }: RearmRecharge, moment: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge === null || (recharge.state !== 'PAUSED' && recharge.retryAt === null)) return
  if (recharge.attempt !== null) {
    draft.set({ recharge: { ...recharge, state: underWay(recharge), lastFailure: null } })
    return
  }
  const fresh: Recharge = { ...recharge, ...idle, lastFailure: null }
  if (atOnce && recharge.state === 'PAUSED') goOn(draft, fresh, moment)
  else draft.set({ recharge: { ...fresh, state: 'ARMED' } })
}

/**
 * The payment succeeded. After the pending attempt, the episode continues until the balance is back at the threshold.
 * An attempt that had been given up is counted again, in the month in which it was paid, whatever the cap; the episode
 * stays.
 */
export function landed(draft: Draft, { purchase, credits, price, loss }: LandPurchase, moment: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge === null) return
  draft.notice('RECHARGE_SUCCEEDED', moment.at, { amount: credits })
  if (recharge.attempt === purchase) {
    const paid: Recharge = { ...recharge, ...idle }
    if (loss !== null && recharge.state !== 'OFF') draft.set({ recharge: { ...paid, state: 'PAUSED' } })
    else if (isStopped(recharge)) draft.set({ recharge: paid })
    else goOn(draft, { ...paid, lastFailure: null }, moment)
  } else if (recharge.currency === price.currency) {
    const now = rechargeAt(recharge, moment.at, moment.policy.timeZone)
    const counted = { spent: now.spent + price.amount, uncapped: now.uncapped + price.amount }
    draft.set({ recharge: { ...now, ...counted } })
  }
}

/**
 * The payment of the pending attempt failed: its price is given back, and another attempt is scheduled, or none if a
 * retry can't help. Or the payment waits for the customer; then the price stays counted. Other purchases change nothing
 * here.
 */
export function failed(draft: Draft, { purchase, price, failure }: FailPurchase, { at }: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge === null || recharge.attempt !== purchase) return
  const { state, actionUrl } = recharge
  if (failure.kind === 'action-required') {
    if (actionUrl === failure.url) return
    if (actionUrl === null && !isStopped(recharge)) draft.notice('RECHARGE_ACTION_REQUIRED', at)
    const waiting = isStopped(recharge) ? state : 'ACTION_REQUIRED'
    draft.set({ recharge: { ...recharge, state: waiting, actionUrl: failure.url } })
    return
  }
  const without: Recharge = { ...givenBack(recharge, price), ...idle, lastFailure: failure.reason }
  if (isStopped(recharge)) {
    draft.set({ recharge: { ...without, lastFailure: state === 'OFF' ? failure.reason : recharge.lastFailure } })
    return
  }
  const failures = recharge.failures + 1
  const delay = failure.kind === 'declined' ? retryDelaysMs[recharge.failures] : undefined
  if (delay === undefined || failures === 1) draft.notice('RECHARGE_FAILED', at, { reason: failure.reason })
  draft.set({
    recharge:
      delay === undefined
        ? { ...without, state: 'PAUSED', failures }
        : { ...without, state: 'CHARGING', failures, retryAt: at + delay },
  })
}

/**
 * A payment of the team was lost. Nothing more is bought until the recharge is set again or another method is saved; a
 * purchase that is being paid comes to its end. A payment that was lost before and is lost again only replaces the
 * reason, and stops nothing that was set again meanwhile.
 */
export function stop(draft: Draft, loss: Loss, { isFirst, at }: { isFirst: boolean; at: Instant }): void {
  const recharge = draft.setting('recharge')
  if (recharge === null || recharge.state === 'OFF') return
  const reason = pausedBy(loss)
  if (!isFirst) {
    if (recharge.state === 'PAUSED' && isLoss(recharge.lastFailure)) {
      draft.set({ recharge: { ...recharge, lastFailure: reason } })
    }
    return
  }
  draft.set({ recharge: { ...recharge, state: 'PAUSED', failures: 0, retryAt: null, lastFailure: reason } })
  draft.notice('RECHARGE_FAILED', at, { reason })
}

/** A payment was not lost after all: a recharge that a loss had stopped is armed again. */
export function goOnAfterLoss(draft: Draft, moment: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge?.state !== 'PAUSED' || !isLoss(recharge.lastFailure)) return
  rearm(draft, { kind: 'rearm-recharge', atOnce: false }, moment)
}

/** Whether nothing more is bought, whatever becomes of the purchase that is being paid. */
const isStopped = ({ state }: Recharge): boolean => state === 'OFF' || state === 'PAUSED'

/** The recharge without the price of its attempt, if the month still counts it. */
function givenBack(recharge: Recharge, { amount }: Money): Recharge {
  if (recharge.attemptMonth !== recharge.month) return recharge
  const spent = recharge.spent - amount
  return { ...recharge, spent, uncapped: recharge.uncapped < spent ? recharge.uncapped : spent }
}

/** Nothing is being paid. Begins the next purchase if the balance is below the threshold, else ends the episode. */
function goOn(draft: Draft, recharge: Recharge, moment: Moment): void {
  if (draft.available < recharge.threshold) {
    buy(draft, rechargeAt(recharge, moment.at, moment.policy.timeZone), moment)
  } else draft.set({ recharge: { ...recharge, ...idle, state: 'ARMED' } })
}

/** Begins a purchase at the terms in force and counts its price against the month's cap; or notes why it can't. */
function buy(draft: Draft, recharge: Recharge, { card, policy, at }: Moment): void {
  const offer = offered(recharge, draft.setting('planId'), policy)
  if ('obstacle' in offer) {
    draft.set({ recharge: { ...recharge, ...idle, state: 'PAUSED', lastFailure: offer.obstacle } })
    draft.notice('RECHARGE_FAILED', at, { reason: offer.obstacle })
    return
  }
  const { id: packageId, credits, price } = offer.pack
  const spent = recharge.spent + price.amount
  if (recharge.monthlyCap !== null && spent > recharge.monthlyCap) {
    draft.set({ recharge: { ...recharge, ...idle, state: 'CAPPED' } })
    draft.notice('RECHARGE_CAPPED', at)
    return
  }
  const nobody = { memberId: null, successUrl: null, cancelUrl: null }
  const terms = { packageId, catalogVersion: card.version, credits, price, createdAt: at }
  const { id } = draft.purchase({ ...terms, ...nobody, cause: 'RECHARGE', pay: 'SAVED_METHOD' })
  const attempt = { attempt: id, attemptMonth: recharge.month, retryAt: null }
  draft.set({ recharge: { ...recharge, ...attempt, state: 'CHARGING', spent } })
}

/** The package to buy, or what the customer has to do before one can be bought. */
function offered(
  { packageId, currency }: Recharge,
  planId: string | null,
  policy: Policy,
): { readonly pack: PackageTerms } | { readonly obstacle: string } {
  const pack = policy.package(packageId)
  const plan = planId === null ? undefined : policy.plan(planId)
  if (!sells(plan)) return { obstacle: 'The plan sells no packages. Change the plan, then set auto-recharge again.' }
  if (pack === undefined) {
    return { obstacle: `The package '${packageId}' is no longer sold. Choose another one for auto-recharge.` }
  }
  if (pack.price.currency === currency) return { pack }
  return { obstacle: `Packages are sold in ${pack.price.currency} now. Set auto-recharge and its cap again.` }
}
