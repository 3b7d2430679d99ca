import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildClient } from '../../web/build.ts'
import { type BlockingProxy, blockingProxy } from '../setup/blocking-proxy.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { startSite } from './page.ts'
import type { Site } from './site.ts'

const team = 'browser'
let built = ''
let site: Site
let gateway: Gateway
let line: BlockingProxy
let browser: Browser
let pages: Page[] = []

beforeAll(async () => {
  if (!runsHere) return
  built = await mkdtemp(join(tmpdir(), 'credits-client-'))
  await buildClient(built)
  site = await startSite(join(built, 'index.js'))
  gateway = await startGateway({ env: { ALLOWED_ORIGINS: site.url } })
  await makeTeam(gateway.url, team)
  line = await blockingProxy(gateway.url)
  browser = await startBrowser()
})

afterEach(async () => {
  for (const page of pages) await page.close()
  pages = []
})

afterAll(async () => {
  await browser?.close()
  await line?.close()
  await gateway?.close()
  await site?.close()
  if (built !== '') await rm(built, { recursive: true, force: true })
})

async function openPill(): Promise<Page> {
  const page = await browser.newPage()
  pages.push(page)
  const token = await tokenFor({ team, role: 'VIEWER' })
  await page.goto(`${site.url}/?${new URLSearchParams({ gateway: `${line.url}/graphql`, token })}`)
  return page
}

const stateOf = (page: Page) => page.locator('#state').textContent()
const pillOf = (page: Page) => page.locator('#pill').textContent()
const available = async () => Number((await balanceOf(gateway.url, team)).available).toLocaleString('en')

async function expectToFollow(page: Page): Promise<void> {
  await charge(gateway.url, team)
  await expect.poll(() => pillOf(page)).toBe(`${await available()} Credits`)
}

describe.skipIf(!runsHere)(
  'a pill in a page (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('follows each charge, and comes back when its socket is cut', async () => {
      line.letSockets(true)
      const page = await openPill()
      await expect.poll(() => stateOf(page)).toBe('live')
      await expectToFollow(page)
      line.cut()
      await expect.poll(() => page.evaluate('window.states')).toEqual(['connecting', 'live', 'reconnecting', 'live'])
      await expectToFollow(page)
    })

    test('follows over event streams where WebSockets are blocked', async () => {
      line.letSockets(false)
      const page = await openPill()
      await expect.poll(() => stateOf(page)).toBe('live')
      await expectToFollow(page)
    })
  },
)
