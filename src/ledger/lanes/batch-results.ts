import type { Answer } from '../../domain/decisions/command.ts'
import type { Decided } from '../deciding/team-change.ts'
import type { StoredCommand, Submission } from '../deciding/team-state.ts'

/** The result of a submission in its lane: an answer, or the stored command of its key, which is answered again. */
export type LaneResult = Answer | { readonly replay: StoredCommand }

export type Settled = PromiseSettledResult<LaneResult>

/** The results of a batch, filled while its teams are written. */
export type BatchResults = Map<Submission, Settled>

export const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason })

export const settledAs = (decided: Decided): Settled =>
  'defect' in decided
    ? rejected(decided.defect)
    : { status: 'fulfilled', value: 'answer' in decided ? decided.answer : decided }
