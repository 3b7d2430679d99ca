import type { PoolClient } from 'pg'
import type { TeamId } from '../domain/identity.ts'
import type { ReversedInvoiceEntity } from '../entities/reversed-invoice.ts'
import { asAmount, asInteger, asJson, asText, columnsOf, listOf, type RowOf } from '../ledger/rows/columns.ts'
import { type GrantRow, grantColumns, toGrant } from '../ledger/rows/grant-rows.ts'
import { instant } from '../ledger/rows/instants.ts'
import type { ReversalEffect } from './purchase.ts'
import type { Paid, PaidGrant, ReversedInvoice } from './reversed-invoice.ts'

type Client = Pick<PoolClient, 'query'>
export type InvoiceName = Pick<ReversedInvoice, 'teamId' | 'invoice'>

const reversed = columnsOf<typeof ReversedInvoiceEntity>()({
  team_id: asText<TeamId>(),
  invoice: asText(),
  total: asAmount(),
  currency: asText(),
  reversals: asJson<{ id: string; amount: string; effect: ReversalEffect }[]>(),
  facts: asInteger(),
  posted: asInteger(),
})
const columns = listOf('i', reversed)

const toReversed = (row: RowOf<typeof reversed>): ReversedInvoice => ({
  teamId: row.team_id,
  invoice: row.invoice,
  total: BigInt(row.total),
  currency: row.currency,
  reversals: row.reversals.map((reversal) => ({ ...reversal, amount: BigInt(reversal.amount) })),
  facts: row.facts,
  posted: row.posted,
})

/** The invoice as it is known, written if it was not, and locked. */
export async function lockReversed(
  client: Client,
  { teamId, invoice, total, currency }: Omit<ReversedInvoice, 'reversals' | 'facts' | 'posted'>,
): Promise<ReversedInvoice> {
  const insert = `insert into reversed_invoice (team_id, invoice, total, currency) values ($1, $2, $3, $4)
    on conflict do nothing`
  await client.query(insert, [teamId, invoice, `${total}`, currency])
  const found = await lockKnown(client, { teamId, invoice })
  if (found === null) throw new Error(`The invoice ${invoice} was not written`)
  return found
}

/** Those of these invoices of a team of which something was given back. */
export async function readReversed(
  client: Client,
  teamId: TeamId,
  invoices: readonly string[],
): Promise<ReversedInvoice[]> {
  const text = `select ${columns} from reversed_invoice i where team_id = $1 and invoice = any ($2::text[])`
  const { rows } = await client.query({ name: 'reversed-invoices', text, values: [teamId, invoices] })
  return rows.map(toReversed)
}

export async function lockKnown(client: Client, { teamId, invoice }: InvoiceName): Promise<ReversedInvoice | null> {
  const text = `select ${columns} from reversed_invoice i where team_id = $1 and invoice = $2 for update`
  const { rows } = await client.query({ name: 'lock-reversed-invoice', text, values: [teamId, invoice] })
  return rows[0] === undefined ? null : toReversed(rows[0])
}

/** Stores what is known of an invoice. Until the ledger knows it, it is looked after in the background. */
export async function writeReversals(client: Client, { teamId, invoice, reversals }: ReversedInvoice): Promise<void> {
  const text = `update reversed_invoice set reversals = $3, facts = facts + 1, ask_at = ledger_now() + interval '1 minute'
    where team_id = $1 and invoice = $2`
  const rows = reversals.map((reversal) => ({ ...reversal, amount: `${reversal.amount}` }))
  await client.query(text, [teamId, invoice, JSON.stringify(rows)])
}

/** The ledger knows the invoice. While more deposits of it may come, they are looked through each hour. */
export async function writePosted(client: Client, name: InvoiceName, mayComeMore: boolean): Promise<void> {
  const text = `update reversed_invoice set posted = facts,
      ask_at = case when $3::boolean then ledger_now() + interval '1 hour' end
    where team_id = $1 and invoice = $2`
  await client.query(text, [name.teamId, name.invoice, mayComeMore])
}

/** Something of the customer's plan has changed: deposits that came with it are looked through at once. */
export async function hastenReversed(client: Client, customer: string): Promise<void> {
  const text = `update reversed_invoice i set ask_at = ledger_now() from customer c
    where c.id = $1 and i.team_id = c.team_id and i.ask_at is not null`
  await client.query({ name: 'hasten-reversed-invoices', text, values: [customer] })
}

const claimDue = `
  update reversed_invoice i set ask_at = ledger_now() + interval '5 minutes'
  from (select team_id, invoice from reversed_invoice where ask_at <= ledger_now()
    order by ask_at limit 20 for update skip locked) due
  where i.team_id = due.team_id and i.invoice = due.invoice
  returning i.team_id, i.invoice`

/** Claims invoices that are due, those that wait longest first. */
export async function claimReversed(client: Client): Promise<InvoiceName[]> {
  const { rows } = await client.query({ name: 'due-reversed-invoices', text: claimDue })
  return rows.map((row: { team_id: TeamId; invoice: string }) => ({ teamId: row.team_id, invoice: row.invoice }))
}

const withChanged = `${grantColumns}, (
  select coalesce(sum(e.amount), 0)::text from entry e join entry p on p.team_id = e.team_id and p.revision = e.posting
  where e.team_id = g.team_id and e.grant_id = g.id and e.to_state = 'revoked' and p.reference ~ '^plan:.*:change$') as changed`

// Credits that were carried over came with an earlier payment; units that were added within the cycle have their own.
const ofCycle = `select ${withChanged} from credit_grant g
  where g.team_id = $1 and g.starts_at >= ${instant('$2::float8')} and g.starts_at < ${instant('$3::float8')}
    and starts_with(g.source, 'plan:' || $4 || ':')
    and (g.kind = 'INCLUDED' and g.allowance_id is not null and g.allowance_id not like '%:rollover'
      or g.kind = 'ADD_ON' and g.source like '%:add-on')
  order by g.id`

// One change of a team is under way at a time: its units are the first that came after it was begun, before the next one.
const ofUnits = `select ${withChanged} from add_on_change c join credit_grant g on g.team_id = c.team_id
  where c.team_id = $1 and c.invoice = $2 and g.kind = 'ADD_ON' and g.source like 'plan:%:add-on:%'
    and g.starts_at >= c.claimed_at and not exists (select from add_on_change n
      where n.team_id = c.team_id and n.invoice is not null and n.claimed_at > c.claimed_at and n.claimed_at <= g.starts_at)
  order by g.id limit 1`

/** The grants that an invoice has paid for, each as it was last written. */
export async function readGrantsPaidBy(
  client: Client,
  { teamId, invoice }: InvoiceName,
  paid: Exclude<Paid, { kind: 'bill' }>,
): Promise<PaidGrant[]> {
  const { rows } = await (paid.kind === 'cycle'
    ? client.query<PaidRow>({
        name: 'grants-of-cycle',
        text: ofCycle,
        values: [teamId, paid.from, paid.until, paid.planId],
      })
    : client.query<PaidRow>({ name: 'grants-of-units', text: ofUnits, values: [teamId, invoice] }))
  return rows.map((row) => ({ grant: toGrant(row), changed: BigInt(row.changed) }))
}

type PaidRow = GrantRow & { readonly changed: string }

/** Whether a change of units of the team has this invoice. */
export async function isOfUnits(client: Client, { teamId, invoice }: InvoiceName): Promise<boolean> {
  const text = 'select from add_on_change where team_id = $1 and invoice = $2'
  return (await client.query({ name: 'is-of-units', text, values: [teamId, invoice] })).rowCount !== 0
}
