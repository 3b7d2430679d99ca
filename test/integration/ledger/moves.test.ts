import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Answer, ClawBack, Command, CutOver, LandPurchase } from '../../../src/domain/decisions/command.ts'
import { type Instant, purchaseId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import { at, charge, credits, sceneOfFile, submission } from './scene.ts'

const noon = at('2026-11-18T12:00:00Z')
const monday = at('2026-11-23T00:00:00Z')
const scene = sceneOfFile()

const standing = {
  ...{ planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null },
  grants: [
    { source: 'old:week', amount: credits(40), kind: 'INCLUDED', startsAt: null, expiresAt: null },
    { source: 'old:pack', amount: credits(60), kind: 'PACKAGE', startsAt: null, expiresAt: null },
  ],
} as const
const over = (since: Instant, balance = 100, given: Partial<CutOver> = {}): CutOver => ({
  ...{ kind: 'cut-over', since, team: standing, balance: credits(balance), posted: [], ended: [] },
  ...given,
})
const back: Command = { kind: 'cut-back' }
const paid = (source: string): LandPurchase => ({
  ...{ kind: 'land-purchase', purchase: purchaseId(1), cause: 'PURCHASE', source, credits: credits(500) },
  price: { amount: 10n, currency: 'USD' },
  ...{ costBasis: null, memberId: null, ofNewTeam: false, loss: null },
})

const taken = (source: string, total: number): ClawBack => ({
  ...{ kind: 'claw-back', source, total: credits(total), reference: source },
  ...{ frozen: false, loss: null, reason: null },
})

async function followed(): Promise<TeamId> {
  const team = teamId(`move-${randomUUID()}`)
  await scene.submit(team, { kind: 'follow-team', system: 'Old' })
  return team
}
async function cutOverTeam(): Promise<TeamId> {
  const team = await followed()
  await scene.submit(team, over(noon))
  return team
}
const sinceOf = async (team: TeamId) => (await scene.account(team)).account.move?.since ?? 0
const available = async (team: TeamId) => (await scene.balance(team)).available
const kindOf = ({ outcome }: Answer) => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)

describe('a cut over', () => {
  test('from two processes at once takes place once, with charges that race decided on one side of it', async () => {
    const teams = await Promise.all(Array.from({ length: 30 }, followed))
    const both = [scene.ledger, scene.other].map((ledger) =>
      Promise.all(
        teams.flatMap((team) => [
          ledger.submit(submission(team, over(noon))),
          ledger.submit(submission(team, charge(1))),
        ]),
      ),
    )
    const [ours = [], theirs = []] = await Promise.all(both)
    for (const [index, team] of teams.entries()) {
      const kinds = [ours, theirs].map((answers) => answers[2 * index]).map((answer) => answer && kindOf(answer))
      expect(kinds.toSorted()).toEqual(['NOT_ALLOWED', 'imported'])
      const charges = [ours, theirs]
        .map((answers) => answers[2 * index + 1])
        .filter((answer) => answer && kindOf(answer) === 'charge')
      expect(await available(team)).toBe(credits(100 - charges.length))
    }
    expect(await scene.verify()).toEqual([])
  })

  test('of a stage that the team has left meanwhile is refused', async () => {
    const team = await cutOverTeam()
    await scene.setClock(noon + 1_000)
    await scene.submit(team, back)
    expect(kindOf(await scene.submit(team, over(noon)))).toBe('NOT_ALLOWED')
  })

  test('with a problem leaves the team as it was, and it is still followed', async () => {
    const team = await followed()
    const twice = { ...standing, grants: [standing.grants[1], standing.grants[1]] }
    expect(kindOf(await scene.submit(team, over(noon, 120, { team: twice })))).toBe('INVALID_INPUT')
    expect(kindOf(await scene.submit(team, charge(1)))).toBe('NOT_ALLOWED')
    expect(kindOf(await scene.submit(team, over(noon)))).toBe('imported')
  })
})

describe('a team that was cut back', () => {
  test('keeps its grants and its plan, and the next cut over brings the balance: no period is deposited twice', async () => {
    const team = await cutOverTeam()
    await scene.submit(team, charge(10))
    await scene.submit(team, back)
    await scene.setClock(monday)
    // 100 of the new week and the package of 60; 25 of them were used in the other system.
    expect(kindOf(await scene.submit(team, over(await sinceOf(team), 135)))).toBe('imported')
    expect(await available(team)).toBe(credits(135))
    await scene.submit(team, back)
    expect(kindOf(await scene.submit(team, over(await sinceOf(team), 200)))).toBe('imported')
    expect(await available(team)).toBe(credits(200))
    await scene.submit(team, charge(200))
    expect(await scene.verify()).toEqual([])
  })

  test('gets a purchase that is paid meanwhile, which waits unless the other system has it', async () => {
    const [waiting, posted] = [await cutOverTeam(), await cutOverTeam()]
    for (const team of [waiting, posted]) {
      await scene.submit(team, back)
      expect(kindOf(await scene.submit(team, paid('stripe:pi_1')))).toBe('grant')
    }
    await scene.submit(waiting, over(await sinceOf(waiting), 90))
    expect(await available(waiting)).toBe(credits(590))
    await scene.submit(posted, over(await sinceOf(posted), 590, { posted: ['stripe:pi_1'] }))
    expect(await available(posted)).toBe(credits(590))
    const payments = ['paid-purchase-deposited', 'deposit-paid-for']
    expect((await scene.verify()).filter((name) => !payments.includes(name))).toEqual([])
  })

  /** Has 100 credits and a paid pack of 500, of which it has used `used` before it was cut back. */
  const backWithPack = async (used = 0): Promise<TeamId> => {
    const team = await cutOverTeam()
    await scene.submit(team, paid('stripe:pi_2'))
    if (used > 0) await scene.submit(team, charge(used))
    expect(kindOf(await scene.submit(team, back))).toBe('done')
    return team
  }
  const stands = async (team: TeamId) => {
    const { available, owed } = (await scene.account(team)).account
    return Number(available - owed) / 1e6
  }
  const payments = ['paid-purchase-deposited', 'deposit-paid-for']
  const verified = async () => (await scene.verify()).filter((name) => !payments.includes(name))

  test.each([
    ['all of a pack that nobody has used', 600, 500, 100],
    ['a part of it', 600, 200, 400],
    ['a pack that was used there, which is owed', 50, 500, -450],
    ['a pack that was given back whole and used whole', 0, 500, -500],
  ])('loses a payment meanwhile: %s', async (_, balance, total, left) => {
    const team = await backWithPack()
    await scene.submit(team, taken('stripe:pi_2', total))
    expect(kindOf(await scene.submit(team, over(await sinceOf(team), balance)))).toBe('imported')
    expect(await stands(team)).toBe(left)
    expect(await verified()).toEqual([])
  })

  test('gets a payment again meanwhile, whose dispute is won', async () => {
    const team = await cutOverTeam()
    await scene.submit(team, paid('stripe:pi_2'))
    await scene.submit(team, taken('stripe:pi_2', 500))
    await scene.submit(team, back)
    await scene.submit(team, taken('stripe:pi_2', 0))
    await scene.submit(team, over(await sinceOf(team), 80))
    expect(await stands(team)).toBe(580)
    await scene.submit(team, back)
    await scene.submit(team, over(await sinceOf(team), 580))
    expect(await stands(team)).toBe(580)
    expect(await verified()).toEqual([])
  })

  test('owes only what was used there of a payment whose credits ended there', async () => {
    const team = await backWithPack()
    await scene.submit(team, taken('stripe:pi_2', 500))
    const ended = [{ source: 'stripe:pi_2', credits: credits(300) }]
    await scene.submit(team, over(await sinceOf(team), 100, { ended }))
    expect(await stands(team)).toBe(-100)
  })

  test('pays what it owes by a purchase that waits', async () => {
    const team = await backWithPack(300)
    await scene.submit(team, taken('stripe:pi_2', 500))
    await scene.submit(team, paid('stripe:pi_3'))
    // It had 300, of which the other system has 250 left: 50 used there, and 500 taken back.
    await scene.submit(team, over(await sinceOf(team), 250))
    expect(await stands(team)).toBe(250 - 500 + 500)
    expect(await verified()).toEqual([])
  })

  test('loses a purchase that waits', async () => {
    const team = await backWithPack()
    await scene.submit(team, paid('stripe:pi_3'))
    await scene.submit(team, taken('stripe:pi_3', 500))
    await scene.submit(team, over(await sinceOf(team), 600))
    expect(await stands(team)).toBe(600)
    expect(await verified()).toEqual([])
  })

  test('is refused the cut over while nobody knows whether a purchase that waits was posted there', async () => {
    const team = await backWithPack()
    await scene.submit(team, paid('stripe:pi_3'))
    const { outcome } = await scene.submit(team, over(await sinceOf(team), 600, { posted: null }))
    expect(outcome).toMatchObject({
      failure: { code: 'INVALID_INPUT', message: expect.stringMatching(/^posted: .*stripe:pi_3 \(500 credits\)/) },
    })
    expect(kindOf(await scene.submit(team, over(await sinceOf(team), 600)))).toBe('imported')
    expect(await stands(team)).toBe(1_100)
  })

  test('is neither charged nor sold to, and stores nothing', async () => {
    const team = await cutOverTeam()
    await scene.submit(team, back)
    const refused = [charge(1), { kind: 'set-add-on-units', units: 1 }, { kind: 'create-contract' }] as Command[]
    const kinds = await Promise.all(refused.map(async (command) => kindOf(await scene.submit(team, command))))
    expect(kinds).toEqual(['NOT_ALLOWED', 'ADD_ON_NOT_AVAILABLE', 'NOT_ALLOWED'])
  })
})
