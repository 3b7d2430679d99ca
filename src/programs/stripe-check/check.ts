import { setTimeout as pause } from 'node:timers/promises'
import pino, { type Logger } from 'pino'
import { Stripe } from 'stripe'
import type { WholeCatalog } from '../../catalog/catalog.ts'
import { Charging } from '../../payments/charging.ts'
import { createPushedPrices, type PushedPrices } from '../../payments/pushed-prices.ts'
import { isMissing } from '../../payments/stripe-faults.ts'

export type CheckOptions = {
  readonly stripe: Stripe
  readonly catalog: WholeCatalog
  /** Names this run in everything that it makes. */
  readonly run: string
  /** Between two looks at something that Stripe does a moment later. */
  readonly pauseMs: number
}

/** How often Stripe is asked for something that it does a moment later. */
const maxLooks = 60

/** A run against one account: what its steps share, and what has to be removed when it ends. */
export class Check {
  readonly stripe: Stripe
  readonly catalog: WholeCatalog
  readonly run: string
  readonly log: Logger = pino({ level: 'silent' })
  readonly charging: Charging
  readonly pushed: PushedPrices
  readonly #pauseMs: number
  readonly #made: { readonly name: string; readonly remove: () => Promise<unknown> }[] = []
  #begin: number | undefined

  constructor({ stripe, catalog, run, pauseMs }: CheckOptions) {
    this.stripe = stripe
    this.charging = new Charging(stripe, this.log)
    this.pushed = createPushedPrices(stripe, this.log)
    this.catalog = catalog
    this.run = run
    this.#pauseMs = pauseMs
  }

  /** Something that was made, which `cleanUp` removes. */
  made(name: string, remove: () => Promise<unknown>): void {
    this.#made.push({ name, remove })
  }

  /** A customer; with `card` it has that test card as its default method. */
  async customer(card: string | null = 'pm_card_visa', given: Stripe.CustomerCreateParams = {}) {
    const made = await this.stripe.customers.create({ ...given, name: 'Stripe check', metadata: { run: this.run } })
    this.#begin ??= made.created
    const id = made.id
    if (given.test_clock === undefined) this.made(id, () => this.stripe.customers.del(id))
    if (card === null) return { id, method: '' }
    const { id: method } = await this.stripe.paymentMethods.attach(card, { customer: id })
    await this.stripe.customers.update(id, { invoice_settings: { default_payment_method: method } })
    return { id, method }
  }

  /** A price in cents of a product that names a plan. */
  async price(unit_amount: number, recurring?: Stripe.PriceCreateParams.Recurring): Promise<string> {
    const { id: product } = await this.stripe.products.create({
      name: 'Stripe check',
      metadata: { plan: 'stripe-check', run: this.run },
    })
    this.made(product, () => this.stripe.products.update(product, { active: false }))
    return (await this.stripe.prices.create({ product, currency: 'usd', unit_amount, recurring })).id
  }

  /** A promotion code that takes so many percent off. */
  async promotionCode(percent_off: number): Promise<string> {
    const { id: coupon } = await this.stripe.coupons.create({
      percent_off,
      duration: 'once',
      metadata: { run: this.run },
    })
    this.made(coupon, () => this.stripe.coupons.del(coupon))
    return (await this.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon } })).id
  }

  /** A test clock that stands at the present time of the account, with a customer of its own. */
  async clock(card = 'pm_card_visa') {
    const { created: now, id: probe } = await this.stripe.customers.create({ metadata: { run: this.run } })
    this.made(probe, () => this.stripe.customers.del(probe))
    const { testClocks } = this.stripe.testHelpers
    const clock = await testClocks.create({ frozen_time: now, name: `Stripe check ${this.run}` })
    this.made(clock.id, () => testClocks.del(clock.id))
    const customer = await this.customer(card, { test_clock: clock.id })
    /** Moves the clock, and waits until everything until then has happened. */
    const until = async (frozen_time: number) => {
      await testClocks.advance(clock.id, { frozen_time })
      await this.eventually(async () => ((await testClocks.retrieve(clock.id)).status === 'ready' ? true : null))
    }
    return { customer, until }
  }

  /** The first result that is not null; null: there was none in a minute. */
  async eventually<T>(look: () => Promise<T | null>): Promise<T | null> {
    for (let looks = 1; ; looks += 1) {
      const found = await look()
      if (found !== null || looks === maxLooks) return found
      await pause(this.#pauseMs)
    }
  }

  /** The error that Stripe answers with. */
  async refusal(call: Promise<unknown>): Promise<Partial<InstanceType<typeof Stripe.errors.StripeError>>> {
    try {
      await call
      return {}
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError) return error
      throw error
    }
  }

  /** Whether an event of this type came since the run made its first customer; it may come a moment later. */
  async hasHeard(type: string): Promise<boolean> {
    const gte = this.#begin ?? 0
    const heard = await this.eventually(async () => {
      const { data } = await this.stripe.events.list({ type, created: { gte }, limit: 1 })
      return data[0] ?? null
    })
    return heard !== null
  }

  /** Removes all that was made, the last first. Returns what is left, and why. */
  async cleanUp(): Promise<string[]> {
    const left: string[] = []
    for (const { name, remove } of this.#made.reverse()) {
      await remove().catch((error: unknown) => {
        if (!isMissing(error)) left.push(`${name}: ${error instanceof Error ? error.message : error}`)
      })
    }
    return left
  }
}
