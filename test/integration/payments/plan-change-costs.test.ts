import type { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { previewPlanChange } from '../../../src/domain/decisions/preview-plan-change.ts'
import { UnknownPlan } from '../../../src/domain/errors.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import {
  type PlanChangeCost,
  type PlanChangeMoney,
  type PlannedPayment,
  type PricedPlanChange,
  type Proration,
  prorations,
} from '../../../src/domain/plan-change-cost.ts'
import { toMinorUnits } from '../../../src/payments/minor-units.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import { openPaying, type Paying } from './scene.ts'

const catalog = parseCatalog(
  loadCatalog('catalogs/ai-studios.yaml')
    .source.replace('currency: USD', 'currency: EUR\notherCurrencies: [USD, GBP]')
    .replace('price: 10 }', 'price: { EUR: 10, USD: 11, GBP: 9 } }')
    .replace('price: 30 }', 'price: { EUR: 30, USD: 33, GBP: 27 } }')
    .concat('\ntax: { behavior: exclusive, code: txcd_10103001 }\n'),
  'three-currencies.yaml',
)

let scene: Paying
let year = 2027
let made = 0
beforeAll(async () => {
  scene = await openPaying({ catalog })
  for (const currency of ['eur', 'usd', 'gbp'] as const) {
    for (const interval of ['month', 'year'] as const) {
      for (const plan of ['free', 'personal', 'team'] as const)
        priceIds.set(`${plan} ${interval} ${currency}`, await addPrice(plan, interval, currency))
    }
  }
})
afterEach(() => scene.sandbox.faults.clear())
afterAll(() => scene.close())

const amounts = { free: 0, personal: 2_400, team: 9_000 }
const priceIds = new Map<string, string>()

async function addPrice(plan: keyof typeof amounts, interval: 'month' | 'year', currency: string): Promise<string> {
  const { id: product } = await scene.stripe.products.create({ name: plan, metadata: { plan } })
  const { id } = await scene.stripe.prices.create({
    product,
    currency,
    unit_amount: amounts[plan] * (interval === 'year' ? 10 : 1),
    recurring: { interval },
    tax_behavior: currency === 'gbp' ? 'inclusive' : 'exclusive',
  })
  return id
}

const priceOf = (plan: string, interval: string, currency: string) =>
  priceIds.get(`${plan} ${interval} ${currency}`.toLowerCase()) ?? ''

type Begun = { readonly team: TeamId; readonly subscription: Stripe.Subscription; readonly item: string }
type Terms = {
  readonly mode: 'classic' | 'flexible'
  /** The prices in GBP include tax. */
  readonly currency: 'EUR' | 'USD' | 'GBP'
  readonly isTaxed: boolean
}

async function newTeam(currency: string): Promise<TeamId> {
  made += 1
  const team = teamId(`changing-${made}`)
  const plan = { planId: 'free', teamName: null, seats: 1, interval: null, anchor: null, currency } as const
  await scene.submit(team, { kind: 'assign-plan', ...plan })
  return team
}

type Standing = readonly [plan: keyof typeof amounts, seats: number, interval: 'MONTH' | 'YEAR']

async function subscriber([plan, seats, interval]: Standing, { mode, currency, isTaxed }: Terms): Promise<Begun> {
  const team = await newTeam(currency)
  await scene.saveCard(team)
  await scene.stripe.customers.update(await scene.customer(team), { address: { country: 'DE' } })
  const subscription = await scene.subscribe(team, [{ price: priceOf(plan, interval, currency), quantity: seats }], {
    billing_mode: { type: mode },
    automatic_tax: { enabled: isTaxed },
  })
  return { team, subscription, item: subscription.items.data[0]?.id ?? '' }
}

const asked = (change: Partial<PricedPlanChange>): PricedPlanChange => ({
  planId: 'team',
  seats: 1,
  interval: null,
  proration: 'CREATE_PRORATIONS',
  currency: 'EUR',
  isTaxed: false,
  ...change,
})

const costOf = (team: TeamId, change: Partial<PricedPlanChange> = {}) =>
  scene.payments.planChangeCost(team, asked(change))

function known(cost: PlanChangeCost): PlanChangeMoney {
  if (cost.kind === 'unknown') throw new Error(cost.reason)
  return cost.money
}

const reasonOf = (cost: PlanChangeCost) => (cost.kind === 'unknown' ? cost.reason : `known: ${JSON.stringify(cost)}`)

const latest = (subscription: string) =>
  scene.stripe.subscriptions
    .retrieve(subscription, { expand: ['latest_invoice'] })
    .then(({ latest_invoice: invoice }) => invoice as Stripe.Invoice)

/** A period that begins with the change begins some seconds after the preview. */
const dayOf = (seconds: number) => Math.floor(seconds / 86_400)

/** The payment as Stripe writes it. */
const inCents = ({ at, amount, net, tax, total }: PlannedPayment) => ({
  day: dayOf(at / 1000),
  amount: toMinorUnits(amount),
  net: toMinorUnits(net),
  tax: tax === null ? null : toMinorUnits(tax),
  total: toMinorUnits(total),
  currency: total.currency,
})

const billed = (invoice: Stripe.Invoice) => ({
  day: dayOf(invoice.created),
  amount: invoice.amount_due,
  net: invoice.total_excluding_tax,
  tax: invoice.automatic_tax.enabled ? (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0) : null,
  total: invoice.total,
  currency: invoice.currency.toUpperCase(),
})

/** Each subscription before and after its change. */
const changes: readonly { readonly from: Standing; readonly to: Standing }[] = [
  { from: ['team', 2, 'MONTH'], to: ['team', 5, 'MONTH'] },
  { from: ['team', 5, 'MONTH'], to: ['team', 2, 'MONTH'] },
  { from: ['personal', 1, 'MONTH'], to: ['team', 3, 'MONTH'] },
  { from: ['team', 2, 'MONTH'], to: ['personal', 1, 'MONTH'] },
  { from: ['personal', 1, 'MONTH'], to: ['personal', 1, 'MONTH'] },
  { from: ['personal', 1, 'MONTH'], to: ['personal', 1, 'YEAR'] },
  { from: ['team', 3, 'MONTH'], to: ['personal', 1, 'YEAR'] },
  { from: ['team', 2, 'YEAR'], to: ['team', 5, 'YEAR'] },
  { from: ['personal', 1, 'YEAR'], to: ['personal', 1, 'MONTH'] },
  { from: ['personal', 1, 'YEAR'], to: ['team', 30, 'MONTH'] },
  { from: ['team', 3, 'YEAR'], to: ['personal', 1, 'MONTH'] },
]

const tables: Terms[] = (['classic', 'flexible'] as const).flatMap((mode) => [
  { mode, currency: 'EUR', isTaxed: true },
  { mode, currency: 'GBP', isTaxed: true },
  { mode, currency: 'USD', isTaxed: false },
])

describe('what a preview says is what is then billed and deposited', () => {
  test.each(tables)(
    'in billing mode $mode, in $currency, with tax: $isTaxed',
    async (terms) => {
      year += 3
      await scene.until(`${year}-01-15T12:00:00Z`)
      const cases = await Promise.all(
        changes.flatMap((change) =>
          prorations.map(async (proration) => ({
            change,
            proration,
            ...(await subscriber(change.from, terms)),
          })),
        ),
      )
      await scene.until(`${year}-01-25T09:00:00Z`)
      const waiting: { readonly name: string; readonly next: PlannedPayment; readonly subscription: string }[] = []
      for (const { change, proration, team, subscription, item } of cases) {
        const name = `${change.from.join(' ')} to ${change.to.join(' ')} ${proration}`
        const next = await changed({ team, subscription, item }, { ...terms, change, proration, name })
        if (next !== null) waiting.push({ name, next, subscription: subscription.id })
      }
      for (const { name, next, subscription } of waiting.toSorted((one, other) => one.next.at - other.next.at)) {
        await scene.until(new Date(Math.max(next.at + 7_200_000, scene.sandbox.clock.now())).toISOString())
        expect({ name, ...inCents(next) }).toEqual({ name, ...billed(await latest(subscription)) })
        await scene.stripe.subscriptions.cancel(subscription)
      }
    },
    240_000,
  )
})

type Made = Terms & {
  readonly change: (typeof changes)[number]
  readonly proration: Proration
  readonly name: string
}

/** Previews the change, makes it and compares; returns the payment that has to come next. */
async function changed(
  { team, subscription, item }: Begun,
  { change, proration, name, currency }: Made,
): Promise<PlannedPayment | null> {
  const [planId, seats, interval] = change.to
  const choice = { planId, seats, interval: interval === change.from[2] ? null : interval }
  const { account, at } = (await scene.teams.read(team)) ?? { account: null, at: 0 }
  if (account === null) throw new Error(`${team} is gone`)
  const credits = previewPlanChange(account, choice, scene.catalogs.in(account.currency), at)
  if (credits instanceof UnknownPlan) throw credits
  const money = known(await costOf(team, { ...choice, proration }))

  const before = subscription.latest_invoice
  const { prorationDate } = money
  const dated = prorationDate === null ? {} : { proration_date: prorationDate / 1000 }
  await scene.stripe.subscriptions.update(subscription.id, {
    items: [
      {
        id: item,
        price: priceOf(planId, interval, currency),
        quantity: seats,
      },
    ],
    proration_behavior: behaviors[proration],
    ...dated,
  })
  await scene.sandbox.idle()
  expect({ name, available: (await scene.account(team)).available }).toEqual({
    name,
    available: credits.after.available,
  })

  const invoice = await latest(subscription.id)
  const isNow = invoice.id !== before
  expect({ name, isNow: money.dueNow !== null }).toEqual({ name, isNow })
  if (money.dueNow !== null) {
    expect({ name, ...inCents(money.dueNow) }).toEqual({ name, ...billed(invoice) })
    const sum = money.dueNow.lines.reduce((all, { amount }) => all + amount.amount, 0n)
    expect(sum).toBe(currency === 'GBP' ? money.dueNow.total.amount : money.dueNow.net.amount)
  }
  return money.nextPayment
}

const behaviors = { CREATE_PRORATIONS: 'create_prorations', ALWAYS_INVOICE: 'always_invoice', NONE: 'none' } as const

describe('a team without a subscription', () => {
  test('is told the price of the first period and of the next one', async () => {
    const money = known(await costOf(await newTeam('EUR'), { seats: 3, interval: 'YEAR' }))
    expect(money.prorationDate).toBe(null)
    expect(money.dueNow).toMatchObject({ amount: { currency: 'EUR' }, tax: null })
    expect(inCents(money.dueNow as PlannedPayment).amount).toBe(270_000)
    const { nextPayment } = money
    expect(inCents(nextPayment as PlannedPayment).amount).toBe(270_000)
    const [line] = money.dueNow?.lines ?? []
    expect(line).toMatchObject({ isProration: false, endsAt: nextPayment?.at })
  })

  test('pays tax once its address is known', async () => {
    const team = await newTeam('EUR')
    const customer = await scene.customer(team)
    const change = { interval: 'MONTH', isTaxed: true } as const
    expect(known(await costOf(team, change)).dueNow?.tax).toBe(null)
    await scene.stripe.customers.update(customer, { address: { country: 'DE' } })
    expect(inCents(known(await costOf(team, change)).dueNow as PlannedPayment)).toMatchObject({
      net: 9_000,
      tax: 1_710,
      total: 10_710,
    })
  })

  test('pays the same sum where the tax is part of the price', async () => {
    const team = await newTeam('GBP')
    await scene.stripe.customers.update(await scene.customer(team), { address: { country: 'DE' } })
    const money = known(await costOf(team, { interval: 'YEAR', isTaxed: true, currency: 'GBP' }))
    expect(inCents(money.dueNow as PlannedPayment)).toMatchObject({ net: 75_630, tax: 14_370, total: 90_000 })
    expect(money.dueNow?.lines).toMatchObject([{ amount: money.dueNow?.total }])
  })

  test('has to say the interval where the plan is sold by the month and by the year', async () => {
    expect(reasonOf(await costOf(await newTeam('EUR')))).toBe(
      "The plan 'team' is paid by the month or by the year: give interval.",
    )
  })

  test('whose customer was deleted at Stripe is told the price of a new one', async () => {
    const team = await newTeam('EUR')
    await scene.stripe.customers.del(await scene.customer(team))
    expect(known(await costOf(team, { interval: 'MONTH' })).dueNow?.amount.amount).toBe(90_000_000_000n)
  })
})

describe('the money is not known', () => {
  const flexible = { mode: 'flexible', currency: 'EUR', isTaxed: false } as const

  test('where no price names the plan', async () => {
    const reason = reasonOf(await costOf(await newTeam('EUR'), { planId: 'enterprise', interval: 'MONTH' }))
    expect(reason).toContain("Stripe has no active price in EUR, paid by the month, for the plan 'enterprise'")
    expect(reason).toContain('set metadata.plan of its price, or its product')
  })

  test('where several prices do; the present plan keeps its own price, whatever else is sold', async () => {
    const { team, subscription, item } = await subscriber(['personal', 1, 'MONTH'], flexible)
    const second = await addPrice('team', 'month', 'eur')
    const fresh = await openPaying({ catalog, sandbox: scene.sandbox, databaseUrl: scene.databaseUrl })
    const change = asked({ interval: 'MONTH' })
    const reason = reasonOf(await fresh.payments.planChangeCost(team, change))
    expect(reason).toBe(
      "Stripe has 2 active prices in EUR, paid by the month, for the plan 'team': archive all but one.",
    )
    await scene.stripe.subscriptions.update(subscription.id, { items: [{ id: item, price: second }] })
    expect((await fresh.payments.planChangeCost(team, { ...change, seats: 4 })).kind).toBe('known')
    await scene.stripe.prices.update(second, { active: false })
    expect((await fresh.payments.planChangeCost(team, { ...change, seats: 4, interval: null })).kind).toBe('known')
    await fresh.close()
    await scene.stripe.subscriptions.cancel(subscription.id)
  })

  test('nothing is paid next where the subscription ends', async () => {
    const { team, subscription } = await subscriber(['team', 2, 'MONTH'], flexible)
    await scene.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    const none = known(await costOf(team, { seats: 2 }))
    expect(none).toEqual({ dueNow: null, nextPayment: null, prorationDate: null })
    const more = known(await costOf(team, { seats: 4, proration: 'ALWAYS_INVOICE' }))
    expect(more).toMatchObject({ dueNow: { total: { currency: 'EUR' } }, nextPayment: null })
    await scene.stripe.subscriptions.cancel(subscription.id)
  })

  test('while Stripe is out of reach, which is an error with a time to retry', async () => {
    const team = await newTeam('EUR')
    await scene.customer(team)
    scene.sandbox.faults.add({ do: 'fail-before', path: '/v1/subscriptions', times: 5 })
    await expect(costOf(team, { interval: 'MONTH' })).rejects.toThrow(StripeUnavailable)
  })
})

test('a preview writes nothing, neither here nor at Stripe', async () => {
  const { team, subscription } = await subscriber(['personal', 1, 'MONTH'], {
    mode: 'flexible',
    currency: 'EUR',
    isTaxed: true,
  })
  const before = await scene.account(team)
  const events = async () => (await scene.stripe.events.list({ limit: 1 })).data[0]?.id
  const last = await events()
  await costOf(team, { proration: 'ALWAYS_INVOICE', seats: 3 })
  expect(await events()).toBe(last)
  expect(await scene.account(team)).toEqual(before)
  await scene.stripe.subscriptions.cancel(subscription.id)
})
