import { createHash } from 'node:crypto'
import fc from 'fast-check'
import pino from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import type { Answer, Command, Outcome } from '../../../src/domain/decisions/command.ts'
import { type ChargeId, chargeId, type HoldId, holdId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import { createLedger, type Ledger } from '../../../src/ledger/ledger.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { asks } from '../../property/model/arbitrary-asks.ts'
import type { Ask, Told } from '../../property/model/ask.ts'
import { LedgerModel } from '../../property/model/ledger-model.ts'
import { commandOf, plainSources, toldBy, world } from '../../property/model/world.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { always } from './scene.ts'

const log = pino({ level: 'silent' })
let home: TestDatabase
let databases: Database[]
let ledgers: Ledger[]

beforeAll(async () => {
  home = await createTestDatabase()
  databases = await Promise.all([1, 2].map(() => openDatabase({ url: home.url, poolSize: 6, log })))
  ledgers = databases.map((database) => createLedger(database, always(world)))
})
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()))
  await home.drop()
})

/**
 * The asks of this test. An ask that changes nothing in the ledger leaves no trace of the time of its decision, so
 * these are left out: plans after the first, deadlines alone, a source again, a hold charged at its start that is
 * settled for just that. The test of the pure core has them.
 */
const asked = asks
  .filter((ask) => ask.do !== 'plan' && ask.do !== 'nothing')
  .map((ask) => (ask.do === 'extend' ? { ...ask, amount: ask.amount ?? 3n } : ask))
  .map((ask) => ('lasts' in ask && ask.lasts !== null ? { ...ask, lasts: Math.max(ask.lasts, hour) } : ask))

const hour = 3_600_000
const day = 24 * hour
const teamCount = 3
const rounds = fc.array(
  fc.record({
    jump: fc.constantFrom(0, 0, 1000, hour, day, 8 * day),
    commands: fc.array(
      fc.record({ team: fc.nat({ max: teamCount - 1 }), process: fc.nat({ max: 1 }), ask: asked, again: fc.boolean() }),
      { minLength: 3, maxLength: 25, size: 'max' },
    ),
  }),
  { minLength: 6, maxLength: 14, size: 'max' },
)

type Sent = { readonly key: string; readonly ask: Ask; readonly command: Command; readonly answer: Answer }
type Team = { readonly id: TeamId; readonly sent: Sent[]; holds: HoldId[]; charges: ChargeId[]; sources: number }

test('commands of two processes at once have the effect of one after the other, each once', async () => {
  // The driver's warnings, such as of statement names that PostgreSQL can't tell apart, are defects.
  const warned = vi.spyOn(console, 'error')
  let run = 0
  let successes = 0
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => {
      run += 1
      await jumpBy(0)
      const teams = await createTeams(run)
      for (const { jump, commands } of given) {
        await jumpBy(jump)
        await Promise.all(commands.map((command, index) => send(teams, command, index)))
        for (const team of teams) learn(team)
      }
      for (const team of teams) {
        await followsFromSomeOrder(team)
        await isFoundAgain(team)
        successes += team.sent.filter(({ answer }) => answer.outcome.kind !== 'refused').length
      }
    }),
    { numRuns: 20, endOnFailure: true },
  )
  expect(warned).not.toHaveBeenCalled()
  expect(successes).toBeGreaterThan(500)
  const broken = (await verifyLedger(database())).filter(({ violations }) => violations > 0)
  expect(broken).toEqual([])
})

/** The ledger's time at the begin of the round, from which its grants' expiries count. */
let now = 0

async function jumpBy(jump: number): Promise<void> {
  await database().pool.query(`update clock set ahead = ahead + $1 * interval '1 millisecond'`, [jump])
  const { rows } = await database().pool.query('select (extract(epoch from ledger_now()) * 1000)::float8 as now')
  now = rows[0].now
}

const database = (): Database => databases[0] as Database
const ledger = (process: number): Ledger => ledgers[process] as Ledger
const plansOf = ['weekly', 'both', 'none']

function createTeams(run: number): Promise<Team[]> {
  const created = plansOf.map(async (plan, index) => {
    const id = teamId(`run-${run}-team-${index}`)
    const team: Team = { id, sent: [], holds: [], charges: [], sources: 0 }
    await submit(team, index % 2, 'plan', { do: 'plan', plan, seats: 2, interval: null })
    const first = { do: 'grant', source: `s${team.sources++}`, amount: 400n, kind: 'PACKAGE', lasts: null } as const
    await submit(team, 1 - (index % 2), 'first', first)
    return team
  })
  return Promise.all(created)
}

type Planned = { team: number; process: number; ask: Ask; again: boolean }

async function send(teams: readonly Team[], { team: index, process, ask, again }: Planned, n: number): Promise<void> {
  const team = teams[index] as Team
  let own = ask
  if (ask.do === 'grant' || ask.do === 'buy') own = { ...ask, source: `s${team.sources++}` }
  if (ask.do === 'settle' && isChargedAtStart(team, ask.hold)) own = { ...ask, amount: ask.amount ?? 5n, start: false }
  await submit(team, process, `${team.sent.length}-${n}-${ask.do}`, own, again)
}

/** `again`: the other process gets the same command at the same time. */
async function submit(team: Team, process: number, key: string, ask: Ask, again = false): Promise<void> {
  const command = commandOf(relative(ask, team), team, now)
  const submission = { teamId: team.id, key, fingerprint: fingerprint(ask), command }
  const [answer, twin] = await Promise.all(
    (again ? [process, 1 - process] : [process]).map((index) => ledger(index).submit(submission)),
  )
  if (answer === undefined) throw new Error('Nobody was asked')
  team.sent.push({ key, ask, command, answer })
  if (twin === undefined) return
  // A refusal leaves its key free: the twin is decided for itself.
  if (had(answer) && had(twin)) expect(told(twin)).toEqual(told(answer))
  else team.sent.push({ key, ask, command, answer: twin })
}

const had = ({ outcome }: Answer): boolean => outcome.kind !== 'refused'

/** Whether the hold was charged at its start: then a charge has the hold's number. */
const isChargedAtStart = (team: Team, newest: number): boolean =>
  team.charges.some((charge) => charge === Number(team.holds.at(-1 - newest)))

/** Number 0 is the newest hold or charge that was known before the round. */
function relative(ask: Ask, team: Team): Ask {
  if ('hold' in ask) return { ...ask, hold: team.holds.length - 1 - ask.hold }
  return 'charge' in ask ? { ...ask, charge: team.charges.length - 1 - ask.charge } : ask
}

const fingerprint = (ask: Ask) =>
  createHash('sha256')
    .update(JSON.stringify(ask, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))
    .digest('hex')

function learn(team: Team): void {
  const outcomes = team.sent.map(({ answer }) => answer.outcome)
  const holds = outcomes.flatMap((outcome) => (outcome.kind === 'hold' ? [outcome.hold.id] : []))
  const charges = outcomes.flatMap(chargeIn)
  team.holds = [...new Set(holds)].sort((a, b) => a - b)
  team.charges = [...new Set(charges)].sort((a, b) => a - b)
}

function chargeIn(outcome: Outcome): ChargeId[] {
  if (outcome.kind === 'hold') return outcome.hold.charged === null ? [] : [outcome.hold.charged.id]
  return outcome.kind === 'charge' ? [outcome.charge.id] : []
}

const sources = new Map<string, string>()
const told = (answer: Answer, team?: TeamId): Told =>
  toldBy(answer.outcome, (id) => sources.get(`${team} ${id}`) ?? `${id}`)

/**
 * The order of the ledger: commands that moved credits by their revision; commands that moved nothing at a later
 * revision: a clawback of a total that is reached already, and refusals.
 */
async function followsFromSomeOrder(team: Team): Promise<void> {
  const { rows } = await database().pool.query(
    `select id::int, source, available::text, held::text, spent::text, expired::text, revoked::text,
       (granted - available - held - spent - expired - revoked)::text as locked
     from credit_grant where team_id = $1 order by id`,
    [team.id],
  )
  const plain = plainSources(rows.map(({ source }) => source))
  rows.forEach((row, index) => {
    row.source = plain[index]
    sources.set(`${team.id} ${row.id}`, row.source)
  })
  const behind = ({ ask, answer }: Sent) => (answer.outcome.kind === 'refused' ? 2 : ask.do === 'claw-back' ? 1 : 0)
  const ordered = team.sent.toSorted(
    (a, b) => a.answer.revision - b.answer.revision || behind(a) - behind(b) || a.answer.at - b.answer.at,
  )
  const model = new LedgerModel(ordered[0]?.answer.at ?? 0)
  const made = { holds: [] as HoldId[], charges: [] as ChargeId[] }
  for (const { ask, command, answer } of ordered) {
    const expected = model.ask(inModel(ask, command, made, answer.at), answer.at)
    expect({ ask, told: told(answer, team.id) }).toEqual({ ask, told: expected })
    if (ask.do === 'hold' || answer.outcome.kind === 'charge') made.charges.push(...chargeIn(answer.outcome))
    if (answer.outcome.kind === 'hold' && ask.do === 'hold') made.holds.push(answer.outcome.hold.id)
  }
  const states = rows.map(({ source, available, locked, held, spent, expired, revoked }) => [
    source,
    ...[available, locked, held, spent, expired, revoked].map(BigInt),
  ])
  expect(states).toEqual(
    model.grants.map(({ source, available, locked, held, spent, expired, revoked, iced, icedOfLock }) => [
      source,
      available,
      locked,
      held,
      spent,
      expired,
      revoked + iced + icedOfLock,
    ]),
  )
  const account = await database().pool.query('select owed::text, revision::int from account where team_id = $1', [
    team.id,
  ])
  expect(BigInt(account.rows[0].owed)).toBe(model.owed)
}

/** The ask with the holds and charges that the command really named, in the model's order, and its expiry counted from `at`. */
function inModel(ask: Ask, command: Command, made: { holds: HoldId[]; charges: ChargeId[] }, at: number): Ask {
  if ('hold' in ask && 'holdId' in command) return { ...ask, hold: made.holds.indexOf(holdId(command.holdId)) }
  if (ask.do === 'refund' && command.kind === 'refund-charge') {
    return { ...ask, charge: made.charges.indexOf(chargeId(command.chargeId)) }
  }
  if (ask.do === 'grant' && command.kind === 'grant-credits' && command.expiresAt !== null) {
    return { ...ask, lasts: command.expiresAt - at }
  }
  return ask
}

async function isFoundAgain(team: Team): Promise<void> {
  const kept = team.sent.filter(({ answer }) => had(answer))
  const again = await Promise.all(
    kept.map(({ key, ask, command }, index) =>
      ledger(index % 2).submit({ teamId: team.id, key, fingerprint: fingerprint(ask), command }),
    ),
  )
  expect(again.map((answer) => [answer.revision, told(answer)])).toEqual(
    kept.map(({ answer }) => [answer.revision, told(answer)]),
  )
}
