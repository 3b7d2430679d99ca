import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Gateway, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway.close())

const text = `query ($input: RehearsalInput!) {
  rehearsal(input: $input) { theirs ours difference firstDivergence { eventId at theirs ours rule } } }`
/** Wednesday; the free plan has a week of 500 credits that ends on Monday. */
const startsAt = '2026-11-18T12:00:00Z'
const team = {
  teamId: 'acme',
  planId: 'free',
  grants: [
    { source: 'old:week', kind: 'INCLUDED', amount: '300' },
    { source: 'old:pack', kind: 'PACKAGE', amount: '1000' },
  ],
}
const image = [{ rate: 'image.flux-2-pro' }]
const charge = { id: '1', at: '2026-11-19T09:00:00Z', type: 'CHARGE', amount: '30', balanceAfter: '1270', usage: image }
const week = [
  { id: '2', at: '2026-11-23T00:00:01Z', type: 'EXPIRY', amount: '270', balanceAfter: '1000', source: 'old:week' },
  {
    id: '3',
    at: '2026-11-23T00:00:02Z',
    type: 'GRANT',
    kind: 'INCLUDED',
    amount: '500',
    balanceAfter: '1500',
    source: 'w',
  },
]
const rehearsal = async (events: readonly object[], given: object = {}) =>
  (await gateway.ask(operator, text, { input: { team, startsAt, events, ...given } })).rehearsal

describe('a rehearsal', () => {
  it('finds no difference to a system with the same rules, and leaves nothing behind', async () => {
    expect(await rehearsal([charge, ...week])).toEqual({
      ...{ theirs: '1500', ours: '1500', difference: '0', firstDivergence: null },
    })
    expect((await gateway.ask(operator, '{ teams { nodes { id } } }')).teams.nodes).toEqual([])
  })

  it('names the first diverging entry, and the rule that explains it', async () => {
    const early = { ...week[0], at: '2026-11-22T23:00:00Z' }
    const answer = await rehearsal([
      charge,
      early,
      week[1] ?? {},
      { ...charge, id: '4', at: '2026-11-24T00:00:00Z', amount: '31', balanceAfter: '1469' },
    ])
    expect(answer).toEqual({
      ...{ theirs: '1469', ours: '1470', difference: '1' },
      firstDivergence: {
        ...{ eventId: '2', at: '2026-11-22T23:00:00.000Z', theirs: '270', ours: '0' },
        rule: 'The grant old:week ends at 2026-11-23T00:00:00.000Z here, by the time zone UTC, 1 hour later than in the other system.',
      },
    })
  })

  it('is for the operator alone', async () => {
    const { errors } = await gateway.run(caller('ADMIN', 'acme'), text, { input: { team, startsAt, events: [charge] } })
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it.each([
    ['no events', [], {}, /events: give 1 to 1000/],
    ['more events than it replays', Array(1_001).fill(charge), {}, /events: give 1 to 1000/],
    ['an event before the start', [{ ...charge, at: '2026-11-18T11:00:00Z' }], {}, /events\.0\.at: .*in order/],
    ['events of two years', [charge, { ...charge, at: '2028-11-19T09:00:00Z' }], {}, /longer than 400 days/],
    ['an event that moves nothing', [{ ...charge, amount: '0' }], {}, /events\.0\.amount: .*more than 0/],
    ['a team that would not be imported', [charge], { team: { ...team, seats: 0 } }, /team\.seats: .*give 1 to 100000/],
    [
      'a plan that is unknown',
      [charge],
      { team: { ...team, planId: 'none' } },
      /team\.planId: the catalog has no such plan/,
    ],
  ])('refuses %s', async (_, events, given, message) => {
    const { errors } = await gateway.run(operator, text, { input: { team, startsAt, events, ...given } })
    expect(errors?.[0]?.message).toMatch(message)
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('replays 1,000 events at once, and lets the gateway serve others in between', async () => {
    const at = (index: number) => new Date(Date.parse(startsAt) + index * 1_000).toISOString()
    const events = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ ...charge, usage: undefined, id: `${index}`, at: at(index), amount: '1', balanceAfter: `${1_299 - index}` },
    }))
    let turns = 0
    const count = () => {
      turns += 1
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    expect(await rehearsal(events)).toMatchObject({ theirs: '300', difference: '0', firstDivergence: null })
    clearImmediate(next)
    expect(turns).toBeGreaterThanOrEqual(20)
  })
})
