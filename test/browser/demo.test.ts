import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { balanceOf } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'

const patience = { timeout: 20_000 }
let gateway: Gateway
let browser: Browser
let page: Page
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway({ demo: true })
  browser = await startBrowser()
  page = await browser.newPage()
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  await page.goto(gateway.url)
  await page.getByRole('tab', { name: 'Image generation' }).waitFor(patience)
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

const available = async () => Number((await balanceOf(gateway.url, 'demo')).available)
const held = async () => Number((await balanceOf(gateway.url, 'demo')).held)
const latest = () => page.locator('article').last()

describe.skipIf(!runsHere)(
  'the demo (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('prices an action before, and charges it when it has succeeded', async () => {
      const before = await available()
      await page.getByRole('tab', { name: 'Image generation' }).click()
      await expect.poll(() => page.locator('.estimate').textContent()).toContain('60 Credits')
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(() => latest().textContent()).toContain('60 Credits charged')
      expect(await available()).toBe(before - 60)
      await expect.poll(() => page.locator('demo-sent pre').textContent()).toContain('settleHold')
    })

    test('gives everything back where the work fails, and where it is cancelled', async () => {
      const before = await available()
      const fails = page.locator('wa-switch')
      await fails.click()
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(() => latest().textContent()).toContain('nothing was charged')
      await fails.click()
      await page.getByRole('button', { name: 'Send' }).click()
      await latest().getByRole('button', { name: 'Cancel' }).click(patience)
      await expect.poll(() => latest().textContent()).toContain('Cancelled')
      expect([await available(), await held()]).toEqual([before, 0])
    })

    test('charges a live conversation while it goes on', async () => {
      const before = await available()
      await page.getByRole('tab', { name: 'Video generation' }).click()
      await page.getByRole('button', { name: 'Go live' }).click()
      await expect.poll(() => latest().textContent()).toContain('340 Credits charged')
      await latest().getByRole('button', { name: 'Hang up' }).click()
      await expect.poll(() => latest().textContent()).toContain('Ended')
      const charged = before - (await available())
      expect([charged > 0 && charged % 340, await held()]).toEqual([0, 0])
    })

    test('shows prices to nobody in particular, and finds one', async () => {
      const nobody = await browser.newPage()
      await nobody.goto(`${gateway.url}/pricing`)
      await nobody.getByRole('rowheader', { name: 'Kling 3.0' }).waitFor(patience)
      expect(await nobody.getByRole('row', { name: 'Chat input' }).textContent()).toMatch(
        /9 Credits\s+per 1,000 tokens/,
      )
      await nobody.getByRole('searchbox').fill('kling')
      await expect.poll(() => nobody.getByRole('row').count()).toBe(2)
      expect(await faultsOf(nobody)).toEqual([])
      await nobody.close()
    })

    test('signs in as a viewer, who can send nothing', async () => {
      await Promise.all([page.waitForEvent('load'), page.getByLabel('Visitor').selectOption('Cleo, viewer')])
      await page.getByRole('tab', { name: 'Image generation' }).waitFor(patience)
      await expect.poll(() => page.locator('demo-composer').getAttribute('disabled')).toBe('')
    })

    test('has no fault of accessibility in light and dark, and says nothing to the console', async () => {
      for (const dark of [false, true]) {
        await page.evaluate((on) => document.documentElement.classList.toggle('wa-dark', on), dark)
        expect(await faultsOf(page)).toEqual([])
      }
      expect(told).toEqual([])
    })
  },
)
