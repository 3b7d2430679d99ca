import { readFile } from 'node:fs/promises'
import { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { nextDeposit } from '../../../src/domain/account.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
let year = 2027
/** Each begins on the 31st of a January of its own, when the subscriptions of the one before have ended. */
async function begin(): Promise<void> {
  year += 1
  for (const { id, status } of (await scene.stripe.subscriptions.list({ limit: 100 })).data) {
    if (status !== 'incomplete_expired') await scene.stripe.subscriptions.cancel(id)
  }
  await at('01-31T12:00:00Z')
}
const at = (rest: string, years = 0) => scene.until(`${year + years}-${rest}`)

beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
afterEach(async () => {
  scene.sandbox.webhooks.clearFaults()
  scene.sandbox.webhooks.release()
  await scene.sandbox.idle()
})
afterAll(() => scene.close())

async function payer(card = 'pm_card_visa'): Promise<TeamId> {
  const team = await scene.team('free')
  await scene.saveCard(team, card)
  return team
}
const personal = async () => ({ price: await scene.price('personal', 2_400) })
const seats = async (quantity: number) => ({ price: await scene.price('team', 9_000), quantity })

async function subscriber(given: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const team = await payer()
  return { team, id: (await scene.subscribe(team, [await personal()], given)).id }
}

const plan = async (team: TeamId) => {
  const { planId, seats, available, paidThrough } = await scene.account(team)
  const through = paidThrough === null ? null : new Date(paidThrough).toISOString().slice(5, 13)
  return [planId, seats, Number(available / MICRO), through]
}
const included = async (team: TeamId) =>
  (await scene.deposits(team))
    .filter((line) => line.startsWith('60 '))
    .map((line) => line.replaceAll(/60 INCLUDED |\d{4}-/g, ''))

describe('a subscription', () => {
  test('D3, D4: deposits each month once it is paid, on a 31st; nothing rolls over', async () => {
    await begin()
    const { team } = await subscriber()
    expect(await plan(team)).toEqual(['personal', 1, 76, `02-${lastOfFebruary()}T12`])
    for (const day of [`02-${lastOfFebruary()}`, '03-31', '04-30', '05-31']) {
      await at(`${day}T14:00:00Z`)
      expect((await scene.account(team)).available).toBe(60n * MICRO)
    }
    const days = ['01-31', `02-${lastOfFebruary()}`, '03-31', '04-30', '05-31', '06-30']
    expect(await included(team)).toEqual(days.slice(1).map((day, index) => `${days[index]} to ${day}`))
    expect(await scene.paidIn(team)).toBe(5 * 2_400)
  })

  test('whose renewal is a draft for an hour deposits when that is paid, from its begin on', async () => {
    await begin()
    const { team } = await subscriber()
    await at(`02-${lastOfFebruary()}T12:30:00Z`)
    expect(await plan(team)).toEqual(['personal', 1, 0, `02-${lastOfFebruary()}T12`])
    await at(`02-${lastOfFebruary()}T13:00:30Z`)
    expect(await plan(team)).toEqual(['personal', 1, 60, '03-31T12'])
    expect((await included(team)).at(-1)).toBe(`02-${lastOfFebruary()} to 03-31`)
  })

  test('that is declined is past due and deposits nothing; recovered, it deposits the rest of the month', async () => {
    await begin()
    const { team } = await subscriber()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    await at('03-01T14:00:00Z')
    expect(await plan(team)).toEqual(['personal', 1, 0, `02-${lastOfFebruary()}T12`])
    await scene.saveCard(team)
    await at('03-10T00:00:00Z')
    expect(await plan(team)).toEqual(['personal', 1, 60, '03-31T12'])
    expect(await scene.paidIn(team)).toBe(2 * 2_400)
  })

  test('that is declined again and again ends, and leaves the team on the default plan', async () => {
    await begin()
    const { team } = await subscriber()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    await at('04-15T00:00:00Z')
    expect(await plan(team)).toEqual(['free', 1, 16, null])
    expect(await included(team)).toHaveLength(1)
  })

  test('that stays unpaid instead deposits nothing, until it is paid', async () => {
    await begin()
    scene.sandbox.billing.afterRetries('unpaid')
    const { team, id } = await subscriber()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    await at('04-15T00:00:00Z')
    scene.sandbox.billing.afterRetries('cancel')
    expect((await scene.stripe.subscriptions.retrieve(id)).status).toBe('unpaid')
    expect((await plan(team)).slice(0, 3)).toEqual(['personal', 1, 0])
    expect(await included(team)).toHaveLength(1)
  })

  test('D3: tells plan and seats at once', async () => {
    await begin()
    const { team, id } = await subscriber()
    const [item] = (await scene.stripe.subscriptions.retrieve(id)).items.data
    await scene.stripe.subscriptions.update(id, { items: [{ id: item?.id, ...(await seats(2)) }] })
    await scene.sandbox.idle()
    expect((await plan(team)).slice(0, 2)).toEqual(['team', 2])
    expect((await scene.account(team)).available).toBe((16n + 300n) * MICRO)
    await scene.stripe.subscriptions.update(id, { items: [{ id: item?.id, ...(await seats(3)) }] })
    await scene.sandbox.idle()
    expect((await scene.account(team)).available).toBe((16n + 450n) * MICRO)
    await at('03-01T14:00:00Z')
    expect(await plan(team)).toEqual(['team', 3, 450, '03-31T12'])
  })

  test('on trial deposits at once, and its first month when that is paid', async () => {
    await begin()
    const { team } = await subscriber({ trial_period_days: 10 })
    expect(await plan(team)).toEqual(['personal', 1, 76, '02-10T12'])
    await at('02-10T12:30:00Z')
    expect((await plan(team)).slice(3)).toEqual(['02-10T12'])
    await at('02-10T14:00:00Z')
    expect((await plan(team)).slice(3)).toEqual(['03-10T12'])
    expect((await included(team)).at(-1)).toBe('02-10 to 03-10')
  })

  test('D6: cancelled keeps its credits to the end of its month', async () => {
    await begin()
    const { team, id } = await subscriber()
    await scene.stripe.subscriptions.update(id, { cancel_at_period_end: true })
    await at('02-15T00:00:00Z')
    expect((await plan(team)).slice(0, 3)).toEqual(['personal', 1, 76])
    const renewal = async () => nextDeposit(await scene.account(team), scene.sandbox.clock.now())
    expect(await renewal()).toBe(null)
    await scene.stripe.subscriptions.update(id, { cancel_at_period_end: false })
    await scene.sandbox.idle()
    expect(await renewal()).toBe(Date.parse(`${year}-02-${lastOfFebruary()}T12:00:00Z`))
    await scene.stripe.subscriptions.update(id, { cancel_at_period_end: true })
    await scene.sandbox.idle()
    await at('03-01T00:00:00Z')
    expect(await plan(team)).toEqual(['free', 1, 16, null])
    expect(await included(team)).toHaveLength(1)
  })

  test('D6: terminated now leaves what is there to its own end', async () => {
    await begin()
    const { team, id } = await subscriber()
    await scene.stripe.subscriptions.cancel(id)
    await scene.sandbox.idle()
    expect(await plan(team)).toEqual(['free', 1, 76, null])
    await at('03-01T00:00:00Z')
    expect(await plan(team)).toEqual(['free', 1, 16, null])
  })

  test('terminated with proration: the credit is found behind later invoices', async () => {
    await begin()
    const { team, id } = await subscriber()
    await at('02-01T12:00:00Z')
    scene.sandbox.webhooks.hold()
    await readList('infinity')
    await scene.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true })
    for (let made = 0; made < 3; made += 1) {
      await scene.stripe.invoices.create({ customer: await scene.customer(team), subscription: id })
    }
    scene.sandbox.webhooks.release()
    await scene.sandbox.idle()
    await scene.subscribe(team, [await personal()])
    expect((await scene.account(team)).available).toBe((76n + 3n) * MICRO)
    await readList('-infinity')
  })

  test.each([
    ['with proration on a last invoice', { prorate: true, invoice_now: true }, 3n],
    ['with proration on the next invoice', { prorate: true }, 3n],
    ['without proration', {}, 60n],
  ])('terminated %s: another one deposits what was not paid for yet', async (_, how, credits) => {
    await begin()
    const { team, id } = await subscriber()
    await at('02-01T12:00:00Z')
    await scene.stripe.subscriptions.cancel(id, how)
    await scene.sandbox.idle()
    expect((await scene.account(team)).available).toBe(76n * MICRO)
    await scene.subscribe(team, [await personal()])
    expect((await scene.account(team)).available).toBe((76n + credits) * MICRO)
  })

  test('terminated on trial: another trial deposits what it lasts longer', async () => {
    await begin()
    const { team, id } = await subscriber({ trial_period_days: 10 })
    await at('02-01T12:00:00Z')
    await scene.stripe.subscriptions.cancel(id)
    await scene.sandbox.idle()
    await scene.subscribe(team, [await personal()], { trial_period_days: 10 })
    // Nine of the ten days are those of the first trial.
    expect((await scene.account(team)).available).toBe((76n + 6n) * MICRO)
  })

  test('that is paused deposits nothing, and goes on when it is resumed and paid', async () => {
    await begin()
    const { team, id } = await subscriber()
    await scene.stripe.subscriptions.pause(id, { type: 'subscription' })
    await at('03-10T00:00:00Z')
    expect(await plan(team)).toEqual(['personal', 1, 0, `02-${lastOfFebruary()}T12`])
    await scene.stripe.subscriptions.resume(id)
    await scene.sandbox.idle()
    expect((await plan(team)).slice(0, 3)).toEqual(['personal', 1, 60])
    expect((await included(team)).at(-1)).toBe('03-10 to 04-10')
  })

  test('that was never paid for leaves the team as it is', async () => {
    await begin()
    const team = await payer('pm_card_chargeCustomerFail')
    const { status } = await scene.subscribe(team, [await personal()])
    expect(status).toBe('incomplete')
    expect(await plan(team)).toEqual(['free', 1, 16, null])
    await at('02-03T00:00:00Z')
    expect(await plan(team)).toEqual(['free', 1, 16, null])
  })

  test('by the year deposits the year upfront', async () => {
    await begin()
    const team = await payer()
    await scene.subscribe(team, [{ price: await scene.price('personal', 24_000, 'year') }])
    expect((await scene.account(team)).available).toBe((16n + 720n) * MICRO)
    await at('12-01T00:00:00Z')
    expect((await scene.account(team)).available).toBe(720n * MICRO)
  })

  test('whose invoice has more lines than Stripe shows at once is paid when that invoice is', async () => {
    await begin()
    const team = await payer()
    const { id } = await scene.subscribe(team, [await seats(1)])
    const [item] = (await scene.stripe.subscriptions.retrieve(id)).items.data
    for (const quantity of [2, 3, 4, 5, 6]) {
      await at(`02-0${quantity}T12:00:00Z`)
      await scene.stripe.subscriptions.update(id, { items: [{ id: item?.id, quantity }] })
    }
    await at(`02-${lastOfFebruary()}T12:30:00Z`)
    expect(await plan(team)).toEqual(['team', 6, 0, `02-${lastOfFebruary()}T12`])
    await at(`02-${lastOfFebruary()}T13:00:30Z`)
    expect(await plan(team)).toEqual(['team', 6, 900, '03-31T12'])
    // Later changes have invoices of their own, so that the latest one bills no period.
    for (const quantity of [7, 8]) {
      const items = [{ id: item?.id, quantity }]
      await scene.stripe.subscriptions.update(id, { items, proration_behavior: 'always_invoice' })
    }
    await scene.sandbox.idle()
    expect((await plan(team)).slice(3)).toEqual(['03-31T12'])
  })

  test('with more items than Stripe shows at once is on the plan of the last one', async () => {
    await begin()
    const team = await payer()
    const others = Array.from({ length: 10 }, (_, index) => scene.price(`other ${index}`, 100, 'month', {}))
    const items = (await Promise.all(others)).map((price) => ({ price }))
    await scene.subscribe(team, [...items, await seats(2)])
    expect(await plan(team)).toEqual(['team', 2, 316, `02-${lastOfFebruary()}T12`])
  })

  test('of which no invoice bills the period is not known to be paid: the team keeps what it has', async () => {
    await begin()
    const team = await payer()
    const anchor = Math.floor(Date.parse(`${year}-02-15T12:00:00Z`) / 1000)
    const stub = { billing_cycle_anchor: anchor, proration_behavior: 'none' } as const
    await scene.subscribe(team, [await personal()], stub)
    expect(await plan(team)).toEqual(['free', 1, 16, null])
    expect(scene.logged.at(-1)).toMatchObject({ team, msg: expect.stringContaining('no invoice') })
    await at('02-15T14:00:00Z')
    expect((await plan(team)).slice(0, 1)).toEqual(['personal'])
    expect((await plan(team)).slice(3)).toEqual(['03-15T12'])
  })

  test('at a price of 0 needs no invoice', async () => {
    await begin()
    const team = await payer()
    const anchor = Math.floor(Date.parse(`${year}-02-15T12:00:00Z`) / 1000)
    const stub = { billing_cycle_anchor: anchor, proration_behavior: 'none' } as const
    await scene.subscribe(team, [{ price: await scene.price('personal', 0) }], stub)
    expect(await plan(team)).toEqual(['personal', 1, 76, '02-15T12'])
  })

  test('whose quantity is 0 is no running plan, until it has one again', async () => {
    await begin()
    const team = await payer()
    const { id } = await scene.subscribe(team, [await seats(2)])
    const [item] = (await scene.stripe.subscriptions.retrieve(id)).items.data
    const resize = async (quantity: number) => {
      await scene.stripe.subscriptions.update(id, { items: [{ id: item?.id, quantity }], proration_behavior: 'none' })
      await scene.sandbox.idle()
    }
    await at('02-05T12:00:00Z')
    await resize(0)
    expect(answers()).toEqual(['200'])
    expect(await plan(team)).toEqual(['free', 1, 316, null])
    await resize(2)
    // The new period is paid for in full, and deposits what the former one counted for until then.
    expect(await plan(team)).toEqual(['team', 2, 316 + Math.ceil((300 * 5) / lastOfFebruary()), '03-05T12'])
  })

  test('that begins by a clock of Stripe which is ahead deposits once, when it has begun here', async () => {
    await begin()
    const team = await payer()
    const extra = await scene.price('extra', 1_000, 'month', { add_on: 'personal' })
    scene.sandbox.clock.advance(20)
    await scene.subscribe(team, [await personal(), { price: extra, quantity: 2 }])
    expect(await plan(team)).toEqual(['personal', 1, 16, `02-${lastOfFebruary()}T12`])
    await at('01-31T12:05:00Z')
    expect(await plan(team)).toEqual(['personal', 1, 16 + 60 + 120, `02-${lastOfFebruary()}T12`])
    await at(`02-${lastOfFebruary()}T14:00:00Z`)
    expect(await included(team)).toEqual([`01-31 to 02-${lastOfFebruary()}`, `02-${lastOfFebruary()} to 03-31`])
  })

  test('is followed beside an older one that has ended or is stopped', async () => {
    await begin()
    const { team, id } = await subscriber()
    await scene.subscribe(team, [await seats(1)])
    await scene.stripe.subscriptions.cancel(id)
    await scene.sandbox.idle()
    expect((await plan(team)).slice(0, 2)).toEqual(['team', 1])
  })
})

describe('whose it is', () => {
  test('is told by the metadata of the subscription or of its customer, also for a team that has not begun', async () => {
    await begin()
    const own = async (name: string | null, metadata: Stripe.MetadataParam | undefined) => {
      const customer = await scene.stripe.customers.create(name === null ? {} : { metadata: { team: name } })
      const { id } = await scene.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      await scene.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: id } })
      await scene.stripe.subscriptions.create({ customer: customer.id, items: [await personal()], metadata })
      await scene.sandbox.idle()
      return customer.id
    }
    const first = await own(null, { team: `by-subscription-${year}` })
    expect((await plan(teamId(`by-subscription-${year}`)))[0]).toBe('personal')
    await own(`by-customer-${year}`, undefined)
    expect((await plan(teamId(`by-customer-${year}`)))[0]).toBe('personal')
    await own(null, { team: `by-subscription-${year}` })
    expect(await scene.customer(teamId(`by-subscription-${year}`))).toBe(first)
    await own(null, { team: 'no\nname' })
    await own(null, undefined)
    const { rows } = await scene.database.pool.query("select 1 from account where team_id like 'no%'")
    expect(rows).toEqual([])
    expect(answers()).toEqual(['200'])
  })

  test('and which plan, by its price or its product; an unknown one is said in the log and not tried again', async () => {
    await begin()
    const team = await payer()
    const { id: product } = await scene.stripe.products.create({ name: 'Ours', metadata: { plan: 'personal' } })
    const recurring = { interval: 'month' } as const
    const { id: price } = await scene.stripe.prices.create({ product, currency: 'usd', unit_amount: 100, recurring })
    const { id } = await scene.subscribe(team, [{ price }])
    expect((await plan(team))[0]).toBe('personal')
    const [item] = (await scene.stripe.subscriptions.retrieve(id)).items.data
    for (const other of [await scene.price('unheard-of', 100), await scene.price('none', 100, 'month', {})]) {
      await scene.stripe.subscriptions.update(id, { items: [{ id: item?.id, price: other }] })
      await scene.sandbox.idle()
    }
    expect((await plan(team))[0]).toBe('personal')
    expect(answers()).toEqual(['200'])
  })
})

describe('the events of a renewal', () => {
  test('in any order, twice, early and late, end in the same ledger', async () => {
    await begin()
    const types = ['customer.subscription.updated', 'invoice.paid'] as const
    const orders = [...new Set(permutations([...types, ...types]).map((order) => order.join()))]
    expect(orders).toHaveLength(6)
    const teams: TeamId[] = []
    for (const _ of orders) teams.push((await subscriber()).team)
    await readList('infinity')
    scene.sandbox.webhooks.hold()
    const tell = async (team: TeamId, type: string) => {
      for (const { id } of await eventsOf(team, [type], 1)) await scene.sandbox.webhooks.redeliver(id)
    }
    await at(`02-${lastOfFebruary()}T12:30:00Z`)
    for (const team of teams.slice(3)) await tell(team, types[0])
    await at('03-01T14:00:00Z')
    for (const [index, team] of teams.entries()) {
      expect(await included(team)).toHaveLength(1)
      for (const type of orders[index]?.split(',') ?? []) await tell(team, type)
      expect(await plan(team)).toEqual(['personal', 1, 60, '03-31T12'])
      expect(await included(team)).toHaveLength(2)
    }
    scene.sandbox.webhooks.release({ reverse: true })
    await scene.sandbox.idle()
    for (const team of teams) expect(await included(team)).toHaveLength(2)
    await readList('-infinity')
  })

  test('of three months, each delivered to another of two gateways at once, end in the same ledger', async () => {
    await begin()
    const { team } = await subscriber()
    const other = await openPaying({ catalog: 'ai-studios', sandbox: scene.sandbox, databaseUrl: scene.databaseUrl })
    scene.sandbox.webhooks.hold()
    await at('05-01T14:00:00Z')
    const events = await eventsOf(team, ['customer.subscription.updated', 'invoice.paid'], 100)
    expect(events.length).toBeGreaterThan(5)
    await Promise.all(events.map((event, index) => (index % 2 === 0 ? scene : other).events.handle(event)))
    expect(await plan(team)).toEqual(['personal', 1, 60, '05-31T12'])
    scene.sandbox.webhooks.release()
    await scene.sandbox.idle()
    expect(await plan(team)).toEqual(['personal', 1, 60, '05-31T12'])
    await other.close()
  })

  test('that all are lost are found in the list within a minute', async () => {
    await begin()
    const { team } = await subscriber()
    scene.sandbox.webhooks.fault({ do: 'drop', times: 1_000 })
    await at('03-01T14:00:00Z')
    await expect.poll(() => plan(team), { timeout: 60_000, interval: 500 }).toEqual(['personal', 1, 60, '03-31T12'])
  })

  test('in the form of an older API version are followed, and said in the log once', async () => {
    await begin()
    const { team } = await subscriber()
    scene.sandbox.webhooks.version('2024-06-20')
    await readList('infinity')
    scene.sandbox.webhooks.fault({ do: 'drop', times: 1_000, type: 'customer.subscription.' })
    await at('03-01T14:00:00Z')
    expect(await plan(team)).toEqual(['personal', 1, 60, '03-31T12'])
    const told = scene.logged.filter(({ version }) => version === '2024-06-20')
    expect(told).toMatchObject([{ msg: expect.stringContaining('api_version') }])
    scene.sandbox.webhooks.version(Stripe.API_VERSION)
    await readList('-infinity')
  })

  test('an older answer never is the last word', async () => {
    await begin()
    const { team, id } = await subscriber()
    await readList('infinity')
    scene.sandbox.webhooks.hold()
    scene.sandbox.faults.add({ do: 'delay', ms: 1_500, method: 'GET', path: '/v1/subscriptions' })
    const other = await openPaying({ catalog: 'ai-studios', sandbox: scene.sandbox, databaseUrl: scene.databaseUrl })
    const [event] = (await scene.stripe.events.list({ type: 'customer.subscription.created', limit: 1 })).data
    if (event === undefined) throw new Error('There is none')
    const before = await asks(team)
    const late = scene.events.handle(event)
    // A reading of the list that began before goes first.
    await expect.poll(() => asks(team), { timeout: 20_000 }).toBeGreaterThan(before)
    await scene.stripe.subscriptions.cancel(id)
    await other.events.handle(event)
    expect((await plan(team))[0]).toBe('free')
    await late
    expect((await plan(team))[0]).toBe('free')
    scene.sandbox.webhooks.release()
    await scene.sandbox.idle()
    await readList('-infinity')
    await other.close()
  })
})

/** Stripe's list of events counts as read last at that instant; no gateway reads it while that lies ahead. */
const readList = (at: string) =>
  scene.database.pool.query('update stripe_catch_up set asked_at = $1, whole_asked_at = $1', [at])

/** The newest events about the team's customer. */
async function eventsOf(team: TeamId, types: string[], most: number): Promise<Stripe.Event[]> {
  const customer = await scene.customer(team)
  const events: Stripe.Event[] = []
  for await (const event of scene.stripe.events.list({ limit: 100, types })) {
    if ('customer' in event.data.object && event.data.object.customer === customer) events.push(event)
  }
  return events.slice(0, most)
}

const asks = async (team: TeamId): Promise<number> => {
  const { rows } = await scene.database.pool.query('select asks::integer from customer where team_id = $1', [team])
  return rows[0].asks
}
const lastOfFebruary = () => new Date(Date.UTC(year, 2, 0)).getUTCDate()
const answers = () => [
  ...new Set(scene.sandbox.webhooks.deliveries().flatMap(({ attempts }) => attempts.map(({ status }) => `${status}`))),
]

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

describe('where the catalog deposits renewals when they are due', () => {
  let due: Paying
  beforeAll(async () => {
    const source = `${await readFile('catalogs/ai-studios.yaml', 'utf8')}\nrenewals: when-due\n`
    due = await openPaying({ catalog: parseCatalog(source, 'due.yaml') })
  })
  afterAll(() => due.close())
  const months = async (team: TeamId) => (await due.deposits(team)).filter((line) => line.startsWith('60 ')).length

  test('the balance is refilled as the period begins; a payment that fails stops the next one', async () => {
    await due.until('2030-01-10T12:00:00Z')
    const team = await due.team('free')
    await due.saveCard(team)
    const { billing_cycle_anchor } = await due.subscribe(team, [{ price: await due.price('personal', 2_400) }])
    await due.until('2030-02-10T12:01:00Z')
    expect((await due.account(team)).available).toBe(60n * MICRO)
    await due.until('2030-02-10T14:00:00Z')
    await due.saveCard(team, 'pm_card_chargeCustomerFail')
    await due.until('2030-03-10T12:01:00Z')
    expect([await months(team), await due.paidIn(team)]).toEqual([3, 2 * 2_400])
    await due.until('2030-03-10T14:00:00Z')
    const march = new Date(billing_cycle_anchor * 1000)
    march.setUTCMonth(2)
    expect((await due.account(team)).paidThrough).toBe(march.getTime())
    await due.until('2030-04-11T00:00:00Z')
    expect(await months(team)).toBe(3)
  })
})
