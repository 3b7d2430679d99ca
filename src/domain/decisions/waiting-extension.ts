import { type Hold, placerOf } from '../hold.ts'
import { isSameCaller } from '../placer.ts'
import type { Command, Decision, ExtendHold } from './command.ts'

/**
 * Whether a refused extension waits for credits: it lacked nothing but credits, a recharge is being paid, and the hold is
 * a live session that its own placer extends. Where a person decides again, a command of before would surprise; work that
 * runs has nobody to decide.
 */
export const waitsForRecharge = (
  command: Command,
  hold: Hold | undefined,
  { account, outcome }: Pick<Decision, 'account' | 'outcome'>,
): command is ExtendHold =>
  command.kind === 'extend-hold' &&
  outcome.kind === 'refused' &&
  outcome.failure.code === 'INSUFFICIENT_CREDITS' &&
  account.recharge !== null &&
  account.recharge.attempt !== null &&
  hold !== undefined &&
  hold.pace !== null &&
  isSameCaller(placerOf(hold), command.caller)
