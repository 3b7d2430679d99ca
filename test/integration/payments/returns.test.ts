import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page } from '../../setup/browser.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { makeTeam, resultOf } from '../../setup/operator.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

const buying = `mutation ($key: String!) { result: purchaseCredits(input: { packageId: "starter", idempotencyKey: $key, pay: CHECKOUT }) {
  ... on Purchase { checkoutUrl } } }`

/** The address to which a paid Checkout page sends its customer. Nobody has opened it yet. */
async function paid(): Promise<string> {
  const team = `returning-${randomUUID()}`
  await makeTeam(gateway.url, team, 'pro')
  const answer = await ask(gateway.url, buying, { key: randomUUID() }, await tokenFor({ team, role: 'ADMIN' }))
  const { checkoutUrl } = resultOf<{ checkoutUrl: string }>(answer)
  const body = new URLSearchParams()
  const { html } = await Page.open(checkoutUrl)
  for (const [, name = '', value = ''] of html.matchAll(/<input[^>]* name="(\w+)"[^>]* value="([^"]*)"/g))
    body.set(name, value)
  const { headers } = await fetch(checkoutUrl, { method: 'POST', body, redirect: 'manual' })
  return headers.get('location') ?? expect.unreachable('Checkout leads back')
}

const titleOf = (html: string) => /<h1>([\s\S]*?)<\/h1>/.exec(html)?.[1]
const stateFor = (cookie: string) => fetch(`${gateway.url}/payment/state`, { headers: { cookie } })

describe('a customer who comes back from paying, without a session,', () => {
  test('sees how the purchase stands, live and after a reload', async () => {
    const address = await paid()
    expect(address).toMatch(/\/payment\?outcome=success&code=[0-9a-f-]{36}$/)
    const first = await fetch(address)
    expect(['Payment under way', '5,000 credits added']).toContain(titleOf(await first.text()))
    const set = first.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/; Path=\/payment; Max-Age=3600; HttpOnly; SameSite=Lax$/)
    const cookie = set.split(';')[0] ?? ''
    const state = async () => (await stateFor(cookie)).json()
    await expect.poll(state).toMatchObject({
      outcome: 'success',
      title: '5,000 credits added',
      isOver: true,
    })
    const again = await fetch(address, { headers: { cookie } })
    expect(titleOf(await again.text())).toBe('5,000 credits added')
    expect(again.headers.get('set-cookie')).toBeNull()
  })

  test('uses the code up: nobody else sees the purchase by the same address', async () => {
    const address = await paid()
    // A program that looks at the head of a page, such as a preview, does not use it up.
    expect((await fetch(address, { method: 'HEAD' })).headers.get('set-cookie')).toBeNull()
    await fetch(address)
    const other = await fetch(address)
    expect(titleOf(await other.text())).toBe('Payment received')
    expect(other.headers.get('set-cookie')).toBeNull()
  })

  test('reads it in the language of the browser', async () => {
    const address = await paid()
    const headers = { 'accept-language': 'de-DE, en;q=0.5' }
    const page = await fetch(address, { headers })
    expect([page.headers.get('content-language'), page.headers.get('vary')]).toEqual(['de-DE', 'Accept-Language'])
    const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(await page.text()).toContain('<html lang="de-DE" dir="ltr"')
    const state = async () => (await fetch(`${gateway.url}/payment/state`, { headers: { ...headers, cookie } })).json()
    await expect.poll(state).toMatchObject({
      title: '5.000 Credits gutgeschrieben',
      text: 'Du kannst diesen Tab schließen.',
    })
  })

  test.each(['', 'credits_payment=nonsense', `credits_payment=${randomUUID()}`])(
    'is told nothing with the cookie %j',
    async (cookie) => {
      expect((await stateFor(cookie)).status).toBe(404)
    },
  )

  test('is told nothing by a code that is not used yet', async () => {
    const code = new URL(await paid()).searchParams.get('code')
    expect((await stateFor(`credits_payment=${code}`)).status).toBe(404)
  })
})
