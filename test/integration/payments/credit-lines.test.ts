import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { type Billing, openBilling, use } from './billing-scene.ts'

/** Its plan `team` has 2,000 credits a month, and a line of 500 at 0.012 euros. */
const example = loadCatalog('catalogs/example-eu.yaml')
const caller = { id: null, role: 'PLATFORM' } as const

let scene: Billing
beforeAll(async () => {
  scene = await openBilling('2030-03-15T12:00:00Z', { catalog: example })
})
afterAll(() => scene.close())

/** A team that pays no tax: the catalog has taxes, and its bills wait for an address. */
async function newTeam(): Promise<TeamId> {
  const team = await scene.team('team')
  await scene.payments.setBillingDetails(team, { country: 'US' })
  return team
}

const images = (count: number) => [use('image.standard', '1', count)]

/** Holds all 2,000 credits and settles them for so many images, of 10 credits each. */
async function settle(team: TeamId, count: number): Promise<string> {
  const terms = { expiresInSeconds: 60, reference: null, memberId: null, caller }
  const { outcome } = await scene.submit(team, { kind: 'place-hold', usage: images(200), ...terms })
  const { hold } = outcome.kind === 'hold' ? outcome : expect.unreachable(outcome.kind)
  const settled = await scene.submit(team, { kind: 'settle-hold', holdId: hold.id, usage: images(count), caller })
  return settled.outcome.kind === 'refused' ? settled.outcome.failure.code : settled.outcome.kind
}

const debtOf = async (team: TeamId) => {
  const { account } = await scene.submit(team, { kind: 'post-due' })
  return [(account?.owed ?? 0n) / MICRO, (account?.lent?.credits ?? 0n) / MICRO]
}

test('what a credit line lent is billed in money with its month, and not again by the next credits', async () => {
  const [team, paid, greedy] = [await newTeam(), await newTeam(), await newTeam()]
  expect(await settle(greedy, 251)).toBe('INSUFFICIENT_CREDITS')
  for (const one of [team, paid]) expect(await settle(one, 240)).toBe('charge')
  expect(await debtOf(team)).toEqual([400n, 400n])
  const grant = { grantKind: 'PROMOTION', expiresAt: null, source: 'gift' } as const
  await scene.submit(paid, { kind: 'grant-credits', amount: 400n * MICRO, ...grant })
  expect(await debtOf(paid)).toEqual([0n, 0n])

  await scene.pass('2030-04-01T00:00:00Z')
  await scene.billed('2030-03')
  expect(await debtOf(team)).toEqual([0n, 0n])
  // April's 2,000 credits are whole: the debt of March is one of money.
  expect(await scene.available(team)).toBe(2_000n * MICRO)
  const [invoice, ...others] = await scene.invoices(team)
  expect(others).toEqual([])
  expect(invoice).toMatchObject({ currency: 'eur', status: 'open', metadata: { month: '2030-03' } })
  expect(invoice?.lines.data.map(({ amount, description }) => [amount, description])).toEqual([
    [480, 'Credit line: 400'],
  ])
  expect(await scene.bills(paid)).toEqual([])
  const verdicts = await verifyLedger(scene.database)
  expect(verdicts.filter(({ violations }) => violations > 0)).toEqual([])
})

test('nothing more is lent while the bill is overdue', async () => {
  const team = await newTeam()
  expect(await settle(team, 240)).toBe('charge')
  await scene.pass('2030-05-01T00:00:00Z')
  await scene.billed('2030-04')
  expect(await settle(team, 201)).toBe('charge')
  await scene.pass('2030-06-01T00:00:00Z')
  await scene.billed('2030-05')
  expect(await settle(team, 201)).toBe('INSUFFICIENT_CREDITS')
  expect(await debtOf(team)).toEqual([0n, 0n])
})
