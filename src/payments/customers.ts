import { hash } from 'node:crypto'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'
import { isMissing } from './stripe-faults.ts'
import { idOf } from './stripe-to-facts.ts'

/** A team at Stripe, and the method that is charged while nobody is there; null: none is saved. */
export type Customer = { readonly id: string; readonly email: string | null; readonly method: string | null }

export type Customers = {
  /** The id of the team's customer; null: it has none. */
  known(teamId: TeamId): Promise<string | null>
  /** The team's customer, made where it has none. */
  ofTeam(teamId: TeamId): Promise<Customer>
  /** The team of a customer; null: none of ours. */
  teamOf(customer: string): Promise<TeamId | null>
  /** A customer that was made elsewhere for the team. */
  adopt(teamId: TeamId, customer: string): Promise<void>
}

const readNaming = `
  select (select name from account where team_id = $1), floor(extract(epoch from ledger_now()) / 60)::text as minute`

/** Under which name Stripe knows each team. */
export function createCustomers({ pool }: Pick<Database, 'pool'>, stripe: Stripe): Customers {
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
  async function make(teamId: TeamId, former: string | null): Promise<string> {
    const { rows } = await pool.query(readNaming, [teamId])
    const name: string = rows[0]?.name ?? teamId
    const idempotencyKey = `customer:${hash('sha256', `${teamId} ${name} ${former ?? ''} ${rows[0]?.minute}`, 'hex')}`
    const { id } = await stripe.customers.create({ name, metadata: { team: teamId } }, { idempotencyKey })
    if (former !== null) await pool.query('delete from customer where team_id = $1 and id = $2', [teamId, former])
    await adopt(teamId, id)
    return (await known(teamId)) ?? id
  }

  async function ofTeam(teamId: TeamId): Promise<Customer> {
    const former = await known(teamId)
    const id = former ?? (await make(teamId, null))
    const found = await lookUp(id)
    if (found === null) return { id: await make(teamId, id), email: null, method: null }
    const chosen = idOf(found.invoice_settings.default_payment_method)
    const method = chosen ?? (former === null ? null : await newestCard(id))
    return { id, email: found.email, method }
  }

  /** Null: it was deleted, or is of another account, such as that of the test keys. */
  async function lookUp(id: string): Promise<Stripe.Customer | null> {
    try {
      const found = await stripe.customers.retrieve(id)
      return found.deleted ? null : found
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async function newestCard(customer: string): Promise<string | null> {
    const { data } = await stripe.customers.listPaymentMethods(customer, { type: 'card', limit: 1 })
    return data[0]?.id ?? null
  }

  async function teamOf(customer: string): Promise<TeamId | null> {
    const text = 'select team_id from customer where id = $1'
    const { rows } = await pool.query({ name: 'team-of-customer', text, values: [customer] })
    return rows[0]?.team_id ?? null
  }

  return { known, ofTeam, teamOf, adopt }
}
