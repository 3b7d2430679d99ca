import pg from 'pg'
import type { Browser, Page, Request, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { advanceClock, balanceOf, charge, grant, mutate, resultOf } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { faultsOf } from './page-faults.ts'

const patience = { timeout: 20_000 }
const dayMs = 86_400_000
const count = 60
const pageSize = 25
const idOf = (index: number) => `team-${`${index}`.padStart(2, '0')}`
const nameOf = (index: number) => `${['Zeta', 'alpha', 'Beta', 'gamma'][index % 4]} ${index}`
const planOf = (index: number) => (index % 5 === 0 ? 'starter' : 'free')
const isUsed = (index: number) => index % 3 === 0

let gateway: Gateway
let browser: Browser
let page: Page
/** A day between the beginnings of the teams and their charges. */
let quietDay = ''
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway()
  for (let index = 0; index < count; index += 1) {
    const teamId = idOf(index)
    await mutate(gateway.url, 'assignPlan', { teamId, planId: planOf(index), teamName: nameOf(index) })
    if (index > 0) await grant(gateway.url, teamId, `${(index * 37) % 101}`)
  }
  const began = Date.parse((await balanceOf(gateway.url, idOf(0))).asOf)
  quietDay = new Date(began + 2 * dayMs).toISOString().slice(0, 10)
  await advanceClock(gateway.url, new Date(began + 4 * dayMs))
  for (let index = 0; index < count; index += 3) await charge(gateway.url, idOf(index))
  await exhaust(idOf(0))
  browser = await startBrowser()
  page = await open()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

/** Spends all that the team has: its plan's credits are a multiple of a charge. */
async function exhaust(team: string): Promise<void> {
  while ((await charge(gateway.url, team)).__typename === 'Charge');
  expect(await balanceOf(gateway.url, team)).toMatchObject({ state: 'EXHAUSTED' })
}

async function open(hash = '#/teams'): Promise<Page> {
  const opened = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  opened.on('console', (message) => told.push(message.text()))
  opened.on('pageerror', (error) => told.push(error.message))
  const token = await tokenFor({ member: 'ops', role: 'PLATFORM' })
  await opened.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  await opened.goto(`${gateway.url}/operator${hash}`)
  return opened
}

type Variables = {
  readonly first?: number
  readonly last?: number
  readonly after?: string | null
  readonly before?: string | null
  readonly filter?: Record<string, string> | null
  readonly orderBy?: string | null
}
type Listed = {
  readonly nodes: readonly { readonly id: string }[]
  readonly pageInfo: { readonly startCursor: string | null; readonly endCursor: string | null }
}
const query = `query ($first: Int, $filter: TeamFilter, $orderBy: TeamOrder) {
  result: teams(first: $first, filter: $filter, orderBy: $orderBy) { nodes { id } pageInfo { startCursor endCursor } } }`

/** The ids as the API lists them. */
const idsOf = async (variables: Variables): Promise<string[]> =>
  resultOf<Listed>(await ask(gateway.url, query, { first: pageSize, ...variables })).nodes.map(({ id }) => id)

const variablesOf = (request: Request): Variables | null => {
  const { query: text = '', variables } = JSON.parse(request.postData() ?? '{}') as {
    query?: string
    variables?: Variables
  }
  return /query Teams\(/.test(text) ? (variables ?? {}) : null
}
const listOf = ({ filter, orderBy }: Variables) => JSON.stringify([filter ?? null, orderBy ?? null])

const shown = (where = page) => where.locator('operator-teams tbody tr .mono').allInnerTexts()
const shows = (ids: readonly string[], where = page) => expect.poll(() => shown(where), patience).toEqual(ids)
const said = (text: string | RegExp, where = page) =>
  where.getByText(text).filter({ visible: true }).first().waitFor(patience)
const header = (name: string, where = page) => where.getByRole('columnheader', { name })
const sortBy = (name: string, where = page) => header(name, where).getByRole('button').click(patience)
const button = (name: string | RegExp, where = page) => where.getByRole('button', { name, exact: true })
const go = (hash: string, where = page) => where.evaluate((to) => location.assign(to), hash)
const parametersOf = (where = page) => Object.fromEntries(new URLSearchParams(where.url().split('?')[1] ?? ''))
const choose = async (label: string, text: string, where = page) => {
  await where.locator(`operator-condition[label="${label}"] .open`).click(patience)
  await button(text, where).click(patience)
}
const enter = async (label: string, value: string, where = page) => {
  const condition = where.locator(`operator-condition[label="${label}"]`)
  await condition.locator('.open').click(patience)
  await condition.locator('input').fill(value)
  await condition.getByRole('button', { name: 'Apply' }).click()
}
const begin = async () => {
  await go('#/teams')
  await shows(await idsOf({}))
}

/** Holds back answers about the teams; `which` chooses them. */
async function holdBack(which: (variables: Variables) => boolean) {
  const held: (() => void)[] = []
  const hold = async (route: Route) => {
    const variables = variablesOf(route.request())
    if (variables === null || !which(variables)) return route.continue()
    const response = await route.fetch()
    await new Promise<void>((resolve) => held.push(resolve))
    // The page may have given the request up.
    await route.fulfill({ response }).catch(() => undefined)
  }
  await page.route('**/graphql', hold)
  return {
    waits: (requests: number) => expect.poll(() => held.length, patience).toBe(requests),
    async release(): Promise<void> {
      await page.unroute('**/graphql', hold)
      for (const go of held) go()
      await page.waitForLoadState('networkidle')
    },
  }
}

const name = "the operator's list of teams (skipped where the packaged Chromium does not run: it is for Linux on x64)"
describe.skipIf(!runsHere)(name, () => {
  test('is sorted by a click on a column: one way, the other way, and as it was', async () => {
    await begin()
    for (const [column, first, second] of [
      ['Team', 'NAME_ASC', 'NAME_DESC'],
      ['Available', 'AVAILABLE_ASC', 'AVAILABLE_DESC'],
      ['Last activity', 'LAST_ACTIVITY_DESC', 'LAST_ACTIVITY_ASC'],
    ] as const) {
      for (const orderBy of [first, second]) {
        await sortBy(column)
        await shows(await idsOf({ orderBy }))
        expect(parametersOf()).toEqual({ orderBy })
        const direction = orderBy.endsWith('_ASC') ? 'ascending' : 'descending'
        expect(await header(column).getAttribute('aria-sort')).toBe(direction)
        expect(await page.locator('operator-teams th[aria-sort]').count()).toBe(1)
      }
      await sortBy(column)
      await shows(await idsOf({}))
      expect(await page.locator('operator-teams th[aria-sort]').count()).toBe(0)
    }
  })

  test('is sorted by keyboard, keeps the focus, and goes back through its history', async () => {
    await begin()
    await header('Available').getByRole('button').focus()
    await page.keyboard.press('Enter')
    await shows(await idsOf({ orderBy: 'AVAILABLE_ASC' }))
    await page.keyboard.press('Space')
    await shows(await idsOf({ orderBy: 'AVAILABLE_DESC' }))
    await page.goBack()
    await shows(await idsOf({ orderBy: 'AVAILABLE_ASC' }))
    expect(await header('Available').getAttribute('aria-sort')).toBe('ascending')
  })

  test('has its order and filters in its address', async () => {
    const other = await open('#/teams?planId=starter&orderBy=NAME_DESC&state=NOTHING&availableBelow=much')
    await shows(await idsOf({ filter: { planId: 'starter' }, orderBy: 'NAME_DESC' }), other)
    await button('Plan: Starter', other).waitFor(patience)
    await other.reload()
    await shows(await idsOf({ filter: { planId: 'starter' }, orderBy: 'NAME_DESC' }), other)
    await other.close()
  })

  test.each([
    ['Plan', 'Starter', { planId: 'starter' }],
    ['Balance', 'Exhausted', { state: 'EXHAUSTED' }],
    ['Recharge', 'Off', { rechargeState: 'OFF' }],
  ] as const)('is filtered by %s, which a chip shows and removes', async (label, text, filter) => {
    await begin()
    await choose(label, text)
    const ids = await idsOf({ filter })
    expect(ids.length).toBeGreaterThan(0)
    await shows(ids)
    expect(parametersOf()).toEqual(filter)
    await button(`Remove ${label}: ${text}`).click()
    await shows(await idsOf({}))
    expect(parametersOf()).toEqual({})
    expect(await page.locator('operator-condition .remove').count()).toBe(0)
  })

  test('is filtered by the balance, and refuses what is no number', async () => {
    await begin()
    await enter('Available below', 'much')
    expect(parametersOf()).toEqual({})
    const condition = page.locator('operator-condition[label="Available below"]')
    await condition.locator('input').fill('540.5')
    await page.keyboard.press('Enter')
    const ids = await idsOf({ filter: { availableBelow: '540.5' } })
    expect(ids.length).toBeGreaterThan(3)
    await shows(ids)
    await button('Remove Available below: 540.5').click()
    await shows(await idsOf({}))
  })

  test('is filtered by the day since which nothing happened, in the time zone of the browser', async () => {
    await begin()
    await enter('No activity since', quietDay)
    const beginning = await page.evaluate((day) => new Date(`${day}T00:00`).toISOString(), quietDay)
    const ids = await idsOf({ filter: { inactiveSince: beginning } })
    const quiet = Array.from({ length: count }, (_, index) => index).filter((index) => !isUsed(index))
    expect(ids).toEqual(quiet.map(idOf).slice(0, pageSize))
    await shows(ids)
    expect(parametersOf()).toEqual({ inactiveSince: quietDay })
    await button(/^Remove No activity since/).click()
  })

  test('is filtered by all conditions at once, by keyboard alone, and cleared at once with its order kept', async () => {
    await begin()
    await sortBy('Team')
    await page.keyboard.press('/')
    await page.keyboard.type('a')
    await page.locator('operator-condition[label="Plan"] .open').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await shows(await idsOf({ filter: { search: 'a', planId: 'starter' }, orderBy: 'NAME_ASC' }))
    expect(parametersOf()).toEqual({ search: 'a', planId: 'starter', orderBy: 'NAME_ASC' })
    await button('Clear all').click()
    await shows(await idsOf({ orderBy: 'NAME_ASC' }))
    expect(await page.getByLabel('Search teams').inputValue()).toBe('')
    expect(parametersOf()).toEqual({ orderBy: 'NAME_ASC' })
  })

  test('says what to do where no team is like that', async () => {
    await begin()
    await choose('Balance', 'Exhausted')
    await choose('Plan', 'Starter')
    await page.getByLabel('Search teams').fill('zeta 1')
    await said('A team must fulfil all 3 filters')
    await page.locator('operator-teams .state').getByRole('button', { name: 'Clear all' }).click()
    await shows(await idsOf({}))
    expect(parametersOf()).toEqual({})
  })

  test('sends no cursor of another order or filter', async () => {
    const listOfCursor = new Map<string, string>()
    const sent: [string, string][] = []
    const look = async (request: Request) => {
      const variables = variablesOf(request)
      if (variables === null) return
      for (const cursor of [variables.after, variables.before]) {
        if (cursor != null) sent.push([cursor, listOf(variables)])
      }
      const response = await request.response().catch(() => null)
      const answer = (await response?.json().catch(() => null)) as { data?: { teams?: Listed } } | null
      const { startCursor, endCursor } = answer?.data?.teams?.pageInfo ?? {}
      for (const cursor of [startCursor, endCursor]) if (cursor != null) listOfCursor.set(cursor, listOf(variables))
    }
    page.on('request', look)
    const all = (orderBy: string | null, filter: Record<string, string> | null = null) =>
      idsOf({ first: 100, orderBy, filter })
    await begin()
    const next = page.getByRole('link', { name: 'Next' })
    for (const [column, orderBy] of [
      ['Available', 'AVAILABLE_ASC'],
      ['Team', 'NAME_ASC'],
      ['Last activity', 'LAST_ACTIVITY_DESC'],
    ] as const) {
      await sortBy(column)
      const ids = await all(orderBy)
      await shows(ids.slice(0, pageSize))
      await next.click()
      await shows(ids.slice(pageSize, 2 * pageSize))
      await next.click()
      await shows(ids.slice(2 * pageSize, count))
      await page.getByRole('link', { name: 'Previous' }).click()
      await shows(ids.slice(pageSize, 2 * pageSize))
      expect(parametersOf()).toEqual({ orderBy, before: expect.any(String) })
    }
    await choose('Plan', 'Free')
    const free = await all('LAST_ACTIVITY_DESC', { planId: 'free' })
    await shows(free.slice(0, pageSize))
    await next.click()
    await shows(free.slice(pageSize))
    await page.reload()
    await shows(free.slice(pageSize))
    page.off('request', look)
    expect(sent.length).toBeGreaterThan(9)
    expect(sent.filter(([cursor, list]) => listOfCursor.get(cursor) !== list)).toEqual([])
  })

  test('sends no cursor while another order is awaited, and says that it is', async () => {
    await begin()
    const answers = await holdBack(({ orderBy }) => orderBy === 'NAME_ASC')
    await sortBy('Team')
    await answers.waits(1)
    await page.getByRole('progressbar', { name: 'Loading' }).waitFor(patience)
    expect(await header('Team').getAttribute('aria-sort')).toBe('ascending')
    await page.getByRole('link', { name: 'Next' }).click({ force: true })
    expect(parametersOf()).toEqual({ orderBy: 'NAME_ASC' })
    await answers.release()
    await shows(await idsOf({ orderBy: 'NAME_ASC' }))
    expect(await page.getByRole('progressbar').count()).toBe(0)
  })

  test('shows the newest list, however late the answer of an older one comes', async () => {
    await begin()
    const answers = await holdBack(({ filter }) => filter?.search === 'zeta')
    await page.getByLabel('Search teams').fill('zeta')
    await answers.waits(1)
    await page.getByLabel('Search teams').fill('gamma')
    const gamma = await idsOf({ filter: { search: 'gamma' } })
    await shows(gamma)
    await answers.release()
    expect(await shown()).toEqual(gamma)
    await sortBy('Available')
    await shows(await idsOf({ filter: { search: 'gamma' }, orderBy: 'AVAILABLE_ASC' }))
    expect(await page.getByLabel('Search teams').inputValue()).toBe('gamma')
  })

  test('keeps what is typed when another filter is set meanwhile', async () => {
    await begin()
    await page.getByLabel('Search teams').fill('beta')
    await sortBy('Team')
    await shows(await idsOf({ filter: { search: 'beta' }, orderBy: 'NAME_ASC' }))
  })

  test('shows no rows of another list where the gateway does not answer, and says what to do', async () => {
    await begin()
    await page.route('**/graphql', (route) => route.abort())
    await sortBy('Available')
    await said('The gateway does not answer')
    expect(await shown()).toEqual([])
    await page.unroute('**/graphql')
    await button('Try again').click()
    await shows(await idsOf({ orderBy: 'AVAILABLE_ASC' }))
    // The browser itself reports requests that fail.
    expect(told.filter((message) => !message.includes('net::ERR_FAILED'))).toEqual([])
    told.length = 0
  })

  test('shows a team that can not be read beside the others, with what to do', async () => {
    const database = new pg.Client({ connectionString: gateway.databaseUrl })
    await database.connect()
    const add = (amount: number) =>
      database.query('update account set available = available + $2 where team_id = $1', [idOf(2), amount])
    await add(1)
    await go('#/teams?planId=free')
    await said(/run verify-ledger/)
    const ids = await idsOf({ filter: { planId: 'free' } })
    expect(ids).not.toContain(idOf(2))
    await shows(ids)
    await add(-1)
    await database.end()
    await begin()
    expect(await shown()).toContain(idOf(2))
  })

  test('leads from a page that is no more to the first one of its list', async () => {
    await go('#/teams?orderBy=NAME_ASC&planId=free&after=abc')
    await said('This page of the list is no more')
    await button('Go to the first page').click()
    await shows(await idsOf({ filter: { planId: 'free' }, orderBy: 'NAME_ASC' }))
    expect(parametersOf()).toEqual({ orderBy: 'NAME_ASC', planId: 'free' })
  })

  test('is sorted and filtered on a narrow screen, in light and dark, without a fault of accessibility', async () => {
    await page.setViewportSize({ width: 360, height: 780 })
    await begin()
    await page.getByLabel('Sort').selectOption('Longest without activity first')
    await shows(await idsOf({ orderBy: 'LAST_ACTIVITY_ASC' }))
    expect(await header('Last activity').isVisible()).toBe(true)
    await choose('Balance', 'Exhausted')
    await shows(await idsOf({ filter: { state: 'EXHAUSTED' }, orderBy: 'LAST_ACTIVITY_ASC' }))
    const looks = async (state: string) => {
      for (const isDark of [false, true]) {
        await page.evaluate((on) => document.documentElement.classList.toggle('wa-dark', on), isDark)
        expect(await faultsOf(page), `${state}, ${isDark ? 'dark' : 'light'}`).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth'), state).toBeLessThanOrEqual(360)
      }
    }
    await looks('filtered')
    await page.locator('operator-condition[label="No activity since"] .open').click()
    await looks('the field of a day')
    await page.keyboard.press('Escape')
    await page.locator('operator-condition[label="Balance"] .open').click()
    await looks('the choices')
    await page.keyboard.press('Escape')
    await enter('Available below', '0.5')
    await choose('Plan', 'Free')
    await said('No team like that')
    await looks('nothing found')
    await page.setViewportSize({ width: 1200, height: 900 })
    await go('#/teams?orderBy=NAME_DESC')
    await shows(await idsOf({ orderBy: 'NAME_DESC' }))
    expect(await faultsOf(page), 'wide').toEqual([])
    expect(told).toEqual([])
  })
})
