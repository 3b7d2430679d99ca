import type { PoolClient } from 'pg'
import type { Credits } from '../../domain/amounts/credits.ts'
import type { Charge } from '../../domain/charge.ts'
import { chargeId, type GrantId, type TeamId } from '../../domain/identity.ts'
import { directionOf, newestFirst, type Span } from '../rows/span.ts'
import { readCharges } from './charges.ts'
import { sinceCheckpoint } from './since-checkpoint.ts'

/** A charge that a grant paid, and how much of it the grant paid. What was given back later still counts. */
export type GrantUse = { readonly charge: Charge; readonly amount: Credits }

/** Up to the last checkpoint, the charges of a grant are found by their facet; the ones after it are few. */
const readPaid = (direction: 'asc' | 'desc') => `
  select posting::float8 as id from (
    (select posting from posting_facet where team_id = $1 and facet = 'grant' and value = $2::text
       and posting > $3 and posting < $4 order by posting ${direction} limit $5)
    union all
    (select distinct e.posting from ${sinceCheckpoint}
     where e.grant_id = $2::bigint and e.to_state = 'spent' and e.posting > $3 and e.posting < $4)
  ) paid order by posting ${direction} limit $5`

/** Up to `limit` uses of a grant by charges in `span`, the newest first. The cost is the same at any depth. */
export async function readGrantUses(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  grant: GrantId,
  { span, limit }: { readonly span: Span; readonly limit: number },
): Promise<readonly GrantUse[]> {
  const direction = directionOf(span)
  const values = [teamId, grant, span.above, span.below, limit]
  const { rows } = await client.query({ name: `grant-uses-${direction}`, text: readPaid(direction), values })
  const ids = rows.map(({ id }: { id: number }) => chargeId(id))
  const charges = await readCharges(client, teamId, ids)
  const uses = ids.flatMap((id) => {
    const charge = charges.get(id)
    const paid = charge?.burn.find(({ grantId }) => grantId === grant)
    return charge && paid ? [{ charge, amount: paid.amount }] : []
  })
  return newestFirst(uses, span)
}
