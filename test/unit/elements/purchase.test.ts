import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CreditsClientError } from '../../../web/client/errors.ts'
import { type IntentStorage, Intents } from '../../../web/elements/controllers/intents.ts'
import { createPurchase, type PurchaseOptions } from '../../../web/elements/controllers/purchase.ts'

type Input = {
  packageId: string | null
  currency?: string | null
  credits?: string | null
  idempotencyKey: string
  pay?: string
}

const offer = {
  currencies: ['USD', 'EUR'],
  team: {
    id: 'acme',
    currency: 'USD',
    currencies: ['USD'],
    plan: { topUp: true },
    balance: { available: '10', lowThreshold: '0', revision: 1 },
  },
  packages: [{ id: 'small', credits: '1000', pricePer1000: { amount: '5' }, purchasable: true }],
}
const pending = { __typename: 'Purchase', state: 'PENDING', checkoutUrl: 'https://pay', confirmUrl: null }
const paid = { __typename: 'Purchase', state: 'PAID', balance: { available: '1010', revision: 2 } }

/** A gateway that answers each purchase with the next of `answers`, the last one for ever; an error is thrown. */
function gatewayWith(answers: unknown[], customTopUp: unknown) {
  const asked: Input[] = []
  const previewed: unknown[] = []
  const request = async (document: unknown, variables?: { input: Input }) => {
    const text = String(document)
    if (text.includes('query Offer')) return { ...offer, customTopUp }
    if (text.includes('query Preview')) {
      previewed.push(variables)
      return { purchasePreview: null }
    }
    if (variables !== undefined) asked.push(variables.input)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return { purchaseCredits: answer }
  }
  const silent = { subscribe: () => () => undefined }
  const client = { request, balance: silent, events: silent } as unknown as PurchaseOptions['client']
  return { client, asked, previewed, keys: () => new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size }
}

function memory(): IntentStorage {
  const kept = new Map<string, string>()
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  }
}

async function started(answers: unknown[], storage = memory(), customTopUp: unknown = null) {
  const gateway = gatewayWith(answers, customTopUp)
  const purchase = createPurchase({ client: gateway.client, storage })
  await purchase.start()
  return { ...gateway, purchase, storage }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('one wish is one purchase', () => {
  test('two clicks are one request', async () => {
    const { purchase, asked } = await started([paid])
    await Promise.all([purchase.buy(), purchase.buy()])
    expect(asked).toHaveLength(1)
    purchase.stop()
  })

  test('what became of it is not known: the same key again, also in another way and after a reload', async () => {
    const first = await started([new CreditsClientError('CONNECTION_LOST', 'No answer')])
    await first.purchase.buy()
    await first.purchase.buy('CHECKOUT')
    first.purchase.stop()
    const second = await started([paid], first.storage)
    expect(second.purchase.getSnapshot().step).toBe('choosing')
    await second.purchase.buy()
    second.purchase.stop()
    expect(new Set([...first.asked, ...second.asked].map((input) => JSON.stringify(input))).size).toBe(1)
  })

  test('an outage keeps the key, a decline ends it, and so does success', async () => {
    const outage = { __typename: 'PaymentUnavailable', retryAfterSeconds: 1 }
    const declined = { __typename: 'PaymentDeclined', declineCode: null, message: '' }
    const { purchase, keys } = await started([outage, outage, declined, paid])
    for (const count of [1, 1, 1, 2]) {
      await purchase.buy()
      expect(keys()).toBe(count)
    }
    purchase.again()
    await purchase.buy()
    expect(keys()).toBe(3)
    purchase.stop()
  })

  test('a payment under way is taken up after a reload, and its page is the same', async () => {
    const first = await started([pending])
    await first.purchase.buy()
    first.purchase.stop()
    const second = await started([pending, paid], first.storage)
    expect(second.purchase.getSnapshot()).toMatchObject({ step: 'waiting', url: 'https://pay' })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(second.purchase.getSnapshot().step).toBe('paid')
    expect(second.asked.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      [1, 2].map(() => first.asked[0]?.idempotencyKey),
    )
    second.purchase.stop()
  })

  test('a payment that the customer left is not shown again, and is taken up by the same wish', async () => {
    const first = await started([pending])
    await first.purchase.buy()
    first.purchase.again()
    first.purchase.stop()
    const second = await started([pending], first.storage)
    expect(second.purchase.getSnapshot().step).toBe('choosing')
    await second.purchase.buy()
    expect(second.asked[0]).toEqual(first.asked[0])
    second.purchase.stop()
  })

  test('nothing is asked any more once it is stopped', async () => {
    const { purchase, asked } = await started([pending])
    await purchase.buy()
    purchase.stop()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(asked).toHaveLength(1)
  })
})

describe("an amount of one's own", () => {
  const any = { least: '500', most: '2000', step: '500', purchasable: true }

  test('has a key of its own for each amount, which outlasts a reload', async () => {
    const lost = new CreditsClientError('CONNECTION_LOST', 'No answer')
    const first = await started([lost], memory(), any)
    first.purchase.chooseCredits('1000')
    await first.purchase.buy()
    first.purchase.chooseCredits('1500')
    await first.purchase.buy()
    first.purchase.stop()
    const second = await started([paid], first.storage, any)
    second.purchase.chooseCredits('1000')
    await second.purchase.buy()
    second.purchase.stop()
    expect(first.asked.map(({ packageId, credits }) => [packageId, credits])).toEqual([
      [null, '1000'],
      [null, '1500'],
    ])
    expect(first.keys()).toBe(2)
    expect(second.asked).toEqual([first.asked[0]])
  })

  test('is previewed at most ten times a second while a slider moves, and at last as it stands', async () => {
    const { purchase, previewed } = await started([paid], memory(), any)
    await vi.advanceTimersByTimeAsync(1_000)
    const before = previewed.length
    for (let moved = 0; moved < 50; moved++) {
      purchase.chooseCredits(moved % 2 === 0 ? '1000' : '1500')
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(previewed.length - before).toBeLessThanOrEqual(7)
    expect(previewed.at(-1)).toEqual({ packageId: null, credits: '1500', currency: 'USD' })
    purchase.stop()
  })
})

describe('the currency of a team that has none yet', () => {
  type Asked = { readonly currency?: string; readonly input?: Input }
  /** A gateway whose team chooses between dollars and euros; `country`: that of its billing details; null: not told. */
  function open({ country = null as string | null, storage = memory(), answer = paid as unknown } = {}) {
    const team = { ...offer.team, currencies: ['USD', 'EUR'] }
    const shown = { team }
    const bought: Input[] = []
    const request = async (document: unknown, { currency = 'USD', input }: Asked = {}) => {
      const text = String(document)
      const [pack] = offer.packages
      if (text.includes('query Offer')) {
        return {
          currencies: ['USD', 'EUR'],
          team: shown.team,
          customTopUp: null,
          packages: [{ ...pack, id: currency, code: 'small' }],
        }
      }
      if (text.includes('query BillingCountry')) {
        if (country === null) throw new CreditsClientError('FORBIDDEN', 'no pill token may do this')
        return { billingDetails: { country } }
      }
      if (text.includes('query Preview')) return { purchasePreview: null }
      if (input !== undefined) bought.push(input)
      return { purchaseCredits: answer }
    }
    const silent = { subscribe: () => () => undefined }
    const client = { request, balance: silent, events: silent } as unknown as PurchaseOptions['client']
    const purchase = createPurchase({ client, storage })
    const seen = () => {
      const { currency, offer: read, packageId } = purchase.getSnapshot()
      return [currency, read?.currency, packageId]
    }
    return { purchase, storage, bought, shown, seen }
  }

  test.each([
    ['DE', 'fr-CA', 'EUR'],
    ['CA', 'fr-FR', 'EUR'],
    [null, 'de', 'EUR'],
    [null, 'ja-JP', 'USD'],
  ])('is proposed by the country %s, else by the language %s: %s', async (country, language, currency) => {
    vi.stubGlobal('navigator', { language })
    const { purchase, seen } = open({ country })
    await purchase.start()
    expect(seen()).toEqual([currency, currency, currency])
    purchase.stop()
    vi.unstubAllGlobals()
  })

  test('follows the choice, which outlasts a reload and is shared by the parts of a page', async () => {
    const first = open({ country: 'US' })
    const other = open({ country: 'US', storage: first.storage })
    await Promise.all([first.purchase.start(), other.purchase.start()])
    first.purchase.chooseCurrency('GBP')
    first.purchase.chooseCurrency('EUR')
    expect(first.seen()).toEqual(['EUR', 'USD', 'USD'])
    await vi.advanceTimersByTimeAsync(0)
    expect([first.seen(), other.seen()]).toEqual([1, 2].map(() => ['EUR', 'EUR', 'EUR']))
    for (const { purchase } of [first, other]) purchase.stop()
    const reloaded = open({ country: 'US', storage: first.storage })
    await reloaded.purchase.start()
    expect(reloaded.seen()).toEqual(['EUR', 'EUR', 'EUR'])
    await reloaded.purchase.buy()
    expect(reloaded.bought).toMatchObject([{ packageId: 'EUR', currency: 'EUR' }])
    expect(reloaded.purchase.getSnapshot().offer?.team.currencies).toEqual(['EUR'])
    reloaded.purchase.stop()
  })

  test('that somebody else chose meanwhile is shown with its prices after the refusal', async () => {
    const answer = {
      __typename: 'InvalidInput',
      path: ['currency'],
      code: 'INVALID_INPUT',
      message: 'the team pays in USD',
    }
    const { purchase, shown, seen, storage } = open({ country: 'DE', answer })
    await purchase.start()
    shown.team = { ...shown.team, currencies: ['USD'] }
    await purchase.buy()
    expect(seen()).toEqual(['USD', 'USD', 'USD'])
    expect(purchase.getSnapshot()).toMatchObject({ step: 'choosing', problem: { kind: 'currency' } })
    expect(storage.getItem('credits.currency:acme')).toBeNull()
    purchase.stop()
  })

  test('that another part of the page has read is shown and told before a click, too', async () => {
    const first = open({ country: 'DE' })
    const other = open({ country: 'DE', storage: first.storage })
    await Promise.all([first.purchase.start(), other.purchase.start()])
    for (const { shown } of [first, other]) shown.team = { ...shown.team, currencies: ['USD'] }
    await other.purchase.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(first.seen()).toEqual(['USD', 'USD', 'USD'])
    expect(first.purchase.getSnapshot()).toMatchObject({ step: 'choosing', problem: { kind: 'currency' } })
    for (const { purchase } of [first, other]) purchase.stop()
  })

  test('is that of the same wish: another currency is another purchase', async () => {
    const storage = memory()
    const intents = new Intents(storage, 'acme', 0)
    const wish = { packageId: null, credits: '500', currency: 'EUR' }
    intents.put({ ...wish, key: 'k', pay: 'AUTO', begun: false, left: false, at: 0 })
    expect([intents.of(wish)?.key, intents.of({ ...wish, currency: 'USD' })]).toEqual(['k', null])
  })
})

describe('kept intents', () => {
  const intent = {
    key: 'k',
    packageId: 'small',
    credits: null,
    currency: null,
    pay: 'AUTO',
    begun: true,
    left: false,
    at: 0,
  } as const

  test('of before amounts existed have a package alone', () => {
    const { credits: _, currency: __, ...old } = intent
    const storage = { ...memory(), getItem: () => JSON.stringify([old]) }
    expect(new Intents(storage, 'acme', 1_000).of(intent)).toEqual(intent)
  })

  test('last a day, and belong to their team', () => {
    const storage = memory()
    new Intents(storage, 'acme', 0).put(intent)
    expect(new Intents(storage, 'acme', 1_000).awaited).toEqual(intent)
    expect(new Intents(storage, 'other', 1_000).awaited).toBeNull()
    expect(new Intents(storage, 'acme', 24 * 3_600_000).awaited).toBeNull()
  })

  test.each(['', '{', '[{}]', '{"a":1}', '[null]'])('that are damaged count as none: %j', (text) => {
    const storage = { ...memory(), getItem: () => text }
    expect(new Intents(storage, 'acme', 0).awaited).toBeNull()
  })

  test('stay for the page where storage is forbidden', () => {
    const forbidden = () => {
      throw new DOMException('no', 'SecurityError')
    }
    const intents = new Intents({ getItem: forbidden, setItem: forbidden, removeItem: forbidden }, 'acme', 0)
    intents.put(intent)
    expect(intents.of({ packageId: 'small', credits: null, currency: 'EUR' })).toEqual(intent)
  })
})
