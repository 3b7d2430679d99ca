import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'

const team = 'graphiql'
const patience = { timeout: 30_000 }
let gateway: Gateway
let browser: Browser

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startGateway()
  await makeTeam(gateway.url, team)
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

type Opened = { readonly page: Page; readonly foreign: string[]; readonly refused: string[] }

/** `foreign`: requests to other hosts; `refused`: what the page's policy forbade, or a script that failed. */
async function open(path: string): Promise<Opened> {
  const page = await browser.newPage()
  const foreign: string[] = []
  const refused: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(gateway.url) && !request.url().startsWith('data:')) foreign.push(request.url())
  })
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text())
  })
  page.on('pageerror', (error) => refused.push(error.message))
  await page.goto(`${gateway.url}${path}`)
  await page.locator('.graphiql-editor').first().waitFor(patience)
  return { page, foreign, refused }
}

/** The editor writes each space as one that does not break. */
const answerIn = async (page: Page) =>
  ((await page.locator('.result-window').textContent()) ?? '').replaceAll('\u00a0', ' ')

/** Types into the Headers tab what a developer would. */
async function signIn(page: Page): Promise<void> {
  const token = await tokenFor({ team, role: 'VIEWER' })
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').last().click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${token}` }))
}

async function run(page: Page, operation: string): Promise<void> {
  await page.locator('.graphiql-execute-button').click()
  await page.getByRole('menuitem', { name: operation }).click()
}

describe.skipIf(!runsHere)(
  'GraphiQL (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('opens with a first query, without another host, under a strict policy', async () => {
      const { page, foreign, refused } = await open('/graphiql')
      await expect.poll(() => page.locator('.graphiql-query-editor').textContent(), patience).toContain('npm')
      await page.getByRole('button', { name: /Documentation/ }).click()
      await expect.poll(() => page.locator('.graphiql-doc-explorer').textContent(), patience).toContain('Subscription')
      expect([foreign, refused]).toEqual([[], []])
      await page.close()
    })

    test('signs in queries and subscriptions alike by its Headers tab', async () => {
      const { page, foreign, refused } = await open('/graphiql')
      await signIn(page)
      await run(page, 'Team')
      await expect.poll(() => answerIn(page), patience).toContain('50,000 Credits')

      await run(page, 'Balance')
      await expect.poll(() => answerIn(page), patience).toMatch(/"revision"/)
      await charge(gateway.url, team)
      const now = Number((await balanceOf(gateway.url, team)).available).toLocaleString('en')
      await expect.poll(() => answerIn(page), patience).toContain(`${now} Credits`)
      expect([foreign, refused]).toEqual([[], []])
      await page.close()
    })
  },
)
