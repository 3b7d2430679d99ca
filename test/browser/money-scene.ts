import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { Page as Checkout } from '../setup/browser.ts'
import { makeFolder } from '../setup/folders.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { advanceClock, balanceOf, mutate, resultOf } from '../setup/operator.ts'
import { saveCard } from './buy-scene.ts'

const patience = { timeout: 20_000 }

/**
 * A gateway that sells in euros, lends within a credit line, and accepts payments from bank accounts; with tax or without.
 * `more`: further keys of its catalog.
 */
export async function startEuroGateway({ taxed = false, more = '', env = {} } = {}): Promise<Gateway> {
  const folder = await makeFolder('catalog-')
  const catalog = join(folder, 'euro.yaml')
  const example = await readFile('catalogs/example-eu.yaml', 'utf8')
  const text = taxed ? example : example.replace(/^tax:.*$/m, '')
  await writeFile(catalog, `${text}\npaymentMethods: [card, sepa_debit]\n${more}\n`)
  const gateway = await startGateway({ catalog, env })
  const close = () => Promise.all([gateway.close(), rm(folder, { recursive: true, force: true })])
  return { ...gateway, close: async () => void (await close()) }
}

type Bought = { readonly id: string; readonly state: string; readonly checkoutUrl: string | null }

/** Buys a package as the team's admin; by Checkout unless a card is saved and `pay` is AUTO. */
export async function buy(url: string, team: string, packageId: string, pay = 'AUTO'): Promise<Bought> {
  const query = `mutation ($input: PurchaseCreditsInput!) { result: purchaseCredits(input: $input) {
    ... on Purchase { id state checkoutUrl } } }`
  const input = { packageId, pay, idempotencyKey: randomUUID() }
  return resultOf<Bought>(await ask(url, query, { input }, await tokenFor({ team, role: 'ADMIN' })))
}

/** A paid purchase of 20 €, of which 5 € were given back. */
export async function buyAndRefund(url: string, team: string): Promise<void> {
  await saveCard(url, team, '4242424242424242', 'small')
  const { id, state } = await buy(url, team, 'small')
  expect(state).toBe('PAID')
  const given = await mutate(url, 'refundPurchase', { purchaseId: id, amount: '5', reason: 'by mistake' })
  expect(given.__typename).toBe('Purchase')
}

/** Pays 45 € at Checkout. `card`: a number, or `bank` for an account whose bank takes days. */
export async function payAtCheckout(url: string, team: string, card: string): Promise<void> {
  const { checkoutUrl } = await buy(url, team, 'medium', 'CHECKOUT')
  await (await Checkout.open(checkoutUrl ?? '')).press('Pay €45.00', { card, email: 'ana@example.com' })
}

/** The team's address is in this country. */
export async function liveIn(url: string, team: string, country: string): Promise<void> {
  const query = `mutation ($input: BillingDetailsInput!) { result: setBillingDetails(input: $input) { __typename } }`
  const { __typename } = resultOf<{ __typename: string }>(await ask(url, query, { input: { teamId: team, country } }))
  expect(__typename).toBe('Team')
}

/** Owes 400 credits of the team's line: all 2,000 credits are held, and the work costs 2,400. */
export async function lend(url: string, team: string): Promise<void> {
  const usage = (count: number) => [{ rate: 'image.standard', count }]
  const hold = await mutate(url, 'holdCredits', { teamId: team, usage: usage(200), expiresInSeconds: 600 })
  const settled = await mutate(url, 'settleHold', { holdId: hold.id, usage: usage(240) })
  expect(settled.__typename).toBe('Charge')
}

export async function billsOf(url: string, team: string): Promise<{ month: string; state: string }[]> {
  const answer = await ask(url, 'query ($id: ID) { result: team(id: $id) { meteredBills { month state } } }', {
    id: team,
  })
  return resultOf<{ meteredBills: { month: string; state: string }[] }>(answer).meteredBills
}

/** Moves the clock by days until the newest bill of the team has this state. */
export async function passUntil(url: string, team: string, state: string): Promise<void> {
  const seen = async () => {
    const found = (await billsOf(url, team))[0]?.state
    if (found === state) return found
    const now = Date.parse((await balanceOf(url, team)).asOf)
    await advanceClock(url, new Date(now + 86_400_000))
    return found
  }
  await expect.poll(seen, { ...patience, interval: 200 }).toBe(state)
}
