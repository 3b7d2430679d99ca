import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { BurnStep, Charge, ChargeLine } from '../../domain/charge.ts'
import type { GrantKind } from '../../domain/grant.ts'
import {
  type ChargeId,
  chargeId,
  grantId,
  holdId,
  type Instant,
  type MemberId,
  type TeamId,
} from '../../domain/identity.ts'
import { readTags, type StoredTags } from '../../entities/json/stored.ts'
import { ms } from '../rows/instants.ts'

// A join on a range of revisions would be planned as if it were a large part of the table.
const readEntries = `
  select c.revision::float8 as charge, c.rate_card_version, c.member_id, c.reference, c.hold_id::float8,
    ${ms('c.effective_at', 'at')},
    e.grant_id::float8, e.to_state, e.amount::text, e.line, e.rate, e.quantity::text, e.count,
    e.money_amount::text, e.money_currency, e.tags, g.kind, ${ms('g.expires_at', 'expires_at')}
  from entry c
  cross join lateral (
    select * from entry p where p.team_id = c.team_id and p.revision <= c.revision order by p.revision desc limit c.size) e
  left join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id
  where c.team_id = $1 and c.revision = any($2) and c.type = 'CHARGE'
  order by e.revision`

/** Charges as they were made, told by their entries; those that the team has. */
export async function readCharges(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  ids: readonly ChargeId[],
): Promise<ReadonlyMap<ChargeId, Charge>> {
  if (ids.length === 0) return new Map()
  const { rows } = await client.query({ name: 'charge-entries', text: readEntries, values: [teamId, ids] })
  const byCharge = Map.groupBy(rows as EntryRow[], (row) => row.charge)
  return new Map([...byCharge].map(([id, entries]) => [chargeId(id), toCharge(chargeId(id), entries)] as const))
}

type EntryRow = {
  charge: number
  rate_card_version: string
  member_id: string | null
  reference: string | null
  hold_id: number | null
  at: Instant
  grant_id: number | null
  to_state: string
  amount: string
  line: number | null
  rate: string | null
  quantity: string | null
  count: number | null
  money_amount: string | null
  money_currency: string | null
  tags: StoredTags | null
  kind: GrantKind | null
  expires_at: Instant | null
}

function toCharge(id: ChargeId, rows: readonly EntryRow[]): Charge {
  const lines = new Map<number, { -readonly [K in keyof ChargeLine]: ChargeLine[K] }>()
  const burn = new Map<number, { -readonly [K in keyof BurnStep]: BurnStep[K] }>()
  let amount: Credits = 0n
  for (const row of rows) {
    // A grant's movement to `owed` lends credits; a movement of its own spends them.
    const isOwed = row.to_state === 'owed' && row.grant_id === null
    const charged = row.to_state === 'spent' || isOwed ? BigInt(row.amount) : 0n
    amount += charged
    if (row.grant_id !== null && row.kind !== null && charged > 0n) {
      const step = burn.get(row.grant_id)
      if (step) step.amount += charged
      else
        burn.set(row.grant_id, {
          grantId: grantId(row.grant_id),
          kind: row.kind,
          amount: charged,
          expiresAt: row.expires_at,
        })
    }
    if (row.line === null || row.rate === null) continue
    const line = lines.get(row.line)
    if (line) line.credits += charged
    else lines.set(row.line, firstOfLine(row, row.rate, charged))
  }
  const first = rows[0]
  if (first === undefined) throw new Error('A charge without entries')
  return {
    id,
    amount,
    lines: [...lines.values()],
    burn: [...burn.values()],
    rateCardVersion: first.rate_card_version,
    at: first.at,
    reference: first.reference,
    memberId: first.member_id as MemberId | null,
    holdId: first.hold_id === null ? null : holdId(first.hold_id),
  }
}

const firstOfLine = (row: EntryRow, rate: string, credits: Credits): ChargeLine => ({
  ...(row.tags && { tags: readTags(row.tags) }),
  rate,
  quantity: BigInt(row.quantity ?? 0),
  count: row.count ?? 0,
  credits,
  money:
    row.money_amount === null || row.money_currency === null
      ? null
      : { amount: BigInt(row.money_amount), currency: row.money_currency },
})
