import { readFile } from 'node:fs/promises'
import type { Browser, Page, WebSocket } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/domain/role.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, charge, hold, makeTeam, mutate } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'

const patience = { timeout: 20_000 }
const team = 'acme'
let gateway: Gateway
let browser: Browser
let page: Page
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway()
  await mutate(gateway.url, 'assignPlan', { teamId: team, planId: 'pro', teamName: 'Acme Studios' })
  for (const id of ['basalt', 'cobalt', 'delta']) await makeTeam(gateway.url, id)
  await charge(gateway.url, team)
  await hold(gateway.url, team)
  browser = await startBrowser()
  page = await open('PLATFORM')
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

async function open(role: Role | null): Promise<Page> {
  const opened = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  opened.on('console', (message) => told.push(message.text()))
  opened.on('pageerror', (error) => told.push(error.message))
  opened.on('websocket', (socket) => {
    const settle = () => opening.delete(socket)
    opening.add(socket)
    socket.on('framereceived', settle)
    socket.on('close', settle)
    socket.on('socketerror', settle)
    opened.on('close', settle)
  })
  if (role !== null) {
    const token = await tokenFor({ team: role === 'PLATFORM' ? undefined : team, member: 'ops', role })
    await opened.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  }
  const answer = await opened.goto(`${gateway.url}/operator`)
  expect(answer?.status()).toBe(200)
  return opened
}

/** Sockets that are not open yet. A browser complains to the console where a view is left with such a one. */
const opening = new Set<WebSocket>()
/** Shows another view, without loading the page anew. */
async function go(path: string): Promise<void> {
  await expect.poll(() => opening.size, patience).toBe(0)
  await page.evaluate((hash) => location.assign(hash), `#/${path}`)
}
const paint = (theme: 'light' | 'dark') =>
  page.evaluate((on) => document.documentElement.classList.toggle('wa-dark', on), theme === 'dark')
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const dialog = () => page.locator('operator-act dialog')
const confirm = (name: string) => dialog().getByRole('button', { name })
const shows = (text: string | RegExp, where: Page = page) =>
  where.getByText(text).filter({ visible: true }).first().waitFor(patience)
/** The text of a part of the page. */
const seen = (part: string) => async () => (await page.locator(`${part} section`).allInnerTexts()).join('\n')
const available = async () => Number((await balanceOf(gateway.url, team)).available)

const name = "the operator's page (skipped where the packaged Chromium does not run: it is for Linux on x64)"
describe.skipIf(!runsHere)(name, () => {
  test('is a sign-in page without a token, and says how to get one', async () => {
    const visitor = await open(null)
    await shows('npm run -s token -- --member ops --role platform', visitor)
    await visitor.close()
  })

  test('tells a member that it may not', async () => {
    const visitor = await open('ADMIN')
    await shows('This page is for the operator', visitor)
    expect(await visitor.locator('operator-teams').count()).toBe(0)
    await visitor.close()
  })

  test('finds a team by a part of its name, by keyboard alone', async () => {
    const rows = () => page.locator('operator-teams tbody tr').allInnerTexts()
    await expect.poll(async () => (await rows()).length, patience).toBe(4)
    await page.keyboard.press('/')
    await page.keyboard.type('studios')
    await expect.poll(rows, patience).toEqual([expect.stringMatching(/Acme Studios\s*acme[\s\S]*Pro[\s\S]*OK/)])
    await expect.poll(() => page.url()).toContain('search=studios')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Acme Studios' }).waitFor(patience)
    await expect.poll(() => page.url()).toMatch(/#\/teams\/acme$/)
  })

  test('filters teams, and says so where none is left', async () => {
    await go('teams')
    await button('Plan').click(patience)
    await button('Pro').click()
    await expect.poll(() => page.locator('operator-teams tbody tr').count(), patience).toBe(1)
    await button('Balance').click()
    await button('Exhausted').click()
    await shows('No team like that')
    await button('Clear all').first().click()
    await expect.poll(() => page.locator('operator-teams tbody tr').count(), patience).toBe(4)
  })

  test('shows the balance, grants and holds of a team, and follows them', async () => {
    await go('teams/acme')
    const overview = seen('operator-team-overview')
    await expect
      .poll(overview, patience)
      .toMatch(/Available\s+9,800[\s\S]*Held\s+100[\s\S]*Included\s+9,800[\s\S]*200 of 10,000/)
    await charge(gateway.url, team)
    await expect.poll(overview, patience).toMatch(/Available\s+9,700/)
  })

  test('shows a change that comes between the reading of a team and the beginning of its events', async () => {
    const other = await open('PLATFORM')
    const overview = async () => (await other.locator('operator-team-overview section').allInnerTexts()).join('\n')
    await other.routeWebSocket('**/graphql', async (socket) => {
      await expect.poll(overview, patience).toMatch(/Available\s+9,700/)
      await charge(gateway.url, team)
      socket.connectToServer()
    })
    await other.evaluate(() => location.assign('#/teams/acme'))
    await expect.poll(overview, patience).toMatch(/Available\s+9,600/)
    await other.close()
  })

  test('grants credits with a source, and names the effect before', async () => {
    const before = await available()
    await button('Grant credits').click()
    await dialog().getByLabel('Credits').fill('500')
    await dialog().getByLabel('Source').fill('support:1')
    await shows('Acme Studios gets 500 credits (promotion) at once')
    await confirm('Grant credits').click()
    await shows('Acme Studios got 500 credits')
    expect(await available()).toBe(before + 500)
  })

  test('refunds a charge with a reason, and refuses more than was charged', async () => {
    await go('teams/acme/activity')
    await page.getByLabel('Type').selectOption('Charges', patience)
    const line = page.locator('operator-team-activity').getByRole('button', { name: /Flux 2 Pro/ })
    await line.first().click(patience)
    await button('Refund').click(patience)
    await dialog().getByLabel('Credits').fill('900')
    await dialog().getByLabel('Reason').fill('The image was blank')
    await confirm('Refund').click()
    await shows('100 credits of the charge are refundable')
    await dialog().getByLabel('Credits').fill('40')
    await shows('Acme Studios gets back 40 of 100 credits')
  })

  test('gives back once where the answer was lost, and where the button is pressed twice', async () => {
    const before = await available()
    const keys: string[] = []
    page.on('request', (request) => keys.push(...(request.postData()?.match(/operator:[\w-]+/g) ?? [])))
    await page.route('**/graphql', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await confirm('Refund').click()
    await shows('the same values have their effect once')
    await page.unroute('**/graphql')
    await confirm('Refund').dblclick()
    await shows('Acme Studios got 40 credits back')
    expect([await available(), new Set(keys).size]).toEqual([before + 40, 1])
    // The browser itself reports requests that fail.
    expect(told.filter((message) => !message.includes('net::ERR_FAILED'))).toEqual([])
    told.length = 0
  })

  test('changes plan, contracts and limits, each asked once with its effect', async () => {
    await go('teams/acme/plan')
    await button('New contract').click(patience)
    await dialog().getByLabel('Reference').fill('ACME-42')
    await dialog().getByLabel('Credits').fill('2500')
    await shows('Acme Studios gets 2,500 credits each month')
    await confirm('Create contract').click()
    await button('End ACME-42').click(patience)
    await shows('Acme Studios gets no more deposits of ACME-42')
    await confirm('End contract').click()
    await expect.poll(seen('operator-team-plan'), patience).toMatch(/ACME-42[\s\S]*Ended/)
    await button('Set limit').click()
    await dialog().getByLabel('Id').fill('ben')
    await dialog().getByLabel('Credits').fill('400')
    await confirm('Set limit').click()
    await expect.poll(seen('operator-team-plan'), patience).toMatch(/ben[\s\S]*of 400/)
  })

  test('lists who did what, with what was there before and since', async () => {
    await go('teams/acme/audit')
    const log = page.locator('operator-audit')
    await log.getByRole('button', { name: /Set spending limit/ }).click(patience)
    await expect.poll(() => log.locator('.changes').innerText(), patience).toMatch(/400/)
    await go('audit')
    await log.getByRole('button', { name: /Grant credits.*support:1/ }).waitFor(patience)
    await page.getByLabel('Id of a team').fill('basalt')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => log.locator('tbody tr').allInnerTexts(), patience)
      .toEqual([expect.stringMatching(/Assign plan[\s\S]*basalt/)])
  })

  test('shows the faults of a catalog at their places, and publishes it without', async () => {
    await go('catalogs')
    const source = await readFile('catalogs/wevion.yaml', 'utf8')
    const publish = async (text: string) => {
      await page.getByLabel('Source of the catalog').fill(text, patience)
      await button('Publish …').click()
      await confirm('Publish').click()
    }
    await publish(source.replace('price: 5 ', 'price: five '))
    await shows('1 fault: nothing was published')
    const place = page.locator('operator-publish .place')
    await place.click()
    expect(await page.evaluate(() => getSelection()?.toString())).toMatch(/^five /)
    await publish(source.replace('price: 5 ', 'price: 6 '))
    await shows(/The catalog \w+ is in force from/)
    await shows(/Package Starter: 5,000 credits for \$5 → 5,000 credits for \$6/)
    const publications = () => page.locator('li.publication').allInnerTexts()
    await expect
      .poll(publications, patience)
      .toEqual([expect.stringContaining('by ops'), expect.stringContaining('from its file')])
  })

  test('shows whether the gateway is ready, with its numbers', async () => {
    await go('health')
    await shows('Ready')
    await expect.poll(seen('operator-health'), patience).toMatch(/Operations under way\s+\d+\s+of 2,000/)
  })

  test('has no fault of accessibility in light and dark, fits a phone, and says nothing to the console', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    const views = [
      'teams',
      'teams/acme',
      'teams/acme/activity',
      'teams/acme/plan',
      'teams/acme/payments',
      'teams/acme/access',
      'audit',
      'catalogs',
      'health',
      'teams/nobody',
    ]
    for (const view of views) {
      await go(view)
      await expect.poll(() => page.locator('[aria-label="Loading"]').count(), patience).toBe(0)
      await paint('light')
      expect(await faultsOf(page), view).toEqual([])
      // Colours alone differ.
      await paint('dark')
      expect(await faultsOf(page, { rules: ['color-contrast'] }), view).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBeLessThanOrEqual(390)
    }
    await go('teams')
    await button('New team').click(patience)
    expect(await faultsOf(page), 'the dialog').toEqual([])
    expect(told).toEqual([])
  })
})
