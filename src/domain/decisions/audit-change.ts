import type { Account } from '../account.ts'
import { type Allowance, contractId } from '../allowance.ts'
import { formatCredits } from '../amounts/credits.ts'
import { formatDecimal } from '../amounts/decimal.ts'
import { formatMoney } from '../amounts/money.ts'
import type { AuditChange, AuditFacts } from '../audit.ts'
import type { Grant } from '../grant.ts'
import { type Hold, placerOf } from '../hold.ts'
import type { Instant } from '../identity.ts'
import type { LowThreshold } from '../low-balance.ts'
import { groupOf, groupOfMember } from '../member-group.ts'
import { isSameCaller } from '../placer.ts'
import type { Posting } from '../posting.ts'
import type { NewPurchase } from '../purchase.ts'
import { isLimitOf } from '../spending-limit.ts'
import type { Command, Decision, Facts, SetSpendingLimit } from './command.ts'
import { cycleOf } from './deposits.ts'

/**
 * The change that a command made, for its audit record. `reference` where only the decision tells it. Null:
 * the command leaves no record, such as an act on the caller's own hold.
 */
export function changeBy(
  command: Command,
  before: Account | null,
  { account, outcome, hold, postings }: Decision,
  facts: Facts,
): (AuditChange & { readonly reference?: string }) | null {
  const shown = (of: (account: Account) => AuditFacts | null) => ({
    before: before === null ? null : of(before),
    after: of(account),
  })
  switch (command.kind) {
    case 'grant-credits':
      if (outcome.kind !== 'grant') return null
      return { before: facts.grantOfSource ? grantFacts(facts.grantOfSource) : null, after: grantFacts(outcome.grant) }
    case 'refund-charge': {
      if (outcome.kind !== 'refund' || facts.charge === undefined) return null
      const { refunded } = facts.charge
      const after = { refunded: formatCredits(refunded + outcome.refund.amount), reason: command.reason }
      return { before: { refunded: formatCredits(refunded) }, after }
    }
    case 'assign-plan':
      return shown(planFacts)
    case 'import-team':
      return {
        before: before && { ...planFacts(before), ...importFacts([]) },
        after: { ...planFacts(account), ...importFacts(postings) },
      }
    case 'cut-over':
      return {
        before: before && { ...moveFacts(before), ...importFacts([]) },
        after: { ...moveFacts(account), ...planFacts(account), ...importFacts(postings) },
      }
    case 'follow-team':
    case 'cut-back':
      return shown(moveFacts)
    case 'set-add-on-units':
      return shown(({ addOn: { units } }) => ({ units }))
    case 'order-add-on-units': {
      const { units } = account.addOn
      return { before: { units }, after: { units, ordered: command.units } }
    }
    case 'create-contract':
    case 'end-contract':
      return shown((one) => contractFacts(one, command.reference))
    case 'begin-purchase':
      if (outcome.kind !== 'purchase') return null
      return { before: null, after: purchaseFacts(outcome.purchase), reference: `${outcome.purchase.id}` }
    case 'configure-recharge':
      return shown(rechargeFacts)
    case 'set-alert-levels':
      return shown(levelFacts)
    case 'set-low-threshold':
      return shown(thresholdFacts)
    case 'set-spending-limit':
      return shown((one) => limitFacts(one, command))
    case 'set-member-group':
    case 'delete-member-group':
      return shown((one) => groupFacts(one, command.groupId))
    case 'move-member':
      return shown(({ groups }) => ({ groupId: groupOfMember(groups, command.memberId)?.id ?? null }))
    case 'extend-hold':
    case 'capture-hold':
    case 'settle-hold':
    case 'release-hold':
      if (facts.hold === undefined || isSameCaller(placerOf(facts.hold), command.caller)) return null
      return { before: holdFacts(facts.hold), after: hold && holdFacts(hold) }
    default:
      return null
  }
}

const instantText = (instant: Instant | null) => (instant === null ? null : new Date(instant).toISOString())

const grantFacts = ({ kind, granted, expiresAt, scope }: Grant): AuditFacts => ({
  kind,
  amount: formatCredits(granted),
  expiresAt: instantText(expiresAt),
  ...(scope === null ? {} : { scope: [...scope.categories, ...scope.rates].join(', ') }),
})

/** The grants that moved in. A debt that they pay changes nothing about them. */
function importFacts(postings: readonly Posting[]): AuditFacts {
  const entries = postings.flatMap((posting) => posting.entries).filter(({ from }) => from === 'none')
  const credits = entries.reduce((sum, { amount }) => sum + amount, 0n)
  return { grants: entries.length, credits: formatCredits(credits) }
}

function planFacts({ planId, name, seats, currency, allowances }: Account): AuditFacts {
  const cycle = cycleOf(allowances)
  const anchor = instantText(cycle?.anchor ?? null)
  return { planId, name, seats, interval: cycle?.cadence ?? null, anchor, currency }
}

const moveFacts = ({ move, available, owed }: Account): AuditFacts => ({
  system: move?.system ?? null,
  stage: move?.stage ?? null,
  balance: formatCredits(available - owed),
})

function contractFacts({ allowances }: Account, reference: string): AuditFacts | null {
  const contract = allowances.find(({ id }) => id === contractId(reference))
  if (contract === undefined) return null
  const { credits, cadence, anchor, endsAt, ended, creditLine } = contract
  return {
    credits: formatCredits(credits),
    every: cadence,
    rollover: rolloverText(contract),
    creditLine: creditLine === null ? null : formatCredits(creditLine),
    startsAt: instantText(anchor),
    endsAt: instantText(endsAt),
    ended,
  }
}

const rolloverText = ({ rollover }: Allowance) =>
  typeof rollover === 'object' ? `up to ${formatCredits(rollover.upTo)}` : rollover

/** Omits the pages that Checkout returns to: their addresses may contain secrets of the caller. */
const purchaseFacts = ({ packageId, credits, price, pay }: NewPurchase): AuditFacts => ({
  packageId,
  credits: formatCredits(credits),
  price: formatMoney(price),
  currency: price.currency,
  pay,
})

function rechargeFacts({ recharge }: Account): AuditFacts | null {
  if (recharge === null) return null
  const { state, packageId, monthlyCap, maxPerDay, currency, mandate } = recharge
  const threshold = formatCredits(recharge.threshold)
  const targetBalance = recharge.targetBalance === null ? null : formatCredits(recharge.targetBalance)
  const cap = monthlyCap === null ? null : formatMoney({ amount: monthlyCap, currency })
  const terms = { state, threshold, packageId, targetBalance, monthlyCap: cap, maxPerDay, currency }
  return { ...terms, mandate: mandate?.text ?? null }
}

const levelFacts = ({ levels }: Account): AuditFacts => ({ levels: levels.map(({ below }) => thresholdText(below)) })

const thresholdText = (threshold: NonNullable<LowThreshold>) =>
  'credits' in threshold ? formatCredits(threshold.credits) : `${formatDecimal(threshold.percent)}%`

function thresholdFacts({ threshold }: Account): AuditFacts {
  if (threshold === null) return { credits: null, percentOfMonthlyUsage: null }
  return 'credits' in threshold
    ? { credits: formatCredits(threshold.credits), percentOfMonthlyUsage: null }
    : { credits: null, percentOfMonthlyUsage: formatDecimal(threshold.percent) }
}

function limitFacts({ limits }: Account, command: SetSpendingLimit): AuditFacts | null {
  const limit = limits.find((one) => one.credits !== null && isLimitOf(one, command))
  if (limit === undefined || limit.credits === null) return null
  return { subject: limit.subject, per: limit.per, credits: formatCredits(limit.credits) }
}

function groupFacts({ groups, limits }: Account, id: string): AuditFacts | null {
  const group = groupOf(groups, id)
  if (group === undefined) return null
  const set = limits.flatMap(({ subject, id: limited, per, credits }) =>
    subject === 'GROUP' && limited === id && credits !== null ? [`${formatCredits(credits)} a ${per}`] : [],
  )
  return { name: group.name, parentId: group.parentId, members: group.memberIds.length, limits: set }
}

const holdFacts = ({ state, amount, captured, expiresAt, callerId, callerRole }: Hold): AuditFacts => ({
  state,
  amount: formatCredits(amount),
  captured: formatCredits(captured),
  expiresAt: instantText(expiresAt),
  placedBy: callerId,
  placedAs: callerRole,
})
