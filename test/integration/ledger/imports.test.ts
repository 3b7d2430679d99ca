import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Answer, ImportedGrant, ImportTeam } from '../../../src/domain/decisions/command.ts'
import { grantKinds } from '../../../src/domain/grant.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import { dryRun } from '../../../src/ledger/deciding/dry-run.ts'
import { keyless, type Submission } from '../../../src/ledger/deciding/team-state.ts'
import { assignPlan, at, charge, credits, day, sceneOfFile } from './scene.ts'

const noon = at('2026-11-18T12:00:00Z')
const monday = at('2026-11-23T00:00:00Z')
const scene = sceneOfFile()

const newTeam = (): TeamId => teamId(`import-${randomUUID()}`)
const grant = (source: string, amount: number, given: Partial<ImportedGrant> = {}): ImportedGrant => ({
  ...{ source, amount: credits(amount), kind: 'PACKAGE', startsAt: null, expiresAt: null },
  ...given,
})
const command = (grants: readonly ImportedGrant[], given: Partial<ImportTeam> = {}): ImportTeam => ({
  ...{ kind: 'import-team', planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null, grants },
  ...given,
})
const rest = grant('old:week', 40, { kind: 'INCLUDED' })
const pack = grant('old:pack', 60, { startsAt: at('2026-01-01T00:00:00Z'), expiresAt: at('2027-01-01T00:00:00Z') })

async function answersOf(imports: readonly Submission<ImportTeam>[], ledger = scene.ledger): Promise<Answer[]> {
  const settled = await ledger.submitAll(imports)
  return settled.map((result) =>
    result.status === 'fulfilled' ? result.value : expect.unreachable(`${result.reason}`),
  )
}
const one = async (team: TeamId, asked: ImportTeam): Promise<Answer> =>
  (await answersOf([keyless(team, asked)]))[0] ?? expect.unreachable()

/** The answer of an import. */
const told = ({ outcome, account }: Answer) => [outcome, account?.available ?? null]
const toldOf = (result: PromiseSettledResult<Answer>) => {
  if (result.status === 'rejected') throw result.reason
  return told(result.value)
}

describe('an import', () => {
  test('opens the team with its grants, and the next period deposits as the plan says', async () => {
    const team = newTeam()
    const { outcome, account } = await one(team, command([rest, pack], { teamName: 'Acme' }))
    expect(outcome).toEqual({ kind: 'imported', created: true, grants: 2 })
    expect(account).toMatchObject({ name: 'Acme', planId: 'weekly', available: credits(100) })
    await scene.submit(team, charge(30))
    await scene.setClock(monday)
    await scene.submit(team, charge(10))
    expect(await scene.grants(team)).toMatchObject({
      'old:week': { spent: 30, expired: 10 },
      'plan:weekly:2026-11-23': { available: 90, spent: 10 },
      'old:pack': { available: 60 },
    })
    expect(await scene.verify()).toEqual([])
  })

  test('that is sent by two processes at once takes place once', async () => {
    const teams = Array.from({ length: 60 }, newTeam)
    const imports = teams.map((team) => keyless(team, command([rest, pack])))
    const both = await Promise.all([answersOf(imports), answersOf(imports.toReversed(), scene.other)])
    const [ours = [], theirs = []] = both
    for (const [index, answer] of ours.entries()) {
      const outcomes = [answer, theirs.at(-1 - index)].map((one) => one?.outcome)
      expect(outcomes).toContainEqual({ kind: 'imported', created: true, grants: 2 })
      expect(outcomes).toContainEqual({ kind: 'imported', created: false, grants: 0 })
    }
    for (const team of teams) expect((await scene.balance(team)).available).toBe(credits(100))
  })

  test('with a problem leaves its team as it was, and the others are imported', async () => {
    const teams = Array.from({ length: 3 }, newTeam)
    const imports = teams.map((team, index) => keyless(team, command(index === 1 ? [pack, pack] : [pack])))
    const answers = await answersOf(imports)
    expect(answers.map(({ outcome }) => outcome.kind)).toEqual(['imported', 'refused', 'imported'])
    await expect(scene.account(teams[1] as TeamId)).rejects.toThrow(/There is no/)
  })

  test('knows a source whose grant is used up and closed', async () => {
    const team = newTeam()
    await one(team, command([pack]))
    await scene.submit(team, charge(60))
    expect(told(await one(team, command([pack])))).toEqual([{ kind: 'imported', created: false, grants: 0 }, 0n])
    expect((await one(team, command([grant('old:pack', 60)]))).outcome.kind).toBe('refused')
  })
})

describe('a dry run', () => {
  const sources = ['old:1', 'old:2', 'plan:reserved', 'x'.repeat(201)]
  const oddGrant = fc.record({
    source: fc.constantFrom(...sources),
    amount: fc.constantFrom(0n, credits(1), credits(40), credits(200), 9_000_000_000_000_000_000n),
    kind: fc.constantFrom(...grantKinds),
    startsAt: fc.constantFrom(null, noon - day, noon + day),
    expiresAt: fc.constantFrom(null, noon, monday, noon + 90 * day),
  })
  const plainGrant = fc.record({
    source: fc.constantFrom('old:1', 'old:2', 'old:3'),
    amount: fc.constantFrom(credits(1), credits(40)),
    kind: fc.constantFrom(...grantKinds),
    startsAt: fc.constantFrom(null, noon - day),
    expiresAt: fc.constantFrom(null, monday),
  })
  const grants = fc.oneof(
    { weight: 3, arbitrary: fc.uniqueArray(plainGrant, { selector: ({ source }) => source, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(oddGrant, { maxLength: 3 }) },
  )
  const asked = fc.record({
    team: fc.nat({ max: 3 }),
    grants,
    planId: fc.constantFrom('weekly', 'weekly', 'seats', 'none', 'unknown'),
    seats: fc.constantFrom(1, 1, 1, 2, 0),
    anchor: fc.constantFrom(null, noon - 3 * day, noon + 3 * day),
    spend: fc.boolean(),
  })
  const rows = async (teams: readonly TeamId[]) => {
    const tables = ['account', 'credit_grant', 'allowance', 'entry', 'audit_record', 'account_notice']
    const counted = tables.map((table) => `(select jsonb_agg(to_jsonb(t)) from ${table} t where team_id = any($1))`)
    return (await scene.database.pool.query(`select ${counted.join(', ')}`, [teams])).rows
  }

  test('answers as the import does, writes nothing, and the import that follows takes place once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 8 }), async (turns) => {
        const teams = Array.from({ length: 4 }, newTeam)
        await scene.submit(teams[3] as TeamId, assignPlan('weekly'))
        for (const { team, spend, ...given } of turns) {
          const id = teams[team] as TeamId
          const imports = [keyless(id, command(given.grants, given))]
          const before = await rows(teams)
          const foreseen = (await dryRun(scene.database, scene.world, imports)).map(toldOf)
          expect(await rows(teams)).toEqual(before)
          const [answer] = await answersOf(imports)
          expect(foreseen).toEqual([told(answer ?? expect.unreachable())])
          if (answer?.outcome.kind === 'imported') {
            const again = await one(id, command(given.grants, given))
            expect(told(again)).toEqual([{ kind: 'imported', created: false, grants: 0 }, answer.account?.available])
          }
          if (spend && (answer?.account?.available ?? 0n) >= credits(1)) await scene.submit(id, charge(1))
        }
      }),
      { numRuns: 60 },
    )
    expect(await scene.verify()).toEqual([])
  })
})
