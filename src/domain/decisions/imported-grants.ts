import type { Account } from '../account.ts'
import { type Allowance, depositOf, periodWindow } from '../allowance.ts'
import { type Credits, formatCredits } from '../amounts/credits.ts'
import type { Grant } from '../grant.ts'
import type { Instant } from '../identity.ts'
import { isName, nameRule } from '../names.ts'
import type { Context } from '../rules.ts'
import type { ImportedGrant } from './command.ts'
import { endsWithCycle, lastsUntil } from './deposits.ts'
import type { Draft } from './draft.ts'
import { reservation } from './reserved-sources.ts'

/** The running period of an allowance, of which the other system has deposited `credits`. */
export type RunningDeposit = {
  readonly allowance: { readonly id: string; readonly period: number }
  readonly startsAt: Instant
  readonly expiresAt: Instant | null
  readonly credits: Credits
}

/** `reason` without a full stop. */
type Fault = { readonly field: keyof ImportedGrant; readonly reason: string }

/** `running` null: the team has begun before, with the deposits of its plan. */
type Import = {
  readonly running: readonly RunningDeposit[] | null
  /** The running period that each grant is the rest of. */
  readonly rests: ReadonlyMap<ImportedGrant, RunningDeposit>
  readonly context: Context
}

/** The next periods of allowances that a plan has just begun. */
export const runningDeposits = (allowances: readonly Allowance[], seats: number): RunningDeposit[] =>
  allowances.map((allowance) => ({
    allowance: { id: allowance.id, period: allowance.nextPeriod },
    ...periodWindow(allowance, allowance.nextPeriod),
    credits: depositOf(allowance, seats),
  }))

/** Posts a grant whose source has deposited nothing yet. Null: it is posted. */
export function postImported(draft: Draft, grant: ImportedGrant, imported: Import): Fault | null {
  const { kind, source, amount } = grant
  const { context } = imported
  const { at, policy } = context
  const fault = unusable(grant, context)
  if (fault !== null) return fault
  if (amount > draft.fitting(amount)) {
    return { field: 'amount', reason: 'the balance would be larger than a ledger can hold: give less' }
  }
  const rest = kind === 'INCLUDED' ? restOf(grant, imported) : null
  if (rest !== null && 'reason' in rest) return rest
  const startsAt = grant.startsAt ?? rest?.startsAt ?? at
  const expiresAt = grant.expiresAt ?? (rest === null ? lastsUntil(kind, draft, context) : rest.expiresAt)
  const priority = policy.burnPriority[kind]
  const deposit = { kind, priority, startsAt, expiresAt, source, allowance: rest?.allowance ?? null }
  draft.arrive(deposit, amount, at, { type: kind === 'ADJUSTMENT' ? 'ADJUSTMENT' : 'GRANT' })
  return null
}

function unusable({ source, amount, startsAt, expiresAt }: ImportedGrant, { at }: Context): Fault | null {
  if (!isName(source)) return { field: 'source', reason: `not usable: ${nameRule}` }
  const reserved = reservation(source)
  if (reserved !== null) return { field: 'source', reason: reserved }
  if (amount <= 0n) {
    return { field: 'amount', reason: 'a grant needs an amount above 0: leave out what is used up' }
  }
  if (expiresAt !== null && expiresAt <= at) {
    return { field: 'expiresAt', reason: 'it has expired already: leave the grant out, or give a later instant' }
  }
  if (startsAt !== null && startsAt > at) {
    return {
      field: 'startsAt',
      reason: 'it begins later: import the grant once it has begun, or use createContract, which may begin later',
    }
  }
  return null
}

/**
 * The running periods that INCLUDED grants are the rests of. If several periods end with a grant, it is the rest of the one
 * that begins with it, else of the smallest one that deposits so much. The largest grant chooses first, so that the order
 * of the grants does not count.
 */
export function restsOf(
  grants: readonly ImportedGrant[],
  running: readonly RunningDeposit[],
): ReadonlyMap<ImportedGrant, RunningDeposit> {
  const rests = new Map<ImportedGrant, RunningDeposit>()
  const free = new Set(running.toSorted((one, other) => Number(one.credits - other.credits)))
  const included = grants.filter(({ kind }) => kind === 'INCLUDED')
  for (const grant of included.toSorted((one, other) => Number(other.amount - one.amount))) {
    const fitting = [...free].filter((one) => endsWith(grant, one) && one.credits >= grant.amount)
    const rest = fitting.find(({ startsAt }) => startsAt === grant.startsAt) ?? fitting[0]
    if (rest === undefined) continue
    rests.set(grant, rest)
    free.delete(rest)
  }
  return rests
}

const endsWith = ({ expiresAt }: ImportedGrant, period: RunningDeposit): boolean =>
  expiresAt === null || period.expiresAt === expiresAt

/**
 * The running period that the grant is the rest of. Such a grant stands for the plan's own deposit: what is left of it is
 * carried over, and a change of plan counts it. Null: no period ends with it.
 */
function restOf(grant: ImportedGrant, { running, rests }: Import): RunningDeposit | Fault | null {
  if (running === null) {
    const reason =
      'the team exists, with the deposits of its plan: leave INCLUDED grants out, or grant them by grantCredits'
    return { field: 'kind', reason }
  }
  if (grant.expiresAt === null && running.length > 1) {
    return {
      field: 'expiresAt',
      reason: 'the plan has several allowances: give the end of the period that it is left of',
    }
  }
  const alike = running.filter((one) => endsWith(grant, one))
  const rest = rests.get(grant)
  if (rest !== undefined || alike.length === 0) return rest ?? null
  const taken = new Set(rests.values())
  const free = alike.filter((one) => !taken.has(one)).map(({ credits }) => credits)
  if (free.length === 0) {
    return { field: 'expiresAt', reason: 'another grant is left of the same period: give one grant with their sum' }
  }
  const most = free.reduce((one, other) => (one > other ? one : other))
  return {
    field: 'amount',
    reason: `the plan deposits ${formatCredits(most)} in this period: give that at most, and the rest as another kind`,
  }
}

/**
 * The difference to the grant that the source has deposited already; null: they are the same. A start that is left out is
 * not compared.
 */
export function repeatsImported(
  existing: Grant,
  { source, amount, kind, startsAt, expiresAt }: ImportedGrant,
  { account, context }: { readonly account: Account; readonly context: Context },
): Fault | null {
  if (existing.scope !== null) {
    const reason = `the source ${source} has deposited a grant with a scope, and imported grants have none: give another source`
    return { field: 'source', reason }
  }
  const endsByKind = existing.allowance !== null || endsWithCycle(existing.kind, account.planId, context.policy)
  const differences: { readonly [Field in Fault['field']]?: boolean } = {
    amount: existing.granted !== amount,
    kind: existing.kind !== kind,
    startsAt: startsAt !== null && existing.startsAt !== startsAt,
    expiresAt: existing.expiresAt !== expiresAt && !(expiresAt === null && endsByKind),
  }
  const field = (['amount', 'kind', 'startsAt', 'expiresAt'] as const).find((one) => differences[one])
  if (field === undefined) return null
  const before = textsOf({ ...existing, amount: existing.granted })[field]
  const now = textsOf({ amount, kind, startsAt, expiresAt })[field]
  return {
    field,
    reason: `the source ${source} has deposited a grant with ${before}, and this says ${now}: repeat it as it was, or give another source`,
  }
}

const textsOf = ({ amount, kind, startsAt, expiresAt }: Omit<ImportedGrant, 'source'>) => ({
  amount: formatCredits(amount),
  kind,
  startsAt: textOf(startsAt),
  expiresAt: textOf(expiresAt),
})

const textOf = (instant: Instant | null): string => (instant === null ? 'none' : new Date(instant).toISOString())
