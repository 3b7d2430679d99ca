import { expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { grantId } from '../../src/domain/identity.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { policy, world } from '../property/model/world.ts'
import { decided, newTeam, noon } from '../setup/deciding.ts'

/** Every plan of the model takes units of 5 credits; `none` has no allowance, and so no cycle. */
const plan = (id: string) => {
  const terms = policy.plan(id)
  return terms && { ...terms, addOn: { credits: 5n } }
}
const own = { ...policy, plan }
const selling: World = { ...world, rulesAt: (at) => ({ ...world.rulesAt(at), policy: own }) }
const ask = (account: Account, kind: 'set-add-on-units' | 'order-add-on-units', units: number, of = selling) =>
  decide(account, { kind, units }, {}, contextAt(of, noon))

const on = (planId: string): Account => {
  const assign = { kind: 'assign-plan', planId, teamName: null, seats: 1, interval: null, anchor: null } as const
  return decided(newTeam(), assign).account
}

test('units are deposited at once for the running cycle; fewer of them count from the next one on', () => {
  const weekly = on('weekly')
  const three = ask(weekly, 'set-add-on-units', 3)
  expect([three.outcome.kind, three.account.available - weekly.available]).toEqual(['done', 15n])
  expect(three.account.addOn).toEqual({ units: 3, granted: 3 })
  const one = ask(three.account, 'set-add-on-units', 1).account
  expect([one.available, one.addOn.units]).toEqual([three.account.available, 1])
  expect(one.grants.find(({ kind }) => kind === 'ADD_ON')?.expiresAt).toBe(Date.parse('2026-11-23T00:00:00Z'))
})

test.each(['set-add-on-units', 'order-add-on-units'] as const)('%s needs a plan with units and a cycle', (kind) => {
  const refusal = { failure: { code: 'ADD_ON_NOT_AVAILABLE', reason: 'PLAN' } }
  expect(ask(newTeam(), kind, 1).outcome).toMatchObject(refusal)
  expect(ask(on('none'), kind, 1).outcome).toMatchObject(refusal)
  expect(ask(on('weekly'), kind, 1, world).outcome).toMatchObject(refusal)
})

test('an order needs a subscription, which pays for it, and moves nothing', () => {
  const weekly = on('weekly')
  expect(ask(weekly, 'order-add-on-units', 1).outcome).toMatchObject({ failure: { reason: 'SUBSCRIPTION' } })
  expect(ask({ ...weekly, paidThrough: noon }, 'order-add-on-units', 1)).toMatchObject({
    outcome: { kind: 'ordered' },
    postings: [],
  })
})

test('units give no more than 2,000 open grants; those that are given stay, and fewer can be set', () => {
  const weekly = on('weekly')
  const [first] = weekly.grants
  if (first === undefined) throw new Error('The plan has deposited nothing')
  const having = (number: number, source: string): Account => ({
    ...weekly,
    paidThrough: noon,
    addOn: { units: 1, granted: 1 },
    grants: Array.from({ length: number }, (_, index) => ({
      ...first,
      id: grantId(index + 1),
      source: `${source}${index}`,
    })),
    available: first.available * BigInt(number),
    revision: number,
  })
  const refusal = {
    failure: { code: 'INVALID_INPUT', path: ['units'], message: expect.stringContaining('2000 open grants') },
  }
  expect(ask(having(2_000, 'plan:'), 'set-add-on-units', 2).outcome).toMatchObject(refusal)
  expect(ask(having(2_000, 'plan:'), 'order-add-on-units', 2).outcome).toMatchObject(refusal)
  for (const [account, units] of [
    [having(1_999, 'plan:'), 2],
    [having(2_000, 'plan:'), 1],
    [having(2_000, 'bought:'), 2],
  ] as const) {
    expect(ask(account, 'set-add-on-units', units).outcome).toEqual({ kind: 'done' })
    expect(ask(account, 'order-add-on-units', units).outcome).toEqual({ kind: 'ordered' })
  }
})
