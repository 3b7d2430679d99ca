import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/domain/role.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, hold, mutate } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'

const team = 'billing'
const patience = { timeout: 10_000 }
let gateway: Gateway
let browser: Browser
/** What any page wrote to its console. */
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway()
  await makeHistory()
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

/** A week of a team: more charges than a page of the activity shows, by two members, and one of each thing besides. */
async function makeHistory(): Promise<void> {
  const { url } = gateway
  await mutate(url, 'assignPlan', { teamId: team, planId: 'pro', teamName: 'Acme', seats: 3 })
  for (const [memberId, name] of [
    ['ana', 'Ana'],
    ['ben', 'Ben'],
  ] as const) {
    await ask(url, '{ viewer { role } }', {}, await tokenFor({ team, member: memberId, name, role: 'MEMBER' }))
  }
  const events = Array.from({ length: 60 }, (_, index) => ({
    idempotencyKey: `charge-${index}`,
    teamId: team,
    memberId: index % 3 === 0 ? 'ben' : 'ana',
    reference: index === 7 ? '=HYPERLINK("evil"), "quoted"' : `job-${index}`,
    usage: index % 2 === 0 ? [{ rate: 'image.flux-2-pro', count: 2 }] : [{ rate: 'chat.input', quantity: '1000' }],
  }))
  await ask(url, 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }', { events })
  await mutate(url, 'grantCredits', { teamId: team, amount: '5000', kind: 'PROMOTION', source: 'sales:welcome' })
  await mutate(url, 'createContract', { teamId: team, reference: 'ACME-42', credits: '2000', every: 'MONTH' })
  await mutate(url, 'setSpendingLimit', { teamId: team, memberId: 'ben', credits: '3000', per: 'WEEK' })
  await hold(url, team)
}

type Visitor = { readonly role?: Role; readonly member?: string; readonly view?: string; readonly width?: number }

async function open({ role = 'ADMIN', member = 'ana', view = 'overview', width = 1200 }: Visitor = {}): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-US', viewport: { width, height: 900 } })
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  const token = await tokenFor({ team: role === 'PLATFORM' ? undefined : team, member, name: 'Ana', role })
  await page.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  await page.goto(`${gateway.url}/billing${role === 'PLATFORM' ? `?team=${team}` : ''}#${view}`)
  await page.getByRole('heading', { name: 'Billing' }).waitFor(patience)
  return page
}

/** Opens a view, looks at it, and closes it. */
async function look(visitor: Visitor, act: (page: Page) => Promise<void>): Promise<void> {
  const page = await open(visitor)
  await act(page)
  await page.close()
}

const part = (page: Page, name: string) => page.locator(`[data-part="${name}"]`)
const lines = (page: Page) => page.locator('credits-activity button.line')
const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor(patience)

describe.skipIf(!runsHere)(
  'the billing page (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('shows the balance, the allowance, usage with its forecast, and grants in burn order (SEEDS W3, G1, A6)', () =>
      look({}, async (page) => {
        await expect.poll(() => part(page, 'grant').textContent(), patience).toBe('10,000')
        expect(await part(page, 'used').textContent()).toBe('2,170')
        expect(await part(page, 'remaining').textContent()).toBe('7,830')
        expect(await part(page, 'available').textContent()).toBe('14,830')
        expect(await part(page, 'included').textContent()).toBe('7,830')
        expect(await part(page, 'additional').textContent()).toBe('7,000')
        expect(await part(page, 'resets').textContent()).toMatch(/^\s*Mon, /)
        await expect.poll(() => part(page, 'total').textContent(), patience).toBe('2,070')
        await expect.poll(() => page.locator('credits-usage-chart canvas').count(), patience).toBe(1)
        expect(await page.locator('credits-usage .groups li').allInnerTexts()).toEqual([
          expect.stringMatching(/Image generation\s+60 uses\s+1,800\s+87%/),
          expect.stringMatching(/AI chat\s+30 uses\s+270\s+13%/),
        ])
        await page.getByRole('button', { name: 'Member' }).click()
        await expect.poll(() => page.locator('credits-usage .groups li').first().innerText(), patience).toContain('Ana')
        await expect
          .poll(() => page.locator('credits-grants li').allInnerTexts(), patience)
          .toEqual([
            expect.stringMatching(/Plan allowance[\s\S]*7,830 of 10,000 left[\s\S]*100 reserved[\s\S]*Expires/),
            expect.stringMatching(/Contract[\s\S]*Expires/),
            expect.stringMatching(/Promotion[\s\S]*Does not expire/),
          ])
      }))

    test('follows the balance and the activity live, without loading anew', () =>
      look({ view: 'activity' }, async (page) => {
        await lines(page).first().waitFor(patience)
        await page.evaluate('document.body.dataset.same = "yes"')
        const before = await lines(page).count()
        const charged = await charge(gateway.url, team)
        expect(charged.amount).toBe('100')
        await expect
          .poll(() => lines(page).first().innerText(), patience)
          .toMatch(/Flux 2 Pro, GPT Image 1.5[\s\S]*-100/)
        expect(await lines(page).count()).toBe(before + 1)
        await page.getByRole('tab', { name: 'Overview' }).click()
        await expect.poll(() => part(page, 'available').textContent(), patience).toBe('14,730')
        await charge(gateway.url, team)
        await expect.poll(() => part(page, 'available').textContent(), patience).toBe('14,630')
        expect(await page.evaluate('document.body.dataset.same')).toBe('yes')
      }))

    test('pages the activity without a jump, filters it, and exports what the filters let pass (SEEDS G2)', () =>
      look({ view: 'activity' }, async (page) => {
        const more = page.getByRole('button', { name: 'Load more' })
        await more.scrollIntoViewIfNeeded(patience)
        const tenth = lines(page).nth(10)
        const [text, top] = [await tenth.innerText(), await page.evaluate('scrollY')]
        const count = await lines(page).count()
        await more.click()
        await expect.poll(() => lines(page).count(), patience).toBeGreaterThan(count)
        expect([await tenth.innerText(), await page.evaluate('scrollY')]).toEqual([text, top])

        await page.getByLabel('Type').selectOption('Usage')
        await page.getByLabel('Member').selectOption('Ben')
        await expect.poll(() => lines(page).count(), patience).toBe(20)
        await page.getByLabel('Search references').fill('job-1')
        await expect
          .poll(() => page.locator('credits-activity .words').allInnerTexts(), patience)
          .toEqual(['job-18', 'job-15', 'job-12'].map((job) => expect.stringContaining(job)))

        await page.getByLabel('Search references').fill('hyperlink')
        await page.getByLabel('Member').selectOption('All members')
        await expect.poll(() => lines(page).count(), patience).toBe(1)
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Export CSV' }).click(),
        ])
        const [head, row, end] = (await readFile(await download.path(), 'utf8')).split('\r\n')
        expect(head).toMatch(/^\uFEFFtime,type,kind,credits,/)
        expect(row).toContain(`,CHARGE,,-9,`)
        expect(row).toContain(`,"'=HYPERLINK(""evil""), ""quoted""",`)
        expect(end).toBe('')

        await page.getByLabel('Search references').fill('no such thing')
        await shows(page, 'Nothing matches these filters')
        await page.getByRole('button', { name: 'Clear filters' }).click()
        await expect.poll(() => lines(page).count(), patience).toBe(25)
      }))

    test('opens what a line is about, and gives credits back for whoever may', async () => {
      await look({ view: 'activity' }, async (page) => {
        await page.getByLabel('Type').selectOption('Usage')
        await lines(page).first().click(patience)
        const drawer = page.getByRole('dialog')
        await drawer.getByText('Paid by').waitFor(patience)
        expect(await drawer.innerText()).toMatch(
          /Flux 2 Pro[\s\S]*60[\s\S]*GPT Image 1.5[\s\S]*40[\s\S]*Total\s+100[\s\S]*Plan allowance/,
        )
        expect(await drawer.getByRole('button', { name: 'Refund' }).count()).toBe(0)
        await page.keyboard.press('Escape')
        await drawer.waitFor({ state: 'hidden' })
      })
      await look({ view: 'activity', role: 'PLATFORM' }, async (page) => {
        await page.getByLabel('Type').selectOption('Usage')
        await lines(page).first().click(patience)
        const drawer = page.getByRole('dialog')
        await drawer.getByRole('button', { name: 'Refund' }).click(patience)
        await drawer.getByLabel('Credits to give back').fill('40')
        await drawer.getByLabel('Reason').fill('The image was blank')
        await drawer.getByRole('button', { name: 'Give credits back' }).click()
        await drawer.getByText('40 credits were given back').waitFor(patience)
        await page.keyboard.press('Escape')
        await page.getByLabel('Type').selectOption('Refunds')
        await expect.poll(() => lines(page).first().innerText(), patience).toMatch(/Refund: [\s\S]*\+40/)
      })
    })

    test('shows prices by category, and finds them by a text (SEEDS G3)', () =>
      look({ view: 'rates' }, async (page) => {
        await shows(page, 'Video generation')
        await page.getByLabel('Search rates').fill('kling 3')
        await expect
          .poll(() => page.locator('credits-rate-card li').allInnerTexts(), patience)
          .toEqual([expect.stringMatching(/Kling 3.0\s+170 credits per second/)])
        await page.getByLabel('Search rates').fill('nothing')
        await shows(page, 'No rate matches “nothing”')
      }))

    test('shows the plan, contracts and limits, which an admin changes', () =>
      look({ view: 'plan' }, async (page) => {
        await shows(page, '10,000 credits')
        await shows(page, 'ACME-42')
        await page.getByRole('button', { name: 'Add limit' }).click()
        await page.getByLabel('Member', { exact: false }).last().fill('ana')
        await page.getByLabel('Credits', { exact: false }).last().fill('400')
        await page.getByRole('button', { name: 'Set limit' }).click()
        const limits = page.locator('credits-limits li')
        await expect
          .poll(() => limits.allInnerTexts(), patience)
          .toEqual([
            expect.stringMatching(/Ana per week[\s\S]* of 400/),
            expect.stringMatching(/Ben per week[\s\S]* of 3,000/),
          ])
        await page.getByRole('button', { name: 'Remove the limit of Ana' }).click()
        await expect.poll(() => limits.count(), patience).toBe(1)
      }))

    test('says what auto-recharge would have cost, and asks for a payment method before it is on', () =>
      look({ view: 'purchases' }, async (page) => {
        await shows(page, 'No purchases yet')
        await page.getByLabel('When the balance falls below').fill('16000', patience)
        expect(await part(page, 'trial').innerText()).toBe(
          'In the last 30 days this would have bought 1 package for $5.',
        )
        await page.getByText('Buy automatically').click()
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByRole('link', { name: 'Add a payment method' }).waitFor(patience)
      }))

    test('makes an API key whose secret is shown once, and revokes it', () =>
      look({ view: 'keys' }, async (page) => {
        await shows(page, 'No API keys yet')
        await page.getByRole('button', { name: 'Create key' }).click()
        await page.getByLabel('Name').fill('Backend')
        await page.getByRole('button', { name: 'Create key' }).click()
        await expect.poll(() => part(page, 'secret').textContent(), patience).toMatch(/^cg_/)
        const secret = (await part(page, 'secret').textContent()) ?? ''
        const seen = await ask(gateway.url, '{ viewer { role } }', {}, secret)
        expect(seen.data).toMatchObject({ viewer: { role: 'MEMBER' } })
        await page.getByRole('button', { name: 'Done' }).click()
        expect(await page.locator('credits-api-keys').innerText()).not.toContain(secret)
        await page.getByRole('button', { name: 'Revoke Backend' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
        await shows(page, 'Revoked')
      }))

    test('shows a viewer what it may see, without a button that would be refused', async () => {
      await look({ role: 'VIEWER', member: 'vera', view: 'plan' }, async (page) => {
        await shows(page, 'No spending limits')
        expect(await page.getByRole('tab').allInnerTexts()).not.toContain('API keys')
        expect(await page.getByRole('button', { name: /Save|Add limit|Update/ }).count()).toBe(0)
        await page.getByRole('tab', { name: 'Purchases' }).click()
        await shows(page, 'Auto-recharge is off.')
        expect(await page.getByRole('button', { name: /Save|Payment methods|Buy/ }).count()).toBe(0)
        // The element itself, wherever a page has it.
        await page.evaluate(`{
        const { client } = document.querySelector('credits-billing')
        document.querySelector('credits-billing').replaceWith(Object.assign(document.createElement('credits-api-keys'), { client, id: 'keys' }))
      }`)
      })
    })

    test('says what went wrong, and loads again', () =>
      look({ view: 'overview' }, async (page) => {
        await part(page, 'total').waitFor(patience)
        const fails = (route: { abort(): Promise<void> }) => route.abort()
        await page.route('**/graphql', fails)
        told.length = 0
        await page.getByRole('tab', { name: 'Rate card' }).click()
        await shows(page, 'This could not be loaded')
        await page.unroute('**/graphql', fails)
        await page.getByRole('button', { name: 'Try again' }).click()
        await shows(page, 'Kling 3.0')
        // A browser reports requests that fail.
        expect(told.every((message) => message.includes('net::ERR_FAILED'))).toBe(true)
        told.length = 0
      }))

    test('is reached by keyboard alone', () =>
      look({ view: 'overview' }, async (page) => {
        await page.getByRole('tab', { name: 'Overview' }).focus()
        await page.keyboard.press('ArrowRight')
        await lines(page).first().waitFor(patience)
        await lines(page).first().focus()
        await page.keyboard.press('Enter')
        await page.getByRole('dialog').waitFor(patience)
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'hidden' })
        expect(page.url()).toMatch(/#activity$/)
      }))

    test.each(['overview', 'activity', 'purchases', 'plan', 'rates', 'keys'])(
      'has no fault of accessibility in %s, in light and dark, and fits a phone',
      (view) =>
        look({ view, width: 390 }, async (page) => {
          await page.locator('credits-billing wa-skeleton').first().waitFor({ state: 'detached' })
          await page.waitForFunction('document.fonts.status === "loaded"')
          for (const dark of [false, true]) {
            await page.evaluate((on) => document.documentElement.classList.toggle('wa-dark', on), dark)
            expect(await faultsOf(page)).toEqual([])
          }
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
        }),
    )

    test('says nothing to the console', () => {
      expect(told).toEqual([])
    })
  },
)
