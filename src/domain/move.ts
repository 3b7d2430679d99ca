import type { Instant, Revision } from './identity.ts'

/**
 * FOLLOWED: another system serves the team, which has nothing here. CUT_OVER: the gateway serves it. CUT_BACK: the other
 * system serves it again, and the ledger keeps what the team had.
 */
export const moveStages = ['FOLLOWED', 'CUT_OVER', 'CUT_BACK'] as const
export type MoveStage = (typeof moveStages)[number]

/** The move of a team between another system and the gateway. */
export type Move = {
  /** The name of the other system, for people. */
  readonly system: string
  readonly stage: MoveStage
  /** The begin of the stage, and the team's revision then. */
  readonly since: Instant
  readonly revision: Revision
  /** The last cut over; null: there was none. */
  readonly cutOverAt: Instant | null
}

/** The name of the system that serves the team in place of the gateway; null: the gateway does. */
export const servedBy = (move: Move | null): string | null =>
  move === null || move.stage === 'CUT_OVER' ? null : move.system
