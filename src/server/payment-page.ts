import type { Route } from './http.ts'

/** Where it leads on from the page, by name and path. */
export type PageLinks = readonly (readonly [name: string, path: string])[]

const told = {
  success: ['Payment received', 'Your credits are on the balance as soon as it is confirmed, mostly within moments.'],
  cancel: ['Payment canceled', 'Nothing was charged.'],
  unknown: ['Back from the payment', 'What came of it shows on the balance, mostly within moments.'],
  unconfirmed: ['Payment not confirmed', 'Your bank did not confirm it. Nothing was charged.'],
  saved: ['Payment method saved', 'Nothing was charged.'],
  unsaved: ['No payment method saved', 'Nothing was charged.'],
} as const

/** Where Checkout and confirmations come back to: says how it went and leads on. Source: SEEDS A4. */
export function paymentPage(links: PageLinks): Route {
  return (request, response) => {
    const [title, text] = told[outcomeOf(new URL(request.url ?? '/', 'http://gateway').searchParams)]
    response
      .writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'Referrer-Policy': 'no-referrer',
      })
      .end(page(title, text, links))
  }
}

/** The bank's answer, which Stripe adds to the address, counts more than where the payment was to come back to. */
function outcomeOf(asked: URLSearchParams): keyof typeof told {
  if (asked.get('redirect_status') === 'failed') return 'unconfirmed'
  const outcome = asked.get('outcome')
  const isKnown = (name: string | null): name is keyof typeof told => name !== null && Object.hasOwn(told, name)
  return isKnown(outcome) ? outcome : 'unknown'
}

const page = (title: string, text: string, links: PageLinks) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem; color-scheme: light dark }
  a { margin-inline-end: 1rem }
</style>
<h1>${title}</h1>
<p>${text}</p>
<p>${links.map(([name, path]) => `<a href="${path}">${name}</a>`).join(' ')}</p>
</html>
`
