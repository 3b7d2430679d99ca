import type { PoolClient } from 'pg'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { Account } from '../domain/account.ts'
import type { Charge } from '../domain/charge.ts'
import type { Answer, Outcome } from '../domain/decisions/command.ts'
import { beginning, type History } from '../domain/history.ts'
import { type ChargeId, chargeId, type Revision, type TeamId } from '../domain/identity.ts'
import { readOutcome, readTeam } from '../entities/json/stored.ts'
import type { RulesTimeline } from './clock/rules-timeline.ts'
import type { StoredCommand } from './deciding/team-state.ts'
import { readCharges } from './history/charges.ts'
import { accountOf, historiesAt, historyAt } from './history/team-as-of.ts'
import { InconsistentTeam } from './rows/inconsistent-team.ts'
import { readTeams } from './rows/read-teams.ts'

type Repeated = { readonly teamId: TeamId; readonly stored: StoredCommand }

export type Replays = { answer(teamId: TeamId, stored: StoredCommand): Promise<Answer> }

/**
 * Returns first answers again: the outcome as it was decided, and the team right after it. Requests at the same time
 * share one reading, however many keys are repeated: a storm of retries must not delay new commands.
 */
export function createReplays(database: Database, timeline: RulesTimeline): Replays {
  const lane = new Lane<Repeated, Answer>(work, { batch: 1_000, parallel: 1, capacity: 100_000 })

  async function work(batch: readonly Repeated[]): Promise<PromiseSettledResult<Answer>[]> {
    const answers = new Map<Repeated, Answer>()
    const refused = new Map<TeamId, InconsistentTeam>()
    await database.snapshot(async (client) => {
      const byTeam = Map.groupBy(batch, ({ teamId }) => teamId)
      const { teams } = await readTeams(client, [...byTeam.keys()], timeline)
      for (const [teamId, repeated] of byTeam) {
        const team = teams.get(teamId)
        if (team instanceof InconsistentTeam) {
          refused.set(teamId, team)
          continue
        }
        if (team?.account == null) throw new Error(`${teamId} has a stored command but no account`)
        await answerTeam(client, team.account, repeated, answers)
      }
    })
    return batch.map((repeated) => {
      const value = answers.get(repeated)
      if (value !== undefined) return { status: 'fulfilled', value }
      const reason = refused.get(repeated.teamId) ?? new Error('A repeated command was not answered')
      return { status: 'rejected', reason }
    })
  }

  return { answer: (teamId, stored) => lane.one({ teamId, stored }) }
}

async function answerTeam(
  client: PoolClient,
  current: Account,
  repeated: readonly Repeated[],
  answers: Map<Repeated, Answer>,
): Promise<void> {
  const { teamId } = current
  const inOrder = repeated.toSorted((a, b) => a.stored.revision - b.stored.revision)
  const revisions = inOrder.map(({ stored }) => stored.revision)
  const ids = inOrder.flatMap(({ stored: { outcome } }) => (outcome.kind === 'charge' ? [chargeId(outcome.id)] : []))
  const charges = await readCharges(client, teamId, ids)
  const histories: History[] = []
  for (const near of neighbours(revisions)) {
    const start = await historyAt(client, teamId, near[0] ?? 0)
    histories.push(...(await historiesAt(client, teamId, start, near)))
  }
  inOrder.forEach((one, index) => {
    const { revision, decidedAt: at } = one.stored
    const account = accountThen(current, histories[index] ?? beginning, one.stored)
    const overtaken = account.revision < current.revision
    answers.set(one, { outcome: outcomeOf(one.stored, charges), revision, at, account, overtaken })
  })
}

/** Ascending revisions in runs that are worth reading through; between two of them, a checkpoint is nearer. */
function neighbours(revisions: readonly Revision[]): Revision[][] {
  const runs: Revision[][] = []
  for (const revision of revisions) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && revision - last < 2_000) run.push(revision)
    else runs.push([revision])
  }
  return runs
}

function accountThen(current: Account, history: History, { outcome }: StoredCommand): Account {
  const account = accountOf(current, history)
  return outcome.kind === 'done' ? { ...account, ...readTeam(outcome.team) } : account
}

function outcomeOf({ outcome }: StoredCommand, charges: ReadonlyMap<ChargeId, Charge>): Outcome {
  if (outcome.kind !== 'charge') return readOutcome(outcome)
  const charge = charges.get(chargeId(outcome.id))
  if (charge === undefined) throw new Error(`A stored charge ${outcome.id} has no entries`)
  return { kind: 'charge', charge }
}
