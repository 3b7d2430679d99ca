import type { Failure } from '../errors.ts'
import type { Command, Outcome, Refused } from './command.ts'

/** The name of an error's type: `InsufficientCredits` for the code `INSUFFICIENT_CREDITS`. */
export type NameOf<Code extends string> = Code extends `${infer Head}_${infer Tail}`
  ? `${Capitalize<Lowercase<Head>>}${NameOf<Tail>}`
  : Capitalize<Lowercase<Code>>

export type Failures = { [F in Failure as NameOf<F['code']>]: F }

type Stated = { readonly gives: Exclude<Outcome['kind'], 'refused'>; readonly refuses: readonly (keyof Failures)[] }

const acting = ['NotFound', 'NotAllowed', 'HoldClosed'] as const
const rating = ['UnknownRate', 'InvalidUsage', 'RequirementNotMet'] as const
const spending = [...rating, 'SpendingLimitReached', 'InsufficientCredits'] as const

/**
 * The outcome of each command, and the errors that refuse it. The types of decisions, the results of the API and the unions of
 * the schema follow from this list. Beside it, the ledger refuses any command of an unknown team (NotFound), of a key
 * that did something else (IdempotencyConflict), and what is not served while another system serves the team (NotAllowed).
 */
export const outcomes = {
  'place-hold': { gives: 'hold', refuses: ['QuoteExpired', ...spending] },
  'extend-hold': { gives: 'hold', refuses: [...acting, ...spending] },
  'capture-hold': { gives: 'charge', refuses: [...acting, 'InvalidInput', ...spending] },
  'settle-hold': { gives: 'charge', refuses: [...acting, ...spending] },
  'release-hold': { gives: 'hold', refuses: acting },
  'charge-usage': { gives: 'charge', refuses: spending },
  'refund-charge': { gives: 'refund', refuses: ['NotFound', 'RefundExceedsCharge'] },
  'grant-credits': { gives: 'grant', refuses: ['InvalidAmount', 'InvalidInput'] },
  'claw-back': { gives: 'grant', refuses: ['NotFound', 'InvalidAmount'] },
  'open-team': { gives: 'done', refuses: ['NotFound', 'UnknownPlan'] },
  'assign-plan': { gives: 'done', refuses: ['UnknownPlan', 'InvalidInput'] },
  'import-team': { gives: 'imported', refuses: ['UnknownPlan', 'InvalidInput'] },
  'follow-team': { gives: 'done', refuses: ['NotAllowed'] },
  'cut-over': { gives: 'imported', refuses: ['NotAllowed', 'UnknownPlan', 'InvalidInput'] },
  'cut-back': { gives: 'done', refuses: ['NotAllowed'] },
  'follow-subscription': { gives: 'done', refuses: ['UnknownPlan'] },
  'set-add-on-units': { gives: 'done', refuses: ['AddOnNotAvailable', 'InvalidInput'] },
  'order-add-on-units': { gives: 'ordered', refuses: ['AddOnNotAvailable', 'InvalidInput'] },
  'create-contract': { gives: 'done', refuses: ['InvalidAmount', 'InvalidInput'] },
  'end-contract': { gives: 'done', refuses: ['NotFound'] },
  'begin-purchase': {
    gives: 'purchase',
    refuses: ['PurchaseNotAllowed', 'UnknownPackage', 'AmountNotSold', 'InvalidInput'],
  },
  'land-purchase': { gives: 'grant', refuses: [] },
  'fail-purchase': { gives: 'done', refuses: [] },
  'configure-recharge': {
    gives: 'done',
    refuses: ['PurchaseNotAllowed', 'UnknownPackage', 'InvalidAmount', 'InvalidInput'],
  },
  'rearm-recharge': { gives: 'done', refuses: [] },
  'tell-of-payment': { gives: 'done', refuses: [] },
  'follow-bills': { gives: 'done', refuses: [] },
  'tell-of-webhook': { gives: 'done', refuses: [] },
  'set-alert-levels': { gives: 'done', refuses: ['InvalidAmount'] },
  'set-low-threshold': { gives: 'done', refuses: [] },
  'set-stored-amount': { gives: 'done', refuses: rating },
  'set-spending-limit': { gives: 'done', refuses: ['InvalidAmount', 'NotFound'] },
  'set-member-group': { gives: 'done', refuses: ['InvalidInput'] },
  'delete-member-group': { gives: 'done', refuses: ['NotFound'] },
  'move-member': { gives: 'done', refuses: ['InvalidInput', 'NotFound'] },
  'roll-forward': { gives: 'done', refuses: [] },
  'post-due': { gives: 'done', refuses: [] },
} as const satisfies Record<Exclude<Command['kind'], 'refuse'>, Stated>

/** The commands that state their outcomes: all but `refuse`, whose failure comes with it. */
export type DecidedKind = keyof typeof outcomes

export type GivenBy<Kind extends DecidedKind> = (typeof outcomes)[Kind]['gives']
export type RefusedBy<Kind extends DecidedKind> = (typeof outcomes)[Kind]['refuses'][number]

/** The outcomes of commands of this kind. */
export type OutcomeOf<Kind extends Command['kind']> = Kind extends DecidedKind
  ? Outcomes[GivenBy<Kind>] | RefusalOf<RefusedBy<Kind>>
  : Refused

type Outcomes = { [O in Outcome as O['kind']]: O }

type RefusalOf<Name extends keyof Failures> = [Name] extends [never] ? never : Refused<Failures[Name]>
