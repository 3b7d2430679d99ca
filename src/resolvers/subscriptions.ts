import { RequestFault } from '../access/faults.ts'
import { requireRole } from '../access/viewer.ts'
import { creditsInWords } from '../catalog/words.ts'
import { nextArrival } from '../domain/account.ts'
import { eventTypeOf, isNotice } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { BalanceState } from '../domain/low-balance.ts'
import { type EventPosition, hasEvent } from '../ledger/history/account-events.ts'
import type { AlertState } from '../live/alerts.ts'
import type { AccountEventThen } from '../live/event-tail.ts'
import { type BalanceView, balanceNow, balanceThen } from './balances.ts'
import { mayBuyFor, type PackageView, packagesFor } from './catalogs.ts'
import { alertInWords, alertNotice, type BalanceEmail, balanceEmail, levelNotice } from './notices.ts'
import type { GatewayContext } from './request/context.ts'
import { findActivity } from './request/finders.ts'
import { decodeIdOf, encodeId } from './request/ids.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import { readSnapshot } from './request/reading.ts'
import type { ActivityView } from './request/results.ts'
import { knownTeam, served } from './request/submit.ts'

export type LowBalanceView = AlertState
export type AccountEventView = AccountEventThen
type OfTeam = { teamId?: Optional<string> }

export async function watchBalance(_: unknown, { teamId }: OfTeam, context: GatewayContext) {
  return context.services.live.balance(await watched(teamId, context))
}

export async function watchAlerts(_: unknown, { teamId }: OfTeam, context: GatewayContext) {
  return context.services.live.alerts(await watched(teamId, context))
}

export async function watchEvents(
  _: unknown,
  { teamId: given, after }: OfTeam & { after?: Optional<string> },
  context: GatewayContext,
) {
  const teamId = await watched(given, context)
  const position = after == null ? null : await positionOf(after, teamId, context)
  return context.services.live.events(teamId, position)
}

/** The team, when the caller may watch it and it exists; asked before any stream starts. */
async function watched(given: Optional<string>, { viewer, services }: GatewayContext): Promise<TeamId> {
  const team = await knownTeam(services, teamFor(requireRole(viewer, 'VIEWER'), given))
  return team.account.teamId
}

async function positionOf(after: string, teamId: TeamId, context: GatewayContext): Promise<EventPosition> {
  const id = decodeIdOf('Event', after)
  if (id !== null && id.teamId === teamId) {
    const position = { revision: id.number, number: id.place }
    if (await readSnapshot(context, (client) => hasEvent(client, teamId, position))) return position
  }
  throw new RequestFault('NOT_FOUND', "There is no such event. Give an accountEvents id of this team, or no 'after'.")
}

export const alertBalance = (alert: LowBalanceView): BalanceView =>
  alert.overtaken ? balanceThen(alert) : balanceNow(alert)

/** The present balance, with the effects of time, if the event is the newest one. */
export async function eventBalance({ at, teamThen }: AccountEventView): Promise<BalanceView> {
  const { account, now } = await served(teamThen)
  return now === null ? balanceThen({ account, at }) : balanceNow(now)
}

export const alertMessage = (alert: LowBalanceView, _: unknown, { services }: GatewayContext): string =>
  alertInWords(services.catalogs.catalogAt(alert.at, alert.account), alert)

export const alertNextGrantAt = ({ account, at }: LowBalanceView): Instant | null => nextArrival(account, at)

export const alertCanPurchase = ({ account, at }: LowBalanceView, _: unknown, { viewer, services }: GatewayContext) =>
  mayBuyFor(requireRole(viewer, 'VIEWER'), services.catalogs.catalogAt(at, account), account)

export const alertPackages = (
  { account, at }: LowBalanceView,
  _: unknown,
  { viewer, services }: GatewayContext,
): PackageView[] => packagesFor(requireRole(viewer, 'VIEWER'), services.catalogs.catalogAt(at, account), account)

export const eventType = ({ type }: Pick<AccountEventView, 'type'>) => eventTypeOf(type)

export const eventId = ({ teamId, revision, number }: AccountEventView): string =>
  encodeId('Event', `${revision}.${number}`, teamId)

/** Source: facts W4, W5, W7, V10. */
export async function eventMessage(event: AccountEventView, _: unknown, { services }: GatewayContext): Promise<string> {
  const { amount, at, reason } = event
  const { account } = await served(event.teamThen)
  const catalog = services.catalogs.catalogAt(at, account)
  const moved = creditsInWords((amount ?? 0n) < 0n ? -(amount ?? 0n) : (amount ?? 0n))
  const alert = (state: BalanceState) => alertNotice(catalog, state, account.available, nextArrival(account, at))
  switch (eventTypeOf(event.type)) {
    case 'CREDITS_ADDED':
      return reason === null ? catalog.notices.creditsAdded : `${moved} given back: ${reason}`
    case 'CREDITS_CHARGED':
      return `${moved} used`
    case 'CREDITS_REFUNDED':
      return `${moved} given back`
    case 'CREDITS_EXPIRED':
      return `${moved} expired`
    case 'CREDITS_CLAWED_BACK':
      return reason === null ? `${moved} taken back` : `${moved} taken back: ${reason}`
    case 'CREDITS_HELD':
      return 'Credits reserved'
    case 'CREDITS_RELEASED':
      return 'Reserved credits set free'
    case 'BALANCE_LOW':
      return alert('LOW')
    case 'BALANCE_EXHAUSTED':
      return alert('EXHAUSTED')
    case 'BALANCE_RECOVERED':
      return alert('OK')
    case 'BALANCE_BELOW_LEVEL':
      return levelNotice(catalog, account.available, amount ?? 0n)
    case 'RECHARGE_SUCCEEDED':
      return `Auto-recharge added ${moved}`
    case 'RECHARGE_FAILED':
      return reason === null ? 'Auto-recharge failed' : `Auto-recharge failed: ${reason}`
    case 'RECHARGE_CAPPED':
      return reason ?? 'Auto-recharge stopped: another purchase would pass a limit'
    case 'RECHARGE_ACTION_REQUIRED':
      return 'Auto-recharge waits for you to confirm the payment'
    case 'PAYMENT_UNDER_WAY':
      return reason ?? 'A payment is under way'
    case 'PAYMENT_DUPLICATE_REFUNDED':
      return reason ?? 'A second payment was given back'
    case 'PLAN_CHANGED':
      return 'Plan changed'
    case 'METERED_BILL_OPENED':
    case 'METERED_BILL_PAYMENT_FAILED':
    case 'METERED_BILL_OVERDUE':
      return reason ?? 'A bill for usage waits to be paid'
    case 'WEBHOOK_DISABLED':
      return reason ?? 'A webhook endpoint was disabled'
    case 'WEBHOOK_TEST':
      return 'A test event'
  }
}

const aboutBalance: readonly string[] = ['BALANCE_LOW', 'BALANCE_EXHAUSTED', 'BALANCE_RECOVERED', 'BALANCE_BELOW_LEVEL']

/** Null for events that are not about the balance. */
export async function eventEmail(
  event: AccountEventView,
  _: unknown,
  context: GatewayContext,
): Promise<BalanceEmail | null> {
  if (!aboutBalance.includes(event.type)) return null
  const { account } = await served(event.teamThen)
  const catalog = context.services.catalogs.catalogAt(event.at, account)
  return balanceEmail(catalog, account, await eventMessage(event, _, context))
}

/** Null for what moved no credits. */
export async function eventActivity(
  { type, teamId, revision }: AccountEventView,
  _: unknown,
  context: GatewayContext,
): Promise<ActivityView | null> {
  if (isNotice(type)) return null
  return findActivity(context, teamId, revision)
}
