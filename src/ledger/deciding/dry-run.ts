import type { Database } from '../../database/open.ts'
import type { Answer } from '../../domain/decisions/command.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import { InconsistentTeam } from '../rows/inconsistent-team.ts'
import { decideTeam } from './decide-batch.ts'
import { readStates } from './load-teams.ts'
import { referencesOf } from './references.ts'
import type { Decided } from './team-change.ts'
import type { Submission } from './team-state.ts'

/**
 * The results that the ledger would give now, in the order of the submissions: each has its own, as in `Ledger.submitAll`.
 * Nothing is written or locked, and no key is looked up.
 */
export async function dryRun(
  database: Pick<Database, 'snapshot'>,
  timeline: RulesTimeline,
  submissions: readonly Submission[],
): Promise<readonly PromiseSettledResult<Answer>[]> {
  const { states, now } = await database.snapshot((client) => readStates(client, referencesOf(submissions), timeline))
  const results = new Map<Submission, PromiseSettledResult<Answer>>()
  for (const [teamId, group] of Map.groupBy(submissions, (submission) => submission.teamId)) {
    const state = states.get(teamId)
    if (state === undefined || state instanceof InconsistentTeam) {
      const unread = rejected(state ?? new Error('A team was not read'))
      for (const submission of group) results.set(submission, unread)
      continue
    }
    const { decided } = decideTeam(state, group, timeline, now)
    for (const [index, submission] of group.entries()) results.set(submission, resultIn(decided[index]))
  }
  return submissions.map((submission) => results.get(submission) ?? resultIn(undefined))
}

function resultIn(decided: Decided | undefined): PromiseSettledResult<Answer> {
  if (decided !== undefined && 'answer' in decided) return { status: 'fulfilled', value: decided.answer }
  return rejected(
    decided !== undefined && 'defect' in decided ? decided.defect : new Error('A dry run was not decided'),
  )
}

const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason })
