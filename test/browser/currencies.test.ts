import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, tokenFor } from '../setup/gateway.ts'
import { mutate } from '../setup/operator.ts'
import { newTeam, purchasesOf, saveCard, tabOf } from './buy-scene.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { buy, liveIn, startEuroGateway } from './money-scene.ts'
import { faultsOf } from './page-faults.ts'

const patience = { timeout: 20_000 }
let gateway: Gateway
let browser: Browser

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startEuroGateway()
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

type Visitor = { readonly team: string; readonly locale?: string; readonly path?: string }

/** The billing page of an admin, in a browser of this language. */
async function open({ team, locale = 'en-US', path = '/billing' }: Visitor): Promise<{ page: Page; told: string[] }> {
  const context = await browser.newContext({ locale, reducedMotion: 'reduce', viewport: { width: 1200, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(patience.timeout)
  const told: string[] = []
  page.on('pageerror', (error) => told.push(error.message))
  const token = await tokenFor({ team, member: 'ana', name: 'Ana', role: path === '/billing' ? 'ADMIN' : 'PLATFORM' })
  await page.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  await page.goto(`${gateway.url}${path}`)
  return { page, told }
}

/** The same with the dialog open and its prices there. */
async function openDialog(visitor: Visitor) {
  const opened = await open(visitor)
  await opened.page.locator('#buy').click()
  await opened.page.locator('credits-buy dialog[open] [data-buy]:enabled').waitFor()
  return opened
}

const dialog = (page: Page) => page.locator('credits-buy')
const currency = (page: Page) => dialog(page).getByRole('combobox', { name: 'Currency' })
const pay = (page: Page, price: string) => dialog(page).getByRole('button', { name: `Pay ${price}` })

describe.skipIf(!runsHere)(
  'a choice of currencies (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('stands in the dialog until the first purchase, and all prices follow it', async () => {
      const team = await newTeam(gateway.url, 'free')
      const { page, told } = await openDialog({ team })
      expect(await currency(page).inputValue()).toBe('USD')
      await dialog(page)
        .getByRole('radio', { name: /Medium/ })
        .check()
      await pay(page, '$49.50').waitFor()
      await currency(page).focus()
      await page.keyboard.press('ArrowUp')
      await pay(page, '€45.00').waitFor()
      expect(await currency(page).evaluate((select) => select.matches(':focus'))).toBe(true)
      expect(
        await dialog(page)
          .getByRole('radio', { name: /Medium/ })
          .isChecked(),
      ).toBe(true)
      expect(await dialog(page).locator('.price').allInnerTexts()).toEqual(['€20.00', '€45.00', '€210.00', ''])
      await dialog(page).getByRole('slider').fill('1')
      await pay(page, '€10.00').waitFor()
      await currency(page).selectOption('USD')
      await pay(page, '$11.00').waitFor()
      expect(await faultsOf(page)).toEqual([])
      await page.reload()
      await page.locator('#buy').click()
      await currency(page).selectOption('EUR')
      await page.reload()
      await page.locator('#buy').click()
      await pay(page, '€20.00').waitFor()
      const checkout = await tabOf(page, () => pay(page, '€20.00').click())
      await checkout.getByRole('button', { name: 'Pay €20.00' }).click()
      await dialog(page).getByRole('heading', { name: '2,000 credits added' }).waitFor()
      await dialog(page).getByRole('button', { name: 'Done' }).click()
      await page.locator('#buy').click()
      await pay(page, '€20.00').waitFor()
      expect(await currency(page).count()).toBe(0)
      expect(await dialog(page).locator('[data-currency]').textContent()).toBe('CurrencyEuro (EUR)')
      expect([await faultsOf(page), told]).toEqual([[], []])
      await page.context().close()
    })

    test.each([
      ['the language of the browser', null, 'de-DE', '20,00 €'],
      ['the country of the billing details', 'US', 'de-DE', '22,00 $'],
    ])('is proposed by %s', async (_, country, locale, price) => {
      const team = await newTeam(gateway.url, 'free')
      if (country !== null) await liveIn(gateway.url, team, country)
      const { page } = await openDialog({ team, locale })
      const prices = async () => (await dialog(page).locator('.price').allInnerTexts())[0]?.replace('\u00A0', ' ')
      await expect.poll(prices).toBe(price)
      await page.context().close()
    })

    test('that somebody else took away is told after the click, with the new prices, and nothing is bought', async () => {
      const team = await newTeam(gateway.url, 'free')
      await saveCard(gateway.url, team, '4242424242424242', 'small')
      const { page, told } = await openDialog({ team })
      await pay(page, '$22.00').waitFor()
      await mutate(gateway.url, 'assignPlan', { teamId: team, planId: 'free', currency: 'EUR' })
      await pay(page, '$22.00').click()
      await dialog(page).getByRole('alert').getByText('Your team pays in another currency by now.').waitFor()
      await pay(page, '€20.00').waitFor()
      expect(await currency(page).count()).toBe(0)
      expect(await purchasesOf(gateway.url, team)).toEqual([])
      expect(await faultsOf(page)).toEqual([])
      await pay(page, '€20.00').click()
      await dialog(page).getByRole('heading', { name: '2,000 credits added' }).waitFor()
      expect(told).toEqual([])
      await page.context().close()
    })

    test('is that of auto-recharge: in the dialog and on the billing page, which follow each other', async () => {
      const team = await newTeam(gateway.url, 'free')
      await saveCard(gateway.url, team, '4242424242424242', 'small')
      const { page, told } = await open({ team })
      await page.getByRole('tab', { name: 'Purchases' }).click()
      const settings = page.locator('credits-auto-recharge')
      const unit = () => settings.locator('#cap span[slot=end]').textContent()
      await expect.poll(unit).toBe('USD')
      await settings.getByRole('combobox', { name: 'Currency' }).selectOption('EUR')
      await expect.poll(unit).toBe('EUR')
      expect(await settings.getByRole('combobox', { name: 'Buy' }).textContent()).toContain('€20')
      expect(await faultsOf(page)).toEqual([])
      await page.locator('#buy').click()
      await pay(page, '€20.00').waitFor()
      await currency(page).selectOption('USD')
      await pay(page, '$22.00').waitFor()
      await dialog(page)
        .getByRole('button', { name: /Auto-recharge/ })
        .click()
      await dialog(page).getByLabel('Spend at most each month (USD)').fill('30')
      await dialog(page).locator('[data-mandate]').getByText('for 22 USD, for at most 30 USD a month').waitFor()
      await dialog(page).getByRole('checkbox').check()
      await dialog(page).getByRole('button', { name: 'Turn on auto-recharge' }).click()
      await dialog(page).getByText('$0.00 of $30.00').waitFor()
      await dialog(page).getByRole('button', { name: 'Close' }).click()
      await expect.poll(unit).toBe('USD')
      await settings.getByRole('combobox', { name: 'Currency' }).waitFor({ state: 'detached' })
      expect(told).toEqual([])
      await page.context().close()
    })

    test('the operator sees the currency of a team, and its purchases in it', async () => {
      const team = await newTeam(gateway.url, 'free', 'USD')
      await buy(gateway.url, team, 'small', 'CHECKOUT')
      const { page } = await open({ team, path: `/operator#/teams/${team}/payments` })
      await page.getByText('Pays in USD').waitFor()
      await page.locator('operator-team-payments').getByText('$22.00').waitFor()
      expect(await faultsOf(page)).toEqual([])
      await page.context().close()
    })
  },
)
