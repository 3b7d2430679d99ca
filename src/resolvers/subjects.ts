import { isNotice } from '../domain/event-type.ts'
import type { TeamId } from '../domain/identity.ts'
import { paymentSource } from '../domain/purchase.ts'
import type { Activity } from '../ledger/history/activity.ts'
import { readPurchaseOfPayment, readRechargeBefore } from '../payments/purchase-rows.ts'
import { findPurchaseBy } from './purchases.ts'
import type { GatewayContext } from './request/context.ts'
import { findActivity, findCharge, findGrant, findHold, findRefund } from './request/finders.ts'
import type { ActivityView, NodeView } from './request/results.ts'
import type { AccountEventView } from './subscriptions.ts'

type Subject = Promise<NodeView | null> | null

/** The subject of an activity, in its present state. */
export const activitySubject = ({ activity }: ActivityView, _: unknown, context: GatewayContext): Subject =>
  activity.type === 'REFUND' ? findRefund(context, activity.teamId, activity.revision) : subjectOf(activity, context)

/** The subject of an event, in its present state. The subject of a refund is its charge. */
export async function eventSubject(
  event: AccountEventView,
  _: unknown,
  context: GatewayContext,
): Promise<NodeView | null> {
  const { teamId, revision, type, at } = event
  if (type === 'RECHARGE_FAILED' || type === 'RECHARGE_ACTION_REQUIRED') {
    return findPurchaseBy(context, (client) => readRechargeBefore(client, teamId, at))
  }
  // A recharge that succeeded has the revision of its credits.
  if (isNotice(type) && type !== 'RECHARGE_SUCCEEDED') return null
  const found = await findActivity(context, teamId, revision)
  return found && subjectOf(found.activity, context)
}

function subjectOf(activity: Activity, context: GatewayContext): Subject {
  const { type, teamId, revision, holdId, chargeId, grantId } = activity
  if (type === 'CHARGE') return findCharge(context, teamId, revision)
  if (type === 'REFUND') return chargeId && findCharge(context, teamId, chargeId)
  if (type === 'HOLD' || type === 'RELEASE') return holdId && findHold(context, teamId, holdId)
  if (grantId === null) return null
  return type === 'EXPIRY' ? findGrant(context, teamId, grantId) : grantOrPurchase(teamId, grantId, context)
}

/** The subject of bought credits is their purchase. */
async function grantOrPurchase(teamId: TeamId, grantId: number, context: GatewayContext): Promise<NodeView | null> {
  const found = await findGrant(context, teamId, grantId)
  const source = found?.grant.source
  if (!source?.startsWith(paymentSource)) return found
  const payment = source.slice(paymentSource.length)
  const purchase = await findPurchaseBy(context, async (client) => {
    const one = (await readPurchaseOfPayment(client, payment))?.purchase ?? null
    return one?.teamId === teamId ? one : null
  })
  return purchase ?? found
}
