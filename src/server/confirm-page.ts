import type { ServerResponse } from 'node:http'
import { PaymentsOverasked } from '../payments/budget.ts'
import type { Confirmation, Confirmations } from '../payments/confirmations.ts'
import { StripeUnavailable } from '../payments/payments.ts'
import { json } from './json.ts'
import { pagePolicy } from './pages.ts'
import { escapeHtml, type PageLinks, showPayment, speechOf } from './payment-page.ts'
import type { Speech } from './payment-texts/speech.ts'
import type { Route } from './route.ts'

/** The form leads to the bank's page; the sandbox has that page on this machine. */
const confirmPolicy = pagePolicy.replace("form-action 'self'", "form-action 'self' https: http://127.0.0.1:*")

/**
 * The page on which a customer confirms a recharge. Opening it changes nothing: mail scanners and previews open links,
 * too. The form confirms the payment and leads to the bank's page.
 */
export function confirmPage(confirmations: Confirmations, links: PageLinks): Route {
  return async (request, response) => {
    const { method = '', url = '/' } = request
    if (!['GET', 'HEAD', 'POST'].includes(method)) {
      response.setHeader('Allow', 'GET, HEAD, POST')
      return json(response, 405, { message: 'Open this page with GET, and confirm with POST' })
    }
    const payment = new URL(url, 'http://gateway').searchParams.get('payment') ?? ''
    const found = await confirmations.find(payment)
    if (found === null) return json(response, 404, { message: 'There is no payment to confirm here' })
    if (found.purchase.state === 'PENDING' && method !== 'POST')
      return show(response, found, { links, speech: speechOf(request, response) })
    const bank = found.purchase.state === 'PENDING' ? await confirmed(confirmations, found, response) : null
    if (response.headersSent) return
    const ended = bank === null ? await confirmations.find(payment) : null
    redirect(response, bank ?? `/payment?outcome=${outcomeOf(ended)}`)
  }
}

/** Null: there is no bank's page to go to, or the answer was sent. */
async function confirmed(confirmations: Confirmations, found: Confirmation, response: ServerResponse) {
  try {
    return await confirmations.confirm(found)
  } catch (error) {
    if (!(error instanceof StripeUnavailable) && !(error instanceof PaymentsOverasked)) throw error
    const { retryAfterSeconds, message } = error
    response.setHeader('Retry-After', retryAfterSeconds)
    json(response, error instanceof StripeUnavailable ? 503 : 429, { message })
    return null
  }
}

const outcomeOf = (found: Confirmation | null): string => {
  const state = found?.purchase.state ?? 'PENDING'
  if (state === 'PENDING') return 'unknown'
  return state === 'FAILED' || state === 'CANCELED' ? 'unconfirmed' : 'success'
}

type Surroundings = { readonly links: PageLinks; readonly speech: Speech }

function show(response: ServerResponse, { purchase, name }: Confirmation, { links, speech }: Surroundings) {
  const { text, fill, credits, money } = speech
  const terms = purchase.taxBehavior === 'exclusive' ? text.confirmTaxed : text.confirmText
  const counted = credits(text.credits, purchase.credits)
  const values = { sum: money(purchase.price), credits: name === null ? counted : `${name}, ${counted}` }
  const words = { outcome: 'unknown', title: text.confirmTitle, text: fill(terms, values) }
  const before = `<form method="post"><button>${escapeHtml(text.confirm)}</button></form>`
  return showPayment(response, words, { before, links, policy: confirmPolicy, speech })
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { Location: location }).end()
}
