import { describe, expect, test } from 'vitest'
import { InvalidUsage } from '../../src/domain/errors.ts'
import { memberId } from '../../src/domain/identity.ts'
import { granted, noon } from '../setup/deciding.ts'
import { acted, type Held, held, next, use } from '../setup/holding.ts'

const extend = (of: Held, lines: Parameters<typeof use> | null, expiresInSeconds: number | null = null) =>
  acted(of, { kind: 'extend-hold', usage: lines && use(...lines), expiresInSeconds })

describe('a hold that is extended', () => {
  test('reserves more, for the lines that are added', () => {
    const of = held(['credit', 40])
    const { hold, account, postings } = extend(of, [['dear', 5]])
    expect(hold).toMatchObject({
      amount: 50n,
      captured: 0n,
      slices: [{ amount: 40n }, { amount: 10n }],
      expiresAt: of.hold.expiresAt,
    })
    expect(hold?.lines.map(({ rate, quantity }) => [rate, quantity])).toEqual([
      ['credit', 40n],
      ['dear', 5n],
    ])
    expect([account.available, account.held]).toEqual([50n, 50n])
    const facts = { reference: 'job', memberId: memberId('mia'), holdId: of.hold.id, rateCardVersion: 'held' }
    expect(postings).toMatchObject([{ type: 'HOLD', change: 0n, at: noon, ...facts }])
  })

  test('for free use has a posting all the same', () => {
    const { hold, postings } = extend(held(['credit', 40]), [['free', 5]])
    expect([hold?.amount, postings.map(({ type }) => type)]).toEqual([40n, ['HOLD']])
  })

  test('in time alone moves nothing', () => {
    const of = held(['credit', 40])
    const { hold, postings } = extend(of, null, 900)
    expect(hold).toEqual({ ...of.hold, expiresAt: noon + 900_000 })
    expect(postings).toEqual([])
  })

  test('ends no sooner than it would have', () => {
    expect(extend(held(['credit', 40]), null, 60).hold?.expiresAt).toBe(noon + 600_000)
  })

  test('needs use or time', () => {
    const { outcome } = extend(held(['credit', 40]), null)
    expect(outcome).toMatchObject({
      failure: { code: 'INVALID_USAGE', path: ['usage'], message: expect.stringContaining('nothing to extend') },
    })
  })

  test('takes no more use if it was charged at its start', () => {
    const { outcome, hold } = extend(held(['start', 40]), [['credit', 5]])
    expect(outcome).toMatchObject({ failure: { code: 'INVALID_USAGE', path: ['usage'] } })
    expect(hold).toBeNull()
  })

  test('that was charged at its start lasts longer if it is extended in time', () => {
    expect(extend(held(['start', 40]), null, 900).hold?.expiresAt).toBe(noon + 900_000)
  })
})

describe('a hold that is placed', () => {
  test('reserves for the member and the reference that its caller names', () => {
    const place = { kind: 'place-hold', expiresInSeconds: 60, reference: 'job', memberId: memberId('mia') }
    const { hold, postings } = acted({ account: granted(100n) }, { ...place, usage: use(['credit', 40]) })
    const facts = { reference: 'job', memberId: memberId('mia'), rateCardVersion: 'held' }
    expect(postings).toMatchObject([{ type: 'HOLD', holdId: hold?.id, ...facts }])
    expect(postings[0]?.entries).toMatchObject([{ from: 'available', to: 'held', amount: 40n }])
    expect(hold).toMatchObject({ captured: 0n, placedAt: noon, expiresAt: noon + 60_000, ...facts })
  })

  test('for free use has one entry of nothing', () => {
    const place = { kind: 'place-hold', expiresInSeconds: 60, reference: null, memberId: null }
    const { hold, postings } = acted({ account: granted(100n) }, { ...place, usage: use(['free', 40]) })
    expect(postings).toMatchObject([
      { type: 'HOLD', holdId: hold?.id, entries: [{ from: 'none', to: 'none', amount: 0n }] },
    ])
  })

  test('is not placed for usage that could not be read', () => {
    const usage = new InvalidUsage({ path: ['usage', '0'], reason: 'it is none' })
    const place = { kind: 'place-hold', expiresInSeconds: 60, reference: null, memberId: null, usage }
    expect(acted({ account: granted(100n) }, place).outcome).toEqual({ kind: 'refused', failure: usage })
  })
})

describe('a hold on two grants', () => {
  const rich = () => granted(30n, null, granted(50n, noon + 86_400_000))
  const placed = (quantity: number) => {
    const place = { kind: 'place-hold', expiresInSeconds: 600, reference: null, memberId: null }
    return next(acted({ account: rich() }, { ...place, usage: use(['credit', quantity]) }))
  }
  const slicesOf = ({ hold }: Held) => hold.slices.map(({ amount }) => amount)

  test.each<[number, bigint[], bigint]>([
    [20, [30n, 10n], 20n],
    [50, [10n], 50n],
    [60, [], 60n],
    [70, [], 70n],
  ])('a capture of %i uses the grant first that burns first', (quantity, left, amount) => {
    const captured = acted(placed(60), { kind: 'capture-hold', usage: use(['credit', quantity]) })
    expect(slicesOf(next(captured))).toEqual(left)
    expect(captured.account.available + captured.account.held).toBe(80n - amount)
  })

  test('a charge that takes more than there is says what there is, the hold included', () => {
    const { outcome } = acted(placed(60), { kind: 'capture-hold', usage: use(['credit', 81]) })
    expect(outcome).toMatchObject({ failure: { code: 'INSUFFICIENT_CREDITS', required: 81n, available: 80n } })
  })

  test('a charge names each grant once, with all that it paid', () => {
    const charge = {
      kind: 'charge-usage',
      usage: use(['credit', 30], ['dear', 15], ['free', 2], ['credit', 5]),
      reference: 'r',
      memberId: null,
    }
    const { outcome, account, postings } = acted({ account: rich() }, charge)
    const [first, second] = account.grants
    expect(outcome).toMatchObject({
      charge: {
        amount: 65n,
        burn: [
          { grantId: first?.id, kind: 'PACKAGE', amount: 50n, expiresAt: noon + 86_400_000 },
          { grantId: second?.id, kind: 'PACKAGE', amount: 15n, expiresAt: null },
        ],
      },
    })
    const use1 = (quantity: bigint) => ({ quantity, count: 1, money: null })
    expect(postings[0]?.entries).toMatchObject([
      { line: 0, rate: 'credit', amount: 30n, use: use1(30n) },
      { line: 1, rate: 'dear', amount: 20n, use: use1(15n) },
      { line: 1, rate: 'dear', amount: 10n, use: null },
      { line: 2, rate: 'free', amount: 0n, use: use1(2n) },
      { line: 3, rate: 'credit', amount: 5n, use: use1(5n) },
    ])
  })
})

test('two live sessions are known in the order of their holds', () => {
  const first = held(['second', 20])
  const place = {
    kind: 'place-hold',
    expiresInSeconds: 600,
    reference: null,
    memberId: null,
    usage: use(['second', 20]),
  }
  const second = next(acted({ account: first.account }, place))
  const capture = { kind: 'capture-hold', usage: use(['second', 5]) }
  const later = next(acted(second, capture))
  const both = next(acted({ account: later.account, hold: first.hold }, capture))
  expect(both.account.sessions.map(({ holdId }) => holdId)).toEqual([first.hold.id, second.hold.id])
  const released = acted({ account: both.account, hold: both.hold }, { kind: 'release-hold', reason: null })
  expect(released.account.sessions.map(({ holdId }) => holdId)).toEqual([second.hold.id])
})
