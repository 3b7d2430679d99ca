import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { document, html, type PageAnswer, type PageRoute, page } from '../http/pages.ts'
import { authenticateSetup } from '../setups/confirm.ts'
import { authenticateIntent } from './confirm.ts'
import { shownMoney } from './shown-money.ts'

type Waiting = Stripe.PaymentIntent | Stripe.SetupIntent

/** The page on which the customer answers the bank's question (3D Secure). */
export const authenticatePages: readonly PageRoute[] = [
  page('GET', '/authenticate/:id', (work, _, id) => {
    const intent = waiting(work, id)
    if (intent === undefined) return gone
    const what =
      intent.object === 'payment_intent'
        ? html`pay <strong>${shownMoney(intent.amount, intent.currency)}</strong>`
        : html`save your card`
    return {
      html: document(
        'Your bank asks',
        html`<p>Do you want to ${what}?</p>
<form method="post">
<button name="answer" value="complete">Complete</button>
<button name="answer" value="fail">Fail</button>
</form>`,
      ),
    }
  }),
  page('POST', '/authenticate/:id', (work, form, id) => {
    const intent = waiting(work, id)
    if (intent === undefined) return gone
    const agreed = form.answer === 'complete'
    const back = intent.next_action?.redirect_to_url?.return_url
    const answered =
      intent.object === 'payment_intent'
        ? authenticateIntent(work, intent, agreed)
        : authenticateSetup(work, intent, agreed)
    if (back === null || back === undefined) {
      return { html: document('Thank you', html`<p>You can close this page. It is now ${answered.status}.</p>`) }
    }
    return { location: returnAddress(back, answered) }
  }),
]

/** With what Stripe adds: which intent it is, and whether it went on. */
function returnAddress(back: string, { object, id, client_secret, status }: Waiting): string {
  const address = new URL(back)
  address.searchParams.set(object, id)
  address.searchParams.set(`${object}_client_secret`, client_secret ?? '')
  address.searchParams.set('redirect_status', status === 'requires_payment_method' ? 'failed' : 'succeeded')
  return address.href
}

function waiting(work: Work, id: string): Waiting | undefined {
  const intent = work.objects.get('payment_intent', id) ?? work.objects.get('setup_intent', id)
  return intent?.status === 'requires_action' ? intent : undefined
}

const gone: PageAnswer = {
  status: 410,
  html: document('Your bank asks', html`<p>This has been answered already, or was called off.</p>`),
}
