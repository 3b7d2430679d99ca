import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type Purchase, paidOtherwise } from '../payments/purchase.ts'
import { type Returns, returnPath } from '../payments/returns.ts'
import { pathOf } from './http.ts'
import { json } from './json.ts'
import { builtPages, pagePolicy } from './pages.ts'
import type { PaymentTexts } from './payment-texts/en.ts'
import { type Speech, speechFor } from './payment-texts/speech.ts'
import type { Route } from './route.ts'

/** The pages that this page leads to, by the text of the link and the path. */
export type PageLinks = readonly (readonly [name: 'home' | 'plans', path: string])[]

const told = {
  success: ['receivedTitle', 'receivedText'],
  cancel: ['canceledTitle', 'nothingCharged'],
  unknown: ['unknownTitle', 'unknownText'],
  unconfirmed: ['unconfirmedTitle', 'unconfirmedText'],
  saved: ['savedTitle', 'savedText'],
  unsaved: ['unsavedTitle', 'nothingCharged'],
} as const

/** The path at which the page asks how its purchase stands. */
export const statePath = `${returnPath}/state`

/**
 * The page that Checkout and confirmations return to. It shows the outcome and links to the next page. The code in the address
 * shows how the purchase stands, without a session: to the first browser that opens it, for an hour, because addresses stay
 * in histories and logs. The built page follows the purchase. It speaks the language of the browser. Source: facts A4.
 */
export function paymentPage(returns: Returns, links: PageLinks): Route {
  return async (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://gateway')
    const returned = await returnedBy(request, response, searchParams.get('code'), returns)
    const speech = speechOf(request, response)
    const said = saidBy(searchParams, speech)
    // The bank's answer comes with the customer, before the gateway knows it.
    const isFirst = returned?.state === 'PENDING' && said.outcome === 'unconfirmed'
    const { outcome, title, text, receiptUrl } = returned === null || isFirst ? said : stateOf(returned, speech)
    const receipt = escapeHtml(speech.text.receipt)
    const before = receiptUrl == null ? '' : `<a data-receipt href="${escapeHtml(receiptUrl)}">${receipt}</a>`
    return showPayment(response, { outcome, title, text }, { before, links, policy: pagePolicy, speech })
  }
}

/** The language in which the browser is answered. */
export function speechOf({ headers }: IncomingMessage, response: ServerResponse): Speech {
  const speech = speechFor(headers['accept-language'])
  response.setHeader('Vary', 'Accept-Language')
  response.setHeader('Content-Language', speech.locale)
  return speech
}

/** How the purchase stands whose code this browser has used. */
export function paymentState(returns: Returns): Route {
  return async (request, response) => {
    const code = usedCode(request)
    const purchase = code === null ? null : await returns.find(code)
    if (purchase === null) return json(response, 404, { message: 'This browser has come back from no payment lately' })
    json(response, 200, stateOf(purchase, speechOf(request, response)))
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
    const kept = `${cookie}=${code}; Path=${pathOf(request)}; Max-Age=${keptSeconds}`
    response.setHeader('Set-Cookie', `${kept}; HttpOnly; SameSite=Lax`)
  }
  return opened
}

/** The code that this browser has used last. */
const usedCode = ({ headers }: IncomingMessage): string | null => keptCode.exec(headers.cookie ?? '')?.[1] ?? null

type State = Words & { readonly isOver: boolean; readonly receiptUrl?: string | null }

/** The state of a purchase, in the page's words. `isOver`: it does not change by itself any more. */
function stateOf(purchase: Purchase, { locale, text, credits: counted }: Speech): State {
  const { state, credits, failure, declineCode, isUnderWay, facts, posted } = purchase
  if (state === 'CANCELED') {
    return { outcome: 'cancel', title: text.canceledTitle, text: text.nothingCharged, isOver: true }
  }
  if (state === 'FAILED') {
    // The reason is Stripe's or the gateway's, in English.
    const reason = /^en\b/.test(locale) ? failure : declineCode === paidOtherwise ? text.otherwiseText : null
    return { outcome: 'failed', title: text.declinedTitle, text: reason ?? text.declinedText, isOver: true }
  }
  if (state === 'PENDING' || posted < facts) {
    const when = isUnderWay ? text.bankText : text.underWayText
    return { outcome: 'under-way', title: text.underWayTitle, text: when, isOver: false }
  }
  if (state === 'REFUNDED') {
    return { outcome: 'cancel', title: text.refundedTitle, text: text.refundedText, isOver: true }
  }
  const receiptUrl = purchase.invoiceUrl ?? purchase.receiptUrl
  return { outcome: 'success', title: counted(text.added, credits), text: text.closeTab, receiptUrl, isOver: true }
}

/** The outcome that the address alone tells. */
function saidBy(asked: URLSearchParams, { text: texts }: Speech): Words & Pick<State, 'receiptUrl'> {
  const outcome = outcomeOf(asked)
  const [title, text] = told[outcome]
  return { outcome, title: texts[title], text: texts[text] }
}

const file = join(builtPages, 'payment.html')

type Words = { readonly outcome: string; readonly title: string; readonly text: string }
type Surroundings = {
  /** HTML in front of the links. */
  readonly before: string
  readonly links: PageLinks
  /** The Content-Security-Policy. */
  readonly policy: string
  readonly speech: Speech
}

/** Answers with the page about a payment. `words` may have any characters. */
export async function showPayment(
  response: ServerResponse,
  words: Words,
  { before, links, policy, speech }: Surroundings,
): Promise<void> {
  const { locale, direction, text } = speech
  const template = await readFile(file, 'utf8').catch(() => plainPage)
  const leads = links.map(([name, path]) => `<a href="${path}">${escapeHtml(text[name])}</a>`)
  const shown = { ...words, locale, direction, goOn: text.goOn, texts: JSON.stringify(followed(text)) }
  const escaped = Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, escapeHtml(value)]))
  const values: Readonly<Record<string, string>> = { ...escaped, links: [before, ...leads].join(' ') }
  response
    .writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
    })
    .end(template.replaceAll(/\{\{(\w+)\}\}/g, (all, name: string) => values[name] ?? all))
}

/** The texts with which the built page follows the newest purchase of a tab that has a token. */
const followed = ({
  added,
  balance,
  declinedTitle,
  declinedText,
  underWayTitle,
  underWayText,
  receipt,
}: PaymentTexts) => ({
  added,
  balance,
  declinedTitle,
  declinedText,
  underWayTitle,
  underWayText,
  receipt,
})

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')

/** The bank's answer, which Stripe adds to the address, counts more than where the payment was to come back to. */
function outcomeOf(asked: URLSearchParams): keyof typeof told {
  if (asked.get('redirect_status') === 'failed') return 'unconfirmed'
  const outcome = asked.get('outcome')
  const isKnown = (name: string | null): name is keyof typeof told => name !== null && Object.hasOwn(told, name)
  return isKnown(outcome) ? outcome : 'unknown'
}

/** The page that is used if the pages are not built. */
const plainPage = `<!doctype html>
<html lang="{{locale}}" dir="{{direction}}">
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
