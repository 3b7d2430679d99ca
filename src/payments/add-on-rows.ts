import type { PoolClient } from 'pg'
import { isUniqueViolation } from '../database/errors.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { ms } from '../ledger/rows/instants.ts'
import { type AddOnChange, type AddOnTerms, type Failure, resultOf, type UnitBill } from './add-on-change.ts'
import type { AddOnResult } from './payments.ts'

type Client = Pick<PoolClient, 'query'>

const columns = `team_id, key, units, state, ${ms('created_at', 'created_at')}, attempt, subscription, price, charge_to,
  invoice, amount::float8, action_url, decline_code, failure, ${ms('claimed_at', 'claimed_at')}`

type Row = {
  team_id: TeamId
  key: string
  units: number
  state: AddOnChange['state']
  created_at: Instant
  attempt: number
  subscription: string | null
  price: string | null
  charge_to: number | null
  invoice: string | null
  amount: number | null
  action_url: string | null
  decline_code: string | null
  failure: string | null
  claimed_at: Instant | null
}

function toChange(row: Row): AddOnChange {
  const { subscription, price, claimed_at: claimedAt } = row
  const isFormer = row.charge_to !== null
  return {
    teamId: row.team_id,
    key: row.key,
    units: row.units,
    state: row.state,
    createdAt: row.created_at,
    attempt: row.attempt,
    claimedAt,
    terms: claimedAt === null || subscription === null ? null : { subscription, price, isFormer },
    invoice: row.invoice,
    amount: row.amount,
    actionUrl: row.action_url,
    declineCode: row.decline_code,
    failure: row.failure,
  }
}

const insert = `insert into add_on_change (team_id, key, units, created_at) values ($1, $2, $3, ledger_now())
  on conflict do nothing`
const one = `select ${columns} from add_on_change where team_id = $1 and key = $2`
const underWay = `select ${columns} from add_on_change where team_id = $1 and state = 'PENDING' and claimed_at is not null`

/** The change of this key, which is created if there is none. */
export async function beginChange(client: Client, teamId: TeamId, key: string, units: number): Promise<AddOnChange> {
  await client.query(insert, [teamId, key, units])
  return readChange(client, teamId, key)
}

export async function readChange(client: Client, teamId: TeamId, key: string): Promise<AddOnChange> {
  const { rows } = await client.query<Row>(one, [teamId, key])
  if (rows[0] === undefined) throw new Error(`There is no change of units ${key} of ${teamId}`)
  return toChange(rows[0])
}

/** The team's change that is under way: claimed, and not ended. Null: none. */
export async function readUnderWay(client: Client, teamId: TeamId): Promise<AddOnChange | null> {
  const { rows } = await client.query<Row>(underWay, [teamId])
  return rows[0] === undefined ? null : toChange(rows[0])
}

const claim = `update add_on_change set claimed_at = ledger_now(), attempt = attempt + 1, asks = 0,
    subscription = null, price = null, item = null, charge_to = null, charge_from = null, failure = null, decline_code = null,
    ask_at = ledger_now() + interval '5 seconds'
  where team_id = $1 and key = $2 and state = 'PENDING' and claimed_at is null`

/**
 * Claims the change as the only one of its team under way. Null: another change is under way, or another process has
 * claimed this one.
 */
export async function claimChange(client: Client, { teamId, key }: AddOnChange): Promise<AddOnChange | null> {
  try {
    const { rowCount } = await client.query(claim, [teamId, key])
    return rowCount === 0 ? null : readChange(client, teamId, key)
  } catch (error) {
    if (isUniqueViolation(error)) return null
    throw error
  }
}

const decide = `update add_on_change set subscription = $4, price = $5, invoice = $6, fresh = $7, amount = $8
  where team_id = $1 and key = $2 and state = 'PENDING' and attempt = $3 and claimed_at is not null`

/**
 * Stores what is to be at Stripe, and the invoice that has to be paid first; null: another process has taken the change
 * over.
 */
export async function decideChange(
  client: Client,
  { teamId, key, attempt }: AddOnChange,
  { subscription, price }: Pick<AddOnTerms, 'subscription' | 'price'>,
  bill: UnitBill | null,
): Promise<AddOnChange | null> {
  const decided = [subscription, price, bill?.invoice ?? null, bill?.fresh ?? null, bill?.amount ?? null]
  const { rowCount } = await client.query(decide, [teamId, key, attempt, ...decided])
  return rowCount === 0 ? null : readChange(client, teamId, key)
}

const undecide = `update add_on_change set claimed_at = null, subscription = null, ask_at = null
  where team_id = $1 and key = $2 and state = 'PENDING' and attempt = $3 and invoice is null`

/** Nothing was done. The same key may retry; nobody else does so without its caller. */
export async function undecideChange(client: Client, { teamId, key, attempt }: AddOnChange): Promise<void> {
  await client.query(undecide, [teamId, key, attempt])
}

const wait = `update add_on_change set action_url = $3 where team_id = $1 and key = $2 and state = 'PENDING'`

/** The customer has to pay the change's invoice on this page. */
export async function waitForCustomer(client: Client, { teamId, key }: AddOnChange, actionUrl: string): Promise<void> {
  await client.query(wait, [teamId, key, actionUrl])
}

const fail = `update add_on_change set failure = $3, decline_code = $4
  where team_id = $1 and key = $2 and state = 'PENDING'`

/** The change's invoice is to be called off: nothing else becomes of it, unless it was paid meanwhile. */
export async function failChange(client: Client, { teamId, key }: AddOnChange, failure: Failure): Promise<void> {
  await client.query(fail, [teamId, key, failure.reason, failure.declineCode])
}

const hasten = `update add_on_change set ask_at = ledger_now() where invoice = $1 and state = 'PENDING'`

/** Whether a change waits for this invoice; it is then due at once. */
export async function hastenChange(client: Client, invoice: string): Promise<boolean> {
  const { rowCount } = await client.query({ name: 'hasten-change', text: hasten, values: [invoice] })
  return rowCount !== 0
}

const end = `update add_on_change set state = $3, decline_code = $4, failure = $5, action_url = null, ask_at = null
  where team_id = $1 and key = $2 and state = 'PENDING'`

/** Ends the change; `failure` null: it is done. The result is another process's, if that one was quicker. */
export async function endChange(
  client: Client,
  { teamId, key }: AddOnChange,
  failure: Failure | null,
): Promise<AddOnResult> {
  const state = failure === null ? 'DONE' : 'FAILED'
  await client.query(end, [teamId, key, state, failure?.declineCode ?? null, failure?.reason ?? null])
  const result = resultOf(await readChange(client, teamId, key))
  if (result === null) throw new Error(`The change of units ${key} of ${teamId} has not ended`)
  return result
}

const claimDue = `
  update add_on_change c set asks = c.asks + 1,
    ask_at = ledger_now() + least(5 * 2 ^ least(c.asks, 4), 60) * interval '1 second'
  from (select team_id, key from add_on_change where ask_at <= ledger_now() order by ask_at limit 20
    for update skip locked) due
  where c.team_id = due.team_id and c.key = due.key
  returning ${columns.replace(/\b(team_id|key)\b/g, 'c.$1')}`

/** Claims the changes that are due. A change that stays unfinished is due again after at most a minute. */
export async function dueChanges(client: Client): Promise<AddOnChange[]> {
  const { rows } = await client.query<Row>(claimDue)
  return rows.map(toChange)
}
