import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf } from '../setup/operator.ts'
import { startBuyHost } from './buy-host.ts'
import { newTeam, openDialog, purchasesOf, saveCard, tabOf } from './buy-scene.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'
import type { Site } from './site.ts'

const patience = { timeout: 20_000 }
const folder = mkdtempSync(join(tmpdir(), 'any-amount-'))
let host: Site
let gateway: Gateway
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  if (!runsHere) return
  // The dialog's amounts are the subject here, without the address that a tax needs.
  const CATALOG = join(folder, 'untaxed.yaml')
  writeFileSync(CATALOG, readFileSync('catalogs/example-eu.yaml', 'utf8').replace(/^tax:.*$/m, ''))
  host = await startBuyHost(() => gateway.url)
  gateway = await startGateway({ env: { ALLOWED_ORIGINS: host.url, CATALOG } })
  browser = await startBrowser()
})

afterEach(() => context?.close())

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
  await host?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function contextOf(): Promise<BrowserContext> {
  context = await browser.newContext({ reducedMotion: 'reduce' })
  context.setDefaultTimeout(patience.timeout)
  return context
}

const open = async (team: string) => openDialog(await contextOf(), { gateway: gateway.url, host: host.url }, { team })

const slider = (page: Page) => page.getByRole('slider', { name: 'Any amount' })
const pay = (page: Page) => page.getByRole('button', { name: /^Pay €/ })
const after = (page: Page) => expect.poll(() => page.locator('[data-after]').textContent())
/** The slider at its step with this number. */
const slideTo = (page: Page, step: number) => slider(page).fill(`${step}`)

describe.skipIf(!runsHere)(
  'any amount (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('is chosen by keys with its price and its balance, and bought by the saved method', async () => {
      const team = await newTeam(gateway.url, 'free', 'EUR')
      await saveCard(gateway.url, team, '4242424242424242', 'small')
      const { page, told } = await open(team)
      const any = page.getByRole('radio', { name: /^Any amount/ })
      expect(await any.isChecked()).toBe(false)
      await slider(page).focus()
      await page.keyboard.press('ArrowRight')
      await pay(page).filter({ hasText: 'Pay €10.00' }).waitFor()
      expect(await any.isChecked()).toBe(true)
      await expect.poll(() => slider(page).getAttribute('aria-valuetext')).toBe('1,000 credits')
      await after(page).toBe('1,200')
      await page.keyboard.press('End')
      await pay(page).filter({ hasText: 'Pay €840.00' }).waitFor()
      await page.keyboard.press('Home')
      await pay(page).filter({ hasText: 'Pay €5.00' }).waitFor()
      await expect.poll(() => page.locator('[data-any-price]').textContent()).toContain('€5.00')
      await after(page).toBe('700')
      expect([await faultsOf(page, { within: 'credits-buy' }), told]).toEqual([[], []])
      await pay(page).click()
      await page.getByRole('heading', { name: '500 credits added' }).waitFor()
      expect((await balanceOf(gateway.url, team)).available).toBe('700')
      expect(await purchasesOf(gateway.url, team)).toEqual(['PAID'])
    })

    test('is paid at Checkout, and a package can be chosen instead until then', async () => {
      const team = await newTeam(gateway.url, 'free', 'EUR')
      const { page, told } = await open(team)
      await slideTo(page, 24)
      await pay(page).filter({ hasText: 'Pay €106.88' }).waitFor()
      await page.getByRole('radio', { name: /2,000 credits/ }).check()
      await pay(page).filter({ hasText: 'Pay €20.00' }).waitFor()
      await page.getByRole('radio', { name: /^Any amount/ }).check()
      await pay(page).filter({ hasText: 'Pay €5.00' }).waitFor()
      await slideTo(page, 24)
      await pay(page).filter({ hasText: 'Pay €106.88' }).waitFor()
      const checkout = await tabOf(page, () => pay(page).click())
      await page.getByRole('heading', { name: 'Payment under way' }).waitFor()
      await expect.poll(() => page.locator('.order').textContent()).toBe('12,500 credits€106.88')
      await checkout.getByRole('button', { name: 'Pay €106.88' }).click()
      await page.getByRole('heading', { name: '12,500 credits added' }).waitFor()
      expect(told).toEqual([])
    })

    test('is listed on the billing page, which recharges to a balance', async () => {
      const team = await newTeam(gateway.url, 'free', 'EUR')
      await saveCard(gateway.url, team, '4242424242424242', 'small')
      const token = await tokenFor({ team, role: 'ADMIN' })
      const page = await (await contextOf()).newPage()
      await page.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
      await page.goto(`${gateway.url}/billing`)
      await page.getByRole('tab', { name: 'Purchases' }).click()
      const recharge = page.locator('credits-auto-recharge')
      await recharge.getByRole('combobox', { name: 'Buy' }).selectOption({ label: 'Up to a balance' })
      await recharge.getByRole('textbox', { name: 'When the balance falls below' }).fill('100')
      await recharge.getByRole('textbox', { name: 'Balance to reach' }).fill('2000')
      await recharge.getByRole('textbox', { name: 'Purchases a day at most' }).fill('3')
      await recharge.locator('#enabled').click()
      await recharge.getByRole('button', { name: 'Save' }).click()
      await recharge.getByText('Saved', { exact: true }).waitFor()
      expect(await faultsOf(page, { within: 'credits-billing' })).toEqual([])
      await page.reload()
      await page.getByRole('tab', { name: 'Purchases' }).click()
      await expect.poll(() => recharge.getByRole('textbox', { name: 'Balance to reach' }).inputValue()).toBe('2000')
    })
  },
)
