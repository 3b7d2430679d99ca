import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
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

/**
 * The page that Checkout and confirmations return to. It shows the outcome and links to the next page. The built page
 * also follows the purchase if its tab has a token. Source: facts A4.
 */
export function paymentPage(links: PageLinks): Route {
  return (request, response) => {
    const outcome = outcomeOf(new URL(request.url ?? '/', 'http://gateway').searchParams)
    const [title, text] = told[outcome]
    return showPayment(response, { outcome, title, text }, { before: '', links, policy: pagePolicy })
  }
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
