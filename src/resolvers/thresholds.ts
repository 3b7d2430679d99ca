import { type AlertLevel, creditsOf } from '../domain/alert-level.ts'
import { type Credits, MOST_CREDITS } from '../domain/amounts/credits.ts'
import { formatDecimal, ONE, parseDecimal } from '../domain/amounts/decimal.ts'
import { InvalidAmount } from '../domain/errors.ts'
import type { LowThreshold } from '../domain/low-balance.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import type { ResultOf, TeamView } from './request/results.ts'
import { submit, unknownTeam } from './request/submit.ts'

type ThresholdInput = { credits?: Optional<Credits>; percentOfMonthlyUsage?: Optional<string> }
export type LowBalanceThresholdInput = ThresholdInput & { teamId?: Optional<string> }
export type AlertLevelsInput = { levels: ThresholdInput[]; teamId?: Optional<string> }

export async function setLowBalanceThreshold(
  _: unknown,
  { input }: { input: LowBalanceThresholdInput },
  context: GatewayContext,
): Promise<ResultOf<'SetLowBalanceThresholdResult'>> {
  const viewer = callerWithRole(context, 'ADMIN')
  const teamId = teamFor(viewer, input.teamId)
  const threshold = readThreshold(input, [])
  if (threshold instanceof InvalidAmount) return threshold
  if (teamId === null) throw unknownTeam()
  const act = actOf(context, viewer, 'setLowBalanceThreshold')
  const command = { kind: 'set-low-threshold', threshold } as const
  return submit(context.services, keyless(teamId, command, act), 'SetLowBalanceThresholdResult')
}

export async function setAlertLevels(
  _: unknown,
  { input }: { input: AlertLevelsInput },
  context: GatewayContext,
): Promise<ResultOf<'SetAlertLevelsResult'>> {
  const viewer = callerWithRole(context, 'ADMIN')
  const teamId = teamFor(viewer, input.teamId)
  const levels: AlertLevel['below'][] = []
  for (const [index, given] of input.levels.entries()) {
    const level = readLevel(given, ['levels', `${index}`])
    if (level instanceof InvalidAmount) return level
    levels.push(level)
  }
  if (teamId === null) throw unknownTeam()
  const act = actOf(context, viewer, 'setAlertLevels')
  const command = { kind: 'set-alert-levels', levels } as const
  return submit(context.services, keyless(teamId, command, act), 'SetAlertLevelsResult')
}

export type AlertLevelView = AlertLevel & { readonly credits: Credits }

/** The levels at the moment of the team's view. */
export const teamAlertLevels = ({ account }: TeamView): AlertLevelView[] =>
  account.levels.map((level) => ({ ...level, credits: creditsOf(level, account.monthlyUsage) }))

export const levelPercent = ({ below }: AlertLevelView): string | null =>
  'percent' in below ? formatDecimal(below.percent) : null

function readLevel(given: ThresholdInput, path: readonly string[]): AlertLevel['below'] | InvalidAmount {
  const level = readThreshold(given, path)
  if (level instanceof InvalidAmount) return level
  if (level !== null && ('percent' in level || level.credits > 0n)) return level
  const reason = 'no balance is below such a level: give credits above 0, or percentOfMonthlyUsage'
  return new InvalidAmount({ path: [...path, 'credits'], reason })
}

function readThreshold(
  { credits, percentOfMonthlyUsage }: ThresholdInput,
  path: readonly string[],
): LowThreshold | InvalidAmount {
  const refused = (field: string, reason: string) => new InvalidAmount({ path: [...path, field], reason })
  if (credits != null && percentOfMonthlyUsage != null) {
    return refused('credits', 'give credits or percentOfMonthlyUsage, not both')
  }
  if (credits != null) {
    if (credits >= 0n && credits <= MOST_CREDITS) return { credits }
    return refused('credits', 'a threshold is not negative: give 0 or more')
  }
  if (percentOfMonthlyUsage == null) return null
  const percent = parseDecimal(percentOfMonthlyUsage)
  if (percent !== undefined && percent > 0n && percent <= 100n * ONE) return { percent }
  return refused('percentOfMonthlyUsage', 'a share is above 0 and at most 100: give at most 6 fraction digits')
}
