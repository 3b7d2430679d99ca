import type { Policy } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Money } from '../amounts/money.ts'
import { leastSoldFor } from '../custom-top-up.ts'
import type { Instant } from '../identity.ts'
import { type Loss, pausedBy } from '../loss.ts'
import type { Posting } from '../posting.ts'
import { idle, type Recharge, rechargeAt, underWay } from '../recharge.ts'
import type { Moment } from '../rules.ts'
import { type Sale, saleOfAmount, saleOfPackage } from '../sale.ts'
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
  if (levelOf(draft) >= recharge.threshold) return
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
    draft.set({ recharge: { ...recharge, state: underWay(recharge), lastFailure: null, loss: null } })
    return
  }
  const fresh: Recharge = { ...recharge, ...idle, lastFailure: null, loss: null }
  if (atOnce && recharge.state === 'PAUSED') goOn(draft, fresh, moment)
  else draft.set({ recharge: { ...fresh, state: 'ARMED' } })
}

/**
 * The payment succeeded. After the pending attempt, the episode continues until the balance is back at the threshold.
 * An attempt that had been given up is counted again, on the day and in the month in which it was paid, whatever the
 * limits; the episode stays.
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
  } else {
    const now = rechargeAt(recharge, moment.at, moment.policy.timeZone)
    const counted = { ...now, boughtToday: now.boughtToday + 1 }
    const { amount, currency } = price
    const spent = { spent: now.spent + amount, uncapped: now.uncapped + amount }
    draft.set({ recharge: currency === now.currency ? { ...counted, ...spent } : counted })
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
  if (!isFirst && recharge.loss === null) return
  const paused = { state: 'PAUSED', cappedBy: null, failures: 0, retryAt: null } as const
  draft.set({ recharge: { ...recharge, ...paused, lastFailure: reason, loss } })
  if (isFirst) draft.notice('RECHARGE_FAILED', at, { reason })
}

/** A payment was not lost after all: a recharge that a loss had stopped is armed again. */
export function goOnAfterLoss(draft: Draft, moment: Moment): void {
  const recharge = draft.setting('recharge')
  if (recharge === null || recharge.loss === null) return
  rearm(draft, { kind: 'rearm-recharge', atOnce: false }, moment)
}

/** The balance that a recharge keeps up. Locked credits are bought already, so they are not bought again. */
const levelOf = (draft: Draft): Credits => draft.available + draft.locked

/** Whether nothing more is bought, whatever becomes of the purchase that is being paid. */
const isStopped = ({ state }: Recharge): boolean => state === 'OFF' || state === 'PAUSED'

/** The recharge without its attempt, if the day and the month still count it. */
function givenBack(recharge: Recharge, { amount }: Money): Recharge {
  const isOfToday = recharge.attemptDay === recharge.day
  const without = { ...recharge, boughtToday: recharge.boughtToday - (isOfToday ? 1 : 0) }
  if (recharge.attemptMonth !== recharge.month) return without
  const spent = recharge.spent - amount
  return { ...without, spent, uncapped: recharge.uncapped < spent ? recharge.uncapped : spent }
}

/** Nothing is being paid. Begins the next purchase if the balance is below the threshold, else ends the episode. */
function goOn(draft: Draft, recharge: Recharge, moment: Moment): void {
  if (levelOf(draft) < recharge.threshold) {
    buy(draft, rechargeAt(recharge, moment.at, moment.policy.timeZone), moment)
  } else draft.set({ recharge: { ...recharge, ...idle, state: 'ARMED' } })
}

/** Begins a purchase at the terms in force and counts it against the limits; or notes why it can't. */
function buy(draft: Draft, recharge: Recharge, { card, policy, at }: Moment): void {
  const offer = offered(draft, recharge, policy)
  if ('obstacle' in offer) {
    draft.set({ recharge: { ...recharge, ...idle, state: 'PAUSED', lastFailure: offer.obstacle } })
    draft.notice('RECHARGE_FAILED', at, { reason: offer.obstacle })
    return
  }
  const { price } = offer
  const cappedBy = limitReached(recharge, price)
  if (cappedBy !== null) {
    draft.set({ recharge: { ...recharge, ...idle, state: 'CAPPED', cappedBy } })
    draft.notice('RECHARGE_CAPPED', at, { reason: cappedInWords[cappedBy] })
    return
  }
  const nobody = { memberId: null, successUrl: null, cancelUrl: null }
  const terms = { ...offer, catalogVersion: card.version, createdAt: at }
  const { id } = draft.purchase({ ...terms, ...nobody, cause: 'RECHARGE', pay: 'SAVED_METHOD' })
  const attempt = { attempt: id, attemptMonth: recharge.month, attemptDay: recharge.day, retryAt: null }
  const counted = { spent: recharge.spent + price.amount, boughtToday: recharge.boughtToday + 1 }
  draft.set({ recharge: { ...recharge, ...attempt, ...counted, cappedBy: null, state: 'CHARGING' } })
}

const cappedInWords = {
  DAY: 'Auto-recharge stopped until tomorrow: it has reached its limit of the day',
  MONTH: 'Auto-recharge stopped: another purchase would pass the monthly cap',
} as const

/** The limit that one more purchase would pass; null: none. The longer one is named if both are reached. */
function limitReached({ spent, monthlyCap, boughtToday, maxPerDay }: Recharge, price: Money): Recharge['cappedBy'] {
  if (monthlyCap !== null && spent + price.amount > monthlyCap) return 'MONTH'
  return maxPerDay !== null && boughtToday >= maxPerDay ? 'DAY' : null
}

/** The sale of one recharge, or what the customer has to do before one is possible. */
function offered(draft: Draft, recharge: Recharge, policy: Policy): Sale | { readonly obstacle: string } {
  const planId = draft.setting('planId')
  const plan = planId === null ? undefined : policy.plan(planId)
  if (!sells(plan)) return { obstacle: 'The plan sells no packages. Change the plan, then set auto-recharge again.' }
  const sale = wantedSale(draft, recharge, policy)
  if (sale === undefined) {
    const { packageId } = recharge
    const obstacle =
      packageId === null
        ? 'Credits are sold in packages only now. Choose one for auto-recharge.'
        : `The package '${packageId}' is no longer sold. Choose another one for auto-recharge.`
    return { obstacle }
  }
  const { currency } = sale.price
  if (currency === recharge.currency) return sale
  return { obstacle: `Packages are sold in ${currency} now. Set auto-recharge and its cap again.` }
}

/**
 * The package, or the least amount that brings the balance to the target: a debt is repaid first, so it counts. Undefined:
 * it is not sold.
 */
function wantedSale(draft: Draft, { packageId, targetBalance }: Recharge, policy: Policy): Sale | undefined {
  if (packageId !== null) {
    const pack = policy.package(packageId)
    return pack && saleOfPackage(pack)
  }
  const { customTopUp } = policy
  if (customTopUp === null || targetBalance === null) return undefined
  return saleOfAmount(customTopUp, leastSoldFor(customTopUp, targetBalance - levelOf(draft) + draft.owed))
}
