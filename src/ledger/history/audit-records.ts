import type { PoolClient } from 'pg'
import type { ReadingClient } from '../../database/readings.ts'
import { type Act, type AuditChange, factsText } from '../../domain/audit.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import type { Role } from '../../domain/role.ts'
import { ms } from '../rows/instants.ts'
import { directionOf, newestFirst, type Span } from '../rows/span.ts'

/** An act as it was done. `teamId` is '' for the operator's own: on PLATFORM keys and tokens, and on catalogs. */
export type AuditRecord = Omit<Act, 'caller' | 'mutation'> &
  AuditChange & {
    /** Newer records have higher numbers, over all teams. */
    readonly number: number
    readonly teamId: TeamId
    readonly at: Instant
    readonly callerId: string
    readonly role: Role
    readonly mutation: string
  }

const insert = `
  insert into audit_record (team_id, caller_id, caller_role, credential, mutation, reference, address, trace_id, before, after)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

/** Inside the transaction of the act, for what the ledger's write statement does not write. */
export async function writeAuditRecord(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  act: Act,
  { before, after }: AuditChange,
): Promise<void> {
  const facts = [factsText(before), factsText(after)]
  await client.query(insert, [teamId, ...whoOf(act), act.reference, ...whenceOf(act), ...facts])
}

/** `caller_id`, `caller_role`, `credential` and `mutation`. */
export const whoOf = ({ caller, credential, mutation }: Act) => [caller.id, caller.role, credential, mutation]
/** `address` and `trace_id`. */
export const whenceOf = ({ address, traceId }: Act) => [address, traceId]

const columns = `
  id as number, team_id as "teamId", ${ms('at')}, caller_id as "callerId", caller_role as role, credential, mutation,
  reference, address, trace_id as "traceId", before, after`
const between = (owner: 'all' | 'team', direction: 'asc' | 'desc') => `
  select ${columns} from audit_record
  where ${owner === 'team' ? 'team_id = $4 and ' : ''}id > $1 and id < $2 order by id ${direction} limit $3`

type Row = Omit<AuditRecord, 'number'> & { readonly number: string }

/** Up to `limit` records, the newest first; `teamId` null: those of all teams, and the operator's own. */
export async function readAuditRecords(
  client: ReadingClient,
  teamId: TeamId | null,
  span: Span,
  limit: number,
): Promise<readonly AuditRecord[]> {
  const owner = teamId === null ? 'all' : 'team'
  const direction = directionOf(span)
  const { rows } = await client.query<Row>({
    name: `audit-records-of-${owner}-${direction}`,
    text: between(owner, direction),
    values: [span.above, span.below, limit, ...(teamId === null ? [] : [teamId])],
  })
  const records = rows.map(({ number, ...row }) => ({ ...row, number: Number(number) }))
  return newestFirst(records, span)
}
