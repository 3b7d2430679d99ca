import { hash } from 'node:crypto'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'
import { type PaymentMethod, paymentMethods } from '../domain/purchase.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { type LostMethod, readLostMethods } from './purchase-rows.ts'
import { isMissing } from './stripe-faults.ts'
import { fingerprintOf, idOf } from './stripe-to-facts.ts'

/** A team at Stripe, and the method that is charged while nobody is there; null: none is saved. */
export type Customer = {
  readonly id: string
  readonly email: string | null
  readonly method: string | null
  /** Whether Stripe has an address, by which it computes taxes. */
  readonly hasAddress: boolean
  /** The balance that Stripe adds to the next invoice, in the currency's smallest unit; below zero it is taken off. */
  readonly balance: number
}

export type Customers = {
  /** The id of the team's customer; null: it has none. */
  known(teamId: TeamId): Promise<string | null>
  /** The team's customer as Stripe has it, made where it has none. */
  ensure(teamId: TeamId): Promise<Stripe.Customer>
  /** The same, with the method that is charged. */
  ofTeam(teamId: TeamId): Promise<Customer>
  /** The team of a customer; null: none of ours. */
  teamOf(customer: string): Promise<TeamId | null>
  /** A saved method is the default from now on; one that is not saved changes nothing. */
  prefer(customer: string, method: string): Promise<void>
  /** A customer that was made elsewhere for the team. */
  adopt(teamId: TeamId, customer: string): Promise<void>
}

const readNaming = `
  select (select name from account where team_id = $1), floor(extract(epoch from ledger_now()) / 60)::text as minute`

/** Under which name Stripe knows each team. */
export function createCustomers(
  { pool }: Pick<Database, 'pool'>,
  stripe: Stripe,
  catalogs: Pick<Catalogs, 'inForce'>,
): Customers {
  async function known(teamId: TeamId): Promise<string | null> {
    const text = 'select id from customer where team_id = $1'
    const { rows } = await pool.query({ name: 'customer-of-team', text, values: [teamId] })
    return rows[0]?.id ?? null
  }

  async function adopt(teamId: TeamId, customer: string): Promise<void> {
    const text = 'insert into customer (team_id, id, created_at) values ($1, $2, ledger_now()) on conflict do nothing'
    await pool.query(text, [teamId, customer])
  }

  /**
   * Two that make one at once make the same one: `former` is what they both saw. A key that Stripe answers with a fault
   * does so for a day, so each minute has its own.
   */
  async function make(teamId: TeamId, former: string | null): Promise<Stripe.Customer> {
    const { rows } = await pool.query(readNaming, [teamId])
    const name: string = rows[0]?.name ?? teamId
    const idempotencyKey = `customer:${hash('sha256', `${teamId} ${name} ${former ?? ''} ${rows[0]?.minute}`, 'hex')}`
    const made = await stripe.customers.create({ name, metadata: { team: teamId } }, { idempotencyKey })
    if (former !== null) await pool.query('delete from customer where team_id = $1 and id = $2', [teamId, former])
    await adopt(teamId, made.id)
    const first = await known(teamId)
    return first === null || first === made.id ? made : ((await lookUp(stripe, first)) ?? made)
  }

  const ensure = async (teamId: TeamId): Promise<Stripe.Customer> => ensureNow(teamId, await known(teamId))

  /** `former`: the customer that the team had a moment ago. */
  const ensureNow = async (teamId: TeamId, former: string | null): Promise<Stripe.Customer> =>
    (former === null ? null : await lookUp(stripe, former)) ?? make(teamId, former)

  async function ofTeam(teamId: TeamId): Promise<Customer> {
    const former = await known(teamId)
    const [customer, saved] = await Promise.all([
      ensureNow(teamId, former),
      former === null ? [] : savedMethods(former),
    ])
    const found = factsOf(customer)
    if (found.id !== former) return { ...found, method: null }
    const chosen = idOf(customer.invoice_settings.default_payment_method)
    const inOrder = saved.toSorted((one, other) => Number(other.id === chosen) - Number(one.id === chosen))
    return { ...found, method: await chargeable(teamId, inOrder) }
  }

  /** The default method if it can be charged, else the newest one that can; null: none can. */
  async function chargeable(teamId: TeamId, methods: readonly Stripe.PaymentMethod[]): Promise<string | null> {
    if (methods.length === 0) return null
    const lost = await readLostMethods(pool, teamId)
    const { paymentMethods: allowed } = catalogs.inForce()
    return methods.find((method) => isChargeable(method, allowed, lost))?.id ?? null
  }

  /** The newest first. None of a customer that is gone. */
  async function savedMethods(customer: string): Promise<readonly Stripe.PaymentMethod[]> {
    try {
      return (await stripe.customers.listPaymentMethods(customer, { limit: 100 })).data
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async function teamOf(customer: string): Promise<TeamId | null> {
    const text = 'select team_id from customer where id = $1'
    const { rows } = await pool.query({ name: 'team-of-customer', text, values: [customer] })
    return rows[0]?.team_id ?? null
  }

  async function prefer(customer: string, method: string): Promise<void> {
    const { customer: holder } = await stripe.paymentMethods.retrieve(method)
    if (idOf(holder) !== customer) return
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } })
  }

  return { known, ensure, ofTeam, teamOf, prefer, adopt }
}

/** Null: it was deleted, or is of another account, such as that of the test keys. */
async function lookUp(stripe: Stripe, id: string): Promise<Stripe.Customer | null> {
  try {
    const found = await stripe.customers.retrieve(id)
    return found.deleted ? null : found
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const factsOf = ({ id, email, balance, address }: Stripe.Customer): Omit<Customer, 'method'> => ({
  id,
  email,
  balance,
  hasAddress: Boolean(address?.country),
})

/** Whether the method can be charged while nobody is there, and no payment by the same card or account was lost. */
function isChargeable(
  method: Stripe.PaymentMethod,
  allowed: readonly PaymentMethod[],
  lost: readonly LostMethod[],
): boolean {
  const type = paymentMethods.find((one) => one === method.type)
  if (type === undefined || !allowed.includes(type)) return false
  const fingerprint = fingerprintOf(method)
  return !lost.some((one) => one.method === method.id || (fingerprint !== null && one.fingerprint === fingerprint))
}
