import { RequestFault } from '../access/faults.ts'
import { NotFound } from '../domain/errors.ts'
import { acting } from './acting.ts'
import { served, submissionOf } from './asking.ts'
import type { GatewayContext } from './context.ts'
import { badInput, checkedKey, type Optional, teamFor } from './inputs.ts'
import { type Results, resultOf, setAddOnUnitsResult } from './results.ts'

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
  if (teamId === null) throw noTeam()
  const command = { kind: 'set-add-on-units', units } as const
  const asked = { teamId, key, mutation: 'setAddOnUnits', input: { units }, command }
  const answer = await served(() => context.services.ledger.submit(submissionOf(asked)))
  if (answer.outcome.kind === 'refused' && answer.outcome.failure instanceof NotFound) throw noTeam()
  return resultOf(answer, teamId, setAddOnUnitsResult)
}

const noTeam = () => new RequestFault('NOT_FOUND', 'There is no such team. Check its id.')
