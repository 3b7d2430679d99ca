import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { startCatchUp } from '../../../src/payments/catch-up.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import { seed } from '../../setup/random.ts'
import { closedGate } from './gate.ts'
import { type Lived, type Orders, openOrders } from './orders.ts'
import { codeStories, stories } from './stories.ts'
import { integersOf, shuffled } from './variants.ts'

const random = integersOf(seed)

let orders: Orders
beforeAll(async () => {
  orders = await openOrders(
    parseCatalog(`${loadCatalog('catalogs/wevion.yaml').source}\npromotionCodes: true\n`, 'codes.yaml'),
  )
})
afterAll(() => orders.close())

const ended = async (lived: Lived) => {
  const echo = await orders.echo(lived)
  for (const event of lived.events) await orders.tell(0, echo, event)
  return orders.end(echo)
}
const ignoreUnavailable = (error: unknown) => {
  if (!(error instanceof StripeUnavailable)) throw error
}

describe.each([...stories, ...codeStories].filter(({ givenUp }) => !givenUp))('$name', (story) => {
  let lived: Lived
  beforeAll(async () => {
    lived = await orders.live(story)
  })

  test('each event twenty times at once, to two gateways', async () => {
    const { postings: _, ...first } = await ended(lived)
    const echo = await orders.echo(lived)
    for (const event of lived.events) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => orders.tell(index, echo, event)))
    }
    const { postings, ...end } = await orders.end(echo)
    expect(end, `${seed}`).toEqual(first)
    expect(postings.filter((one) => one.startsWith('GRANT 5000000000 '))).toHaveLength(first.grants.length)
  })

  test('all events, the answer and the reconciler at once, in two gateways', async () => {
    const { postings: _, ...first } = await ended(lived)
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const echo = await orders.echo(lived)
        const team = teamId(echo.team)
        const gate = closedGate()
        echo.making = gate
        const answered = orders.advance(0, team).catch(ignoreUnavailable)
        const order = shuffled([...lived.events.keys(), ...lived.events.keys()], random)
        const told = order.map((number, index) => {
          const event = lived.events[number]
          return event === undefined ? undefined : orders.tell(index, echo, event)
        })
        gate.open()
        const asked = orders.advance(1, team).catch(ignoreUnavailable)
        await Promise.all([answered, asked, ...told])
        return orders.end(echo)
      }),
    )
    for (const { postings, ...end } of all) {
      expect(end, `${seed}`).toEqual(first)
      expect(postings.filter((one) => one.startsWith('GRANT 5000000000 '))).toHaveLength(first.grants.length)
    }
  })

  test("webhooks and the reading of Stripe's list at once", async () => {
    const { postings: _, ...first } = await ended(lived)
    const again = await orders.live(story)
    const { rows } = await orders.database.pool.query(
      `update stripe_catch_up set asked_at = '-infinity', through = null returning ledger_now()`,
    )
    expect(rows).toHaveLength(1)
    await orders.database.pool.query('delete from stripe_event where id = any($1)', [again.events.map(({ id }) => id)])
    const reading = startCatchUp(orders.database, orders.living.stripe, orders.living.events, pino({ level: 'silent' }))
    const webhooks = again.events.map((event) => orders.livingElsewhere.events.handle(event))
    await Promise.all(webhooks)
    await expect
      .poll(async () => (await orders.database.pool.query('select through from stripe_catch_up')).rows[0].through, {
        timeout: 30_000,
      })
      .not.toBeNull()
    await reading.stop()
    const { postings, purchase, grants, ...end } = await orders.end({ team: again.team, number: -1 })
    const { purchase: ofFirst, grants: grantsOfFirst, ...rest } = first
    expect(end).toEqual(rest)
    expect(purchase).toMatchObject({ state: ofFirst.state, failure: ofFirst.failure, isPosted: true })
    expect(grants.map(({ source: _, ...grant }) => grant)).toEqual(
      grantsOfFirst.map(({ source: _, ...grant }) => grant),
    )
    expect(postings.filter((one) => one.startsWith('GRANT 5000000000 '))).toHaveLength(first.grants.length)
  })
})
