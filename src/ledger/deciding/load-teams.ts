import type { PoolClient } from 'pg'
import type { RefundableCharge } from '../../domain/charge.ts'
import type { Hold } from '../../domain/hold.ts'
import { fullKey, type KeyNamespace } from '../../domain/idempotency.ts'
import {
  type ChargeId,
  chargeId,
  grantId,
  type HoldId,
  holdId,
  type Instant,
  type MemberId,
  type PurchaseId,
  type TeamId,
} from '../../domain/identity.ts'
import { noGroups } from '../../domain/member-group.ts'
import type { Role } from '../../domain/role.ts'
import { readTags, type StoredOutcome, type StoredTags } from '../../entities/json/stored.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import { type GrantRow, grantColumns, withGrants } from '../rows/grant-rows.ts'
import { burnedBy, type HoldRow, holdColumns, toHold } from '../rows/hold-rows.ts'
import { InconsistentTeam } from '../rows/inconsistent-team.ts'
import { ms } from '../rows/instants.ts'
import { readTeams } from '../rows/read-teams.ts'
import { readPayingTeams } from './paying-teams.ts'
import type { References } from './references.ts'
import type { StoredCommand, TeamState } from './team-state.ts'
import { readUnusedAtPeriodEnd } from './unused-at-period-end.ts'
import { readUsageBeforeLimit } from './usage-before-limit.ts'

const lockTeams = 'select 1 from account where team_id = any($1) order by team_id for update'

const readGrantsOfSources = `select ${grantColumns} from credit_grant g
  join unnest($1::text[], $2::text[]) r(team_id, source) using (team_id, source) where not g.open`

const readGrantsOfCharges = `select distinct on (g.team_id, g.id) ${grantColumns}
  from unnest($1::text[], $2::bigint[]) r(team_id, charge)
  join entry c on c.team_id = r.team_id and c.revision = r.charge
  cross join lateral (
    select * from entry p where p.team_id = c.team_id and p.revision <= c.revision order by p.revision desc limit c.size) e
  join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id where not g.open`

const readGrantsOfHolds = `select distinct on (g.team_id, g.id) ${grantColumns}
  from unnest($1::text[], $2::bigint[]) r(team_id, id) join hold h using (team_id, id)
  cross join lateral ${burnedBy('h')}
  join credit_grant g on g.team_id = h.team_id and g.id = burned.grant_id::bigint where not g.open`

const readHolds = `select ${holdColumns} from hold h
  join unnest($1::text[], $2::bigint[]) r(team_id, id) using (team_id, id)`

const readCharges = `
  select r.team_id, r.id::float8, e.grant_id::float8, e.amount::text, e.rate, e.tags, c.member_id, c.reference,
    coalesce(h.group_ids, c.group_ids) as group_ids, ${ms('coalesce(h.placed_at, c.effective_at)', 'since')},
    (select coalesce(sum(f.change), 0)::text from entry f where f.team_id = r.team_id and f.charge_id = r.id
      and f.type = 'REFUND') as refunded,
    exists (select from hold h where h.team_id = r.team_id and h.id = c.hold_id and h.state = 'OPEN' and h.charged is not null) as unconfirmed
  from (select distinct * from unnest($1::text[], $2::bigint[]) asked(team_id, id)) r
  join entry c on c.team_id = r.team_id and c.revision = r.id and c.type = 'CHARGE'
  left join hold h on h.team_id = c.team_id and h.id = c.hold_id
  left join lateral (
    select * from entry p where p.team_id = c.team_id and p.revision <= c.revision order by p.revision desc limit c.size) e on e.to_state = 'spent'
  order by e.revision`

const selectCommands = `
  select c.team_id, c.key, c.caller_class, c.mutation, c.caller_id, c.caller_role,
    encode(c.fingerprint, 'hex') as fingerprint, c.revision::float8, ${ms('c.decided_at', 'decided_at')}, c.outcome`

const readCommands = `${selectCommands}
  from command c join unnest($1::text[], $2::text[]) r(team_id, key) using (team_id, key)`

const readPosted = `select p.team_id, p.id, p.posted from purchase p
  join unnest($1::text[], $2::integer[]) r(team_id, id) using (team_id, id)`

const readWaitingHolds = `select ${holdColumns} from hold h where h.team_id = any($1) and h.waiting is not null and h.state = 'OPEN'`

const readOpenHolds = `select ${holdColumns} from hold h where h.team_id = any($1) and h.state = 'OPEN'`

const readWaitingCommands = `${selectCommands}
  from hold h join command c on c.team_id = h.team_id and c.key = h.waiting ->> 'key'
  where h.team_id = any($1) and h.waiting is not null and h.state = 'OPEN'`

export type LoadedTeams = {
  /** A team whose rows contradict each other is its error, so that it harms no other. */
  readonly states: ReadonlyMap<TeamId, TeamState | InconsistentTeam>
  readonly now: Instant
  /** Whether nothing was read of a team before its account. */
  readonly inOrder: boolean
}

/**
 * Locks the teams in id order, then reads all that the commands on them can depend on; it holds until the caller's
 * transaction ends. All statements are sent at once and cost one round trip; new limits cost another one.
 */
export async function loadTeams(
  client: Pick<PoolClient, 'query'>,
  refs: References,
  timeline: RulesTimeline,
): Promise<LoadedTeams> {
  const lock = client.query({ name: 'lock-teams', text: lockTeams, values: [refs.teams] })
  const [, loaded] = await Promise.all([lock, readStates(client, refs, timeline)])
  return loaded
}

/** The same without the lock: what is read may have changed already. */
export async function readStates(
  client: Pick<PoolClient, 'query'>,
  refs: References,
  timeline: RulesTimeline,
): Promise<LoadedTeams> {
  const { ask, askOf } = askingOf(client)
  const sources = refs.sources.map(({ source }) => source)
  const chargeIds = refs.charges.map(({ id }) => id)
  const holdIds = refs.holds.map(({ id }) => id)
  const keys = refs.keys.map(({ key }) => key)
  const purchases = refs.posting.map(({ id }) => id)
  const [
    read,
    sourceGrants,
    chargeGrants,
    holdGrants,
    holds,
    charges,
    commands,
    leftovers,
    paying,
    waiting,
    open,
    tried,
    posted,
  ] = await Promise.all([
    readTeams(client, refs.teams, timeline, refs.usageOf),
    ask<GrantRow>('grants-of-sources', readGrantsOfSources, refs.sources, sources),
    ask<GrantRow>('grants-of-charges', readGrantsOfCharges, refs.charges, chargeIds),
    ask<GrantRow>('grants-of-holds', readGrantsOfHolds, refs.holds, holdIds),
    ask<HoldRow>('holds', readHolds, refs.holds, holdIds),
    ask<ChargeRow>('charges', readCharges, refs.charges, chargeIds),
    ask<CommandRow>('commands', readCommands, refs.keys, keys),
    readUnusedAtPeriodEnd(client, refs.renewed),
    readPayingTeams(client, refs.choosing),
    askOf<HoldRow>('waiting-holds', readWaitingHolds, refs.recharged),
    askOf<HoldRow>('open-holds', readOpenHolds, refs.cutBack),
    askOf<CommandRow>('waiting-commands', readWaitingCommands, refs.recharged),
    ask<PostedRow>('posted-facts', readPosted, refs.posting, purchases),
  ])

  const teamNow = (teamId: TeamId) => {
    const team = read.teams.get(teamId)
    const account = team instanceof InconsistentTeam ? null : (team?.account ?? null)
    return { account, at: Math.max(read.now, account?.lastAt ?? read.now) }
  }
  const usedBefore = await readUsageBeforeLimit(client, refs.limits, timeline, teamNow)
  const closedGrants = Map.groupBy([...sourceGrants, ...chargeGrants, ...holdGrants], (row) => row.team_id)
  const holdsOf = Map.groupBy([...holds, ...waiting, ...open], (row) => row.team_id)
  const chargesOf = Map.groupBy(charges, (row) => row.team_id)
  const commandsOf = Map.groupBy([...commands, ...tried], (row) => row.team_id)
  const postedOf = Map.groupBy(posted, (row) => row.team_id)
  const states = new Map<TeamId, TeamState | InconsistentTeam>()
  for (const [teamId, team] of read.teams) {
    if (team instanceof InconsistentTeam) {
      states.set(teamId, team)
      continue
    }
    const { account, dueHolds, nextHoldDeadline, checkpoint } = team
    const grants = withGrants(account?.grants ?? [], closedGrants.get(teamId) ?? [])
    const known = new Map<HoldId, Hold>(dueHolds.map((hold) => [hold.id, hold]))
    for (const row of holdsOf.get(teamId) ?? []) known.set(holdId(row.id), toHold(row))
    states.set(teamId, {
      account: account && { ...account, grants },
      holds: known,
      nextHoldDeadline,
      charges: toRefundables(chargesOf.get(teamId) ?? []),
      stored: new Map(commandsOf.get(teamId)?.map((row) => [fullKey(namespaceIn(row), row.key), toStoredCommand(row)])),
      usedBefore,
      leftover: leftovers.get(teamId) ?? [],
      hasPaid: paying.has(teamId),
      posted: new Map(postedOf.get(teamId)?.map(({ id, posted }) => [id, posted])),
      checkpoint,
    })
  }
  return { states, now: read.now, inOrder: !read.again }
}

/** Named statements of the client, which ask nothing where there is nothing to ask of. */
function askingOf(client: Pick<PoolClient, 'query'>) {
  const query = async <Row>(name: string, text: string, values: readonly (readonly unknown[])[]) =>
    values[0]?.length === 0 ? [] : ((await client.query({ name, text, values: [...values] })).rows as Row[])
  return {
    /** The rows of these objects: `ids` are theirs, in the order of `list`. */
    ask: <Row>(name: string, text: string, list: readonly { teamId: TeamId }[], ids: readonly unknown[]) =>
      query<Row>(name, text, [list.map(({ teamId }) => teamId), ids]),
    askOf: <Row>(name: string, text: string, teams: readonly TeamId[]) => query<Row>(name, text, [teams]),
  }
}

type ChargeRow = {
  team_id: TeamId
  id: number
  grant_id: number | null
  amount: string
  rate: string | null
  tags: StoredTags | null
  member_id: string | null
  reference: string | null
  refunded: string
  unconfirmed: boolean
  since: Instant
  group_ids: string[] | null
}
type PostedRow = { team_id: TeamId; id: PurchaseId; posted: number }
type CommandRow = {
  team_id: TeamId
  key: string
  caller_class: KeyNamespace['callerClass']
  mutation: string
  caller_id: string | null
  caller_role: Role | null
  fingerprint: string
  revision: number
  decided_at: number
  outcome: StoredOutcome
}

function toRefundables(rows: readonly ChargeRow[]): Map<ChargeId, RefundableCharge> {
  const byCharge = Map.groupBy(rows, (row) => chargeId(row.id))
  return new Map(
    [...byCharge].flatMap(([id, [first, ...rest]]) => (first ? [[id, toRefundable(first, [first, ...rest])]] : [])),
  )
}

const toRefundable = (first: ChargeRow, rows: readonly ChargeRow[]): RefundableCharge => ({
  id: chargeId(first.id),
  movements: rows.flatMap(({ grant_id, amount, rate, tags }) => {
    if (grant_id === null) return []
    return [{ grantId: grantId(grant_id), amount: BigInt(amount), rate, ...(tags && { tags: readTags(tags) }) }]
  }),
  refunded: BigInt(first.refunded),
  unconfirmed: first.unconfirmed,
  since: first.since,
  memberId: first.member_id as MemberId | null,
  groupIds: first.group_ids ?? noGroups,
  reference: first.reference,
})

const namespaceIn = ({ caller_class, mutation }: CommandRow): KeyNamespace => ({ callerClass: caller_class, mutation })

const toStoredCommand = (row: CommandRow): StoredCommand => ({
  namespace: namespaceIn(row),
  caller: row.caller_role && { id: row.caller_id as MemberId | null, role: row.caller_role },
  fingerprint: row.fingerprint,
  revision: row.revision,
  decidedAt: row.decided_at,
  outcome: row.outcome,
})
