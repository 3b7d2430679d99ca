import { acting } from './acting.ts'
import { askOfKnown, submissionOf, unknownTeam } from './asking.ts'
import type { GatewayContext } from './context.ts'
import { badInput, checkedKey, type Optional, teamFor } from './inputs.ts'
import { type Results, setAddOnUnitsResult } from './results.ts'

const mostUnits = 10_000

export async function setAddOnUnits(
  _: unknown,
  { units, idempotencyKey, teamId: given }: { units: number; idempotencyKey: string; teamId?: Optional<string> },
  context: GatewayContext,
): Promise<Results[(typeof setAddOnUnitsResult)[number]]> {
  const viewer = acting(context, 'PLATFORM')
  const key = checkedKey(idempotencyKey)
  if (units < 0 || units > mostUnits) throw badInput(`units is not usable: give 0 to ${mostUnits}.`)
  const teamId = teamFor(viewer, given)
  if (teamId === null) throw unknownTeam()
  const command = { kind: 'set-add-on-units', units } as const
  const asked = { teamId, key, mutation: 'setAddOnUnits', input: { units }, command }
  return askOfKnown(context.services, submissionOf(asked), setAddOnUnitsResult)
}
