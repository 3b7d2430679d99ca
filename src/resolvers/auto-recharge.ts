import { requireRole } from '../access/viewer.ts'
import { rulesOf } from '../catalog/rules.ts'
import type { Account } from '../domain/account.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { type Money, parseNano } from '../domain/amounts/money.ts'
import type { ConfigureRecharge } from '../domain/decisions/command.ts'
import { type RechargeTerms, settingsOf } from '../domain/decisions/recharge-settings.ts'
import { InvalidAmount } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Mandate } from '../domain/mandate.ts'
import { NoPaymentMethod } from '../domain/payment-errors.ts'
import { type Recharge, type RechargeState, rechargeAt } from '../domain/recharge.ts'
import { isAtLeast } from '../domain/role.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { roleRefusal } from './buying.ts'
import { catalogNow, mayBuyFor, type PackageView } from './catalogs.ts'
import { pricesForTeam } from './currencies.ts'
import { actOf, callerOf, remember } from './request/caller.ts'
import { codeOf } from './request/catalog-ids.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { checkedCurrency, checkedName, type Optional, teamFor } from './request/inputs.ts'
import { countRequest, servedByPayments } from './request/payment-faults.ts'
import type { ResultOf, TeamView } from './request/results.ts'
import { knownTeam, submit, unknownTeam } from './request/submit.ts'

/** A team's auto-recharge as it stands at `at`; null: it was never configured. */
export type AutoRechargeView = {
  readonly type: 'AutoRecharge'
  readonly recharge: Recharge | null
  readonly account: Account
  readonly at: Instant
}

export type AutoRechargeInput = {
  enabled: boolean
  threshold?: Optional<Credits>
  packageId?: Optional<string>
  targetBalance?: Optional<Credits>
  monthlyCap?: Optional<string>
  maxPerDay?: Optional<number>
  currency?: Optional<string>
  teamId?: Optional<string>
}

/** The settings that the caller asks for, or the amount that can't be read. */
function termsOf(input: Omit<AutoRechargeInput, 'enabled' | 'teamId'>): RechargeTerms | InvalidAmount {
  const packageId = input.packageId == null ? null : checkedName('packageId', codeOf('CreditPackage', input.packageId))
  const monthlyCap = input.monthlyCap == null ? null : parseNano(input.monthlyCap)
  if (monthlyCap === undefined) {
    return new InvalidAmount({ path: ['monthlyCap'], reason: 'give at most 12 integer and 9 fraction digits' })
  }
  const { threshold = null, targetBalance = null, maxPerDay = null } = input
  return { threshold, packageId, targetBalance, monthlyCap, maxPerDay }
}

/**
 * The text that whoever turns the recharge on with these settings consents to; null: it can't be turned on with them.
 * Show it before, because it is kept as the proof of consent.
 */
export async function rechargeMandate(
  _: unknown,
  input: Omit<AutoRechargeInput, 'enabled' | 'teamId'>,
  { viewer, services }: GatewayContext,
): Promise<string | null> {
  const caller = requireRole(viewer, 'VIEWER')
  const terms = termsOf(input)
  if (terms instanceof InvalidAmount) return null
  const catalog = await pricesForTeam(await catalogNow(services), caller, services, input)
  const offer = settingsOf(terms, rulesOf(catalog).policy)
  return 'failure' in offer ? null : offer.mandate
}

/** Source: facts W5, G5. */
export async function configureAutoRecharge(
  _: unknown,
  { input }: { input: AutoRechargeInput },
  context: GatewayContext,
): Promise<AutoRechargeView | Exclude<ResultOf<'ConfigureAutoRechargeResult'>, TeamView>> {
  const { services } = context
  const viewer = requireCaller(context, 'VIEWER')
  const terms = termsOf(input)
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) throw unknownTeam()
  remember(context, viewer, teamId)
  const refusal = roleRefusal(viewer, teamId)
  if (refusal !== null) return refusal
  if (terms instanceof InvalidAmount) return terms
  const { enabled } = input
  const currency = checkedCurrency(input.currency)
  const caller = callerOf(viewer)
  const command: ConfigureRecharge = { kind: 'configure-recharge', enabled, ...terms, currency, caller }
  const team = await knownTeam(services, teamId)
  // A caller to whom nothing is sold learns that first, instead of being sent to save a method.
  if (enabled && mayBuyFor(viewer, services.catalogs.catalogAt(team.at, team.account), team.account)) {
    const { payments } = services
    await countRequest(services, teamId)
    if (!(await servedByPayments(() => payments.hasSavedMethod(teamId)))) {
      const page = `${services.publicUrl()}/payment`
      return new NoPaymentMethod({ setupUrl: await servedByPayments(() => payments.setupPage(teamId, page)) })
    }
  }
  const act = actOf(context, viewer, 'configureAutoRecharge')
  const result = await submit(services, keyless(teamId, command, act), 'ConfigureAutoRechargeResult')
  return 'account' in result ? autoRecharge(result, _, context) : result
}

export function autoRecharge({ account, at }: TeamNow, _: unknown, { services }: GatewayContext): AutoRechargeView {
  const { timeZone } = services.catalogs.wholeAt(at)
  const recharge = account.recharge && rechargeAt(account.recharge, at, timeZone)
  return { type: 'AutoRecharge', recharge, account, at }
}

export const rechargeTeam = ({ account, at }: AutoRechargeView): TeamView => ({ type: 'Team', account, at })

export const rechargeState = ({ recharge }: AutoRechargeView): RechargeState => recharge?.state ?? 'OFF'

/** Null before one is chosen, with a target balance, and where the catalog no longer sells it. */
export function rechargePackage(
  { recharge, account, at }: AutoRechargeView,
  _: unknown,
  { viewer, services }: GatewayContext,
): PackageView | null {
  const catalog = services.catalogs.catalogAt(at, account)
  const pack = catalog.packages.find(({ id }) => id === recharge?.packageId)
  if (pack === undefined) return null
  return { pack, purchasable: mayBuyFor(requireRole(viewer, 'VIEWER'), catalog, account) }
}

export const rechargeCap = ({ recharge }: AutoRechargeView): Money | null =>
  recharge === null || recharge.monthlyCap === null
    ? null
    : { amount: recharge.monthlyCap, currency: recharge.currency }

export const rechargeSpent = (
  { recharge, account, at }: AutoRechargeView,
  _: unknown,
  { services }: GatewayContext,
): Money =>
  recharge === null
    ? { amount: 0n, currency: services.catalogs.catalogAt(at, account).currency }
    : { amount: recharge.spent, currency: recharge.currency }

/** The page for confirmation is shown only to callers who may buy. */
export const rechargeActionUrl = ({ recharge }: AutoRechargeView, _: unknown, { viewer }: GatewayContext) =>
  isAtLeast(requireRole(viewer, 'VIEWER').role, 'ADMIN') ? (recharge?.actionUrl ?? null) : null

export const mandateOf = ({ recharge }: AutoRechargeView): Mandate | null => recharge?.mandate ?? null
