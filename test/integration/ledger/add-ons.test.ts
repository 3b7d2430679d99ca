import { describe, expect, test } from 'vitest'
import type { Command } from '../../../src/domain/decisions/command.ts'
import {
  assignPlan,
  at,
  charge,
  credits,
  failureOf,
  grantedBy,
  grantOf,
  type Scene,
  sceneOfFile,
  submission,
} from './scene.ts'
import { catalogWith, told, windows } from './told.ts'

const plans = `
  - id: cycle
    name: Cycle
    topUp: true
    allowances:
      - { id: week, credits: 10, every: WEEK }
      - { id: month, credits: 100, every: MONTH, interval: MONTH }
      - { id: year, credits: 1000, every: YEAR, interval: YEAR }
    addOn: { credits: 60, price: 10 }
  - { id: better, name: Better, topUp: true, allowances: [{ id: month, credits: 100, every: MONTH }], addOn: { credits: 200, price: 30 } }
  - { id: plain, name: Plain, topUp: true, allowances: [{ id: week, credits: 10, every: WEEK }] }
  - { id: none, name: None, topUp: true, allowances: [] }
  - { id: named, name: Named, topUp: true, allowances: [{ id: add-on, credits: 5, every: MONTH }], addOn: { credits: 60, price: 10 } }
`
const start = at('2027-01-20T11:00:00Z')
const [february, march] = [at('2027-02-01T00:00:00Z'), at('2027-03-01T00:00:00Z')]
const scene = sceneOfFile(catalogWith(plans, 'timeZone: UTC\nexpiry: { AUTO_RECHARGE: cycle }'), start)
const lasting = sceneOfFile(catalogWith(plans, 'timeZone: UTC\nexpiry: { ADD_ON: never, PACKAGE: cycle }'), start)

const units = (number: number): Command => ({ kind: 'set-add-on-units', units: number })

async function addOns(of: Scene, ...[team]: Parameters<Scene['balance']>): Promise<string[]> {
  return (await told(of, team)).filter((line) => line.includes('GRANT') && line.includes('add-on'))
}

describe('add-on units', () => {
  test('D5: are deposited at once in full, end with the cycle and are renewed with it', async () => {
    const team = await scene.team('cycle')
    await scene.submit(team, units(3))
    const grants = (await scene.account(team)).account.grants.filter(({ kind }) => kind === 'ADD_ON')
    expect(grants).toMatchObject([{ granted: credits(180), expiresAt: february }])
    await scene.submit(team, charge(200))
    await scene.setClock(february)
    expect(await scene.balance(team)).toMatchObject({ included: credits(110), additional: credits(180) })
    await scene.setClock(march)
    expect(await scene.balance(team)).toMatchObject({ included: credits(110), additional: credits(180) })
    await scene.other.submit(submission(team, { kind: 'roll-forward' }))
    expect(await addOns(scene, team)).toEqual([
      expect.stringMatching(/^GRANT 180 at 2027-01-20T11:00Z: /),
      expect.stringMatching(/^GRANT 180 at 2027-02-01T00:00Z: /),
      expect.stringMatching(/^GRANT 180 at 2027-03-01T00:00Z: /),
    ])
  })

  test('D6: fewer take nothing back and count from the next cycle on; more again are deposited only beyond what it had', async () => {
    const team = await scene.team('cycle')
    for (const number of [3, 1, 3, 2, 4, 1]) await scene.submit(team, units(number))
    expect((await scene.balance(team)).additional).toBe(credits(240))
    expect((await scene.account(team)).account.addOn).toEqual({ units: 1, granted: 4 })
    await scene.setClock(february)
    expect((await scene.balance(team)).additional).toBe(credits(60))
    await scene.submit(team, units(2))
    expect((await scene.balance(team)).additional).toBe(credits(120))
    await scene.submit(team, units(0))
    expect((await scene.balance(team)).additional).toBe(credits(120))
    await scene.setClock(march)
    expect((await scene.balance(team)).additional).toBe(0n)
    await scene.submit(team, units(1))
    expect((await scene.balance(team)).additional).toBe(credits(60))
  })

  test('D6: end with a plan that takes none, and what was deposited stays to the end of its cycle', async () => {
    const team = await scene.team('cycle')
    await scene.submit(team, units(2))
    await scene.submit(team, assignPlan('plain'))
    expect((await scene.account(team)).account.addOn.units).toBe(0)
    expect((await scene.balance(team)).additional).toBe(credits(120))
    expect(failureOf(await scene.submit(team, units(1)))).toMatchObject({
      code: 'ADD_ON_NOT_AVAILABLE',
      planId: 'plain',
    })
    await scene.setClock(february)
    expect((await scene.balance(team)).additional).toBe(0n)
    await scene.submit(team, assignPlan('cycle'))
    expect((await scene.balance(team)).additional).toBe(0n)
  })

  test('D6: need a plan with a cycle; the same key may be tried again', async () => {
    const team = await scene.team('none')
    expect(failureOf(await scene.submit(team, units(1), 'first'))).toMatchObject({ code: 'ADD_ON_NOT_AVAILABLE' })
    await scene.submit(team, assignPlan('cycle'))
    expect((await scene.submit(team, units(1), 'first')).outcome.kind).toBe('done')
  })

  test("that the running cycle had are not deposited again by coming back within it, another plan's week later too", async () => {
    const team = await scene.team('cycle')
    await scene.submit(team, units(3))
    await scene.submit(team, assignPlan('plain'))
    await scene.setClock(at('2027-01-26T00:00:00Z'))
    await scene.submit(team, assignPlan('cycle'))
    await scene.submit(team, units(3))
    expect(await addOns(scene, team)).toHaveLength(1)
    await scene.submit(team, units(4))
    expect((await scene.balance(team)).additional).toBe(credits(240))
    await scene.setClock(february)
    expect((await scene.balance(team)).additional).toBe(credits(240))
  })

  test('are renewed with the cycle of another interval, also where both begin on one day', async () => {
    await scene.setClock(at('2026-12-20T00:00:00Z'))
    const team = await scene.team('cycle')
    await scene.submit(team, units(1))
    await scene.setClock(at('2027-01-10T00:00:00Z'))
    await scene.submit(team, assignPlan('cycle', { interval: 'YEAR' }))
    expect((await windows(scene, team)).filter((window) => window.startsWith('60'))).toEqual([
      '60 from 2026-12-20T00:00Z to 2027-01-01T00:00Z',
      '60 from 2027-01-01T00:00Z to 2027-02-01T00:00Z',
      '60 from 2027-01-10T00:00Z to 2028-01-01T00:00Z',
    ])
  })

  test('count as the new plan has them from the next cycle on', async () => {
    const team = await scene.team('cycle')
    await scene.submit(team, units(2))
    await scene.submit(team, assignPlan('better'))
    expect((await scene.balance(team)).additional).toBe(credits(120))
    await scene.submit(team, units(3))
    expect((await scene.balance(team)).additional).toBe(credits(320))
    await scene.setClock(february)
    expect((await scene.balance(team)).additional).toBe(credits(600))
  })

  test('keep apart from an allowance of any name', async () => {
    const team = await scene.team('named')
    await scene.submit(team, units(1))
    await scene.setClock(march)
    await scene.submit(team, { kind: 'roll-forward' })
    expect(await scene.balance(team)).toMatchObject({ included: credits(5), additional: credits(60) })
  })

  test('are deposited once by a key, and by two gateways at once', async () => {
    const team = await scene.team('cycle')
    const once = submission(team, units(2), 'once')
    const answers = await Promise.all([scene.ledger, scene.other, scene.ledger].map((ledger) => ledger.submit(once)))
    expect(new Set(answers.map(({ revision }) => revision)).size).toBe(1)
    await Promise.all([scene.ledger, scene.other].map((ledger) => ledger.submit(submission(team, units(2)))))
    expect((await scene.balance(team)).additional).toBe(credits(120))
    await scene.setClock(february)
    await Promise.all([scene.ledger, scene.other].map((ledger) => ledger.submit(submission(team, charge(1)))))
    expect(await addOns(scene, team)).toHaveLength(2)
  })

  test('never expire where the catalog says so', async () => {
    const team = await lasting.team('cycle')
    await lasting.submit(team, units(2))
    await lasting.setClock(february)
    expect((await lasting.balance(team)).additional).toBe(credits(240))
  })
})

describe('credits without a date of their own', () => {
  const kinds = ['PACKAGE', 'AUTO_RECHARGE', 'ADD_ON', 'PROMOTION'] as const
  const ends = async (of: Scene, planId: string) => {
    const team = await of.team(planId)
    const granted = kinds.map(async (grantKind) => {
      const { kind, expiresAt } = grantedBy(await of.submit(team, grantOf(5, grantKind, { grantKind })))
      return [kind, expiresAt]
    })
    return Object.fromEntries(await Promise.all(granted))
  }

  test('end with the cycle or never, as the catalog says for their kind', async () => {
    const never = { PACKAGE: null, AUTO_RECHARGE: null, ADD_ON: null, PROMOTION: null }
    expect(await ends(scene, 'cycle')).toEqual({ ...never, AUTO_RECHARGE: february, ADD_ON: february })
    expect(await ends(lasting, 'cycle')).toEqual({ ...never, PACKAGE: february })
    expect(await ends(lasting, 'none')).toEqual(never)
    const team = await scene.team('cycle')
    const own = grantOf(5, 'own', { grantKind: 'ADD_ON', expiresAt: march })
    expect(grantedBy(await scene.submit(team, own)).expiresAt).toBe(march)
  })

  test('are the same grant when their source comes again, whatever the cycle is by then', async () => {
    const team = await lasting.team('cycle')
    const pack = grantOf(5, 'order:1')
    const first = grantedBy(await lasting.submit(team, pack))
    await lasting.submit(team, assignPlan('none'))
    expect(grantedBy(await lasting.submit(team, pack)).id).toBe(first.id)
    await lasting.submit(team, assignPlan('cycle'))
    await lasting.setClock(march)
    expect(grantedBy(await lasting.submit(team, pack)).id).toBe(first.id)
  })
})
