import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page as PlainPage } from '../setup/browser.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { beginCheckout, newTeam } from './buy-scene.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'

let gateway: Gateway
let browser: Browser

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway()
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

type Opened = { readonly page: Page; readonly told: string[] }

/** `/payment` in a tab that has the token of an admin of `team`, or none. */
async function open(query: string, team: string | null, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  const page = await browser.newPage({ colorScheme })
  const told: string[] = []
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  const token = team === null ? null : await tokenFor({ team, role: 'ADMIN' })
  if (token !== null) await page.addInitScript(`sessionStorage.setItem('credits.token', ${JSON.stringify(token)})`)
  await page.goto(`${gateway.url}/payment?${query}`)
  return { page, told }
}

const heading = (page: Page) => page.locator('h1').textContent()

describe.skipIf(!runsHere)(
  'the page after a payment (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('A4: follows the purchase live in a tab that has a token', async () => {
      const team = await newTeam(gateway.url)
      const checkout = await beginCheckout(gateway.url, team)
      const { page, told } = await open('outcome=success', team)
      await expect.poll(() => heading(page)).toBe('Payment under way')
      await (await PlainPage.open(checkout)).press('Pay $5.00')
      await expect.poll(() => heading(page)).toBe('5,000 credits added')
      await expect.poll(() => page.locator('p').textContent()).toContain('Your balance is 15,000.')
      await expect.poll(() => page.title()).toBe('5,000 credits added')
      expect([await faultsOf(page), told]).toEqual([[], []])
      await page.close()
    })

    test('A4: stays with a cancellation while nothing is paid', async () => {
      const team = await newTeam(gateway.url)
      await beginCheckout(gateway.url, team)
      const page = await browser.newPage()
      await page.addInitScript(
        `sessionStorage.setItem('credits.token', ${JSON.stringify(await tokenFor({ team, role: 'ADMIN' }))})`,
      )
      const read = page.waitForResponse((response) => response.url().endsWith('/graphql'))
      await page.goto(`${gateway.url}/payment?outcome=cancel`)
      await (await read).finished()
      await expect.poll(() => heading(page)).toBe('Payment canceled')
      await page.close()
    })

    test('follows the purchase live without a token, by the code in its address', async () => {
      const page = await browser.newPage()
      const told: string[] = []
      page.on('console', (message) => told.push(message.text()))
      page.on('pageerror', (error) => told.push(error.message))
      await page.goto(await beginCheckout(gateway.url, await newTeam(gateway.url)))
      await page.getByRole('button', { name: 'Pay $5.00' }).click()
      await expect.poll(() => heading(page)).toBe('5,000 credits added')
      await expect.poll(() => page.url()).toContain('/payment?outcome=success&code=')
      await page.reload()
      await expect.poll(() => heading(page)).toBe('5,000 credits added')
      expect([await faultsOf(page), told]).toEqual([[], []])
      await page.close()
    })

    test('speaks the language of the browser, also while it follows the purchase', async () => {
      const context = await browser.newContext({ locale: 'ar' })
      const page = await context.newPage()
      const team = await newTeam(gateway.url)
      const token = await tokenFor({ team, role: 'ADMIN' })
      const checkout = await beginCheckout(gateway.url, team)
      await page.goto(`${gateway.url}/payment?outcome=saved`)
      expect(await heading(page)).toBe('حُفظت وسيلة الدفع')
      expect(await page.evaluate('[document.documentElement.lang, document.documentElement.dir]')).toEqual([
        'ar',
        'rtl',
      ])
      await page.addInitScript(`sessionStorage.setItem('credits.token', ${JSON.stringify(token)})`)
      await page.goto(`${gateway.url}/payment?outcome=success`)
      await expect.poll(() => heading(page)).toBe('الدفع قيد التنفيذ')
      await (await PlainPage.open(checkout)).press('Pay $5.00')
      await expect.poll(() => heading(page)).toMatch(/^تمت إضافة .*5,000.* رصيد$/)
      expect(await page.locator('p').textContent()).toMatch(/15,000/)
      expect(await page.locator('nav').ariaSnapshot()).toContain('navigation "متابعة"')
      expect(await faultsOf(page)).toEqual([])
      await context.close()
    })

    test.each([
      ['outcome=success', 'Payment received'],
      ['outcome=success&redirect_status=failed', 'Payment not confirmed'],
      ['outcome=saved', 'Payment method saved'],
      ['', 'Back from the payment'],
    ])('says without a token how it went: %s', async (query, title) => {
      const { page, told } = await open(query, null, 'dark')
      await expect.poll(() => heading(page)).toBe(title)
      expect([await faultsOf(page), told]).toEqual([[], []])
      await page.close()
    })
  },
)
