import { paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { document, html, type PageRoute, page } from '../http/pages.ts'
import { shownMoney } from './shown-money.ts'

const listParameters = parameters({ ...paging, customer: text().optional(), payment_intent: text().optional() })

export const chargeRoutes: readonly Route[] = [
  route('GET', '/v1/charges', listParameters, (work, { customer, payment_intent, ...at }) =>
    work.list('charge', '/v1/charges', at, { customer, payment_intent }),
  ),
  route('GET', '/v1/charges/:id', parameters({}), (work, _, id) => work.need('charge', id)),
]

/** The receipt of a charge, as Stripe mails it. */
export const receiptPage: PageRoute = page('GET', '/receipts/:id', (work, _, id) => {
  const charge = work.objects.get('charge', id)
  if (charge === undefined) return { status: 404, html: document('Receipt', html`<p>There is no such receipt.</p>`) }
  const { amount, amount_refunded, currency, description, created, payment_method_details: details } = charge
  const last4 =
    details?.card?.last4 ?? details?.us_bank_account?.last4 ?? details?.sepa_debit?.last4 ?? details?.type ?? ''
  return {
    html: document(
      'Receipt',
      html`<table>
<tr><td>${description ?? 'Payment'}</td><td>${shownMoney(amount, currency)}</td></tr>
<tr><td>Refunded</td><td>${shownMoney(amount_refunded, currency)}</td></tr>
<tr><td>Paid</td><td><time>${new Date(created * 1000).toISOString()}</time></td></tr>
<tr><td>With</td><td>•••• ${last4}</td></tr>
</table>`,
    ),
  }
})
