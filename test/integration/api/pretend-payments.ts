import { writeAuditRecord } from '../../../src/ledger/history/audit-records.ts'
import { createBudget } from '../../../src/payments/budget.ts'
import { commandsOf } from '../../../src/payments/ledger-commands.ts'
import { type AddOnResult, type Payments, StripeUnavailable } from '../../../src/payments/payments.ts'
import { type Observation, observe, type Purchase, stateOf } from '../../../src/payments/purchase.ts'
import { readPurchase } from '../../../src/payments/purchase-rows.ts'
import type { Gateway } from './gateway.ts'

/** So many seats have no price. */
export const unpricedSeats = 7

const unreachable = () => new StripeUnavailable(30)

/**
 * Stands in for the payments: there is no request for money, a test sets the outcome, and this stores the facts that
 * are known then; with `ofNewTeams`, every team is new. It tests only the API's treatment of each outcome; other tests cover the payments themselves.
 */
export function pretendPayments({ ofNewTeams = false } = {}) {
  let gateway: Gateway | undefined
  let next: Observation | 'unreachable' = {}
  let saved = true
  let change: AddOnResult = { kind: 'done' }
  const asked: string[] = []
  const address = { country: 'DE', line1: 'Street 1', line2: 'Floor 2', city: 'Berlin', postalCode: '10115' }
  const taxIds = [{ type: 'eu_vat', value: 'DE123456789' }]
  const details = { ...address, name: 'Acme', email: 'a@b.example', state: 'BE', purchaseOrder: 'PO', taxIds }
  const made = new Set<string>()
  const usd = { amount: 1_000_000_000n, currency: 'USD' }
  const url = 'https://pay.example/in_1'
  const line = { description: '1 × Pro', amount: usd, isProration: false, startsAt: 0, endsAt: 1 }
  const payment = { at: 0, amount: usd, net: usd, tax: usd, total: usd, lines: [line] }
  const cost = { dueNow: payment, nextPayment: payment, prorationDate: 0 }
  const paidInvoice = { invoice: 'in_1', kind: 'PLAN', total: usd, returned: usd, createdAt: 0, url } as const

  async function advance(...[team, id]: Parameters<Payments['advance']>): Promise<Purchase> {
    asked.push(`advance ${team} ${id}`)
    if (gateway === undefined) throw new Error('Say of which gateway these are the payments')
    if (next === 'unreachable') throw unreachable()
    const { database, ledger } = gateway.services
    const known = await readPurchase(database.pool, team, id)
    if (known === null) throw new Error(`There is no purchase ${id} of ${team}`)
    const facts = observe(known, next)
    const purchase = { ...facts, state: stateOf(facts), ofNewTeam: ofNewTeams }
    const reversals = purchase.reversals.map(({ amount, ...reversal }) => ({ ...reversal, amount: `${amount}` }))
    await database.pool.query(
      `update purchase set state = $3, payment_intent = $4, checkout_url = $5, action_url = $6, decline_code = $7,
         failure = $8, reversals = $9, receipt_url = $10, invoice_url = $11, discount_amount = $12, of_new_team = $13 where team_id = $1 and id = $2`,
      [
        ...[team, id, purchase.state, purchase.intent, purchase.checkoutUrl, purchase.actionUrl],
        ...[
          purchase.declineCode,
          purchase.failure,
          JSON.stringify(reversals),
          purchase.receiptUrl,
          purchase.invoiceUrl,
          purchase.discount,
          purchase.ofNewTeam,
        ],
      ],
    )
    await ledger.submitAll(commandsOf(purchase))
    return purchase
  }

  const unlessUnreachable = async <T>(call: string, answer: T): Promise<T> => {
    asked.push(call)
    if (next === 'unreachable') throw unreachable()
    return answer
  }
  const api: Payments = {
    taxOn: async () => null,
    planChangeCost: (team, { planId, seats }) =>
      unlessUnreachable(
        `cost ${team} ${planId} ${seats}`,
        seats === unpricedSeats ? { kind: 'unknown', reason: 'Stripe has no price' } : { kind: 'known', money: cost },
      ),
    advance,
    async refund({ teamId, purchaseId, key, fingerprint, ...asked }, act) {
      if (gateway === undefined || next === 'unreachable') throw unreachable()
      const { database } = gateway.services
      const purchase = await readPurchase(database.pool, teamId, purchaseId)
      if (purchase === null) return { kind: 'not-found' }
      const refundable = { amount: purchase.state === 'PAID' ? purchase.price.amount : 0n, currency: 'USD' }
      if (made.has(key)) return { kind: 'refunded', purchase }
      made.add(key)
      if ((asked.amount ?? 0n) > refundable.amount) return { kind: 'exceeds', refundable }
      const after = { reason: asked.reason }
      await database.transaction((client) => writeAuditRecord(client, teamId, act, { before: null, after }))
      return { kind: 'refunded', purchase }
    },
    async refundInvoice({ teamId, invoice: id, key, amount, reason }, act) {
      if (gateway === undefined || next === 'unreachable') throw unreachable()
      if (id !== 'in_1') return { kind: 'not-found' }
      const invoice = { ...paidInvoice, teamId }
      if (made.has(key)) return { kind: 'refunded', invoice }
      made.add(key)
      if ((amount ?? 0n) > usd.amount) return { kind: 'exceeds', refundable: usd }
      const after = { reason }
      const { database } = gateway.services
      await database.transaction((client) => writeAuditRecord(client, teamId, act, { before: null, after }))
      return { kind: 'refunded', invoice }
    },
    paidInvoices: (teamId) => unlessUnreachable(`invoices ${teamId}`, [{ ...paidInvoice, teamId }]),
    billingDetails: (team) => unlessUnreachable(`details ${team}`, details),
    setBillingDetails: (team, given) =>
      unlessUnreachable(`details of ${team}`, given.city === 'Nowhere' ? { field: 'city', reason: 'unknown' } : null),
    refundPreview: async () => ({ amount: usd, refundable: usd, credits: 1n, owed: 0n }),
    setAddOnUnits: (team, key, units) => unlessUnreachable(`units ${team} ${key} ${units}`, change),
    hasSavedMethod: (team) => unlessUnreachable(`method ${team}`, saved),
    isNewTeam: async () => ofNewTeams,
    setupPage: (team, returnUrl) => unlessUnreachable(`setup ${team}`, `https://pay.example/setup?${returnUrl}`),
    countRequest: createBudget(),
    billingPortal: (team, returnUrl) => unlessUnreachable(`portal ${team}`, `https://pay.example/portal?${returnUrl}`),
  }
  return {
    api,
    asked,
    of(one: Gateway) {
      gateway = one
    },
    /** Sets the outcome of purchases that are advanced from now on. */
    tell(observation: Observation | 'unreachable') {
      next = observation
    },
    /** Sets the outcome of changes of units. */
    units(result: AddOnResult) {
      change = result
    },
    /** Sets whether teams have a saved method. */
    method(isSaved: boolean) {
      saved = isSaved
    },
  }
}
