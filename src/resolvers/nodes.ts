import { requireRole, type Scope } from '../access/viewer.ts'
import { chargeId, grantId, holdId, type TeamId, teamId } from '../domain/identity.ts'
import { readActivities } from '../ledger/activity.ts'
import { readCharges } from '../ledger/charges.ts'
import { readGrantRow } from '../ledger/grants.ts'
import { readHold } from '../ledger/holds.ts'
import { readRefund } from '../ledger/refunds.ts'
import { asActivity } from './activities.ts'
import { findApiKey } from './api-keys.ts'
import { readTeam } from './asking.ts'
import { findAuditRecord } from './audit-records.ts'
import type { GatewayContext } from './context.ts'
import { decodeId, encodeId, type IdType } from './ids.ts'
import { reachable } from './inputs.ts'
import { findPurchase } from './purchases.ts'
import { readSnapshot } from './reading.ts'
import type { NodeView } from './results.ts'

/** What the id names, if the caller's team has it; whatever has no id of ours is a team's own. */
export async function node(_: unknown, { id }: { id: string }, context: GatewayContext): Promise<NodeView | null> {
  const { viewer, services } = context
  const caller = requireRole(viewer, 'VIEWER')
  const decoded = decodeId(id)
  const team = reachable(caller, decoded?.teamId ?? teamId(id))
  if (team === null) return null
  if (decoded !== null) return finders[decoded.type](context, team, decoded.number, caller)
  const found = await readTeam(services, team)
  return found === null ? null : { type: 'Team', ...found }
}

type Find = (context: GatewayContext, teamId: TeamId, number: number, caller: Scope) => Promise<NodeView | null>

const nothing: Find = async () => null

const finders: Record<IdType, Find> = {
  Hold: async (context, teamId, number) => {
    const hold = await readSnapshot(context, (client) => readHold(client, teamId, holdId(number)))
    return hold && { type: 'Hold', teamId, hold, team: null }
  },
  Charge: async (context, teamId, number) => {
    const id = chargeId(number)
    const charge = (await readSnapshot(context, (client) => readCharges(client, teamId, [id]))).get(id)
    return charge === undefined ? null : { type: 'Charge', teamId, charge, team: null }
  },
  Refund: async (context, teamId, number) => {
    const refund = await readSnapshot(context, (client) => readRefund(client, teamId, number))
    return refund && { type: 'Refund', teamId, refund, team: null }
  },
  CreditGrant: async (context, teamId, number) => {
    const open = (await readTeam(context.services, teamId))?.account.grants.find(({ id }) => id === number)
    const grant = open ?? (await readSnapshot(context, (client) => readGrantRow(client, teamId, grantId(number))))
    return grant && { type: 'CreditGrant', teamId, grant }
  },
  Activity: async (context, teamId, number) => {
    const [activity] = await readSnapshot(context, (client) => readActivities(client, teamId, [number]))
    return activity === undefined ? null : asActivity(activity)
  },
  Purchase: findPurchase,
  ApiKey: findApiKey,
  Event: nothing,
  AuditRecord: findAuditRecord,
}

export function nodeId(view: NodeView): string {
  switch (view.type) {
    case 'Team':
      return view.account.teamId
    case 'Hold':
      return encodeId('Hold', view.hold.id, view.teamId)
    case 'Charge':
      return encodeId('Charge', view.charge.id, view.teamId)
    case 'Refund':
      return encodeId('Refund', view.refund.id, view.teamId)
    case 'CreditGrant':
      return encodeId('CreditGrant', view.grant.id, view.teamId)
    case 'Activity':
      return encodeId('Activity', view.activity.revision, view.teamId)
    case 'Purchase':
      return encodeId('Purchase', view.purchase.id, view.teamId)
    case 'AuditEntry':
      return encodeId('AuditRecord', view.number, view.teamId)
    case 'ApiKey':
      return encodeId('ApiKey', view.key.id, view.key.teamId)
  }
}
