import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NANO } from '../../src/domain/amounts/money.ts'
import {
  isSecondPayment,
  type Observation,
  observe,
  outcomes,
  type PaymentFacts,
  returnedCredits,
  reversalEffects,
  reviews,
  stateOf,
} from '../../src/payments/purchase.ts'

const unknown: PaymentFacts = {
  outcome: 'OPEN',
  intent: null,
  session: null,
  checkoutUrl: null,
  actionUrl: null,
  declineCode: null,
  failure: null,
  reversals: [],
  taxed: null,
  discount: null,
  paidBy: null,
  fingerprint: null,
  isUnderWay: false,
  warning: null,
  review: null,
  receiptUrl: null,
  invoice: null,
  invoiceUrl: null,
}

/** Observations of one payment: its names are always the same, its outcomes and reversals vary. */
const maybe = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined })
const seldom = <T>(value: T) => fc.constantFrom(undefined, null, value)
const reversal = fc.record({
  id: fc.constantFrom('re_1', 're_2', 'dp_1'),
  amount: fc.bigInt({ min: 1n, max: 7n }).map((amount) => amount * NANO),
  effect: fc.constantFrom(...reversalEffects),
})
const failing = { declineCode: 'lost_card', failure: 'Your card was declined.' }
const observation: fc.Arbitrary<Observation> = fc
  .record({
    outcome: fc.option(fc.constantFrom(...outcomes), { nil: undefined }),
    intent: seldom('pi_1'),
    session: seldom('cs_1'),
    checkoutUrl: seldom('https://pay.example/cs_1'),
    actionUrl: seldom('https://pay.example/pi_1'),
    paidBy: seldom('pm_1'),
    fingerprint: seldom('card'),
    isUnderWay: fc.constantFrom(undefined, false, true),
    warning: seldom('issfr_1'),
    review: fc.constantFrom(undefined, null, ...reviews),
    receiptUrl: seldom('https://pay.example/receipt'),
    invoice: maybe('in_1'),
    invoiceUrl: seldom('https://pay.example/in_1'),
    reversal: fc.option(reversal, { nil: undefined }),
  })
  .map(({ reversal: reversed, ...seen }) => ({
    ...seen,
    ...(seen.outcome === 'FAILED' ? failing : {}),
    // A payment that succeeded has a name: without one, Checkout cost nothing.
    ...(seen.outcome === 'PAID' ? { intent: 'pi_1' } : {}),
    ...(reversed === undefined ? {} : { reversal: reversed }),
  }))
const told = fc.array(observation, { maxLength: 12 })
const facts = (all: readonly Observation[]) => all.reduce<PaymentFacts>(observe, unknown)

describe('what is known of a payment', () => {
  test('is the same of the same observations, in whichever order', () => {
    fc.assert(
      fc.property(
        told.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(facts(shuffled)).toEqual(facts(all))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('is the same however often it is told, and then the very same object', () => {
    fc.assert(
      fc.property(told, (all) => {
        const known = facts(all)
        for (const again of all) expect(observe(known, again)).toBe(known)
      }),
      { numRuns: 3_000 },
    )
  })

  test('only grows: no outcome gets weaker, no reversal goes back, no name changes', () => {
    fc.assert(
      fc.property(told, observation, (all, next) => {
        const before = facts(all)
        const after = observe(before, next)
        expect(outcomes.indexOf(after.outcome)).toBeGreaterThanOrEqual(outcomes.indexOf(before.outcome))
        if (before.intent !== null) expect(after.intent).toBe(before.intent)
        for (const { id, amount, effect } of before.reversals) {
          const since = after.reversals.find((one) => one.id === id)
          expect(reversalEffects.indexOf(since?.effect ?? 'NONE')).toBeGreaterThanOrEqual(
            reversalEffects.indexOf(effect),
          )
          expect((since?.amount ?? 0n) >= amount).toBe(true)
        }
      }),
    )
  })

  test('takes back between nothing and all of the credits, and all of them with all of the price', () => {
    const price = { amount: 5n * NANO, currency: 'USD' }
    fc.assert(
      fc.property(told, fc.bigInt({ min: 1n, max: 10n ** 12n }), (all, credits) => {
        const known = { ...facts(all), price, credits }
        const back = returnedCredits(known)
        expect(back >= 0n && back <= credits).toBe(true)
        if (stateOf(known) === 'REFUNDED') expect(back).toBe(credits)
        if (known.reversals.every(({ effect }) => effect !== 'WITHDRAWN')) expect(back).toBe(0n)
      }),
    )
  })
})

describe('a payment that its payer has back', () => {
  const price = { amount: 5n * NANO, currency: 'USD' }
  const after = (id: string) =>
    stateOf({ ...unknown, outcome: 'PAID', price, reversals: [{ id, amount: price.amount, effect: 'WITHDRAWN' }] })

  test('is refunded or disputed, by whichever name Stripe has for it', () => {
    expect(['re_1', 'pyr_1'].map(after)).toEqual(['REFUNDED', 'REFUNDED'])
    expect(['dp_1', 'du_1'].map(after)).toEqual(['DISPUTED', 'DISPUTED'])
  })
})

describe('a promotion code', () => {
  const free: Observation = { session: 'cs_1', intent: null, outcome: 'PAID', discount: 5n * NANO }
  const declined: Observation = { intent: 'pi_1', outcome: 'CANCELED', paidBy: 'pm_1' }
  const second: Observation = { intent: 'pi_2', outcome: 'PAID', receiptUrl: 'https://pay.example/2' }
  const price = { amount: 5n * NANO, currency: 'USD' }

  test('that makes a Checkout free is all that counts, whatever was tried before or comes after', () => {
    expect(facts([declined, free, second])).toEqual(facts([free]))
    expect(facts([free, declined])).toEqual(facts([free]))
    expect(stateOf({ ...facts([free]), price })).toBe('PAID')
    expect(isSecondPayment(facts([free]), second)).toBe(true)
  })

  test('is that of the payment which pays, and of no other one', () => {
    const lowered: Observation = { intent: 'pi_1', outcome: 'PAID', discount: 1n * NANO }
    const begun: Observation = { intent: 'pi_1', isUnderWay: true, discount: 1n * NANO }
    expect(facts([begun]).discount).toBe(1n * NANO)
    expect(facts([begun, second]).discount).toBe(null)
    expect(facts([second, lowered]).discount).toBe(null)
    expect(facts([lowered, second]).discount).toBe(1n * NANO)
  })

  test('lowers what the payer paid, so that a refund of it takes all credits back', () => {
    const paid: Observation = { intent: 'pi_1', outcome: 'PAID', discount: 1n * NANO }
    const refund = (amount: bigint): Observation => ({ reversal: { id: 're_1', amount, effect: 'WITHDRAWN' } })
    const known = (amount: bigint) => ({ ...facts([paid, refund(amount)]), price, credits: 100n })
    expect(returnedCredits(known(1n * NANO))).toBe(25n)
    expect([stateOf(known(4n * NANO)), returnedCredits(known(4n * NANO))]).toEqual(['REFUNDED', 100n])
  })
})

describe('a payment for the price', () => {
  const otherwise: Observation = { intent: 'pi_1', outcome: 'PAID_OTHERWISE', declineCode: 'paid_otherwise' }
  const paid: Observation = { intent: 'pi_2', outcome: 'PAID', receiptUrl: 'https://pay.example/2' }
  const refunded: Observation = {
    reversal: { id: 're_1', amount: 3n * NANO, effect: 'WITHDRAWN' },
    receiptUrl: 'https://pay.example/1',
  }

  test('replaces one that was not the price, with its receipt and what was refunded of it', () => {
    expect(facts([otherwise, refunded, paid])).toEqual(facts([paid]))
    expect(facts([otherwise, paid])).toEqual(facts([paid, otherwise]))
  })

  test('takes no method, tax or warning of another payment for its own', () => {
    const other = {
      ...otherwise,
      paidBy: 'pm_1',
      fingerprint: 'card',
      taxed: { tax: 1n, total: 4n },
      warning: 'issfr_1',
    }
    expect(facts([paid, other])).toEqual(facts([paid]))
    expect(facts([other, paid])).toEqual(facts([paid]))
  })

  test('makes every other payment a second one', () => {
    const known = facts([paid])
    expect(
      [otherwise, { ...paid, intent: 'pi_3' }, paid, refunded].map((seen) => isSecondPayment(known, seen)),
    ).toEqual([true, true, false, false])
    expect(isSecondPayment(facts([otherwise]), paid)).toBe(false)
  })
})
