import type { PoolClient } from 'pg'
import type { Decimal } from '../../domain/amounts/decimal.ts'
import type { Money } from '../../domain/amounts/money.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { instant, ms } from '../rows/instants.ts'
import type { UsageWindow } from './usage.ts'

/** The use of one metered rate in one currency; `quantity` in micro-units of the rate's unit, over all assets. */
export type MeteredSum = {
  readonly rate: string
  readonly quantity: Decimal
  readonly count: number
  readonly money: Money
}

export type Metered = {
  /** The sums, grouped by currency, the most expensive rate first. */
  readonly sums: readonly MeteredSum[]
  /** The team's own time: no later posting is effective before it. */
  readonly through: Instant
}

const readSums = {
  name: 'metered-sums',
  text: `
    select rate, currency, sum(quantity)::text as quantity, sum(count)::float8 as count, sum(money)::text as money
    from usage_between($1, ${instant('$2::float8')}, ${instant('$3::float8')})
    where currency <> ''
    group by rate, currency order by currency, sum(money) desc, rate`,
}
const readThrough = {
  name: 'team-time',
  text: `select ${ms('last_at', 'through')} from account where team_id = $1`,
}

/**
 * The cost of the team's metered rates, exact to the instant: startsAt ≤ charged at < endsAt. It is the sum of each
 * charge's cost in money, as its rate card priced it; credits have no part in it. Call it in a snapshot.
 *
 * Source: facts V9.
 */
export async function readMetered(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  { startsAt, endsAt }: UsageWindow,
): Promise<Metered> {
  const [sums, team] = await Promise.all([
    client.query({ ...readSums, values: [teamId, startsAt, endsAt] }),
    client.query({ ...readThrough, values: [teamId] }),
  ])
  return {
    sums: sums.rows.map(({ rate, currency, quantity, count, money }: SumRow) => ({
      rate,
      quantity: BigInt(quantity),
      count,
      money: { amount: BigInt(money), currency },
    })),
    through: Math.round(team.rows[0]?.through ?? -Infinity),
  }
}

type SumRow = { rate: string; currency: string; quantity: string; count: number; money: string }
