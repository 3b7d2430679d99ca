import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { type Change, integral, nextMidnight, storedDays } from './model/storage-model.ts'
import { cardOf, Storing, storageRate, worldOf } from './model/storing.ts'

const day = 86_400_000
const rates = ['first', 'second']
const card = cardOf(
  'two',
  rates.map((id) => storageRate(id, { credits: MICRO })),
)

/** Zones and days on which clocks were turned: by an hour at night, at midnight, by half an hour; and one without. */
const turns = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['Asia/Beirut', '2026-03-29'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Asia/Kathmandu', '2028-02-29'],
] as const

const amounts = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: 1n, max: 5_000_000n }),
  fc.bigInt({ min: 1n, max: 10n ** 15n }),
)
const waits = fc.oneof(
  fc.constantFrom(0, 1, 'midnight', 'just before midnight', 'just after midnight'),
  fc.nat({ max: day }),
  fc.nat({ max: 4 * day }),
)
type Wait = number | string

const steps = fc.array(
  fc.record({ wait: waits, rate: fc.constantFrom(...rates), amount: amounts, looks: fc.boolean() }),
  { minLength: 1, maxLength: 25, size: 'max' },
)

function after(at: number, wait: Wait, timeZone: string): number {
  if (typeof wait === 'number') return at + wait
  const midnight = nextMidnight(at, timeZone)
  return wait === 'midnight' ? midnight : wait === 'just before midnight' ? Math.max(at, midnight - 1) : midnight + 1
}

test('days of storage are what the time between changes comes to, however late somebody looks', () => {
  let charged = 0
  fc.assert(
    fc.property(fc.constantFrom(...turns), fc.nat({ max: 4 * day }), steps, ([timeZone, date], offset, sequence) => {
      const begin = Date.parse(`${date}T00:00:00Z`) - 3 * day + offset
      const world = worldOf({ timeZone, storageAtZero: 'owe' }, card)
      const team = new Storing(world, begin)
      const watched = new Storing(world, begin)
      const changes: Change[] = []
      let now = begin
      for (const { wait, rate, amount, looks } of sequence) {
        now = after(now, wait, timeZone)
        team.store(amount, now, rate)
        if (looks) watched.passTo(now)
        watched.store(amount, now, rate)
        changes.push({ at: now, rate, amount })
      }
      const end = now + 3 * day
      team.passTo(end)
      for (let look = now; look < end; look += day / 3) watched.passTo(look)
      watched.passTo(end)
      expect(team.charged).toEqual(storedDays(changes, timeZone, end))
      expect(watched.postings).toEqual(team.postings)
      expect(watched.account).toEqual(team.account)
      expect(team.account.owed).toBe(team.charged.reduce((sum, { quantity }) => sum + quantity, 0n))
      charged += team.charged.length
    }),
    { numRuns: 400 },
  )
  expect(charged).toBeGreaterThan(1_000)
})

test('in a zone whose days are all alike, the days add up to the whole time within half a micro-unit each', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const begin = Date.parse('2026-11-18T12:00:00Z')
      const team = new Storing(worldOf({ storageAtZero: 'owe' }, card), begin)
      const changes: Change[] = []
      let now = begin
      for (const { wait, amount } of sequence) {
        now = after(now, wait, 'UTC')
        team.store(amount, now, 'first')
        changes.push({ at: now, rate: 'first', amount })
      }
      const end = nextMidnight(now, 'UTC') + day
      team.passTo(end)
      const days = Math.ceil((end - begin) / day)
      const twiceTheSum = 2n * team.charged.reduce((sum, { quantity }) => sum + quantity, 0n) * BigInt(day)
      const off = twiceTheSum - 2n * integral(changes, 'UTC', begin, end)
      expect(off <= BigInt(days) * BigInt(day) && -off <= BigInt(days) * BigInt(day)).toBe(true)
    }),
    { numRuns: 400 },
  )
})
