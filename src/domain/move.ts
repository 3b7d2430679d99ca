import type { Credits } from './amounts/credits.ts'
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
  /** The payments that changed the ledger since the cut back, each once. */
  readonly payments: readonly PaymentMeanwhile[]
}

/** A payment that landed, or was refunded, disputed or given again, in the ledger alone while another system serves the team. */
export type PaymentMeanwhile = {
  /** The source of its grant. */
  readonly source: string
  /** The credits of a purchase that was paid meanwhile; 0: it was paid before. */
  readonly landed: Credits
  /** The change of what is available and locked, less what is owed, by refunds and disputes; mostly below 0. */
  readonly reversed: Credits
}

/** The name of the system that serves the team in place of the gateway; null: the gateway does. */
export const servedBy = (move: Move | null): string | null =>
  move === null || move.stage === 'CUT_OVER' ? null : move.system

/** The move after a payment changed the ledger; it is noted only while another system serves the team again. */
export function withPayment(move: Move | null, { source, landed, reversed }: PaymentMeanwhile): Move | null {
  if (move?.stage !== 'CUT_BACK' || (landed === 0n && reversed === 0n)) return move
  const known = move.payments.find((payment) => payment.source === source) ?? { landed: 0n, reversed: 0n }
  const noted = { source, landed: known.landed + landed, reversed: known.reversed + reversed }
  return { ...move, payments: [...move.payments.filter((payment) => payment.source !== source), noted] }
}
