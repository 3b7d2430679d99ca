import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { creditsInWords } from '../catalog/words.ts'
import type { Purchase } from '../payments/purchase.ts'
import { type Returns, returnPath } from '../payments/returns.ts'
import { json } from './json.ts'
import { builtPages, pagePolicy } from './pages.ts'
import type { Route } from './route.ts'

/** The pages that this page leads to, by name and path. */
export type PageLinks = readonly (readonly [name: string, path: string])[]

const told = {
  success: [
    'Payment received',
    'Your credits are on the balance as soon as it is confirmed, mostly within moments. You can close this tab.',
  ],
  cancel: ['Payment canceled', 'Nothing was charged.'],
  unknown: ['Back from the payment', 'What came of it shows on the balance, mostly within moments.'],
  unconfirmed: ['Payment not confirmed', 'Your bank did not confirm it. Nothing was charged.'],
  saved: ['Payment method saved', 'Nothing was charged. You can close this tab.'],
  unsaved: ['No payment method saved', 'Nothing was charged.'],
} as const

/** The path at which the page asks how its purchase stands. */
export const statePath = `${returnPath}/state`

/**
 * The page that Checkout and confirmations return to. It shows the outcome and links to the next page. The code in the address
 * shows how the purchase stands, without a session: to the first browser that opens it, for an hour, because addresses stay
 * in histories and logs. The built page follows the purchase. Source: facts A4.
 */
export function paymentPage(returns: Returns, links: PageLinks): Route {
  return async (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://gateway')
    const returned = await returnedBy(request, response, searchParams.get('code'), returns)
    const said = saidBy(searchParams)
    // The bank's answer comes with the customer, before the gateway knows it.
    const isFirst = returned?.state === 'PENDING' && said.outcome === 'unconfirmed'
    const { outcome, title, text, receiptUrl } = returned === null || isFirst ? said : stateOf(returned)
    const before = receiptUrl == null ? '' : `<a data-receipt href="${escapeHtml(receiptUrl)}">View receipt</a>`
    return showPayment(response, { outcome, title, text }, { before, links, policy: pagePolicy })
  }
}

/** How the purchase stands whose code this browser has used. */
export function paymentState(returns: Returns): Route {
  return async (request, response) => {
    const code = usedCode(request)
    const purchase = code === null ? null : await returns.find(code)
    if (purchase === null) return json(response, 404, { message: 'This browser has come back from no payment lately' })
    json(response, 200, stateOf(purchase))
  }
}

const cookie = 'credits_payment'
const keptSeconds = 3_600
const keptCode = new RegExp(`(?:^|; )${cookie}=([0-9a-f-]+)`)

async function returnedBy(
  request: IncomingMessage,
  response: ServerResponse,
  code: string | null,
  returns: Returns,
): Promise<Purchase | null> {
  if (code === null) return null
  if (usedCode(request) === code) return returns.find(code)
  // A look at the head of the page alone must not use the code up.
  const opened = request.method === 'GET' ? await returns.open(code) : null
  if (opened !== null) {
    const kept = `${cookie}=${code}; Path=${returnPath}; Max-Age=${keptSeconds}`
    response.setHeader('Set-Cookie', `${kept}; HttpOnly; SameSite=Lax`)
  }
  return opened
}

/** The code that this browser has used last. */
const usedCode = ({ headers }: IncomingMessage): string | null => keptCode.exec(headers.cookie ?? '')?.[1] ?? null

type State = Words & { readonly isOver: boolean; readonly receiptUrl?: string | null }

/** The state of a purchase, in the page's words. `isOver`: it does not change by itself any more. */
function stateOf({ state, credits, failure, isUnderWay, facts, posted, ...purchase }: Purchase): State {
  if (state === 'CANCELED') return { outcome: 'cancel', title: told.cancel[0], text: told.cancel[1], isOver: true }
  if (state === 'FAILED') {
    return { outcome: 'failed', title: 'Payment declined', text: failure ?? 'Nothing was charged.', isOver: true }
  }
  if (state === 'PENDING' || posted < facts) {
    const text = `Your credits arrive as soon as it is confirmed${isUnderWay ? ', which takes your bank some days' : ''}.`
    return { outcome: 'under-way', title: 'Payment under way', text, isOver: false }
  }
  if (state === 'REFUNDED') {
    return {
      outcome: 'cancel',
      title: 'Payment refunded',
      text: 'The money goes back to where it came from.',
      isOver: true,
    }
  }
  const title = `${creditsInWords(credits)} added`
  const receiptUrl = purchase.invoiceUrl ?? purchase.receiptUrl
  return { outcome: 'success', title, text: 'You can close this tab.', receiptUrl, isOver: true }
}

/** The outcome that the address alone tells. */
function saidBy(asked: URLSearchParams): Words & Pick<State, 'receiptUrl'> {
  const outcome = outcomeOf(asked)
  const [title, text] = told[outcome]
  return { outcome, title, text }
}

const file = join(builtPages, 'payment.html')

type Words = { readonly outcome: string; readonly title: string; readonly text: string }
/** `before`: HTML in front of the links. `policy`: the Content-Security-Policy. */
type Surroundings = { readonly before: string; readonly links: PageLinks; readonly policy: string }

/** Answers with the page about a payment. `words` may have any characters. */
export async function showPayment(
  response: ServerResponse,
  words: Words,
  { before, links, policy }: Surroundings,
): Promise<void> {
  const template = await readFile(file, 'utf8').catch(() => plainPage)
  const leads = links.map(([name, path]) => `<a href="${path}">${name}</a>`)
  const escaped = Object.fromEntries(Object.entries(words).map(([name, text]) => [name, escapeHtml(text)]))
  const values: Readonly<Record<string, string>> = { ...escaped, links: [before, ...leads].join(' ') }
  response
    .writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
    })
    .end(template.replaceAll(/\{\{(\w+)\}\}/g, (all, name: string) => values[name] ?? all))
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')

/** The bank's answer, which Stripe adds to the address, counts more than where the payment was to come back to. */
function outcomeOf(asked: URLSearchParams): keyof typeof told {
  if (asked.get('redirect_status') === 'failed') return 'unconfirmed'
  const outcome = asked.get('outcome')
  const isKnown = (name: string | null): name is keyof typeof told => name !== null && Object.hasOwn(told, name)
  return isKnown(outcome) ? outcome : 'unknown'
}

/** The page that is used if the pages are not built. */
const plainPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{title}}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem; color-scheme: light dark }
  a { margin-inline-end: 1rem }
</style>
<h1>{{title}}</h1>
<p>{{text}}</p>
<p>{{links}}</p>
</html>
`
