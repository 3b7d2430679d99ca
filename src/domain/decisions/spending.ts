import { type Account, nextArrival } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import { type BurnStep, type Charge, type ChargeLine, movedBy } from '../charge.ts'
import {
  type Blocker,
  InsufficientCredits,
  InvalidUsage,
  RequirementNotMet,
  SpendingLimitReached,
  type UnknownRate,
} from '../errors.ts'
import type { ChargedHold } from '../hold.ts'
import type { GrantId, Instant, MemberId } from '../identity.ts'
import { groupOf, groupsOfMember } from '../member-group.ts'
import type { Caller } from '../placer.ts'
import type { Posting } from '../posting.ts'
import { price } from '../pricing.ts'
import type { Priced, PricedLine, RateCard } from '../rate-card.ts'
import { isAtLeast, type Role } from '../role.ts'
import type { Context } from '../rules.ts'
import { type LimitClock, leftWithin, limitPassed, type Spender } from '../spending-limit.ts'
import { overdueBlocker } from '../unpaid-bill.ts'
import type { AskedUsage, Given } from './command.ts'
import type { Draft } from './draft.ts'
import { type Due, payableByLast } from './paying.ts'

/** The price of what was asked for, or why it has none. */
export function priceAsked(
  card: RateCard,
  usage: AskedUsage,
): { priced: Priced } | { failure: UnknownRate | InvalidUsage } {
  if (usage instanceof InvalidUsage) return { failure: usage }
  const result = price(card, usage)
  return result.ok ? { priced: result.priced } : { failure: result.failure }
}

/**
 * The requirements of these rates that the team or its caller lacks at this instant, whatever the balance; that spending at
 * all needs the role MEMBER is told once, before. Usage in money requires that no bill for it is overdue. Source: facts
 * G6, G7, V1.
 */
export function requirementBlockers(
  account: Account,
  priced: Pick<Priced, 'requirements' | 'lines'>,
  caller: Role,
  at: Instant,
): Blocker[] {
  const blockers: Blocker[] = []
  for (const { name, requires, plans, role } of priced.requirements) {
    if (role !== 'MEMBER' && !isAtLeast(caller, role)) {
      blockers.push({ code: 'ROLE_REQUIRED', message: `${name} needs the role ${role}: ask an admin of your team` })
    }
    if (requires.includes('PLAN') && (account.planId === null || !plans.includes(account.planId))) {
      blockers.push({
        code: 'PLAN_REQUIRED',
        message: `${name} needs ${plansInWords(plans)}: change the plan to use it`,
      })
    }
    if (requires.includes('TOP_UPS_ENABLED') && !account.topUpsEnabled) {
      blockers.push({ code: 'TOP_UPS_REQUIRED', message: `${name} needs automatic top-ups: an admin can enable them` })
    }
  }
  const { unpaidBills } = account
  if (unpaidBills.length > 0 && priced.lines.some(({ money }) => money !== null)) {
    const overdue = overdueBlocker(unpaidBills, caller, at)
    if (overdue !== null) blockers.push(overdue)
  }
  return blockers
}

const plansInWords = (plans: readonly string[]): string =>
  plans.length === 1 ? `the plan ${plans[0]}` : `one of the plans ${plans.join(', ')}`

/** A price that is to be paid, for whom, and by which caller. `required`: the most it can cost. `available`: what may pay for it. */
export type Spending = {
  readonly priced: Priced
  readonly required: Credits
  readonly available: Credits
  readonly caller: Caller
  readonly memberId: MemberId | null
  /** The groups that the use counts in: those of the hold, or those that the member is in now. */
  readonly groupIds: readonly string[]
}

/** Why this can't be spent now; null: it can. Requirements are told before limits, and limits before the balance. */
export function refusal(
  { priced, required, available, caller, memberId, groupIds }: Spending,
  { account, context }: Pick<Given, 'account' | 'context'>,
): RequirementNotMet | SpendingLimitReached | InsufficientCredits | null {
  const blockers = requirementBlockers(account, priced, caller.role, context.at)
  if (blockers.length > 0) return new RequirementNotMet({ blockers })
  const spender = { memberId, callerId: caller.id, groupIds }
  const limited = account.limits.length > 0 ? limitReached(account, spender, required, clockOf(context)) : null
  return limited ?? (required > available ? insufficient(account, required, available, context.at) : null)
}

/** The spender of a use that begins now, with the groups that its member is in. */
export const spenderIn = ({ groups }: Account, memberId: MemberId | null, callerId: MemberId | null): Spender => ({
  memberId,
  callerId,
  groupIds: groupsOfMember(groups, memberId),
})

/** The most that the spender can reserve for these lines now, by what the last of them costs: what may pay for them, within its limits. */
export function spendableByLast(
  account: Account,
  due: Due,
  { spender, clock }: { readonly spender: Spender; readonly clock: LimitClock },
): (cost: Credits) => Credits {
  const payable = payableByLast(account, due)
  const left = leftWithin(account.limits, spender, clock)
  return (cost) => {
    const available = payable(cost)
    return left === null || available < left ? available : left
  }
}

export const clockOf = ({ policy: { timeZone }, at }: Context): LimitClock => ({ timeZone, at })

/** The limit that stands in the way of spending `required` more; null: none does. */
export function limitReached(
  { limits, groups }: Account,
  spender: Spender,
  required: Credits,
  clock: LimitClock,
): SpendingLimitReached | null {
  const passed = limitPassed(limits, spender, required, clock)
  if (passed === null) return null
  const groupName = passed.subject === 'GROUP' ? (groupOf(groups, passed.id)?.name ?? null) : null
  return new SpendingLimitReached({ ...passed, groupName, limit: passed.credits, required })
}

export const insufficient = (account: Account, required: Credits, available: Credits, at: Instant) =>
  new InsufficientCredits({ required, available, nextGrantAt: nextArrival(account, at) })

type PricedBy = Pick<Priced, 'lines' | 'rateCardVersion'>
type ChargeFacts = Pick<Charge, 'reference' | 'memberId' | 'holdId'> & Pick<Partial<Posting>, 'callerId' | 'groupIds'>

/** Posts the pending movements as a charge and tells it. */
export const postCharge = (draft: Draft, context: Context, priced: PricedBy, facts: ChargeFacts): Charge =>
  tellCharge(draft, postSpent(draft, context, priced, facts), priced, { ...facts, at: context.at })

/** Posts the pending movements as a charge. */
export function postSpent(
  draft: Draft,
  context: Context,
  { rateCardVersion }: PricedBy,
  { reference, memberId, callerId, groupIds, holdId }: ChargeFacts,
): ChargedHold {
  return movedBy(draft.post('CHARGE', context.at, { reference, memberId, callerId, groupIds, holdId, rateCardVersion }))
}

/** A charge as it is told, by what it moved. */
export function tellCharge(
  grants: Terms,
  { id, movements }: ChargedHold,
  priced: PricedBy,
  { reference, memberId, holdId, at }: ChargeFacts & Pick<Charge, 'at'>,
): Charge {
  return {
    id,
    amount: movements.reduce((sum, { amount }) => sum + amount, 0n),
    lines: priced.lines.map(toChargeLine),
    burn: burnSteps(grants, movements),
    rateCardVersion: priced.rateCardVersion,
    at,
    reference,
    memberId,
    holdId,
  }
}

export const toChargeLine = ({ rate, quantity, count, credits, money, tags }: PricedLine): ChargeLine =>
  tags === undefined ? { rate, quantity, count, credits, money } : { rate, quantity, count, credits, money, tags }

type Terms = { grant(id: GrantId): { kind: BurnStep['kind']; expiresAt: Instant | null } }

/** One step a grant, in the order in which they were first drawn on. */
export function burnSteps(grants: Terms, movements: readonly { grantId: GrantId; amount: Credits }[]): BurnStep[] {
  const steps = new Map<GrantId, BurnStep>()
  for (const { grantId, amount } of movements) {
    const { kind, expiresAt } = grants.grant(grantId)
    steps.set(grantId, { grantId, kind, amount: (steps.get(grantId)?.amount ?? 0n) + amount, expiresAt })
  }
  return [...steps.values()]
}
