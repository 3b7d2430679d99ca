import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { balanceOf } from '../setup/operator.ts'
import { startBuyHost } from './buy-host.ts'
import { type Buyer, happened, newTeam, openDialog, pillToken, purchasesOf, saveCard, tabOf } from './buy-scene.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'
import type { Site } from './site.ts'

const patience = { timeout: 20_000 }
let host: Site
let gateway: Gateway
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  if (!runsHere) return
  host = await startBuyHost(() => gateway.url)
  gateway = await startGateway({ env: { ALLOWED_ORIGINS: host.url } })
  browser = await startBrowser()
})

afterEach(() => context?.close())

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
  await host?.close()
})

async function open(buyer: Buyer, scheme: 'light' | 'dark' = 'light'): Promise<{ page: Page; told: string[] }> {
  context = await browser.newContext({ colorScheme: scheme, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patience.timeout)
  return openDialog(context, { gateway: gateway.url, host: host.url }, buyer)
}

const teamWith = async (card: string): Promise<string> => {
  const team = await newTeam(gateway.url)
  await saveCard(gateway.url, team, card)
  return team
}
const pay = (page: Page) => page.getByRole('button', { name: /^Pay \$/ })
const isPaid = (page: Page) => page.getByRole('heading', { name: '5,000 credits added' }).waitFor()
const textOf = (page: Page, selector: string) => page.locator(selector).textContent()
const available = async (team: string) => (await balanceOf(gateway.url, team)).available

describe.skipIf(!runsHere)(
  'the buy dialog in a strict page of another site (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('A2, A4: shows what a purchase does to the balance, pays at Checkout, and follows live', async () => {
      const team = await newTeam(gateway.url)
      const { page, told } = await open({ team })
      await page.getByRole('radio', { name: /20,000 credits/ }).check()
      await expect.poll(() => textOf(page, '[data-after]')).toBe('30,000')
      await page
        .getByRole('radio', { name: /5,000 credits .*about 79 messages.* \$1\.00 per 1,000/s })
        .first()
        .check()
      await expect.poll(() => textOf(page, '[data-after]')).toBe('15,000')
      const checkout = await tabOf(page, () => pay(page).click())
      await page.getByRole('heading', { name: 'Payment under way' }).waitFor()
      await checkout.getByRole('button', { name: 'Pay $5.00' }).click()
      await checkout.waitForURL(/\/payment\?outcome=success/)
      await isPaid(page)
      await expect.poll(() => textOf(page, '[data-total]')).toBe('15,000')
      await page.getByRole('button', { name: 'Done' }).click()
      await expect
        .poll(() => happened(page))
        .toEqual(['dialog-open', 'purchase-start', 'purchase-success', 'dialog-close'])
      expect(told).toEqual([])
    })

    test('buys by the saved method in one click, and once for two clicks', async () => {
      const team = await teamWith('4242424242424242')
      const { page, told } = await open({ team })
      await pay(page).dblclick()
      await isPaid(page)
      expect(await purchasesOf(gateway.url, team)).toEqual(['PAID'])
      expect(await available(team)).toBe('15000')
      expect([await faultsOf(page, { within: 'credits-buy' }), told]).toEqual([[], []])
    })

    test('buys once where the answer was lost and the buyer checks again', async () => {
      const team = await teamWith('4242424242424242')
      const { page } = await open({ team })
      await page.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('purchaseCredits')) return route.continue()
        await route.fetch()
        await route.abort()
        await page.unroute('**/graphql')
      })
      await pay(page).click()
      await page.getByRole('button', { name: 'Check again' }).click()
      await isPaid(page)
      expect(await purchasesOf(gateway.url, team)).toEqual(['PAID'])
    })

    test('goes on with a payment after a reload of the page', async () => {
      const team = await newTeam(gateway.url)
      const { page } = await open({ team })
      const checkout = await tabOf(page, () => pay(page).click())
      await page.reload()
      await page.locator('#open').click()
      await page.getByRole('link', { name: /Open payment page/ }).waitFor()
      await checkout.getByRole('button', { name: 'Pay $5.00' }).click()
      await isPaid(page)
      expect(await purchasesOf(gateway.url, team)).toEqual(['PAID'])
    })

    test('says why a card was declined and what to do, and leads to another way', async () => {
      const team = await teamWith('4000000000000341')
      const { page, told } = await open({ team }, 'dark')
      await pay(page).click()
      await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/declined.*Nothing was charged/)
      expect([await faultsOf(page, { within: 'credits-buy' }), told]).toEqual([[], []])
      const checkout = await tabOf(page, () => page.getByRole('button', { name: /another payment method/ }).click())
      await checkout.getByRole('button', { name: 'Pay $5.00' }).click()
      await isPaid(page)
      expect(await purchasesOf(gateway.url, team)).toEqual(['PAID', 'FAILED'])
    })

    test('leads to the bank where it wants a confirmation, and hears what came of it', async () => {
      const team = await teamWith('4000002760003184')
      const { page, told } = await open({ team })
      await pay(page).click()
      const link = page.getByRole('link', { name: 'Confirm with your bank' })
      const refusing = await tabOf(page, () => link.click())
      await refusing.getByRole('button', { name: 'Fail' }).click()
      await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/did not confirm/)
      await page.getByRole('button', { name: 'Try again' }).click()
      const agreeing = await tabOf(page, () => link.click())
      await agreeing.getByRole('button', { name: 'Complete' }).click()
      await isPaid(page)
      expect(await purchasesOf(gateway.url, team)).toEqual(['PAID', 'FAILED'])
      expect(told).toEqual([])
    })

    test('G4: tells a member whom to ask', async () => {
      const team = await newTeam(gateway.url)
      const admin = await open({ team, name: 'Ana López' })
      await pay(admin.page).waitFor()
      await context.close()
      const { page, told } = await open({ team, role: 'MEMBER', member: 'ben' })
      await page.getByText('Ana López').waitFor()
      await expect.poll(() => pay(page).count()).toBe(0)
      expect([await faultsOf(page, { within: 'credits-buy' }), told]).toEqual([[], []])
    })

    test.each([true, false])('opens with a pill token (may buy: %s)', async (mayBuy) => {
      const team = await teamWith('4242424242424242')
      const token = await pillToken(gateway.url, team, { origin: host.url, mayBuy })
      const { page, told } = await open({ team, token })
      if (mayBuy) {
        await page.getByRole('button', { name: /Auto-recharge/ }).waitFor()
        await pay(page).click()
        await isPaid(page)
      } else await page.getByText('Ask an admin of Acme').waitFor()
      expect(told).toEqual([])
    })

    test('W9: tells whom to contact where the plan sells no packages', async () => {
      const { page, told } = await open({ team: await newTeam(gateway.url, 'enterprise') })
      const mail = page.getByRole('link', { name: 'Write to sales@wevion.ai' })
      expect(await mail.getAttribute('href')).toBe('mailto:sales@wevion.ai')
      expect(told).toEqual([])
    })

    test('W5, G5: turns auto-recharge on with consent, saving a card on the way, and off', async () => {
      const { page, told } = await open({ team: await newTeam(gateway.url) }, 'dark')
      await page.getByRole('button', { name: /Auto-recharge/ }).click()
      await page.getByLabel('When the balance falls below').fill('500')
      await page.getByLabel(/Spend at most/).fill('40')
      const turnOn = page.getByRole('button', { name: 'Turn on auto-recharge' })
      await turnOn.click()
      const consent = page.getByRole('checkbox', { name: /\$5\.00 is charged .* below 500 credits, at most \$40\.00/ })
      expect(await consent.evaluate((box: HTMLInputElement) => box.validity.valueMissing)).toBe(true)
      await consent.check()
      await turnOn.click()
      const setup = await tabOf(page, () => page.getByRole('link', { name: 'Save a payment method' }).click())
      expect(await faultsOf(page, { within: 'credits-buy' })).toEqual([])
      await setup.getByRole('button', { name: 'Save' }).click()
      await page.getByText('$0.00 of $40.00').waitFor()
      expect(told).toEqual([])
      await page.getByRole('button', { name: 'Turn off auto-recharge' }).click()
      await turnOn.waitFor()
    })

    test('is used by keyboard alone', async () => {
      const team = await teamWith('4242424242424242')
      const { page, told } = await open({ team })
      await page.locator('input:checked:focus').waitFor()
      expect(await faultsOf(page, { within: 'credits-buy' })).toEqual([])
      await page.keyboard.press('ArrowDown')
      await page.getByRole('button', { name: 'Pay $20.00' }).waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '20,000 credits added' }).waitFor()
      await page.locator('[data-done]:focus').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
      await page.locator('#open:focus').waitFor()
      expect(told).toEqual([])
    })
  },
)
