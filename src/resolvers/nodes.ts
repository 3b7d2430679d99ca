import { requireRole, type Scope } from '../access/viewer.ts'
import { type TeamId, teamId } from '../domain/identity.ts'
import { findApiKeyIn, idTypeOfKey } from './api-keys.ts'
import { findAuditRecord } from './audit-records.ts'
import { memberView } from './members.ts'
import { findOwnPurchase, findPurchase } from './purchases.ts'
import type { GatewayContext } from './request/context.ts'
import { findActivity, findCharge, findGrant, findHold, findRefund } from './request/finders.ts'
import { decodeId, decodeMemberId, encodeId, encodeMemberId, type IdType } from './request/ids.ts'
import { badInput, reachable } from './request/inputs.ts'
import type { NodeView } from './request/results.ts'
import { readTeam } from './request/submit.ts'
import { findWebhookDelivery, findWebhookEndpoint } from './webhooks.ts'

/**
 * The object that the id names, if the caller has access to its team; null: it has none, or there is no such object. A
 * text that is no id of ours is read as a team's own id.
 */
export async function node(_: unknown, { id }: { id: string }, context: GatewayContext): Promise<NodeView | null> {
  const { viewer, services } = context
  const caller = requireRole(viewer, 'VIEWER')
  const decoded = decodeId(id)
  const member = decodeMemberId(id)
  const team = reachable(caller, (decoded ?? member)?.teamId ?? teamId(id))
  if (team === null) return null
  if (caller.pill !== undefined) {
    return decoded?.type === 'Purchase' ? findOwnPurchase(context, team, decoded.number) : null
  }
  if (decoded !== null) return finders[decoded.type](context, team, decoded.number, caller)
  const found = await readTeam(services, team)
  if (found === null) return null
  return member === null ? { type: 'Team', ...found } : memberView(team, member.id)
}

export const maxNodes = 100

/**
 * The objects in the order of the ids, each read by itself: an id that gives none is null, and the others are there.
 */
export function nodes(_: unknown, { ids }: { ids: readonly string[] }, context: GatewayContext) {
  requireRole(context.viewer, 'VIEWER')
  if (ids.length > maxNodes) throw badInput('ids', `give at most ${maxNodes} ids`)
  return ids.map((id) => node(_, { id }, context))
}

type Find = (context: GatewayContext, teamId: TeamId, number: number, caller: Scope) => Promise<NodeView | null>

const nothing: Find = async () => null

const finders: Record<IdType, Find> = {
  Hold: findHold,
  Charge: findCharge,
  Refund: findRefund,
  CreditGrant: findGrant,
  Activity: findActivity,
  Purchase: findPurchase,
  ApiKey: findApiKeyIn('PRODUCTION'),
  TestApiKey: findApiKeyIn('TEST'),
  Event: nothing,
  AuditRecord: findAuditRecord,
  WebhookEndpoint: findWebhookEndpoint,
  WebhookDelivery: findWebhookDelivery,
  Balance: nothing,
  BalanceThen: nothing,
  BalanceAsOf: nothing,
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
    case 'ApiKey':
      return encodeId(idTypeOfKey(view.key), view.key.id, view.key.teamId)
    case 'AuditEntry':
      return encodeId('AuditRecord', view.record.number, view.record.teamId)
    case 'WebhookEndpoint':
      return encodeId('WebhookEndpoint', view.endpoint.id, view.endpoint.teamId)
    case 'WebhookDelivery':
      return encodeId('WebhookDelivery', view.delivery.number, view.owner)
    case 'Member':
      return encodeMemberId(view)
  }
}
