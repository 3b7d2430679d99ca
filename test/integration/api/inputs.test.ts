import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LaneFull } from '../../../src/concurrency/lane.ts'
import { LedgerUnavailable } from '../../../src/ledger/retry-lost-connection.ts'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const admin = caller('ADMIN')
beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
})
afterAll(() => gateway.close())

const usage = [{ rate: 'chat.light' }]
const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'
const release = 'mutation ($input: ReleaseHoldInput!) { releaseHold(input: $input) { __typename } }'
const refund = 'mutation ($input: RefundChargeInput!) { refundCharge(input: $input) { __typename } }'
const grant =
  'mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { __typename ... on Error { code } } }'
const assign = 'mutation ($input: AssignPlanInput!) { assignPlan(input: $input) { __typename } }'
const activity =
  'query ($first: Int, $after: String, $filter: ActivityFilter) { team { activity(first: $first, after: $after, filter: $filter) { nodes { id } } } }'
const holds = 'query ($first: Int, $after: String) { team { holds(first: $first, after: $after) { nodes { id } } } }'
const report =
  'query ($from: DateTime!, $to: DateTime!) { team { usage(from: $from, to: $to, groupBy: [DAY]) { total } } }'
const asOf = 'query ($asOf: DateTime) { team { balance(asOf: $asOf) { available } } }'

const grantInput = { teamId: 'acme', amount: '5', kind: 'PROMOTION', source: 'promo:1' }
const planInput = { teamId: 'acme', planId: 'free' }
const long = 'x'.repeat(201)

describe('a request that can not be served', () => {
  it.each([
    ['a reference above 500 characters', charge, { input: { usage, idempotencyKey: 'k', reference: 'r'.repeat(501) } }],
    ['a reference with U+0000', charge, { input: { usage, idempotencyKey: 'k', reference: 'a\0' } }],
    ['a reference with half a surrogate pair', charge, { input: { usage, idempotencyKey: 'k', reference: '\udc00' } }],
    [
      'a quantity that is a float',
      charge,
      { input: { usage: [{ rate: 'chat.input', quantity: 0.5 }], idempotencyKey: 'k' } },
    ],
    [
      'a quantity in exponents',
      charge,
      { input: { usage: [{ rate: 'chat.input', quantity: '1e3' }], idempotencyKey: 'k' } },
    ],
    ['an empty key of a release', release, { input: { holdId: 'x', idempotencyKey: '' } }],
    ['a long key of a release', release, { input: { holdId: 'x', idempotencyKey: long } }],
    ['a page of less than nothing', activity, { first: -1 }],
    ['a page above 100', activity, { first: 101 }],
    ['a cursor that is none', activity, { after: 'abc' }],
    ['a cursor of holds that is none', holds, { after: 'Q3Vyc29yOjE6YWNtZQ=' }],
    [
      'a filter that ends before it begins',
      activity,
      { filter: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
    ],
    ['a filter by a member with U+0000', activity, { filter: { memberId: 'a\0' } }],
    ['a usage range that is empty', report, { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
    ['a usage range above 400 days', report, { from: '2025-01-01T00:00:00Z', to: '2026-02-06T00:00:00Z' }],
    ['an instant without a zone', asOf, { asOf: '2026-01-01T00:00:00' }],
    ['an instant in another zone', asOf, { asOf: '2026-01-01T00:00:00+02:00' }],
    ['a day that does not exist', asOf, { asOf: '2026-02-30T00:00:00Z' }],
    ['an instant that is far away', asOf, { asOf: '2099-01-01T00:00:00Z' }],
  ])('is told as such: %s', async (_, text, variables) => {
    const { codes, errors } = await gateway.run(admin, text, variables)
    // Where the result is a union, a value that the scalar takes is refused as data.
    expect(codes).toEqual([errors === undefined ? 'INVALID_INPUT' : 'BAD_USER_INPUT'])
    if (errors !== undefined) expect(errors[0]?.message).toMatch(/give/i)
  })

  it.each([
    ['a team id with a control character', assign, { input: { ...planInput, teamId: 'a\nb', idempotencyKey: 'k' } }],
    ['an empty team id', assign, { input: { ...planInput, teamId: '', idempotencyKey: 'k' } }],
    ['no seats', assign, { input: { ...planInput, seats: 0, idempotencyKey: 'k' } }],
    ['too many seats', assign, { input: { ...planInput, seats: 100_001, idempotencyKey: 'k' } }],
    ['a plan id with U+0000', assign, { input: { ...planInput, planId: 'a\0', idempotencyKey: 'k' } }],
    ['an empty source', grant, { input: { ...grantInput, source: '', idempotencyKey: 'k' } }],
    ['a long source', grant, { input: { ...grantInput, source: long, idempotencyKey: 'k' } }],
    ['an amount that is a number', grant, { input: { ...grantInput, amount: 5, idempotencyKey: 'k' } }],
    ['an amount with 7 fraction digits', grant, { input: { ...grantInput, amount: '1.0000001', idempotencyKey: 'k' } }],
    [
      'an amount that no ledger holds',
      grant,
      { input: { ...grantInput, amount: '1000000000000', idempotencyKey: 'k' } },
    ],
    [
      'a refund without a reason',
      refund,
      { input: { chargeId: 'x', reason: '', idempotencyKey: 'k', teamId: 'acme' } },
    ],
    [
      'a refund with a long key',
      refund,
      { input: { chargeId: 'x', reason: 'r', idempotencyKey: long, teamId: 'acme' } },
    ],
  ])('is told as such to the platform: %s', async (_, text, variables) => {
    const { codes, errors } = await gateway.run(operator, text, variables)
    expect(codes).toEqual([errors === undefined ? 'INVALID_INPUT' : 'BAD_USER_INPUT'])
  })

  it('is told as such where the scalar stands in the document itself', async () => {
    const { errors } = await gateway.run(admin, '{ team { balance(asOf: "yesterday") { available } } }')
    expect(errors?.[0]?.message).toContain('ISO 8601 in UTC')
  })

  it('is told as such where it asks for too much at once', async () => {
    const pages = Array.from(
      { length: 30 },
      (_, page) => `p${page}: activity(first: 100) { nodes { id lines { rate } } }`,
    )
    expect((await gateway.run(admin, `{ team { ${pages.join('\n')} } }`)).codes).toEqual(['BAD_USER_INPUT'])
    const sized = pages.map((page) => page.replace('100', '$first')).join(' ')
    const many = `query ($first: Int) { team { ${sized} } }`
    expect((await gateway.run(admin, many, { first: 100 })).codes).toEqual(['BAD_USER_INPUT'])
    expect((await gateway.run(admin, many, { first: 1 })).codes).toEqual([])
    expect((await gateway.run(admin, many, { first: 100 })).codes).toEqual(['BAD_USER_INPUT'])
    const usual =
      '{ team { activity(first: 100) { edges { cursor node { id type at amount balanceAfter revision reference member { memberId name } lines { rate name quantity count credits money { amount currency } } } } pageInfo { hasNextPage } } } }'
    expect((await gateway.run(admin, usual)).codes).toEqual([])
  })
})

describe('an amount that is not one', () => {
  it('of a grant is refused, and leaves its key free', async () => {
    const idempotencyKey = newKey()
    for (const amount of ['0', '-5']) {
      const { grantCredits } = await gateway.ask(operator, grant, {
        input: { ...grantInput, amount, idempotencyKey: newKey() },
      })
      expect(grantCredits.code).toBe('INVALID_AMOUNT')
    }
    const of = (amount: string) => gateway.ask(operator, grant, { input: { ...grantInput, amount, idempotencyKey } })
    expect((await of('0')).grantCredits.code).toBe('INVALID_AMOUNT')
    expect((await of('0.00')).grantCredits.code).toBe('INVALID_AMOUNT')
    expect((await of('1')).grantCredits.__typename).toBe('CreditGrant')
  })

  it('of a threshold is refused', async () => {
    const set =
      'mutation ($input: LowBalanceThresholdInput!) { setLowBalanceThreshold(input: $input) { __typename ... on Team { lowBalanceThreshold } } }'
    for (const input of [
      { credits: '-1' },
      { percentOfMonthlyUsage: '0' },
      { percentOfMonthlyUsage: '100.5' },
      { credits: '1', percentOfMonthlyUsage: 25 },
    ]) {
      expect((await gateway.ask(admin, set, { input })).setLowBalanceThreshold.__typename).toBe('InvalidAmount')
    }
    for (const [input, lowBalanceThreshold] of [
      [{ credits: '250.5' }, '250.5'],
      [{ percentOfMonthlyUsage: 25 }, '0'],
      [{}, '100'],
    ]) {
      const { setLowBalanceThreshold } = await gateway.ask(admin, set, { input })
      expect(setLowBalanceThreshold).toEqual({ __typename: 'Team', lowBalanceThreshold })
    }
    expect((await gateway.run(operator, set, { input: { teamId: 'nobody' } })).codes).toEqual(['NOT_FOUND'])
  })
})

describe('a ledger that can not answer now', () => {
  it.each([
    ['LEDGER_UNAVAILABLE', new LedgerUnavailable('away')],
    ['OVERLOADED', new LaneFull('full')],
  ])('is told as %s, with what to do', async (code, reason) => {
    const submitAll = async (all: readonly unknown[]) => all.map(() => ({ status: 'rejected', reason }) as const)
    const ledger = { ...gateway.services.ledger, submit: () => Promise.reject(reason), submitAll }
    const other = await openGateway({ ledger })
    const { codes, errors } = await other.run(admin, charge, { input: { usage, idempotencyKey: 'k' } })
    expect(codes).toEqual([code])
    expect(errors?.[0]?.message).toContain('the same key')
    const all = await other.run(
      admin,
      'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }',
      {
        events: [{ usage, idempotencyKey: 'k' }],
      },
    )
    expect(all.codes).toEqual([code])
    await other.close()
  })
})
