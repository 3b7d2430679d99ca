import type { PoolClient } from 'pg'
import type { Database } from '../../database/open.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { instant } from '../rows/instants.ts'

/** The share of a paid invoice that pays for a deposit, which may be still to come. Amounts in nano-units. */
export type DepositCost = {
  readonly source: string
  readonly startsAt: Instant
  readonly amount: bigint
}

/** The deposits of a paid invoice with their costs. */
export type InvoiceCosts = {
  readonly teamId: TeamId
  readonly invoice: string
  readonly currency: string
  readonly deposits: readonly DepositCost[]
}

const write = `
  insert into deposit_cost (team_id, source, invoice, amount, whole, currency, starts_at, due_at)
  select $1, source, $2, amount, $3, $4, ${instant('starts_at')}, ${instant('starts_at')}
  from jsonb_to_recordset($5::jsonb) d(source text, amount bigint, starts_at float8)
  where not exists (select from deposit_cost c where c.team_id = $1 and c.invoice = $2)
  on conflict do nothing`

/** Writes what the deposits of an invoice cost, once for the invoice. They get it as soon as they are there. */
export async function writeDepositCosts(
  { pool }: Pick<Database, 'pool'>,
  { teamId, invoice, currency, deposits }: InvoiceCosts,
): Promise<void> {
  const whole = deposits.reduce((sum, { amount }) => sum + amount, 0n)
  if (whole === 0n) return
  const rows = deposits.map(({ source, startsAt, amount }) => ({ source, amount: `${amount}`, starts_at: startsAt }))
  const values = [teamId, invoice, `${whole}`, currency, JSON.stringify(rows)]
  await pool.query({ name: 'write-deposit-costs', text: write, values })
}

const findDue = `
  select distinct team_id from (select team_id from deposit_cost where due_at <= ledger_now() order by due_at limit 200) d`

/** The teams of which deposits are due that were paid for. */
export async function findTeamsToPrice({ pool }: Pick<Database, 'pool'>): Promise<TeamId[]> {
  const { rows } = await pool.query<{ team_id: TeamId }>({ name: 'teams-to-price', text: findDue })
  return rows.map(({ team_id }) => team_id)
}

const claim = `
  select team_id, source from deposit_cost where due_at <= ledger_now()
  order by due_at limit 200 for update skip locked`

// Locked in one order, as a batch of commands locks them.
const lock = 'select from account where team_id = any($1) order by team_id for update'

// An earlier release took credits back without an instant: a grant of which it did so stays without a cost.
const price = `
  update credit_grant g set cost_amount = c.amount, cost_currency = c.currency, cost_at = ledger_now()
  from unnest($1::text[], $2::text[]) d(team_id, source) join deposit_cost c using (team_id, source)
  where g.team_id = c.team_id and g.source = c.source and g.cost_amount is null and c.amount > 0
    and (g.clawed_back = 0 and not g.frozen
      or exists (select from clawback b where b.team_id = g.team_id and b.grant_id = g.id))`

const searchNext = `
  update deposit_cost c set due_at = case
      when exists (select from credit_grant g where g.team_id = c.team_id and g.source = c.source) then null
      when ledger_now() < starts_at + interval '1 hour' then ledger_now() + interval '1 minute'
      when ledger_now() < starts_at + interval '3 days' then ledger_now() + interval '1 hour' end
  from unnest($1::text[], $2::text[]) d(team_id, source)
  where c.team_id = d.team_id and c.source = d.source`

/**
 * Gives deposits that are there what was paid for them, as of now; returns how many were searched. A deposit that has not
 * come three days after its begin never does: its plan has changed.
 */
export async function priceDeposits({ transaction }: Pick<Database, 'transaction'>): Promise<number> {
  return transaction(async (client: PoolClient) => {
    const { rows } = await client.query<{ team_id: string; source: string }>({ name: 'due-deposit-costs', text: claim })
    if (rows.length === 0) return 0
    const teams = rows.map(({ team_id }) => team_id)
    const values = [teams, rows.map(({ source }) => source)]
    await client.query({ name: 'lock-priced-teams', text: lock, values: [teams] })
    await client.query({ name: 'price-deposits', text: price, values })
    await client.query({ name: 'search-deposits-next', text: searchNext, values })
    return rows.length
  })
}
