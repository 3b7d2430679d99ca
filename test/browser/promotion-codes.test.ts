import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox, type Sandbox } from '../../packages/stripe-sandbox/src/sandbox.ts'
import type { Role } from '../../src/domain/role.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { type Gateway, tokenFor } from '../setup/gateway.ts'
import { mutate } from '../setup/operator.ts'
import { saveCard } from './buy-scene.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { startEuroGateway } from './money-scene.ts'
import { faultsOf } from './page-faults.ts'

const patience = { timeout: 20_000 }
const team = 'acme'
let sandbox: Sandbox
let gateway: Gateway
let browser: Browser
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  const { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET, url: STRIPE_API_URL } = sandbox
  const env = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_URL }
  gateway = await startEuroGateway({ more: 'promotionCodes: true', env })
  sandbox.deliverTo(`${gateway.url}/webhooks/stripe`)
  await mutate(gateway.url, 'assignPlan', { teamId: team, planId: 'team', teamName: 'Acme', currency: 'EUR' })
  const stripe = createStripe({ secretKey: STRIPE_SECRET_KEY, apiUrl: STRIPE_API_URL })
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20 })
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, code: 'SPRING' })
  await saveCard(gateway.url, team, '4242424242424242', 'small')
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
  await sandbox?.close()
})

async function open(path: string, role: Role = 'ADMIN', locale = 'en-US'): Promise<Page> {
  const page = await browser.newPage({ locale, viewport: { width: 1200, height: 900 } })
  page.setDefaultTimeout(patience.timeout)
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  const token = await tokenFor({ team: role === 'PLATFORM' ? undefined : team, member: 'ana', name: 'Ana', role })
  await page.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  await page.goto(`${gateway.url}${path}`)
  return page
}

const textOf = (page: Page, selector: string) => async () =>
  (await page.locator(selector).allInnerTexts()).join('\n').replaceAll('\u00A0', ' ')

const name = 'promotion codes (skipped where the packaged Chromium does not run: it is for Linux on x64)'
describe.skipIf(!runsHere)(name, () => {
  test('the dialog says where a code is entered, and leads there although a card is saved', async () => {
    const page = await open('/billing')
    await page.locator('#buy').click()
    await page.getByRole('radio', { name: /Medium/ }).check()
    await page.getByText('You enter a promotion code on the payment page.').waitFor()
    await page.getByRole('button', { name: 'Pay €45.00' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    const [checkout] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'I have a promotion code' }).click(),
    ])
    await checkout.getByLabel('Promotion code').fill('spring')
    await checkout.getByRole('button', { name: 'Apply' }).click()
    await checkout.getByText('SPRING: €9.00 off').waitFor()
    await checkout.getByRole('button', { name: 'Pay €36.00' }).click()
    await page.locator('credits-buy').getByRole('heading', { name: '5,000 credits added' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })

  test('the billing page and the operator see what was paid, and what the code took off', async () => {
    const page = await open('/billing#purchases')
    const rows = textOf(page, 'credits-purchases li')
    await expect.poll(rows).toMatch(/Medium[\s\S]*€9 off by promotion code[\s\S]*Paid[\s\S]*€36/)
    expect(await faultsOf(page)).toEqual([])
    await page.close()
    const operator = await open(`/operator#/teams/${team}/payments`, 'PLATFORM')
    await expect
      .poll(textOf(operator, 'operator-team-payments section'))
      .toMatch(/Medium[\s\S]*Paid[\s\S]*€36.00[\s\S]*€9.00 off by promotion code/)
    expect(await faultsOf(operator)).toEqual([])
    await operator.close()
    expect(told).toEqual([])
  })

  test('the dialog speaks of codes in the language of the page', async () => {
    const page = await open('/billing', 'ADMIN', 'de-DE')
    await page.locator('#buy').click()
    await page.getByRole('button', { name: 'Ich habe einen Aktionscode' }).waitFor()
    await page.close()
  })
})
