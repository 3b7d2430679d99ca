import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Charge } from '../../domain/charge.ts'
import type { Hold } from '../../domain/hold.ts'
import { type ChargeId, chargeId, type HoldId, holdId, type MemberId, type TeamId } from '../../domain/identity.ts'
import { readCharges } from './charges.ts'
import { readHolds } from './holds.ts'
import { type PostedRefund, readRefunds } from './refunds.ts'
import { sinceCheckpoint } from './since-checkpoint.ts'

/** All that one reference held, charged and gave back. The sums are exact, whatever the lists leave out. */
export type Receipt = {
  readonly reference: string
  /** The credits that its open holds still reserve. */
  readonly held: Credits
  readonly charged: Credits
  readonly refunded: Credits
  /** The newest of each, newest first. */
  readonly holds: readonly Hold[]
  readonly charges: readonly Charge[]
  readonly refunds: readonly PostedRefund[]
  /** Whether the lists have everything. */
  readonly isComplete: boolean
  /** Null: nobody, or several members. */
  readonly memberId: MemberId | null
}

type Client = Pick<PoolClient, 'query'>

/** The most holds, charges and refunds of one receipt. */
export const maxReceiptItems = 100

/** The newest ids of a kind, and one more if there are too many. */
const newest = (id: string, from: string): string =>
  `array(select ${id}::float8 from ${from} order by ${id} desc limit ${maxReceiptItems + 1})`

/** The part of an entry `e` that is charged, as in `readCharges`. */
const charged = `case when e.to_state = 'spent' or e.to_state = 'owed' and e.grant_id is null then e.amount else 0 end`

/**
 * Up to the last checkpoint, the postings of a reference are found by their facet; the ones after it are few. A refund has
 * the reference of its charge.
 */
const readSums = `
  with posted as (
    select posting from posting_facet where team_id = $1 and facet = 'reference' and value = $2
    union all
    select e.revision from ${sinceCheckpoint} where e.type is not null and e.reference = $2
  ), p as materialized (
    select e.revision, e.type, e.size, e.change, e.hold_id, e.member_id, ${charged} as charged
    from posted cross join lateral (select * from entry where team_id = $1 and revision = posted.posting limit 1) e
    where e.type in ('HOLD', 'CHARGE', 'RELEASE', 'REFUND')
  ), h as materialized (
    select h.id, h.remaining from (select distinct hold_id from p where hold_id is not null) known
    cross join lateral (select * from hold where team_id = $1 and id = known.hold_id limit 1) h
  ), c as (select * from p where type = 'CHARGE'), r as (select * from p where type = 'REFUND')
  select (select coalesce(sum(remaining), 0)::text from h) as held,
    (select coalesce(sum(charged + case when size = 1 then 0 else (
      select coalesce(sum(${charged}), 0) from (select * from entry s where s.team_id = $1 and s.revision < c.revision
        order by s.revision desc limit c.size - 1) e) end), 0)::text from c) as charged,
    (select coalesce(sum(change), 0)::text from r) as refunded,
    ${newest('id', 'h')} as holds, ${newest('revision', 'c')} as charges, ${newest('revision', 'r')} as refunds,
    (select min(member_id) from p having count(distinct member_id) = 1 and count(member_id) = count(*)) as member_id`

/**
 * The receipt of a reference; null: no hold and no charge has it. The cost grows with the number of its postings, not
 * with the size of the ledger.
 */
export async function readReceipt(client: Client, teamId: TeamId, reference: string): Promise<Receipt | null> {
  const { rows } = await client.query({ name: 'receipt', text: readSums, values: [teamId, reference] })
  const sums: SumsRow | undefined = rows[0]
  if (sums === undefined) throw new Error('The sums of a receipt are one row')
  if (sums.holds.length === 0 && sums.charges.length === 0) return null
  const [holds, charges, refunds] = await Promise.all([
    readHolds(client, teamId, shown(sums.holds, holdId)),
    readCharges(client, teamId, shown(sums.charges, chargeId)),
    readRefunds(
      client,
      teamId,
      shown(sums.refunds, (id) => id),
    ),
  ])
  return {
    reference,
    held: BigInt(sums.held),
    charged: BigInt(sums.charged),
    refunded: BigInt(sums.refunded),
    holds,
    charges: [...charges.values()].sort((one, other) => other.id - one.id),
    refunds,
    isComplete: [sums.holds, sums.charges, sums.refunds].every((ids) => ids.length <= maxReceiptItems),
    memberId: sums.member_id,
  }
}

const shown = <Id extends HoldId | ChargeId | number>(ids: readonly number[], toId: (id: number) => Id): Id[] =>
  ids.slice(0, maxReceiptItems).map(toId)

type SumsRow = {
  held: string
  charged: string
  refunded: string
  holds: number[]
  charges: number[]
  refunds: number[]
  member_id: MemberId | null
}
