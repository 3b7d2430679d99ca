import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import { formatMoney, type Money } from '../../../src/domain/amounts/money.ts'
import type { Answer } from '../../../src/domain/decisions/command.ts'
import { InvalidPublication } from '../../../src/domain/errors.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { moveClock } from '../../../src/ledger/clock/move-clock.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open-ledger.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import {
  assignPlan,
  charge,
  chargeOf,
  day,
  failureOf,
  heldBy,
  placeHold,
  plainText,
  recharge,
  release,
  settle,
  submission,
  use,
} from './scene.ts'

const inDollars = parseCatalog(plainText('UTC'), 'dollars.yaml')
const both = parseCatalog(
  plainText('UTC')
    .replace('currency: USD', 'currency: USD\notherCurrencies: [EUR]')
    .replace('perCredit: 0.02', 'perCredit: { USD: 0.02, EUR: 0.01 }')
    .replace('credits: 10, price: 3', 'credits: 10, price: { USD: 3, EUR: 2 }')
    .replace('money: 0.1,', 'money: { USD: 0.1, EUR: 0.08 },')
    .replace('money: 0.02,', 'money: { USD: 0.02, EUR: 0.01 },')
    .replace('money: 0.5,', 'money: { USD: 0.5, EUR: 0.4 },'),
  'both.yaml',
)

let home: TestDatabase
let database: Database
let opened: OpenLedger

beforeAll(async () => {
  home = await createTestDatabase()
  database = await openDatabase({ url: home.url, poolSize: 6, log: pino({ level: 'silent' }) })
  opened = await openLedger(database)
  await publish(inDollars)
})
afterAll(async () => {
  const verdicts = await verifyLedger(database)
  expect(verdicts.filter(({ violations }) => violations > 0)).toEqual([])
  await opened.close()
  await database.close()
  await home.drop()
})

/** Publishes and moves the clock behind it. */
async function publish(catalog: WholeCatalog): Promise<void> {
  const terms = { origin: 'PUBLISHED', publishedBy: null, effectiveFrom: null } as const
  const result = await opened.catalogs.publish(catalog, terms)
  if (result instanceof InvalidPublication) throw new Error(result.message)
  await moveClock(database, result.effectiveFrom)
  await opened.catalogs.refresh()
}

const newId = () => teamId(`team-${randomUUID()}`)
const submit = (team: TeamId, command: Parameters<typeof submission>[1]) =>
  opened.ledger.submit(submission(team, command))
const told = (money: Money | null) => money && `${formatMoney(money)} ${money.currency}`
const meteredOf = (answer: Answer) =>
  chargeOf(answer)
    .lines.map(({ money }) => told(money))
    .join()
const metered = charge(0, { usage: use(10, 'metered') })

async function all(submissions: readonly ReturnType<typeof submission>[]): Promise<Answer[]> {
  const results = await opened.ledger.submitAll(submissions)
  return results.map((one) => (one.status === 'fulfilled' ? one.value : expect.unreachable(String(one.reason))))
}

test('work that was priced before there was the currency costs no money of another one', async () => {
  const [held, quoting] = [newId(), newId()]
  await submit(held, assignPlan('none'))
  await submit(quoting, assignPlan('none'))
  const hold = heldBy(await submit(held, placeHold(0, { usage: use(10, 'metered') })))
  await publish(both)
  expect(failureOf(await submit(held, assignPlan('none', { currency: 'EUR' })))).toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(meteredOf(await submit(held, settle(hold)))).toBe('1 USD')

  await submit(quoting, assignPlan('none', { currency: 'EUR' }))
  const quoted = { usage: use(10, 'metered'), rateCardVersion: inDollars.version }
  expect(failureOf(await submit(quoting, placeHold(0, { usage: quoted })))).toMatchObject({ code: 'UNKNOWN_RATE' })
  expect(meteredOf(await submit(quoting, metered))).toBe('0.8 EUR')
})

test('teams of two currencies are decided in one batch, from a reading and from memory', async () => {
  const [dollars, euros] = [newId(), newId()]
  await all([
    submission(dollars, assignPlan('lined')),
    submission(euros, assignPlan('lined', { currency: 'EUR' })),
    submission(dollars, metered),
    submission(euros, metered),
  ])
  for (let round = 0; round < 3; round += 1) {
    const answers = await all([dollars, euros, dollars, euros].map((team) => submission(team, metered)))
    expect(answers.map(meteredOf)).toEqual(['1 USD', '0.8 EUR', '1 USD', '0.8 EUR'])
  }
  const [ofDollars, ofEuros] = await Promise.all([opened.teams.read(dollars), opened.teams.read(euros)])
  expect([ofDollars?.account.currency, ofEuros?.account.currency]).toEqual([null, 'EUR'])
})

test('a choice counts from its own command on, within the batch', async () => {
  const team = newId()
  const [, , chosen, after, late] = await all([
    submission(team, assignPlan('lined')),
    submission(team, charge(0, { usage: use(1, 'free') })),
    submission(team, assignPlan('lined', { currency: 'EUR' })),
    submission(team, metered),
    submission(team, assignPlan('lined', { currency: 'USD' })),
  ])
  expect(chosen?.outcome.kind).toBe('done')
  expect(after && meteredOf(after)).toBe('0.8 EUR')
  expect(late && failureOf(late)).toMatchObject({ code: 'INVALID_INPUT', path: ['currency'] })
  // Behind a checkpoint, the hours of usage tell it.
  await takeCheckpoint(database, team)
  expect(failureOf(await submit(team, assignPlan('lined', { currency: 'USD' })))).toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('a repeated choice tells the currency that the team then had', async () => {
  const team = newId()
  const first = submission(team, assignPlan('none', { currency: 'EUR' }), 'first')
  await opened.ledger.submit(first)
  await submit(team, assignPlan('none', { currency: 'USD' }))
  expect((await opened.ledger.submit(first)).account?.currency).toBe('EUR')
  expect((await opened.teams.read(team))?.account.currency).toBe('USD')
})

test('what time brings is of the currency of the team, however it is read', async () => {
  const team = newId()
  await submit(team, assignPlan('lined', { currency: 'EUR' }))
  const hold = heldBy(await submit(team, placeHold(0, { usage: use(1, 'free') })))
  await submit(team, release(hold))
  const start = heldBy(await submit(team, placeHold(0, { usage: use(1, 'free'), expiresInSeconds: 600 })))
  await submit(team, settle(start, 0, { usage: use(5) }))
  const read = await opened.teams.read(team)
  expect(told(read?.account.lent?.perCredit ?? null)).toBe('0.01 EUR')
  const later = (read?.at ?? 0) + 40 * day
  const then = await database.snapshot((client) => teamAsOf(client, opened.catalogs, team, later))
  expect([then?.currency, then?.lent]).toEqual(['EUR', null])
})

test('a package is bought in the currency that is asked for first, and one without a price in it is not sold', async () => {
  const team = newId()
  await submit(team, assignPlan('lined'))
  const caller = { id: null, role: 'ADMIN' } as const
  const terms = { pay: 'AUTO', successUrl: null, cancelUrl: null, memberId: null, caller } as const
  const buy = (packageId: string, currency?: string) =>
    submit(team, { kind: 'begin-purchase', packageId, ...terms, ...(currency && { currency }) })
  expect(failureOf(await buy('small', 'EUR'))).toMatchObject({ code: 'UNKNOWN_PACKAGE' })
  expect((await opened.teams.read(team))?.account.currency).toBe(null)
  const bought = await buy('ten', 'EUR')
  expect(bought.outcome).toMatchObject({ kind: 'purchase', purchase: { price: { currency: 'EUR' } } })
  expect(bought.account?.currency).toBe('EUR')
  expect(failureOf(await buy('ten', 'USD'))).toMatchObject({ code: 'INVALID_INPUT' })
  expect((await buy('ten')).outcome).toMatchObject({ kind: 'purchase', purchase: { price: { currency: 'EUR' } } })
})

test('auto-recharge chooses the currency, too, and keeps it while it is on', async () => {
  const team = newId()
  await submit(team, assignPlan('lined'))
  const on = recharge(null, { packageId: 'ten', currency: 'EUR' })
  expect((await submit(team, on)).account).toMatchObject({ currency: 'EUR', recharge: { currency: 'EUR' } })
  expect(failureOf(await submit(team, assignPlan('lined', { currency: 'USD' })))).toMatchObject({
    message: 'currency: auto-recharge buys in EUR: turn it off first, or give EUR.',
  })
  await submit(team, { ...on, enabled: false } as typeof on)
  expect((await submit(team, assignPlan('lined', { currency: 'USD' }))).account?.currency).toBe('USD')
})

test('a catalog without a currency of an earlier one is refused', async () => {
  const terms = { origin: 'PUBLISHED', publishedBy: null, effectiveFrom: null } as const
  expect(String(await opened.catalogs.publish(inDollars, terms))).toMatch(/no prices in EUR.*keep EUR/)
})

test('the rules of a currency are the same objects each time: they are compared by identity', async () => {
  const { catalogs } = opened
  const now = Date.now()
  expect(catalogs.in('EUR')).toBe(catalogs.in('EUR'))
  expect(catalogs.in('EUR').rulesAt(now)).toBe(catalogs.in('EUR').rulesAt(now))
  expect(catalogs.in(null).rulesAt(now)).toBe(catalogs.in('USD').rulesAt(now))
  expect(catalogs.in('EUR').rulesAt(now)).not.toBe(catalogs.in(null).rulesAt(now))
})
