import {
  AddOnNotAvailable,
  type Blocker,
  blockerCodes,
  type Failure,
  HoldClosed,
  IdempotencyConflict,
  InsufficientCredits,
  InvalidAmount,
  InvalidInput,
  InvalidUsage,
  NotFound,
  PurchaseNotAllowed,
  QuoteExpired,
  RefundExceedsCharge,
  RequirementNotMet,
  SpendingLimitReached,
  UnknownPackage,
  UnknownPlan,
  UnknownRate,
} from './errors.ts'
import { holdStates } from './hold.ts'
import { limitPeriods } from './spending-limit.ts'

/** A refusal as it is stored beside its idempotency key: its code and facts, amounts as strings of micro-credits. */
export type FailureJson = { code: Failure['code'] } & Record<string, unknown>

/** The facts of a failure as plain JSON. `failureFromJson` makes an equal failure of it, also after a trip through jsonb. */
export function failureToJson(failure: Failure): FailureJson {
  const { code } = failure
  switch (code) {
    case 'INSUFFICIENT_CREDITS': {
      const { required, available, nextGrantAt } = failure
      return { code, required: required.toString(), available: available.toString(), nextGrantAt }
    }
    case 'REQUIREMENT_NOT_MET':
      return { code, blockers: failure.blockers.map((blocker) => ({ code: blocker.code, message: blocker.message })) }
    case 'SPENDING_LIMIT_REACHED': {
      const { subject, id, per, limit, used, required, resetsAt } = failure
      return { code, subject, id, per, limit: `${limit}`, used: `${used}`, required: `${required}`, resetsAt }
    }
    case 'UNKNOWN_RATE':
      return { code, rate: failure.rate }
    case 'INVALID_USAGE':
      return { code, path: [...failure.path], reason: failure.reason }
    case 'INVALID_AMOUNT':
      return { code, reason: failure.reason }
    case 'INVALID_INPUT':
      return { code, path: [...failure.path], reason: failure.reason }
    case 'ADD_ON_NOT_AVAILABLE':
      return { code, planId: failure.planId, reason: failure.reason }
    case 'UNKNOWN_PLAN':
      return { code, planId: failure.planId }
    case 'UNKNOWN_PACKAGE':
      return { code, packageId: failure.packageId }
    case 'PURCHASE_NOT_ALLOWED':
      return { code, reason: failure.reason, contact: failure.contact }
    case 'QUOTE_EXPIRED':
      return { code }
    case 'HOLD_CLOSED':
      return { code, state: failure.state }
    case 'REFUND_EXCEEDS_CHARGE': {
      const { refundable, asked, unconfirmed } = failure
      return { code, refundable: refundable.toString(), asked: asked?.toString() ?? null, unconfirmed }
    }
    case 'NOT_FOUND':
      return { code, what: failure.what }
    case 'IDEMPOTENCY_CONFLICT':
      return { code, idempotencyKey: failure.idempotencyKey }
  }
}

/** The failure that was stored. Throws where the stored facts are not those of a known failure: a defect, not a refusal. */
export function failureFromJson(json: unknown): Failure {
  if (!isRecord(json)) throw unreadable('an object with a code')
  const read = typeof json.code === 'string' && Object.hasOwn(READERS, json.code) ? READERS[json.code] : undefined
  if (!read) throw unreadable('a known code')
  return read(json)
}

type Facts = Record<string, unknown>

const READERS: Record<string, (facts: Facts) => Failure> = {
  INSUFFICIENT_CREDITS: (facts) =>
    new InsufficientCredits({
      required: credits(facts, 'required'),
      available: credits(facts, 'available'),
      nextGrantAt: facts.nextGrantAt === null ? null : instant(facts, 'nextGrantAt'),
    }),
  REQUIREMENT_NOT_MET: (facts) => new RequirementNotMet({ blockers: list(facts, 'blockers').map(blocker) }),
  SPENDING_LIMIT_REACHED: (facts) =>
    new SpendingLimitReached({
      subject: oneOf(facts, 'subject', ['MEMBER', 'CALLER'] as const),
      id: text(facts, 'id'),
      per: oneOf(facts, 'per', limitPeriods),
      limit: credits(facts, 'limit'),
      used: credits(facts, 'used'),
      required: credits(facts, 'required'),
      resetsAt: instant(facts, 'resetsAt'),
    }),
  UNKNOWN_RATE: (facts) => new UnknownRate({ rate: text(facts, 'rate') }),
  INVALID_USAGE: (facts) => new InvalidUsage({ path: list(facts, 'path').map(String), reason: text(facts, 'reason') }),
  INVALID_AMOUNT: (facts) => new InvalidAmount({ reason: text(facts, 'reason') }),
  INVALID_INPUT: (facts) => new InvalidInput({ path: list(facts, 'path').map(String), reason: text(facts, 'reason') }),
  ADD_ON_NOT_AVAILABLE: (facts) =>
    new AddOnNotAvailable({
      planId: facts.planId === null ? null : text(facts, 'planId'),
      // Those that were stored before there was another reason lack it.
      reason: facts.reason === 'SUBSCRIPTION' ? 'SUBSCRIPTION' : 'PLAN',
    }),
  UNKNOWN_PLAN: (facts) => new UnknownPlan({ planId: text(facts, 'planId') }),
  UNKNOWN_PACKAGE: (facts) => new UnknownPackage({ packageId: text(facts, 'packageId') }),
  PURCHASE_NOT_ALLOWED: (facts) =>
    new PurchaseNotAllowed({
      reason: oneOf(facts, 'reason', ['ROLE', 'PLAN'] as const),
      contact: facts.contact === null ? null : text(facts, 'contact'),
    }),
  QUOTE_EXPIRED: () => new QuoteExpired(),
  HOLD_CLOSED: (facts) => new HoldClosed({ state: oneOf(facts, 'state', holdStates) }),
  REFUND_EXCEEDS_CHARGE: (facts) =>
    new RefundExceedsCharge({
      refundable: credits(facts, 'refundable'),
      // Those that were stored before these were facts lack them.
      asked: facts.asked == null ? null : credits(facts, 'asked'),
      unconfirmed: facts.unconfirmed === true,
    }),
  NOT_FOUND: (facts) => new NotFound({ what: text(facts, 'what') }),
  IDEMPOTENCY_CONFLICT: (facts) => new IdempotencyConflict({ idempotencyKey: text(facts, 'idempotencyKey') }),
} satisfies Record<Failure['code'], (facts: Facts) => Failure>

function blocker(json: unknown): Blocker {
  if (!isRecord(json)) throw unreadable('blockers that are objects')
  return { code: oneOf(json, 'code', blockerCodes), message: text(json, 'message') }
}

function text(facts: Facts, key: string): string {
  const value = facts[key]
  if (typeof value !== 'string') throw unreadable(`a text '${key}'`)
  return value
}

function credits(facts: Facts, key: string): bigint {
  const value = text(facts, key)
  if (!/^-?\d+$/.test(value)) throw unreadable(`whole micro-credits in '${key}'`)
  return BigInt(value)
}

function instant(facts: Facts, key: string): number {
  const value = facts[key]
  if (typeof value !== 'number') throw unreadable(`epoch milliseconds in '${key}'`)
  return value
}

function list(facts: Facts, key: string): unknown[] {
  const value = facts[key]
  if (!Array.isArray(value)) throw unreadable(`a list '${key}'`)
  return value
}

function oneOf<T extends string>(facts: Facts, key: string, values: readonly T[]): T {
  const found = values.find((value) => value === facts[key])
  if (found === undefined) throw unreadable(`one of ${values.join(', ')} in '${key}'`)
  return found
}

function isRecord(json: unknown): json is Facts {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function unreadable(expected: string): Error {
  return new Error(
    `A stored failure cannot be read: expected ${expected}. If a newer version wrote it, run that version on this database.`,
  )
}
