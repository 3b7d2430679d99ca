import { randomUUID } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright-core'
import type { Role } from '../../src/domain/role.ts'
import { Page as PlainPage } from '../setup/browser.ts'
import { ask, tokenFor } from '../setup/gateway.ts'
import { mutate, resultOf } from '../setup/operator.ts'

/** `token`: in place of one of the member's own. */
export type Buyer = {
  readonly team: string
  readonly role?: Role
  readonly member?: string
  readonly name?: string
  readonly token?: string
}
type Where = { readonly gateway: string; readonly host: string }

/** A team of its own on the plan. Without a currency, its first purchase chooses one. */
export async function newTeam(gateway: string, planId = 'pro', currency: string | null = null): Promise<string> {
  const teamId = `buyer-${randomUUID()}`
  const { __typename, message } = await mutate(gateway, 'assignPlan', { teamId, planId, teamName: 'Acme', currency })
  if (__typename !== 'Team') throw new Error(message)
  return teamId
}

/** Saves a card for the team, as a customer who turns auto-recharge on for the first time. */
export async function saveCard(gateway: string, team: string, number: string, packageId = 'starter'): Promise<void> {
  const query = `mutation { result: configureAutoRecharge(input: { enabled: true, packageId: "${packageId}", threshold: "1" }) {
    ... on NoPaymentMethod { setupUrl } } }`
  const token = await tokenFor({ team, role: 'ADMIN' })
  const { setupUrl } = resultOf<{ setupUrl: string }>(await ask(gateway, query, {}, token))
  const saved = await (await PlainPage.open(setupUrl)).press('Save', { card: number })
  if (saved.html.includes('>Complete</button>')) await saved.press('Complete')
}

/** The states of all purchases of the team, the newest first. */
export async function purchasesOf(gateway: string, team: string): Promise<string[]> {
  const query = '{ result: team { purchases { nodes { state } } } }'
  const answer = await ask(gateway, query, {}, await tokenFor({ team, role: 'VIEWER' }))
  return resultOf<{ purchases: { nodes: { state: string }[] } }>(answer).purchases.nodes.map(({ state }) => state)
}

/** A page of another site with the dialog open, and what its console said. */
export async function openDialog(
  context: BrowserContext,
  { gateway, host }: Where,
  { team, role = 'ADMIN', member, name, token: given }: Buyer,
): Promise<{ page: Page; told: string[] }> {
  const page = await context.newPage()
  const told: string[] = []
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  const token = given ?? (await tokenFor({ team, role, member, name }))
  await page.goto(`${host}/#${new URLSearchParams({ gateway, token })}`)
  await page.locator('#open').click()
  await page.locator('dialog[open] h2').waitFor()
  return { page, told }
}

/** The page that opens in a tab of its own when this is done. */
export async function tabOf(page: Page, act: () => Promise<void>): Promise<Page> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), act()])
  await tab.waitForURL(/^http/)
  return tab
}

export const happened = (page: Page) => page.evaluate('window.happened') as Promise<string[]>

/** A purchase that waits to be paid, and the page where it is. */
export async function beginCheckout(gateway: string, team: string): Promise<string> {
  const query = `mutation ($key: String!) { result: purchaseCredits(input: { packageId: "starter", idempotencyKey: $key, pay: CHECKOUT }) {
    ... on Purchase { checkoutUrl } } }`
  const answer = await ask(gateway, query, { key: randomUUID() }, await tokenFor({ team, role: 'ADMIN' }))
  return resultOf<{ checkoutUrl: string }>(answer).checkoutUrl
}

/** A pill token of the team's admin, for the page of `origin` alone. */
export async function pillToken(
  gateway: string,
  team: string,
  given: { origin: string; mayBuy: boolean },
): Promise<string> {
  const query = `mutation ($origin: String!, $mayBuy: Boolean!) { result: createPillToken(origin: $origin, mayBuy: $mayBuy) {
    ... on PillToken { token } } }`
  const answer = await ask(gateway, query, given, await tokenFor({ team, role: 'ADMIN' }))
  return resultOf<{ token: string }>(answer).token
}
