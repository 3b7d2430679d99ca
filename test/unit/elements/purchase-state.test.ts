import { describe, expect, test } from 'vitest'
import { CreditsClientError } from '../../../web/client/errors.ts'
import {
  type Answer,
  type AnyAmount,
  bestValue,
  chosenSale,
  initial,
  next,
  type Offer,
  type Pack,
  type PurchaseEvent,
  type PurchaseState,
} from '../../../web/elements/controllers/purchase-state.ts'

const money = (amount: string) => ({ amount, currency: 'USD' })
const pack = (id: string, credits: string, per1000: string): Pack => ({
  id,
  code: id,
  name: id,
  credits,
  price: money('5'),
  pricePer1000: money(per1000),
  approxMessages: null,
  illustrative: false,
  purchasable: true,
})
const choiceOf = (packageId: string) => ({ packageId, credits: null, currency: 'USD' })
const small = pack('small', '1000', '5')
const large = pack('large', '9000', '3')

const any: AnyAmount = { least: '500', most: '2000', step: '500', illustrative: false, purchasable: true }
const ofCredits = (credits: string) => ({ packageId: null, credits, currency: 'USD' })

function offerWith({ mayBuy = true, available = '100', topUp = true, threshold = '50' } = {}): Offer {
  return {
    currency: 'USD',
    currencies: ['USD', 'EUR'],
    packages: [small, large].map((one) => ({ ...one, purchasable: mayBuy })),
    customTopUp: null,
    promotionCodes: false,
    team: {
      id: 'acme',
      name: 'Acme',
      currency: 'USD',
      currencies: ['USD'],
      balance: { available, lowThreshold: threshold, revision: 1 },
      plan: { name: 'Pro', topUp, contact: topUp ? null : 'sales@acme.example' },
    },
  }
}

const stateAfter = (events: readonly PurchaseEvent[], from: PurchaseState = initial) => events.reduce(next, from)
const loaded = (given: Parameters<typeof offerWith>[0] = {}): PurchaseEvent => ({
  type: 'loaded',
  offer: offerWith(given),
  resumed: null,
})
const choosing = stateAfter([loaded()])
const paying = next(choosing, { type: 'pay' })
const answered = (answer: Answer, from = paying) => next(from, { type: 'answered', answer })
const purchase = (given: Partial<Extract<Answer, { __typename: 'Purchase' }>>): Answer => ({
  __typename: 'Purchase',
  id: 'p',
  state: 'PENDING',
  isUnderWay: false,
  checkoutUrl: null,
  confirmUrl: null,
  invoiceUrl: null,
  failure: null,
  balance: { available: '1100', revision: 2 },
  ...given,
})
const lost = new CreditsClientError('CONNECTION_LOST', 'No answer')

describe('what is offered', () => {
  test('the smallest package that takes the balance out of low is chosen', () => {
    expect(choosing).toMatchObject({ step: 'choosing', packageId: 'small' })
    expect(stateAfter([loaded({ available: '0', threshold: '5000' })])).toMatchObject({ packageId: 'large' })
    expect(stateAfter([loaded({ available: '0', threshold: '50000' })])).toMatchObject({ packageId: 'large' })
  })

  test('a member is not allowed, and a plan without packages names whom to contact', () => {
    expect(stateAfter([loaded({ mayBuy: false })])).toMatchObject({ step: 'not-allowed', why: 'role', admins: null })
    const sales = { step: 'not-allowed', why: 'plan', contact: 'sales@acme.example' }
    expect(stateAfter([loaded({ topUp: false })])).toMatchObject(sales)
    expect(stateAfter([loaded({ topUp: false, mayBuy: false })])).toMatchObject(sales)
  })

  test('a purchase that is under way is shown instead of the packages', () => {
    const resumed = next(initial, { type: 'loaded', offer: offerWith(), resumed: choiceOf('large') })
    expect(resumed).toMatchObject({ step: 'waiting', why: 'processing', packageId: 'large' })
  })

  test('what is shown stays while it is read anew, without the last problem', () => {
    const declined = answered({ __typename: 'PaymentDeclined', declineCode: null, code: '', message: '' })
    expect(next(declined, { type: 'load' })).toMatchObject({ step: 'choosing', problem: null, packageId: 'small' })
  })

  test('the best value is the lowest price per credit, if prices differ', () => {
    expect(bestValue([small, large])).toBe(large)
    expect(bestValue([small, pack('other', '2000', '5')])).toBeNull()
    expect(bestValue([])).toBeNull()
  })
})

describe('a team that has no currency yet', () => {
  const inEuros = (one: Pack): Pack => ({ ...one, id: `${one.id}-eur`, price: { amount: '4', currency: 'EUR' } })
  const currencies = ['USD', 'EUR']
  const dollars: Offer = { ...offerWith(), team: { ...offerWith().team, currencies } }
  const euros: Offer = { ...dollars, currency: 'EUR', packages: [small, large].map(inEuros) }
  const undecided = stateAfter([
    { type: 'loaded', offer: dollars, resumed: null },
    { type: 'choose', choice: choiceOf('large') },
  ])
  const asked = next(undecided, { type: 'choose-currency', currency: 'EUR' })

  test('sees no price of another currency than the chosen one, and pays none', () => {
    expect(asked).toMatchObject({ currency: 'EUR', packageId: 'large', preview: null })
    expect(chosenSale(asked)?.price).toBeNull()
    expect(next(asked, { type: 'pay' })).toBe(asked)
    const back = next(asked, { type: 'choose-currency', currency: 'USD' })
    expect(chosenSale(back)?.price).toEqual(money('5'))
    expect(next(back, { type: 'repriced', offer: euros })).toBe(back)
  })

  test('keeps the chosen package in the new currency, under its id there', () => {
    const priced = next(asked, { type: 'repriced', offer: euros })
    expect(priced).toMatchObject({ currency: 'EUR', packageId: 'large-eur', problem: null })
    expect(chosenSale(priced)?.price).toEqual({ amount: '4', currency: 'EUR' })
    const without = { ...euros, packages: [inEuros(small)] }
    expect(next(asked, { type: 'repriced', offer: without })).toMatchObject({ packageId: 'small-eur' })
  })

  test('keeps a choice that was made while the offer was read', () => {
    expect(next(asked, { type: 'loaded', offer: dollars, resumed: null })).toMatchObject({ currency: 'EUR' })
  })

  test('hears that somebody else chose another currency, and sees its prices', () => {
    const refusal: Answer = { __typename: 'InvalidInput', path: ['currency'], code: 'INVALID_INPUT', message: '' }
    const refused = answered(refusal, next(next(asked, { type: 'repriced', offer: euros }), { type: 'pay' }))
    expect(refused).toMatchObject({ step: 'choosing', currency: 'EUR', problem: { kind: 'currency' } })
    const taken = next(refused, { type: 'repriced', offer: offerWith() })
    expect(taken).toMatchObject({ currency: 'USD', packageId: 'large', problem: { kind: 'currency' } })
  })

  test('has the currency of its first purchase, and nothing to choose any more', () => {
    const bought = answered(purchase({ state: 'PAID' }), next(undecided, { type: 'pay' }))
    expect(bought.offer?.team.currencies).toEqual(['USD'])
  })
})

describe("an amount of one's own", () => {
  const offer: Offer = { ...offerWith(), customTopUp: any }
  const told: PurchaseEvent = { type: 'loaded', offer, resumed: null }
  const chosen = stateAfter([told, { type: 'choose', choice: ofCredits('1500') }])
  const balances = { credits: '1500', currentBalance: '100', projectedBalance: '1600', locked: '0', unlocksAt: null }
  const preview = { net: money('14'), tax: null, total: money('14'), ...balances }

  test('takes the place of a package, and has a price once its preview has come', () => {
    expect(stateAfter([told])).toMatchObject({ packageId: 'small', credits: null })
    expect(chosen).toMatchObject({ step: 'choosing', packageId: null, credits: '1500' })
    expect(chosenSale(chosen)).toEqual({ credits: '1500', price: null })
    const late = next(chosen, { type: 'previewed', choice: ofCredits('1000'), preview })
    expect(late).toBe(chosen)
    const priced = next(chosen, { type: 'previewed', choice: ofCredits('1500'), preview })
    expect(chosenSale(priced)).toEqual({ credits: '1500', price: money('14') })
    expect(chosenSale(next(priced, { type: 'choose', choice: choiceOf('large') }))).toMatchObject({ credits: '9000' })
  })

  test('costs its price with tax once the tax is known, as a package does', () => {
    const taxed = { ...preview, tax: money('2.66'), total: money('16.66') }
    expect(chosenSale(next(chosen, { type: 'previewed', choice: ofCredits('1500'), preview: taxed }))?.price).toEqual(
      money('16.66'),
    )
    const pack = next(stateAfter([told]), { type: 'previewed', choice: choiceOf('small'), preview: taxed })
    expect(chosenSale(pack)?.price).toEqual(money('16.66'))
  })

  test('is paid like a package, and shown again after a reload', () => {
    expect(next(chosen, { type: 'pay' })).toMatchObject({ step: 'paying', credits: '1500' })
    const resumed = next(initial, { type: 'loaded', offer, resumed: ofCredits('1500') })
    expect(resumed).toMatchObject({ step: 'waiting', packageId: null, credits: '1500' })
  })

  test.each([
    ['1500', '1500'],
    ['2500', null],
    ['750', null],
    ['0', null],
  ])('of %s stays chosen as %s when the offer is read anew', (credits, kept) => {
    const before = stateAfter([told, { type: 'choose', choice: ofCredits(credits) }])
    expect(next(before, told)).toMatchObject({ credits: kept, packageId: kept === null ? 'small' : null })
    expect(next(before, loaded())).toMatchObject({ credits: null, packageId: 'small' })
  })

  test('is the least one where no package is sold, for those who may buy', () => {
    const alone = (purchasable: boolean): PurchaseEvent => ({
      ...told,
      offer: { ...offer, packages: [], customTopUp: { ...any, purchasable } },
    })
    expect(stateAfter([alone(true)])).toMatchObject({ step: 'choosing', packageId: null, credits: '500' })
    expect(stateAfter([alone(false)])).toMatchObject({ step: 'not-allowed', why: 'role' })
  })
})

describe('paying', () => {
  test('a second click, another choice and a reload of the offer change nothing', () => {
    expect(paying.step).toBe('paying')
    for (const event of [
      { type: 'pay' },
      { type: 'choose', choice: choiceOf('large') },
      loaded(),
      { type: 'load' },
    ] as const) {
      expect(next(paying, event)).toBe(paying)
    }
  })

  test.each([
    [purchase({ checkoutUrl: 'https://pay' }), { step: 'waiting', why: 'checkout', url: 'https://pay' }],
    [purchase({ confirmUrl: 'https://bank' }), { step: 'waiting', why: 'confirmation', url: 'https://bank' }],
    [purchase({}), { step: 'waiting', why: 'processing', url: null }],
    [purchase({ isUnderWay: true }), { step: 'waiting', why: 'bank', url: null }],
    [purchase({ state: 'PAID', invoiceUrl: 'https://in' }), { step: 'paid', before: '100', receiptUrl: 'https://in' }],
    [purchase({ state: 'CANCELED' }), { step: 'choosing', problem: { kind: 'declined', code: 'CANCELED' } }],
    [
      { __typename: 'PaymentActionRequired', actionUrl: 'https://bank', code: '', message: '' } as const,
      { step: 'waiting', why: 'confirmation', url: 'https://bank' },
    ],
    [
      { __typename: 'PaymentDeclined', declineCode: 'lost_card', code: '', message: 'No' } as const,
      { step: 'choosing', problem: { kind: 'declined', code: 'lost_card' } },
    ],
    [
      { __typename: 'PaymentUnavailable', retryAfterSeconds: 9, code: '', message: '' } as const,
      { step: 'choosing', problem: { kind: 'unavailable', retryAfterSeconds: 9 } },
    ],
    [
      { __typename: 'PurchaseNotAllowed', contact: null, admins: [], code: '', message: '' } as const,
      { step: 'not-allowed', why: 'role', admins: [] },
    ],
    [
      { __typename: 'UnknownPackage', code: 'UNKNOWN_PACKAGE', message: 'Gone' } as const,
      { step: 'choosing', problem: { kind: 'refused', message: 'Gone' } },
    ],
  ])('the answer %o', (answer, state) => {
    expect(answered(answer)).toMatchObject(state)
  })

  test('a lost answer leaves it unknown what became of the payment', () => {
    expect(next(paying, { type: 'unanswered', error: lost })).toMatchObject({ problem: { kind: 'unknown' } })
  })
})

describe('waiting', () => {
  const waiting = answered(purchase({ checkoutUrl: 'https://pay' }))

  test('goes on over lost answers, outages and the same answer again', () => {
    expect(next(waiting, { type: 'unanswered', error: lost })).toBe(waiting)
    expect(answered(purchase({ checkoutUrl: 'https://pay' }), waiting)).toBe(waiting)
    const outage = { __typename: 'PaymentUnavailable', retryAfterSeconds: 9, code: '', message: '' } as const
    expect(answered(outage, waiting)).toBe(waiting)
  })

  test('ends paid, with the balance before', () => {
    expect(answered(purchase({ state: 'PAID' }), waiting)).toMatchObject({ step: 'paid', before: '100' })
  })

  test('a balance never goes back to an older revision', () => {
    const newer = next(waiting, { type: 'balance', balance: { available: '1090', revision: 3 } })
    expect(answered(purchase({ state: 'PAID' }), newer).balance).toEqual({ available: '1090', revision: 3 })
  })

  test('the customer can turn to the packages again', () => {
    expect(next(waiting, { type: 'again' })).toMatchObject({ step: 'choosing', problem: null, packageId: 'small' })
  })
})
