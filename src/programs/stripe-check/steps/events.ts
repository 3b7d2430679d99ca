import { handledTypes } from '../../../payments/stripe-events.ts'
import type { Step } from '../step.ts'

const onThePage = "pay a page of Checkout by hand, and look for it among the account's events"
/** The types that no request can bring about. */
const byHand: Partial<Record<(typeof handledTypes)[number], string>> = {
  'checkout.session.completed': onThePage,
  'checkout.session.async_payment_succeeded': `${onThePage}, by a bank debit`,
  'checkout.session.async_payment_failed': `${onThePage}, by a bank debit that fails`,
  'payment_method.automatically_updated': 'card networks alone send new cards',
  'credit_note.updated': 'change the memo of a credit note in the dashboard',
  'review.opened': 'a rule of Radar opens reviews',
  'review.closed': 'a rule of Radar opens reviews, and a person closes them',
  'invoice.overdue': "it comes where the account's automations say so",
}

/** One step for each type of event that the gateway handles: the steps before have brought it about. */
export const eventSteps: readonly Step[] = handledTypes.map((type): Step => {
  const named = { name: `the event ${type}`, fact: 'What the gateway hears of Stripe, it hears by these types' }
  const cannot = byHand[type]
  if (cannot !== undefined) return { ...named, cannot }
  return {
    ...named,
    async run(check) {
      return { expected: 'came', came: (await check.hasHeard(type)) ? 'came' : 'did not come' }
    },
  }
})

/** Only a person, or another account, can tell these. */
export const handSteps: readonly Step[] = [
  {
    name: 'a Checkout payment in the currency of its buyer, attached to an invoice',
    fact: 'Adaptive Pricing is off for the gateway’s pages',
    cannot: 'pay a page from another country in test mode, and look at the invoice',
  },
  {
    name: 'the mails of a purchase',
    fact: 'Stripe mails receipts where the account says so; an invoice mails one, too',
    cannot: 'test mode mails nothing: buy the smallest package with a real card, and count the mails',
  },
  {
    name: 'an account of the second version',
    fact: 'Such accounts name customer_account instead of customer',
    cannot: 'it needs another account',
  },
]
