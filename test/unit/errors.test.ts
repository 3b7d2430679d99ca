import { describe, expect, it } from 'vitest'
import {
  AmountNotSold,
  type Failure,
  HoldClosed,
  IdempotencyConflict,
  InsufficientCredits,
  InvalidAmount,
  InvalidUsage,
  NotAllowed,
  NotFound,
  PurchaseNotAllowed,
  QuoteExpired,
  RefundExceedsCharge,
  RequirementNotMet,
  SpendingLimitReached,
  UnknownPackage,
  UnknownPlan,
  UnknownRate,
} from '../../src/domain/errors.ts'
import {
  NoPaymentMethod,
  PaymentActionRequired,
  PaymentDeclined,
  PaymentUnavailable,
} from '../../src/domain/payment-errors.ts'

const failures: Failure[] = [
  new InsufficientCredits({ required: 120_000_001n, available: 100_000_000n, nextGrantAt: Date.UTC(2026, 10, 23) }),
  new InsufficientCredits({ required: 9_007_199_254_740_993n, available: -5n }),
  new RequirementNotMet({ blockers: [{ code: 'PLAN_REQUIRED', message: 'Deep analysis needs the plan pro' }] }),
  new SpendingLimitReached({
    ...({ subject: 'CALLER', id: 'key-1', per: 'WEEK' } as const),
    limit: 500_000_000n,
    used: 480_000_000n,
    required: 40_000_000n,
    resetsAt: Date.UTC(2026, 10, 23),
  }),
  new UnknownRate({ rate: 'image.flux-9' }),
  new InvalidUsage({ path: ['usage', '0', 'quantity'], reason: 'not a usable quantity: give one above 0' }),
  new InvalidAmount({ path: ['amount'], reason: 'a grant needs an amount above 0' }),
  new UnknownPlan({ planId: 'gold' }),
  new UnknownPackage({ packageId: 'huge' }),
  new AmountNotSold({ credits: 5n, range: null }),
  new AmountNotSold({ credits: 5n, range: { least: 10n, most: 100n, step: 10n } }),
  new PurchaseNotAllowed({ reason: 'ROLE' }),
  new PurchaseNotAllowed({ reason: 'PLAN' }),
  new PurchaseNotAllowed({ reason: 'PLAN', contact: 'sales@example.com' }),
  new QuoteExpired(),
  new HoldClosed({ state: 'SETTLED' }),
  new NotAllowed({ reason: 'another caller placed the hold' }),
  new RefundExceedsCharge({ refundable: 5_000_000n }),
  new RefundExceedsCharge({ refundable: 0n }),
  new RefundExceedsCharge({ refundable: 5_000_000n, asked: -1n }),
  new RefundExceedsCharge({ refundable: 0n, asked: 1n, unconfirmed: true }),
  new NotFound({ what: 'hold' }),
  new IdempotencyConflict({ idempotencyKey: 'job-1' }),
]

const paymentErrors = [
  new PaymentDeclined({ reason: 'Your card was declined.', declineCode: 'generic_decline' }),
  new PaymentDeclined({ reason: null, declineCode: null }),
  new PaymentActionRequired({ actionUrl: 'https://bank.example/confirm' }),
  new PaymentUnavailable({ retryAfterSeconds: 1 }),
  new NoPaymentMethod({ setupUrl: 'https://pay.example/setup' }),
]

describe('an expected failure', () => {
  it.each([...failures, ...paymentErrors].map((failure) => [failure.name, failure] as const))(
    '%s has the code of its name',
    (name, failure) => {
      expect(failure.code).toBe(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase())
      expect(failure.constructor.name).toBe(name)
      expect(failure.message).toMatch(/\.$/)
    },
  )

  it('says what to check of a thing that is not there', () => {
    const told = (what: string) => new NotFound({ what }).message
    expect(told('hold')).toBe('There is no such hold. Check the id, and that it belongs to this team.')
    expect(told('contract')).toBe('There is no such contract. Check the reference, and that it belongs to this team.')
    expect(told('team')).toBe('There is no such team. Check the id.')
  })

  it('tells of a declined payment why, as it was told, and what to do', () => {
    const told = (reason: string | null) => new PaymentDeclined({ reason, declineCode: null }).message
    const next = 'Nothing was charged. Try again with a new key and another payment method.'
    expect(told('Your card has expired.')).toBe(`Your card has expired. ${next}`)
    for (const silence of [null, '']) expect(told(silence)).toBe(`The payment was declined. ${next}`)
  })

  it('says what is missing and when more comes', () => {
    expect(failures[0]).toMatchObject({ shortfall: 20_000_001n })
    expect(failures[0]?.message).toBe(
      'This needs 120.000001 credits and 100 are available. ' +
        'Add 20.000001 credits, or wait until the next grant at 2026-11-23T00:00:00.000Z.',
    )
  })

  it.each([0n, -1_000_000n])('tells a refund of %s micro-credits that its amount must be above 0', (asked) => {
    const { message } = new RefundExceedsCharge({ refundable: 5_000_000n, asked })
    expect(message).toBe('5 credits of the charge are refundable. The amount of a refund must be above 0.')
  })

  it('tells a refund of too much how much is left', () => {
    const { message } = new RefundExceedsCharge({ refundable: 5_000_000n, asked: 6_000_000n })
    expect(message).toBe('5 credits of the charge are refundable. Refund that much or less.')
  })
})
