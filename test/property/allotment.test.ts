import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allot } from '../../src/domain/allotment.ts'
import { seed } from '../setup/random.ts'

const width = 4
const amount = fc.bigInt({ min: 0n, max: 7n })
/** The needs that a giver may pay: the bits of a number. */
const mask = fc.nat({ max: 2 ** width - 1 })
const drawn = fc.record({
  needs: fc.array(amount, { minLength: 1, maxLength: width }),
  givers: fc.array(fc.record({ amount, mask, kept: fc.option(mask) }), { maxLength: 6 }),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

const has = (bits: number, need: number) => ((bits >> need) & 1) === 1
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, one) => total + one, 0n)

/**
 * The most that givers can pay, without any assignment: the needs are split in two in every way, and those on one side can
 * get no more than all who may pay for one of them have (Hall's condition, as König and Egerváry state it).
 */
function most({ needs, givers }: Drawn): bigint {
  let least = sum(needs)
  for (let side = 0; side < 2 ** needs.length; side += 1) {
    const beyond = sum(needs.filter((_, need) => !has(side, need)))
    const there = sum(givers.filter(({ mask }) => (mask & side) !== 0).map((giver) => giver.amount))
    if (beyond + there < least) least = beyond + there
  }
  return least
}

const allotted = ({ needs, givers }: Drawn, keeps: boolean) =>
  allot(
    needs,
    givers.map(({ amount, mask, kept }) => ({
      amount,
      pool: keeps ? `${mask} ${kept}` : `${mask}`,
      mayPay: (need) => has(mask, need),
      ...(keeps && kept !== null ? { keptFor: (need: number) => has(mask & kept, need) } : {}),
    })),
  )

/** Nobody gives more than it has, or to what it may not pay, and no need gets more than it is. */
function expectSound({ needs, givers }: Drawn, { shares, given, total }: ReturnType<typeof allot>): void {
  const of = (key: 'giver' | 'need', index: number) =>
    sum(shares.filter((share) => share[key] === index).map((share) => share.amount))
  expect(givers.map((_, index) => of('giver', index))).toEqual(given)
  expect(given.every((amount, index) => amount <= (givers[index]?.amount ?? 0n))).toBe(true)
  expect(needs.every((need, index) => of('need', index) <= need)).toBe(true)
  expect(shares.every(({ giver, need, amount }) => amount > 0n && has(givers[giver]?.mask ?? 0, need))).toBe(true)
  expect(sum(given)).toBe(total)
}

test('each giver gives all that it can beside those before it, and together they pay as much as any assignment', () => {
  const property = fc.property(drawn, (one) => {
    const found = allotted(one, false)
    expectSound(one, found)
    const firsts = one.givers.map((_, index) => most({ ...one, givers: one.givers.slice(0, index + 1) }))
    expect(found.given).toEqual(firsts.map((upTo, index) => upTo - (firsts[index - 1] ?? 0n)))
  })
  fc.assert(property, { numRuns: 3_000, seed })
})

test('a thousand different givers find all that they can pay of fifty needs', () => {
  const many = { needs: Array.from({ length: 50 }, () => 20n), givers: Array.from({ length: 1000 }, (_, n) => n) }
  const pays = (giver: number, need: number) => need % 7 === giver % 7 || need === giver % 50
  const givers = many.givers.map((giver) => ({
    amount: 3n,
    pool: `${giver}`,
    mayPay: (need: number) => pays(giver, need),
  }))
  expect(allot(many.needs, givers).total).toBe(1_000n)
})

test('what is kept for a need goes there first, and still as much is paid as by any assignment', () => {
  const property = fc.property(drawn, (one) => {
    const found = allotted(one, true)
    expectSound(one, found)
    expect(found.total).toBe(most(one))
    const kept = one.givers
      .filter(({ kept }) => kept !== null)
      .map((giver) => ({ ...giver, mask: giver.mask & (giver.kept ?? 0) }))
    const ofKept = sum(found.given.filter((_, index) => one.givers[index]?.kept != null))
    expect(ofKept >= most({ ...one, givers: kept })).toBe(true)
  })
  fc.assert(property, { numRuns: 3_000, seed })
})
