import fc from 'fast-check'
import { type Ask, overdueAt, plans } from './ask.ts'

const amount = fc.oneof(fc.bigInt({ min: 1n, max: 12n }), fc.bigInt({ min: 1n, max: 80n }))
const more = fc.oneof({ weight: 5, arbitrary: amount }, { weight: 1, arbitrary: fc.bigInt({ min: 80n, max: 400n }) })
/** 0: the newest. */
const index = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) })
const source = fc.constantFrom('s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8')
const hour = 3_600_000
const holdLasts = fc.constantFrom(1, hour, 24 * hour, 24 * hour, 24 * hour)

const grant = fc.record({
  do: fc.constant('grant' as const),
  source,
  amount,
  kind: fc.constantFrom('PACKAGE' as const, 'PROMOTION' as const, 'ADJUSTMENT' as const),
  lasts: fc.constantFrom(null, null, 1, hour, 30 * hour, 24 * 9 * hour),
})
const pictures = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
const scopedGrant = fc.record({
  ...{ do: fc.constant('grant' as const), source, amount, kind: fc.constant('PROMOTION' as const) },
  lasts: fc.constantFrom(null, hour, 30 * hour),
  only: fc.constantFrom('pictures' as const, 'picture' as const, 'credit' as const),
})
const buy = fc.record({ do: fc.constant('buy' as const), source, amount })
const plan = fc.record({
  do: fc.constant('plan' as const),
  plan: fc.constantFrom(...Object.keys(plans), 'unknown'),
  seats: fc.integer({ min: 1, max: 3 }),
  interval: fc.constantFrom(null, 'MONTH' as const, 'YEAR' as const),
})
const charge = fc.record({
  do: fc.constant('charge' as const),
  amounts: fc.array(fc.oneof({ weight: 1, arbitrary: fc.constant(0n) }, { weight: 5, arbitrary: amount }), {
    minLength: 1,
    maxLength: 3,
  }),
  pictures,
})
/** Few, so that a hold is often settled for just what it was placed for. */
const few = fc.constantFrom(4n, 30n)
const hold = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), amount, lasts: holdLasts, start: fc.constant(false), pictures }),
  fc.record({ do: fc.constant('hold' as const), amount: few, lasts: holdLasts, start: fc.constant(true) }),
)
const onHold = fc.oneof(
  fc.record({
    do: fc.constant('extend' as const),
    hold: index,
    amount: fc.option(amount, { freq: 2 }),
    lasts: fc.option(holdLasts, { freq: 2 }),
    pictures,
  }),
  fc.record({ do: fc.constant('capture' as const), hold: index, amount: more, pictures }),
  fc.record({
    do: fc.constant('settle' as const),
    hold: index,
    amount: fc.oneof({ weight: 2, arbitrary: fc.oneof(fc.constant(null), few) }, { weight: 1, arbitrary: more }),
    start: fc.boolean(),
    pictures,
  }),
  fc.record({ do: fc.constant('release' as const), hold: index }),
)
const refund = fc.record({ do: fc.constant('refund' as const), charge: index, amount: fc.option(amount) })
const clawBack = fc.record({
  do: fc.constant('claw-back' as const),
  source,
  total: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 40n })),
  frozen: fc.boolean(),
})

const failures = fc.option(fc.nat({ max: 2 }))
const bills = fc.tuple(failures, failures, failures, failures).map((counts) => {
  const months = Object.keys(overdueAt)
  const unpaid = counts.flatMap((count, index) =>
    count === null ? [] : [{ month: months[index] ?? '', failures: count }],
  )
  return { do: 'bills' as const, unpaid }
})
const none = fc.constant({ do: 'bills' as const, unpaid: [] })
const meter = fc.constant({ do: 'meter' as const })

/** Bills that are sent, paid and overdue, beside work that needs a credit line or is billed in money. */
export const billed: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(bills, none) },
  { weight: 2, arbitrary: meter },
  { weight: 1, arbitrary: grant },
  { weight: 2, arbitrary: hold },
  { weight: 3, arbitrary: onHold },
  { weight: 1, arbitrary: fc.oneof(refund, charge, plan) },
)

export const asks: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 4, arbitrary: grant },
  { weight: 2, arbitrary: scopedGrant },
  { weight: 2, arbitrary: buy },
  { weight: 6, arbitrary: charge },
  { weight: 4, arbitrary: hold },
  { weight: 6, arbitrary: onHold },
  { weight: 4, arbitrary: refund },
  { weight: 4, arbitrary: clawBack },
  { weight: 2, arbitrary: plan },
  { weight: 1, arbitrary: meter },
  { weight: 1, arbitrary: fc.constant({ do: 'nothing' as const }) },
)

/** Few grants, whose payments are taken back and given again all the time. */
export const disputes: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 2, arbitrary: grant.map((ask) => ({ ...ask, source: ask.source < 's4' ? 's0' : ask.source })) },
  { weight: 2, arbitrary: buy.map((ask) => ({ ...ask, source: ask.source < 's6' ? 's0' : 's1' })) },
  { weight: 3, arbitrary: charge },
  { weight: 2, arbitrary: hold },
  { weight: 3, arbitrary: onHold },
  { weight: 2, arbitrary: refund },
  { weight: 9, arbitrary: clawBack.map((ask) => ({ ...ask, source: ask.source < 's5' ? 's0' : 's1' })) },
)

/** Many grants that pay for pictures only, or for credits only, beside work of both kinds. */
export const scoped: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 3, arbitrary: scopedGrant },
  { weight: 1, arbitrary: grant },
  { weight: 3, arbitrary: charge },
  { weight: 3, arbitrary: hold },
  { weight: 6, arbitrary: onHold },
  { weight: 2, arbitrary: refund },
  { weight: 2, arbitrary: clawBack },
  { weight: 1, arbitrary: plan },
)

/** How long nothing is asked: in milliseconds, or right up to the next instant at which something happens by itself. */
export const waits = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(0, 1) },
  { weight: 3, arbitrary: fc.constantFrom('to the next instant' as const, 'right before the next instant' as const) },
  { weight: 3, arbitrary: fc.constantFrom(1, 999, hour, 24 * hour, 72 * hour, 24 * 8 * hour) },
  { weight: 1, arbitrary: fc.constantFrom(24 * 45 * hour, 24 * 400 * hour) },
)
export type Wait = typeof waits extends fc.Arbitrary<infer T> ? T : never
