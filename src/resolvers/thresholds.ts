import { type Credits, MOST_CREDITS } from '../domain/amounts/credits.ts'
import { ONE, parseDecimal } from '../domain/amounts/decimal.ts'
import { InvalidAmount } from '../domain/errors.ts'
import type { LowThreshold } from '../domain/low-balance.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import type { ResultOf } from './request/results.ts'
import { submit, unknownTeam } from './request/submit.ts'

export type LowBalanceThresholdInput = {
  credits?: Optional<Credits>
  percentOfMonthlyUsage?: Optional<string>
  teamId?: Optional<string>
}

export async function setLowBalanceThreshold(
  _: unknown,
  { input }: { input: LowBalanceThresholdInput },
  context: GatewayContext,
): Promise<ResultOf<'SetLowBalanceThresholdResult'>> {
  const viewer = callerWithRole(context, 'ADMIN')
  const teamId = teamFor(viewer, input.teamId)
  const threshold = readThreshold(input)
  if (threshold instanceof InvalidAmount) return threshold
  if (teamId === null) throw unknownTeam()
  const act = actOf(context, viewer, 'setLowBalanceThreshold')
  const command = { kind: 'set-low-threshold', threshold } as const
  return submit(context.services, keyless(teamId, command, act), 'SetLowBalanceThresholdResult')
}

function readThreshold({ credits, percentOfMonthlyUsage }: LowBalanceThresholdInput): LowThreshold | InvalidAmount {
  if (credits != null && percentOfMonthlyUsage != null) {
    return new InvalidAmount({ path: ['credits'], reason: 'give credits or percentOfMonthlyUsage, not both' })
  }
  if (credits != null) {
    if (credits >= 0n && credits <= MOST_CREDITS) return { credits }
    return new InvalidAmount({ path: ['credits'], reason: 'a threshold is not negative: give 0 or more' })
  }
  if (percentOfMonthlyUsage == null) return null
  const percent = parseDecimal(percentOfMonthlyUsage)
  if (percent !== undefined && percent > 0n && percent <= 100n * ONE) return { percent }
  return new InvalidAmount({
    path: ['percentOfMonthlyUsage'],
    reason: 'a share is above 0 and at most 100: give at most 6 fraction digits',
  })
}
