import { moneyInWords } from '../catalog/words.ts'
import type { Command } from '../domain/decisions/command.ts'
import { type PaymentFailure, sourceOfPayment } from '../domain/purchase.ts'
import { purchaseTotal } from '../domain/purchase-total.ts'
import { keyless, type Submission } from '../ledger/deciding/team-state.ts'
import { isFrozen, lossOf, type Purchase, paymentOf, returnedCredits, whatHappened } from './purchase.ts'
import { isFinal } from './stripe-to-facts.ts'
import { tellOfPayment } from './tell-of-payment.ts'

/**
 * The commands that bring the ledger up to the purchase's state. Each command states the whole state, so a repeated
 * command changes nothing.
 */
export function commandsOf(purchase: Purchase): Submission[] {
  const { teamId, outcome, isUnderWay, intent } = purchase
  const stated = commands(purchase).map((command) => keyless(teamId, command))
  if (outcome !== 'OPEN' || !isUnderWay || intent === null) return stated
  const reason = `A payment of ${moneyInWords(purchaseTotal(purchase).total)} is under way: the bank takes some days, then the credits arrive`
  return [...stated, tellOfPayment(teamId, intent, { notice: 'PAYMENT_UNDER_WAY', reason })]
}

function commands(purchase: Purchase): Command[] {
  const { id, cause, credits, price, memberId, ofNewTeam, reversals, warning, review } = purchase
  const payment = paymentOf(purchase)
  if (purchase.outcome === 'PAID' && payment !== null) {
    const source = sourceOfPayment(payment)
    const loss = lossOf(purchase)
    const costBasis = purchase.intent === null ? null : purchaseTotal(purchase).net
    const sale = { purchase: id, cause, source, credits, price, costBasis, memberId, ofNewTeam, loss }
    const land: Command = { kind: 'land-purchase', ...sale }
    if (reversals.length === 0 && warning === null && review === null) return [land]
    const taken = { total: returnedCredits(purchase), frozen: isFrozen(purchase), loss, reason: whatHappened(purchase) }
    return [land, { kind: 'claw-back', source, reference: source, ...taken }]
  }
  const failure = failureOf(purchase)
  return cause === 'RECHARGE' && failure !== null ? [{ kind: 'fail-purchase', purchase: id, price, failure }] : []
}

function failureOf({ outcome, failure, declineCode, actionUrl }: Purchase): PaymentFailure | null {
  switch (outcome) {
    case 'FAILED':
    case 'PAID_OTHERWISE':
      return { kind: isFinal(declineCode) ? 'never-retry' : 'declined', reason: failure ?? 'The payment was declined.' }
    case 'CANCELED':
      return { kind: 'never-retry', reason: 'The payment was not confirmed in time.' }
    default:
      return actionUrl === null ? null : { kind: 'action-required', url: actionUrl }
  }
}
