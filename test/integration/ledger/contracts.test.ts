import { describe, expect, test } from 'vitest'
import type { Command } from '../../../src/domain/decisions/command.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import {
  assignPlan,
  at,
  charge,
  credits,
  failureOf,
  grantOf,
  heldBy,
  minute,
  placeHold,
  release,
  sceneOfFile,
  submission,
} from './scene.ts'
import { catalogWith, told, windows } from './told.ts'

const plans = `
  - { id: none, name: None, topUp: true, allowances: [] }
  - { id: weekly, name: Weekly, topUp: true, allowances: [{ id: week, credits: 10, every: WEEK }] }
  - { id: more, name: More, topUp: true, allowances: [{ id: week, credits: 50, every: WEEK }] }
`
const start = at('2027-01-20T11:00:00Z')
const settings = 'timeZone: Europe/Berlin\nplanChanges: at-once\nexpiry: { PACKAGE: cycle }'
const scene = sceneOfFile(catalogWith(plans, settings), start)

type Terms = Partial<Omit<Extract<Command, { kind: 'create-contract' }>, 'kind'>>
const contract = (reference: string, given: Terms = {}): Command => ({
  kind: 'create-contract',
  reference,
  credits: credits(500),
  cadence: 'MONTH',
  rollover: 'none',
  creditLine: null,
  startsAt: start,
  endsAt: null,
  ...given,
})
const end = (reference: string): Command => ({ kind: 'end-contract', reference })
const look = (team: TeamId) => scene.submit(team, { kind: 'roll-forward' })
const contractsOf = async (team: TeamId) =>
  (await scene.account(team)).account.allowances.filter(({ kind }) => kind === 'CONTRACT')

describe('W9: a contract', () => {
  test('deposits its credits at once and again at the begin of each period, as credits of their own kind', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('ACME-42', { startsAt: null }))
    await scene.submit(team, charge(100))
    const grants = (await scene.account(team)).account.grants
    expect(grants).toMatchObject([{ kind: 'CONTRACT', granted: credits(500), available: credits(400) }])
    expect(await scene.balance(team)).toMatchObject({ included: 0n, additional: credits(400), period: null })
    await scene.setClock(at('2027-03-25T00:00:00Z'))
    await look(team)
    await scene.setClock(at('2027-04-25T00:00:00Z'))
    await scene.other.submit(submission(team, { kind: 'roll-forward' }))
    // Noon in Berlin, also after daylight saving began.
    expect(await windows(scene, team)).toEqual([
      '500 from 2027-01-20T11:00Z to 2027-02-20T11:00Z',
      '500 from 2027-02-20T11:00Z to 2027-03-20T11:00Z',
      '500 from 2027-03-20T11:00Z to 2027-04-20T10:00Z',
      '500 from 2027-04-20T10:00Z to 2027-05-20T10:00Z',
    ])
  })

  test('of more than a ledger can hold deposits as much as fits, and the team goes on', async () => {
    const team = await scene.team('none')
    const most = { credits: credits(999_999_999_999), cadence: 'WEEK', rollover: 'full' } as const
    await scene.submit(team, contract('A', most))
    await scene.setClock(start + 20 * 7 * 24 * 60 * minute)
    expect((await scene.balance(team)).available).toBe(9_000_000_000_000_000_000n)
    expect((await scene.submit(team, charge(5))).outcome.kind).toBe('charge')
  })

  test('that began in the past deposits the period that runs, and none that passed', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('A', { startsAt: at('2026-10-31T08:00:00Z') }))
    await scene.submit(team, contract('B', { cadence: 'YEAR', startsAt: at('2024-02-29T08:00:00Z') }))
    await scene.submit(team, contract('C', { cadence: 'WEEK', startsAt: at('2027-01-13T11:00:00Z') }))
    expect(await windows(scene, team)).toEqual([
      '500 from 2026-12-31T08:00Z to 2027-01-31T08:00Z',
      '500 from 2026-02-28T08:00Z to 2027-02-28T08:00Z',
      '500 from 2027-01-20T11:00Z to 2027-01-27T11:00Z',
    ])
  })

  test('that begins in the future deposits by itself, at its instant', async () => {
    const team = await scene.team('none')
    const startsAt = at('2027-02-03T08:00:00Z')
    await scene.submit(team, contract('A', { startsAt }))
    expect((await scene.balance(team)).available).toBe(0n)
    await scene.setClock(startsAt - 1)
    expect((await scene.balance(team)).available).toBe(0n)
    await scene.setClock(startsAt)
    expect((await scene.balance(team)).available).toBe(credits(500))
    await scene.setClock(at('2027-02-10T00:00:00Z'))
    await look(team)
    expect(await told(scene, team)).toEqual(['GRANT 500 at 2027-02-03T08:00Z: contract-grant:A:2027-02-03'])
  })

  test('deposits nothing at or after its end, and no credits of it last beyond it', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('A', { rollover: 'full', endsAt: at('2027-03-20T11:00:00Z') }))
    await scene.submit(team, contract('B', { cadence: 'WEEK', endsAt: at('2027-01-29T00:00:00Z') }))
    await scene.submit(team, contract('C', { cadence: 'ONCE', endsAt: at('2027-05-05T00:00:00Z') }))
    const inFuture = { startsAt: at('2027-03-01T00:00:00Z'), endsAt: at('2027-03-02T00:00:00Z') }
    await scene.submit(team, contract('D', { cadence: 'YEAR', ...inFuture }))
    await scene.setClock(at('2027-06-01T00:00:00Z'))
    await look(team)
    expect((await windows(scene, team)).toSorted()).toEqual([
      '500 from 2027-01-20T11:00Z to 2027-01-27T11:00Z',
      '500 from 2027-01-20T11:00Z to 2027-02-20T11:00Z',
      '500 from 2027-01-20T11:00Z to 2027-05-05T00:00Z',
      '500 from 2027-01-27T11:00Z to 2027-01-29T00:00Z',
      '500 from 2027-02-20T11:00Z to 2027-03-20T11:00Z',
      '500 from 2027-02-20T11:00Z to 2027-03-20T11:00Z',
      '500 from 2027-03-01T00:00Z to 2027-03-02T00:00Z',
    ])
    expect((await scene.balance(team)).available).toBe(0n)
    expect((await contractsOf(team)).every(({ ended }) => ended)).toBe(true)
  })

  test('of a single grant lasts for ever, also where it began in the past', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('A', { cadence: 'ONCE' }))
    await scene.submit(team, contract('B', { cadence: 'ONCE', startsAt: at('2026-01-01T00:00:00Z') }))
    await scene.submit(team, contract('C', { cadence: 'ONCE', startsAt: at('2027-02-01T00:00:00Z') }))
    await scene.setClock(at('2029-01-01T00:00:00Z'))
    await look(team)
    expect(await windows(scene, team)).toEqual([
      '500 from 2027-01-20T11:00Z to never',
      '500 from 2026-01-01T00:00Z to never',
      '500 from 2027-02-01T00:00Z to never',
    ])
    await scene.submit(team, end('A'))
    expect((await scene.balance(team)).available).toBe(credits(1500))
  })

  test('carries over what is left as it was agreed, and loses what was held then', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('full', { rollover: 'full' }))
    await scene.submit(team, contract('capped', { rollover: { upTo: credits(20) } }))
    await scene.submit(team, contract('none'))
    await scene.setClock(at('2027-02-20T10:00:00Z'))
    // In the order of their deposit: 500 of the first and 100 of the second are held.
    const hold = heldBy(await scene.submit(team, placeHold(600, { expiresInSeconds: 86_400 })))
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    await scene.submit(team, release(hold))
    expect((await scene.balance(team)).available).toBe(credits(1520))
    await scene.setClock(at('2027-03-20T11:00:00Z'))
    expect((await scene.balance(team)).available).toBe(credits(2020))
  })

  test('that is ended deposits no more; what it deposited stays to its own end; again is harmless', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('A', { rollover: 'full' }))
    await scene.submit(team, contract('later', { startsAt: at('2027-02-01T00:00:00Z') }))
    const last = { startsAt: at('2026-12-20T11:00:00Z'), endsAt: at('2027-02-20T11:00:00Z') }
    await scene.submit(team, contract('last', last))
    await scene.setClock(at('2027-01-25T00:00:00Z'))
    for (const reference of ['A', 'later', 'last']) await scene.submit(team, end(reference), `end ${reference}`)
    const ended = await contractsOf(team)
    expect(ended.map(({ ended, endsAt }) => [ended, Math.floor((endsAt ?? 0) / minute) * minute])).toEqual(
      ended.map(() => [true, at('2027-01-25T00:00:00Z')]),
    )
    expect((await scene.balance(team)).available).toBe(credits(1000))
    await scene.setClock(at('2027-02-10T00:00:00Z'))
    for (const reference of ['A', 'later', 'last']) {
      await scene.submit(team, end(reference), `end ${reference}`)
      await scene.submit(team, end(reference))
    }
    expect(await contractsOf(team)).toEqual(ended)
    expect((await scene.balance(team)).available).toBe(credits(1000))
    await scene.setClock(at('2027-03-01T00:00:00Z'))
    expect((await scene.balance(team)).available).toBe(0n)
    expect(failureOf(await scene.submit(team, end('B')))).toMatchObject({ code: 'NOT_FOUND' })
    expect(failureOf(await scene.submit(team, contract('A')))).toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('goes on whatever the plan and the seats are', async () => {
    const team = await scene.team('weekly')
    await scene.submit(team, contract('A'))
    for (const [planId, seats] of [
      ['more', 5],
      ['none', 1],
      ['weekly', 2],
    ] as const) {
      await scene.submit(team, assignPlan(planId, { seats, anchor: at('2027-01-05T00:00:00Z') }))
      expect((await contractsOf(team)).map(({ ended, anchor }) => [ended, anchor])).toEqual([[false, start]])
    }
    await scene.submit(team, assignPlan('none'))
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    expect((await scene.balance(team)).available).toBe(credits(500))
    expect((await windows(scene, team)).filter((window) => window.startsWith('500'))).toHaveLength(1)
  })

  test('is no cycle of its own: what ends with the cycle of a plan ends with no contract', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('A'))
    await scene.submit(team, grantOf(5, 'pack'))
    expect((await windows(scene, team)).at(-1)).toBe('5 from 2027-01-20T11:00Z to never')
    expect(failureOf(await scene.submit(team, { kind: 'set-add-on-units', units: 1 }))).toMatchObject({
      code: 'ADD_ON_NOT_AVAILABLE',
    })
  })

  test('pays first what the team owes, each period again', async () => {
    const team = await scene.team('none')
    await scene.submit(team, grantOf(700, 'pack'))
    await scene.submit(team, charge(700))
    await scene.submit(team, {
      kind: 'claw-back',
      source: 'pack',
      total: credits(700),
      reference: 'dispute',
      frozen: false,
      loss: null,
      reason: null,
    })
    await scene.submit(team, contract('A'))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(200) })
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    expect(await scene.balance(team)).toMatchObject({ available: credits(300), owed: 0n })
  })

  test.each([
    ['of nothing', { credits: 0n }, 'INVALID_AMOUNT'],
    ['of less than nothing', { credits: -1n }, 'INVALID_AMOUNT'],
    ['that ends before it begins', { startsAt: start + 5, endsAt: start + 4 }, 'INVALID_INPUT'],
    ['that ends as it begins', { startsAt: start + 5, endsAt: start + 5 }, 'INVALID_INPUT'],
    ['that is over', { startsAt: start - 5, endsAt: start }, 'INVALID_INPUT'],
    ['that is named like what another carries over', { reference: 'A:rollover' }, 'INVALID_INPUT'],
  ] as const)('%s is refused, and leaves nothing', async (_, given, code) => {
    const team = await scene.team('none')
    expect(failureOf(await scene.submit(team, contract('A', given)))).toMatchObject({ code })
    expect(await contractsOf(team)).toEqual([])
    expect(await windows(scene, team)).toEqual([])
  })

  test('has a name of its own in the team, and a key its effect once, by two gateways too', async () => {
    const team = await scene.team('none')
    const once = submission(team, contract('A'), 'once')
    const answers = await Promise.all([scene.ledger, scene.other].map((ledger) => ledger.submit(once)))
    expect(answers.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done'])
    const rivals = await Promise.all(
      [scene.ledger, scene.other].map((ledger) => ledger.submit(submission(team, contract('B')))),
    )
    expect(rivals.map(({ outcome }) => outcome.kind).toSorted()).toEqual(['done', 'refused'])
    expect(await windows(scene, team)).toHaveLength(2)
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    await Promise.all(
      [scene.ledger, scene.other].map((ledger) => ledger.submit(submission(team, { kind: 'roll-forward' }))),
    )
    expect(await windows(scene, team)).toHaveLength(4)
    const other = await scene.team('none')
    expect((await scene.submit(other, contract('A'))).outcome.kind).toBe('done')
  })

  test('of a name that ends like a day deposits beside one whose days those are', async () => {
    const team = await scene.team('none')
    await scene.submit(team, contract('A'))
    await scene.submit(team, contract('A:2027-01-20'))
    await scene.submit(team, contract('contract:A'))
    await scene.setClock(at('2027-02-20T11:00:00Z'))
    await look(team)
    expect((await scene.balance(team)).available).toBe(credits(1500))
  })

  test('is told alike by whoever looks and however late', async () => {
    const [never, often] = [await scene.team('weekly'), await scene.team('weekly')]
    for (const team of [never, often]) await scene.submit(team, contract('A', { rollover: { upTo: credits(80) } }))
    for (const date of ['2027-01-30', '2027-02-20', '2027-03-05', '2027-04-20']) {
      await scene.setClock(at(`${date}T10:00:00Z`))
      await scene.other.submit(submission(often, { kind: 'roll-forward' }))
    }
    await scene.setClock(at('2027-04-25T00:00:00Z'))
    expect((await scene.balance(never)).available).toBe(credits(590))
    await look(never)
    await look(often)
    expect(await told(scene, never)).toEqual(await told(scene, often))
  })
})
