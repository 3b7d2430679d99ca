import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { reactApp } from './react-app.ts'
import { ReactProject } from './react-project.ts'

const team = 'react'
const patience = { timeout: 15_000 }
const initial = { label: '2,341 Credits', available: '2341', state: 'OK' }
const rows = [{ id: 'a-row-of-the-server', amount: '-7' }]

let site: Server
let gateway: Gateway
let project: ReactProject
let rendered: { html: string; streamed: string; globals: string[] }
let browser: Browser | undefined
let page: Page
const said: string[] = []

beforeAll(async () => {
  site = createServer(async ({ url = '/' }, response) => {
    if (url === '/') return response.setHeader('content-type', 'text/html').end(documentOf(rendered.html))
    if (url === '/token') return response.end(await tokenFor({ team, role: 'ADMIN' }))
    const code = await readFile(join(project.folder, 'page', url)).catch(() => null)
    response.writeHead(code === null ? 204 : 200, { 'content-type': 'text/javascript' }).end(code)
  }).listen(0, '127.0.0.1')
  await once(site, 'listening')
  gateway = await startGateway({ env: { ALLOWED_ORIGINS: urlOf(site) } })
  await makeTeam(gateway.url, team, 'pro')
  project = await ReactProject.make(reactApp(propsOf()))
  await project.buildPage('page.jsx')
  rendered = JSON.parse(await project.runOnServer('server.jsx'))
}, 120_000)

afterAll(async () => {
  await browser?.close()
  site?.closeAllConnections()
  site?.close()
  await gateway?.close()
  await project?.remove()
})

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const propsOf = () => ({ endpoint: gateway.url, initial, rows })
const documentOf = (html: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A product</title>
<div id="root">${html}</div><script type="application/json" id="props">${JSON.stringify(propsOf())}</script>
<script type="module" src="/page.js"></script></html>`

test('a server without custom elements shows the initial values, as text and as a stream', () => {
  for (const html of [rendered.html, rendered.streamed]) {
    expect(html).toContain('<credits-pill class="of-host"><span>2,341 Credits</span></credits-pill>')
    expect(html).toContain('<p id="own">2,341 Credits</p>')
    expect(html).toContain('<p id="balance">2,341 Credits<!-- --> <!-- -->idle</p>')
    expect(html).toContain('<ul id="activity" data-phase="ready"><li>-7</li></ul>')
  }
  expect(rendered.globals).toEqual([])
})

describe.skipIf(!runsHere)(
  'React in a page (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    beforeAll(async () => {
      browser = await startBrowser()
      page = await browser.newPage()
      page.on('console', (message) => said.push(message.text()))
      page.on('pageerror', (error) => said.push(error.message))
      await page.goto(urlOf(site))
    }, 60_000)

    const label = async () => `${Number((await balanceOf(gateway.url, team)).available).toLocaleString('en')} Credits`
    const textOf = (selector: string) => page.locator(selector).innerText()

    async function expectToShow(credits: string): Promise<void> {
      await expect.poll(async () => (await textOf('credits-pill .pill')).replace(/\s+/g, ' ')).toBe(credits)
      await expect.poll(() => textOf('#own')).toBe(credits)
      await expect.poll(() => textOf('#balance')).toBe(`${credits} live`)
    }

    test('hydrates what the server has rendered, and follows each charge', async () => {
      await expectToShow(await label())
      await charge(gateway.url, team)
      await expectToShow(await label())
      const { available } = await balanceOf(gateway.url, team)
      await expect.poll(() => textOf('#seen')).toBe(available)
      await expect.poll(() => textOf('#activity li:first-child')).toBe('-100')
      await expect.poll(() => page.locator('credits-pill.of-host > span').isVisible()).toBe(false)
    })

    test('opens the dialog while `open` is set, and hears that it was closed', async () => {
      await page.click('#buy')
      await page.locator('credits-buy dialog[open] input').first().waitFor(patience)
      await expect.poll(() => textOf('#packs')).toBe('choosing')
      await page.keyboard.press('Escape')
      await expect.poll(() => textOf('#dialog')).toBe('closed')
    })

    test('shows the billing page', async () => {
      await page.click('#bill')
      await page.locator('credits-billing credits-activity .rows li').first().waitFor(patience)
    })

    test('each component has the properties of its element', async () => {
      const code = join(project.folder, 'node_modules/@credits-gateway/react/dist/components')
      for (const name of ['pill', 'buy', 'billing']) {
        const module = await import(join(code, `credits-${name}.js`))
        const script = `[...customElements.get('credits-${name}').elementProperties].filter(([, { state }]) => !state).map(([key]) => key)`
        expect(((await page.evaluate(script)) as string[]).toSorted()).toEqual(module[`${name}Properties`].toSorted())
      }
    })

    test('React and the browser have nothing to say', () => {
      expect(said.filter((text) => !text.includes('React DevTools'))).toEqual([])
    })
  },
)
