import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/domain/role.ts'
import { Page as Checkout } from '../setup/browser.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, hold, mutate } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'

const team = 'billing'
const patience = { timeout: 10_000 }
let gateway: Gateway
let browser: Browser
/** The page of an admin. */
let page: Page
/** The console messages of all pages. */
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway()
  await makeHistory()
  browser = await startBrowser()
  page = await open()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

/**
 * A week of a team: more charges than a page of the activity shows, by two members, and one of every other kind of
 * activity.
 */
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
  const terms = `mutation {
    createContract(input: { teamId: "${team}", reference: "ACME-42", credits: "2000", every: MONTH, idempotencyKey: "contract" }) { __typename }
    setSpendingLimit(input: { teamId: "${team}", memberId: "ben", credits: "3000", per: WEEK }) { __typename }
  }`
  await ask(url, terms)
  await hold(url, team)
}

type Visitor = { readonly role?: Role; readonly member?: string; readonly view?: string; readonly locale?: string }

async function open({
  role = 'ADMIN',
  member = 'ana',
  view = 'overview',
  locale = 'en-US',
}: Visitor = {}): Promise<Page> {
  const page = await browser.newPage({ locale, viewport: { width: 1200, height: 900 } })
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  const token = await tokenFor({ team: role === 'PLATFORM' ? undefined : team, member, name: 'Ana', role })
  await page.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  await page.goto(`${gateway.url}/billing${role === 'PLATFORM' ? `?team=${team}` : ''}#${view}`)
  await page.locator('credits-billing h1').waitFor(patience)
  return page
}

/** Shows another view of the admin's page. */
const go = (view: string) => page.evaluate((name) => location.assign(`#${name}`), view)

/** Opens a page for another visitor, runs `act` on it, and closes it. */
async function look(visitor: Visitor, act: (page: Page) => Promise<void>): Promise<void> {
  const own = await open(visitor)
  await act(own)
  await own.close()
}

/** A part of the admin's page, as `credits-activity`. */
const the = (selector: string) => page.locator(selector)
const part = (name: string, where: Page = page) => where.locator(`[data-part="${name}"]`)
const textOf = (name: string) => expect.poll(() => part(name).textContent())
const linesOf = (where: Page) => where.locator('credits-activity button.line')
const lines = () => linesOf(page)
const shows = (where: Page, text: string | RegExp) =>
  where.getByText(text).filter({ visible: true }).first().waitFor(patience)

const name = 'the billing page (skipped where the packaged Chromium does not run: it is for Linux on x64)'
describe.skipIf(!runsHere)(name, () => {
  test('shows the balance and the allowance of the plan (facts W3, G1)', async () => {
    await textOf('grant').toBe('10,000')
    await textOf('used').toBe('2,170')
    await textOf('remaining').toBe('7,830')
    await textOf('resets').toMatch(/^\s*Mon, /)
    await textOf('available').toBe('14,830')
    await textOf('included').toBe('7,830')
    await textOf('additional').toBe('7,000')
  })

  test('shows usage by feature and member with its forecast, and grants in burn order (facts A6)', async () => {
    const groups = () => the('credits-usage .groups li').allInnerTexts()
    await textOf('total').toBe('2,070')
    await textOf('per-day').toMatch(/^147.9/)
    await textOf('runs-out').toMatch(/No end in sight/)
    expect(await the('credits-usage-chart canvas').count()).toBe(1)
    expect(await groups()).toEqual([
      expect.stringMatching(/Image generation\s+60 uses\s+1,800\s+87%/),
      expect.stringMatching(/AI chat\s+30 uses\s+270\s+13%/),
    ])
    await page.getByRole('button', { name: 'Member' }).click()
    await expect.poll(groups).toEqual([expect.stringContaining('Ana'), expect.stringContaining('Ben')])
    expect(await the('credits-grants li').allInnerTexts()).toEqual([
      expect.stringMatching(/Plan allowance[\s\S]*7,830 of 10,000 left[\s\S]*100 reserved[\s\S]*Expires/),
      expect.stringMatching(/Contract[\s\S]*Expires/),
      expect.stringMatching(/Promotion[\s\S]*Does not expire/),
    ])
  })

  test('shows usage where Intl refuses the language of the browser', async () => {
    const own = await browser.newPage()
    const token = await tokenFor({ team, member: 'ana', name: 'Ana', role: 'ADMIN' })
    await own.addInitScript((kept) => {
      sessionStorage.setItem('credits.token', kept)
      Object.defineProperty(navigator, 'language', { configurable: true, value: 'en-US@posix' })
    }, token)
    await own.goto(`${gateway.url}/billing`)
    await own.locator('credits-usage-chart canvas').waitFor(patience)
    await own.close()
  })

  test('follows the balance and the activity live, without loading anew', async () => {
    await go('activity')
    await lines().first().waitFor(patience)
    await page.evaluate('document.body.dataset.same = "yes"')
    const before = await lines().count()
    await charge(gateway.url, team)
    const newest = () => lines().first().innerText()
    await expect.poll(newest).toMatch(/Flux 2 Pro, GPT Image 1.5[\s\S]*-100/)
    expect(await lines().count()).toBe(before + 1)
    await go('overview')
    await textOf('available').toBe('14,730')
    await charge(gateway.url, team)
    await textOf('available').toBe('14,630')
    expect(await page.evaluate('document.body.dataset.same')).toBe('yes')
  })

  test('pages the activity without a jump (facts G2)', async () => {
    await go('activity')
    const more = the('credits-activity').getByRole('button', { name: 'Load more' })
    await more.scrollIntoViewIfNeeded(patience)
    const tenth = async () => [await lines().nth(10).innerText(), await page.evaluate('scrollY')]
    const before = await tenth()
    const count = await lines().count()
    await more.click()
    await expect.poll(() => lines().count()).toBe(count + 25)
    expect(await tenth()).toEqual(before)
  })

  test('filters the activity, and exports what the filters let pass (facts G2)', async () => {
    const activity = the('credits-activity')
    const [type, member, search] = ['Type', 'Member', 'Search references'].map((label) => activity.getByLabel(label))
    await type?.selectOption('Usage')
    await member?.selectOption('Ben')
    await expect.poll(() => lines().count()).toBe(20)
    await search?.fill('job-1')
    const words = () => activity.locator('.words').allInnerTexts()
    const jobs = ['job-18', 'job-15', 'job-12'].map((job) => expect.stringContaining(job))
    await expect.poll(words).toEqual(jobs)

    await member?.selectOption('All members')
    await search?.fill('hyperlink')
    await expect.poll(() => lines().count()).toBe(1)
    const download = page.waitForEvent('download')
    await activity.getByRole('button', { name: 'Export CSV' }).click()
    const file = await readFile(await (await download).path(), 'utf8')
    const [head, row, end, ...more] = file.split('\r\n')
    expect(head).toMatch(/^\uFEFFtime,type,kind,credits,/)
    expect(row).toMatch(/,CHARGE,,-9,.*,"'=HYPERLINK\(""evil""\), ""quoted""",/)
    expect([end, more]).toEqual(['', []])

    await search?.fill('no such thing')
    await shows(page, 'Nothing matches these filters')
    await activity.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => lines().count()).toBe(25)
  })

  test('opens what a line is about, by keyboard alone', async () => {
    const drawer = the('credits-posting')
    await page.getByRole('tab', { name: 'Activity' }).focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.url()).toMatch(/#purchases$/)
    await page.keyboard.press('ArrowLeft')
    await the('credits-activity').getByLabel('Type').selectOption('Usage')
    await lines().first().focus(patience)
    await page.keyboard.press('Enter')
    await drawer.getByText('Paid by').waitFor(patience)
    const price = /Flux 2 Pro[\s\S]*60[\s\S]*GPT Image 1.5[\s\S]*40[\s\S]*Total\s+100[\s\S]*Plan allowance/
    expect((await drawer.locator('dl').allInnerTexts()).join('\n')).toMatch(price)
    expect(await drawer.getByRole('button', { name: 'Refund' }).count()).toBe(0)
    await page.keyboard.press('Escape')
    await drawer.getByText('Paid by').waitFor({ state: 'hidden', ...patience })
  })

  test('lets the operator give credits of a charge back', () =>
    look({ view: 'activity', role: 'PLATFORM' }, async (own) => {
      const drawer = own.locator('credits-posting')
      await own.getByLabel('Type').selectOption('Usage')
      await linesOf(own).first().click(patience)
      await drawer.getByRole('button', { name: 'Refund' }).click(patience)
      await drawer.getByLabel('Credits to give back').fill('40')
      await drawer.getByLabel('Reason').fill('The image was blank')
      await drawer.getByRole('button', { name: 'Give credits back' }).click()
      await drawer.getByText('40 credits were given back').waitFor(patience)
      await own.keyboard.press('Escape')
      await own.getByLabel('Type').selectOption('Refunds')
      await expect.poll(() => linesOf(own).first().innerText()).toMatch(/Refund[\s\S]*The image was blank[\s\S]*\+40/)
    }))

  test('shows prices by category, and finds them by a text (facts G3)', async () => {
    await go('rates')
    await shows(page, 'Video generation')
    await page.getByLabel('Search rates').fill('kling 3')
    const rates = () => the('credits-rate-card li').allInnerTexts()
    await expect.poll(rates).toEqual([expect.stringMatching(/Kling 3.0\s+170 credits per second/)])
    await page.getByLabel('Search rates').fill('nothing')
    await shows(page, 'No rate matches “nothing”')
  })

  test('shows the plan, contracts and limits, which an admin changes', async () => {
    await go('plan')
    await shows(page, '10,000 credits')
    await shows(page, 'ACME-42')
    const limits = the('credits-limits')
    await limits.getByRole('button', { name: 'Add limit' }).click()
    await limits.getByLabel('Member').fill('ana')
    await limits.getByLabel('Credits').fill('400')
    await limits.getByRole('button', { name: 'Set limit' }).click()
    const rows = () => limits.locator('li').allInnerTexts()
    const [ana, ben] = [/Ana per week[\s\S]* of 400/, /Ben per week[\s\S]* of 3,000/].map((shape) =>
      expect.stringMatching(shape),
    )
    await expect.poll(rows).toEqual([ana, ben])
    await limits.getByRole('button', { name: 'Remove the limit of Ana' }).click()
    await expect.poll(rows).toEqual([ben])
  })

  test('says what auto-recharge would have cost, and wants a payment method before it is on', async () => {
    await go('purchases')
    await shows(page, 'No purchases yet')
    await page.getByLabel('When the balance falls below').fill('16000')
    await textOf('trial').toMatch(/In the last 30 days this would have bought 1 package for \$5\./)
    await page.getByText('Buy automatically').click()
    await the('credits-auto-recharge').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Add a payment method' }).waitFor(patience)
  })

  test('opens the dialog to buy credits', async () => {
    await page.getByRole('button', { name: 'Buy credits', exact: true }).click()
    const dialog = the('credits-buy dialog')
    await dialog.getByText('5,000 credits').first().waitFor(patience)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  test('lists a purchase with its invoice once it is paid', async () => {
    await go('purchases')
    const input = `{ packageId: "starter", pay: CHECKOUT, idempotencyKey: "pack", successUrl: "${gateway.url}/payment" }`
    const buying = `mutation { purchaseCredits(input: ${input}) { ... on Purchase { checkoutUrl } } }`
    const token = await tokenFor({ team, member: 'ana', name: 'Ana', role: 'ADMIN' })
    const { data } = await ask(gateway.url, buying, {}, token)
    const purchase = data?.purchaseCredits as { checkoutUrl: string } | undefined
    await (await Checkout.open(purchase?.checkoutUrl ?? '')).press('Pay $5.00')
    const row = () => the('credits-purchases li').first().innerText()
    await expect.poll(row).toMatch(/Starter[\s\S]*5,000 credits · Ana[\s\S]*Paid[\s\S]*\$5[\s\S]*Invoice/)
  })

  test('makes an API key whose secret is shown once, and revokes it', async () => {
    await go('keys')
    const keys = the('credits-api-keys')
    await shows(page, 'No API keys yet')
    await keys.getByRole('button', { name: 'Create key' }).click()
    await keys.getByLabel('Name').fill('Backend')
    await keys.getByRole('button', { name: 'Create key' }).click()
    await textOf('secret').toMatch(/^cg_/)
    const secret = (await part('secret').textContent()) ?? ''
    const { data } = await ask(gateway.url, '{ viewer { role } }', {}, secret)
    expect(data).toMatchObject({ viewer: { role: 'MEMBER' } })
    await keys.getByRole('button', { name: 'Done' }).click()
    await expect.poll(() => keys.innerText()).not.toContain(secret)
    await keys.getByRole('button', { name: 'Revoke Backend' }).click()
    await keys.locator('wa-dialog').getByRole('button', { name: 'Revoke' }).click()
    await expect.poll(() => keys.locator('li').innerText()).toContain('Revoked')
  })

  test('shows a viewer what it may see, and nothing that would be refused', () =>
    look({ role: 'VIEWER', member: 'vera', view: 'plan' }, async (own) => {
      const buttons = () =>
        own
          .locator('credits-billing')
          .getByRole('button', { name: /Save|Add|Update|Payment|Buy|Refund|Create/ })
          .count()
      await shows(own, 'No spending limits')
      expect(await own.getByRole('tab').allInnerTexts()).not.toContain('API keys')
      expect(await buttons()).toBe(0)
      await own.getByRole('tab', { name: 'Purchases' }).click()
      await shows(own, 'Auto-recharge is off.')
      expect(await buttons()).toBe(0)
      await own.evaluate('location.assign("#keys")')
      await shows(own, 'Your role does not include this')
    }))

  test.each([
    ['de-CH', 'de', 'ltr', 'Abrechnung', 'Credits kaufen'],
    ['ar', 'ar', 'rtl', 'الفوترة', 'شراء رصيد'],
  ])('speaks the language of the browser, as its dialog does: %s', (locale, lang, dir, title, buy) =>
    look({ locale }, async (own) => {
      const spoken = (selector: string) =>
        own.locator(selector).evaluate((element: HTMLElement) => [element.lang, getComputedStyle(element).direction])
      await own.getByRole('heading', { name: title }).waitFor(patience)
      await own.locator('credits-usage canvas').waitFor(patience)
      await own.getByRole('button', { name: buy, exact: true }).click()
      await own.locator('credits-buy dialog').getByRole('heading', { name: buy }).waitFor(patience)
      await own.locator('credits-buy .sum').waitFor(patience)
      for (const selector of ['html', 'credits-usage > .spoken', 'credits-buy dialog'])
        expect(await spoken(selector)).toEqual([lang, dir])
      expect(await own.title()).toBe(`${title} · Credits Gateway`)
      expect(await faultsOf(own)).toEqual([])
    }),
  )

  test('says what went wrong, and loads again', async () => {
    expect(told).toEqual([])
    await look({}, async (own) => {
      await part('total', own).waitFor(patience)
      await own.route('**/graphql', (route) => route.abort())
      await own.getByRole('tab', { name: 'Rate card' }).click()
      await shows(own, 'This could not be loaded')
      await own.unroute('**/graphql')
      await own.getByRole('button', { name: 'Try again' }).click()
      await shows(own, 'Kling 3.0')
    })
    // The browser itself reports requests that fail.
    expect(told.filter((message) => !message.includes('net::ERR_FAILED'))).toEqual([])
    told.length = 0
  })

  test('shows a skeleton until the texts of its language are there, and English where they cannot be loaded', async () => {
    const { promise: lost, resolve: lose } = Promise.withResolvers<void>()
    const own = await browser.newPage({ locale: 'de' })
    const token = await tokenFor({ team, member: 'ana', name: 'Ana', role: 'ADMIN' })
    await own.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
    await own.route(/\/de-[^/]*\.js/, async (route) => {
      await lost
      await route.abort()
    })
    await own.goto(`${gateway.url}/billing`)
    await own.locator('credits-billing wa-skeleton').first().waitFor(patience)
    expect(await own.locator('credits-billing').innerText()).toBe('')
    lose()
    await own.getByRole('heading', { name: 'Billing' }).waitFor(patience)
    const available = own.locator('credits-balance > .spoken[lang=en] [data-part=available]')
    await expect.poll(() => available.textContent()).toMatch(/^\d\d\.\d{3}$/)
    await own.close()
  })

  test('has no fault of accessibility in light and dark, fits a phone, and says nothing to the console', async () => {
    await page.setViewportSize({ width: 390, height: 900 })
    for (const view of ['overview', 'activity', 'purchases', 'plan', 'rates', 'keys']) {
      await go(view)
      await the(`wa-tab-panel[name="${view}"][active]`).waitFor(patience)
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    }
    // All views at once: axe-core needs seconds for each run.
    await the('credits-billing wa-tab-panel').evaluateAll((panels) => {
      for (const panel of panels) Object.assign(panel, { active: true })
    })
    for (const dark of [false, true]) {
      await page.evaluate((on) => document.documentElement.classList.toggle('wa-dark', on), dark)
      expect(await faultsOf(page)).toEqual([])
    }
    expect(told).toEqual([])
  })
})
