import { type Credits, formatCredits } from './amounts/credits.ts'
import type { TopUpRange } from './custom-top-up.ts'
import type { HoldState } from './hold.ts'
import type { LimitPeriod, LimitSubject } from './spending-limit.ts'

/**
 * A failure that the contract announces: returned as a member of a result union, never as a defect. It is not an `Error`,
 * because a refusal is an everyday answer and capturing a stack costs more than deciding it.
 * `code` is stable; `message` is for people, says what to do next, and follows from the facts alone.
 */
export abstract class ExpectedError<Code extends string = string> {
  readonly name: string
  readonly code: Code
  readonly message: string

  constructor(name: string, code: Code, message: string) {
    this.name = name
    this.code = code
    this.message = message
  }

  toString(): string {
    return `${this.name}: ${this.message}`
  }
}

export const blockerCodes = [
  'INSUFFICIENT_CREDITS',
  'PLAN_REQUIRED',
  'TOP_UPS_REQUIRED',
  'ROLE_REQUIRED',
  'SPENDING_LIMIT',
  'SERVED_ELSEWHERE',
  'METERED_BILL_OVERDUE',
] as const
export type BlockerCode = (typeof blockerCodes)[number]
/** One reason why usage would be refused now. `message` says what to do, without a full stop. */
export type Blocker = { readonly code: BlockerCode; readonly message: string }

/** Fewer credits are available than required. `nextGrantAt`: epoch milliseconds at which time alone brings credits next, null where it brings none. */
export class InsufficientCredits extends ExpectedError<'INSUFFICIENT_CREDITS'> {
  readonly required: Credits
  readonly available: Credits
  readonly shortfall: Credits
  readonly nextGrantAt: number | null

  constructor(facts: { required: Credits; available: Credits; nextGrantAt?: number | null }) {
    const { required, available, nextGrantAt = null } = facts
    const shortfall = required > available ? required - available : 0n
    const wait = nextGrantAt === null ? '' : `, or wait until the next grant at ${new Date(nextGrantAt).toISOString()}`
    super(
      'InsufficientCredits',
      'INSUFFICIENT_CREDITS',
      `This needs ${formatCredits(required)} credits and ${formatCredits(available)} are available. ` +
        `Add ${formatCredits(shortfall)} credits${wait}.`,
    )
    this.required = required
    this.available = available
    this.shortfall = shortfall
    this.nextGrantAt = nextGrantAt
  }
}

/** The team lacks something other than credits that the usage requires: each blocker says what, and what to do. */
export class RequirementNotMet extends ExpectedError<'REQUIREMENT_NOT_MET'> {
  readonly blockers: readonly Blocker[]

  constructor(facts: { blockers: readonly Blocker[] }) {
    super('RequirementNotMet', 'REQUIREMENT_NOT_MET', `${facts.blockers.map((blocker) => blocker.message).join('; ')}.`)
    this.blockers = facts.blockers
  }
}

/** The use would exceed the limit of a member, an API caller or a group. `resetsAt`: epoch milliseconds of the next window. */
export class SpendingLimitReached extends ExpectedError<'SPENDING_LIMIT_REACHED'> {
  readonly subject: LimitSubject['subject']
  readonly id: string
  /** Null: the limit is none of a group. */
  readonly groupName: string | null
  readonly per: LimitPeriod
  readonly limit: Credits
  readonly used: Credits
  readonly required: Credits
  readonly resetsAt: number

  constructor(
    facts: LimitSubject & {
      groupName?: string | null
      per: LimitPeriod
      limit: Credits
      used: Credits
      required: Credits
      resetsAt: number
    },
  ) {
    const { subject, id, groupName = null, per, limit, used, required, resetsAt } = facts
    const who = {
      MEMBER: `The member '${id}'`,
      CALLER: `The API caller '${id}'`,
      GROUP: `The group ${groupName ?? id}`,
    }
    super(
      'SpendingLimitReached',
      'SPENDING_LIMIT_REACHED',
      `${who[subject]} may spend ${formatCredits(limit)} credits a ${per.toLowerCase()} and has used ${formatCredits(used)}: ` +
        `this needs ${formatCredits(required)}. The limit resets at ${new Date(resetsAt).toISOString()}; an admin can raise it.`,
    )
    this.subject = subject
    this.id = id
    this.groupName = groupName
    this.per = per
    this.limit = limit
    this.used = used
    this.required = required
    this.resetsAt = resetsAt
  }
}

/** The rate card has no such rate. Usage without a price is refused, never free. */
export class UnknownRate extends ExpectedError<'UNKNOWN_RATE'> {
  readonly rate: string

  constructor(facts: { rate: string }) {
    super(
      'UnknownRate',
      'UNKNOWN_RATE',
      `The rate card has no rate '${facts.rate}'. Use an id that the rateCard query lists.`,
    )
    this.rate = facts.rate
  }
}

/** The usage cannot be priced as it stands. `path` leads to the fault: `['usage', '0', 'quantity']`. */
export class InvalidUsage extends ExpectedError<'INVALID_USAGE'> {
  readonly path: readonly string[]
  readonly reason: string

  /** `reason`: what is wrong and what to do, without a full stop ("nothing was used: give 1 to 50 lines"). */
  constructor(facts: { path: readonly string[]; reason: string }) {
    super('InvalidUsage', 'INVALID_USAGE', `${facts.path.join('.')}: ${facts.reason}.`)
    this.path = facts.path
    this.reason = facts.reason
  }
}

/** The amount is outside what the operation takes. */
export class InvalidAmount extends ExpectedError<'INVALID_AMOUNT'> {
  readonly path: readonly string[]
  readonly reason: string

  /** `path`: the amount's place in the input; `reason`: what is wrong and what to do, without a full stop. */
  constructor(facts: { path: readonly string[]; reason: string }) {
    super('InvalidAmount', 'INVALID_AMOUNT', `The amount is not usable: ${facts.reason}.`)
    this.path = facts.path
    this.reason = facts.reason
  }
}

/** The input can't be used as it stands. `path` leads to the fault. */
export class InvalidInput extends ExpectedError<'INVALID_INPUT'> {
  readonly path: readonly string[]
  readonly reason: string

  /** `reason`: what is wrong and what to do, without a full stop. */
  constructor(facts: { path: readonly string[]; reason: string }) {
    super('InvalidInput', 'INVALID_INPUT', `${facts.path.join('.')}: ${facts.reason}.`)
    this.path = facts.path
    this.reason = facts.reason
  }
}

/**
 * The team's plan takes no recurring units, or no cycle of it runs; or there is no active subscription, paid for by a saved
 * method, that could pay for them.
 */
export class AddOnNotAvailable extends ExpectedError<'ADD_ON_NOT_AVAILABLE'> {
  readonly planId: string | null
  readonly reason: 'PLAN' | 'SUBSCRIPTION'

  constructor(facts: { planId: string | null; reason: 'PLAN' | 'SUBSCRIPTION' }) {
    const { planId, reason } = facts
    const plan = planId === null ? 'The team has no plan' : `The plan '${planId}' takes no add-on`
    super(
      'AddOnNotAvailable',
      'ADD_ON_NOT_AVAILABLE',
      reason === 'PLAN'
        ? `${plan}. Add-ons need an active subscription whose plan offers them: change the plan first.`
        : 'Add-ons need an active subscription whose running period is paid for by a saved payment method: ' +
            'subscribe, or wait for that payment, then do this again with a new key.',
    )
    this.planId = planId
    this.reason = reason
  }
}

/** The catalog has no such plan. */
export class UnknownPlan extends ExpectedError<'UNKNOWN_PLAN'> {
  readonly planId: string

  constructor(facts: { planId: string }) {
    super('UnknownPlan', 'UNKNOWN_PLAN', `There is no plan '${facts.planId}'. Use an id that the plans query lists.`)
    this.planId = facts.planId
  }
}

/** The quote binds no longer, or was not made here. */
export class QuoteExpired extends ExpectedError<'QUOTE_EXPIRED'> {
  constructor() {
    super(
      'QuoteExpired',
      'QUOTE_EXPIRED',
      'The quote is no longer valid. Ask for a new estimate and hold with its quoteId.',
    )
  }
}

/** The role does not suffice, or somebody else placed what this acts on. Nothing was done. */
export class NotAllowed extends ExpectedError<'NOT_ALLOWED'> {
  /** `reason`: what is wrong and what to do, without a full stop. */
  constructor(facts: { reason: string }) {
    super('NotAllowed', 'NOT_ALLOWED', `This is not allowed: ${facts.reason}.`)
  }
}

/** The hold has ended and takes no further command. */
export class HoldClosed extends ExpectedError<'HOLD_CLOSED'> {
  readonly state: HoldState

  constructor(facts: { state: HoldState }) {
    super(
      'HoldClosed',
      'HOLD_CLOSED',
      `The hold is already ${facts.state.toLowerCase()}. Place a new hold for further work.`,
    )
    this.state = facts.state
  }
}

/**
 * More was to be given back than is left of the charge, or nothing at all: `asked` is null where all of it was meant.
 * `unconfirmed`: nothing is refundable because the charge's hold is open.
 */
export class RefundExceedsCharge extends ExpectedError<'REFUND_EXCEEDS_CHARGE'> {
  readonly refundable: Credits
  readonly asked: Credits | null
  readonly unconfirmed: boolean

  constructor(facts: { refundable: Credits; asked?: Credits | null; unconfirmed?: boolean }) {
    const { refundable, asked = null, unconfirmed = false } = facts
    const none = unconfirmed ? 'Its hold is open: release the hold instead.' : 'There is nothing left to refund.'
    const most = refundable > 0n ? 'Refund that much or less.' : none
    const next = asked === null || asked > 0n ? most : 'The amount of a refund must be above 0.'
    super(
      'RefundExceedsCharge',
      'REFUND_EXCEEDS_CHARGE',
      `${formatCredits(refundable)} credits of the charge are refundable. ${next}`,
    )
    this.refundable = refundable
    this.asked = asked
    this.unconfirmed = unconfirmed
  }
}

/** There is no such thing, or it is another team's: the two are answered alike, so that ids cannot be probed. */
export class NotFound extends ExpectedError<'NOT_FOUND'> {
  readonly what: string

  /** `what`: the noun, as it reads behind 'There is no such' ("hold", "charge", "team"). */
  constructor(facts: { what: string }) {
    const where = facts.what === 'team' ? '' : ', and that it belongs to this team'
    const name = facts.what === 'contract' ? 'reference' : 'id'
    super('NotFound', 'NOT_FOUND', `There is no such ${facts.what}. Check the ${name}${where}.`)
    this.what = facts.what
  }
}

/**
 * The idempotency key had an effect before, with another input or for a caller whose outcome this one is not told. The
 * message is the same for both. Nothing was done.
 */
export class IdempotencyConflict extends ExpectedError<'IDEMPOTENCY_CONFLICT'> {
  readonly idempotencyKey: string

  constructor(facts: { idempotencyKey: string }) {
    super(
      'IdempotencyConflict',
      'IDEMPOTENCY_CONFLICT',
      `The idempotency key '${facts.idempotencyKey}' was used for another request. ` +
        'Repeat that request as it was, or use a new key for a new effect.',
    )
    this.idempotencyKey = facts.idempotencyKey
  }
}

/** There is no such package in the catalog. */
export class UnknownPackage extends ExpectedError<'UNKNOWN_PACKAGE'> {
  readonly packageId: string

  constructor(facts: { packageId: string }) {
    super('UnknownPackage', 'UNKNOWN_PACKAGE', `There is no package '${facts.packageId}'. Use an id of Query.packages.`)
    this.packageId = facts.packageId
  }
}

/**
 * The catalog does not sell this many credits. `range`: the amounts that it sells besides its packages; null: none.
 */
export class AmountNotSold extends ExpectedError<'AMOUNT_NOT_SOLD'> {
  readonly least: Credits | null
  readonly most: Credits | null
  readonly step: Credits | null

  constructor(facts: { credits: Credits; range: TopUpRange | null }) {
    const { credits, range } = facts
    const what = `${formatCredits(credits)} credits are not sold.`
    super(
      'AmountNotSold',
      'AMOUNT_NOT_SOLD',
      range === null
        ? `${what} Credits are sold in packages only: use an id of Query.packages.`
        : `${what} Buy ${formatCredits(range.least)} to ${formatCredits(range.most)} credits, in steps of ${formatCredits(range.step)}.`,
    )
    this.least = range?.least ?? null
    this.most = range?.most ?? null
    this.step = range?.step ?? null
  }
}

/**
 * Only admins buy, and only on plans that sell packages. `contact`: the person to ask if the plan sells none. Source:
 * facts G4, W9.
 */
export class PurchaseNotAllowed extends ExpectedError<'PURCHASE_NOT_ALLOWED'> {
  readonly reason: 'ROLE' | 'PLAN'
  readonly contact: string | null

  constructor(facts: { reason: 'ROLE' | 'PLAN'; contact?: string | null }) {
    const { reason, contact = null } = facts
    super(
      'PurchaseNotAllowed',
      'PURCHASE_NOT_ALLOWED',
      reason === 'ROLE'
        ? 'Only admins of the team buy credits. Ask one of them.'
        : contact === null
          ? 'The plan sells no packages. Change the plan to buy some.'
          : `The plan sells no packages. Contact ${contact}.`,
    )
    this.reason = reason
    this.contact = contact
  }
}

/** The catalog is right, and can't be put in force like this. */
export class InvalidPublication extends ExpectedError<'INVALID_PUBLICATION'> {
  /** `reason`: what is wrong and what to do, without a full stop. */
  constructor(facts: { reason: string }) {
    super('InvalidPublication', 'INVALID_PUBLICATION', `The catalog can't be published like this: ${facts.reason}.`)
  }
}

/** Every failure that a ledger command or an estimate can answer with. */
export type Failure =
  | InsufficientCredits
  | RequirementNotMet
  | SpendingLimitReached
  | UnknownRate
  | InvalidUsage
  | InvalidAmount
  | InvalidInput
  | AddOnNotAvailable
  | UnknownPlan
  | UnknownPackage
  | AmountNotSold
  | PurchaseNotAllowed
  | QuoteExpired
  | HoldClosed
  | NotAllowed
  | RefundExceedsCharge
  | NotFound
  | IdempotencyConflict
