import { chargeId, grantId, holdId, type TeamId } from '../../domain/identity.ts'
import { readActivities } from '../../ledger/history/activity.ts'
import { readCharges } from '../../ledger/history/charges.ts'
import { readGrantRow } from '../../ledger/history/grants.ts'
import { readHold } from '../../ledger/history/holds.ts'
import { type PostedRefund, readRefunds } from '../../ledger/history/refunds.ts'
import type { GatewayContext } from './context.ts'
import { readSnapshot } from './reading.ts'
import type { ActivityView, ChargeView, GrantView, HoldView, RefundView } from './results.ts'
import { readTeam } from './submit.ts'

/* What a team has, by its number in the team; null where the team has none of it. */

export async function findHold(context: GatewayContext, teamId: TeamId, number: number): Promise<HoldView | null> {
  const hold = await readSnapshot(context, (client) => readHold(client, teamId, holdId(number)))
  return hold && { type: 'Hold', teamId, hold, team: null }
}

export async function findCharge(context: GatewayContext, teamId: TeamId, number: number): Promise<ChargeView | null> {
  const id = chargeId(number)
  const charge = (await readSnapshot(context, (client) => readCharges(client, teamId, [id]))).get(id)
  return charge === undefined ? null : { type: 'Charge', teamId, charge, team: null }
}

export async function findRefund(
  context: GatewayContext,
  teamId: TeamId,
  number: number,
): Promise<(RefundView & { readonly refund: PostedRefund }) | null> {
  const [refund] = await readSnapshot(context, (client) => readRefunds(client, teamId, [number]))
  return refund === undefined ? null : { type: 'Refund', teamId, refund, team: null }
}

export async function findGrant(context: GatewayContext, teamId: TeamId, number: number): Promise<GrantView | null> {
  const team = await readTeam(context.services, teamId)
  const open = team?.account.grants.find(({ id }) => id === number)
  const grant = open ?? (await readSnapshot(context, (client) => readGrantRow(client, teamId, grantId(number))))
  return grant && { type: 'CreditGrant', teamId, grant, team }
}

export async function findActivity(
  context: GatewayContext,
  teamId: TeamId,
  revision: number,
): Promise<ActivityView | null> {
  const [activity] = await readSnapshot(context, (client) => readActivities(client, teamId, [revision]))
  return activity === undefined ? null : { type: 'Activity', teamId, activity, team: null }
}
