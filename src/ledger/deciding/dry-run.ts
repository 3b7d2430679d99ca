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
 * The answers that the ledger would give now, in the order of the submissions. Nothing is written or locked, and no key is
 * looked up.
 *
 * @throws {InconsistentTeam}
 */
export async function dryRun(
  database: Pick<Database, 'snapshot'>,
  timeline: RulesTimeline,
  submissions: readonly Submission[],
): Promise<readonly Answer[]> {
  const { states, now } = await database.snapshot((client) => readStates(client, referencesOf(submissions), timeline))
  const answers = new Map<Submission, Answer>()
  for (const [teamId, group] of Map.groupBy(submissions, (submission) => submission.teamId)) {
    const state = states.get(teamId)
    if (state === undefined || state instanceof InconsistentTeam) throw state ?? new Error('A team was not read')
    const { decided } = decideTeam(state, group, timeline, now)
    for (const [index, submission] of group.entries()) answers.set(submission, answerIn(decided[index]))
  }
  return submissions.map((submission) => answers.get(submission) ?? answerIn(undefined))
}

function answerIn(decided: Decided | undefined): Answer {
  if (decided !== undefined && 'answer' in decided) return decided.answer
  throw decided !== undefined && 'defect' in decided ? decided.defect : new Error('A dry run was not decided')
}
