import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import { InvalidPublication } from '../../../src/domain/errors.ts'
import { type Instant, type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { Catalogs } from '../../../src/ledger/catalogs/catalogs.ts'
import { openCatalogs } from '../../../src/ledger/catalogs/open-catalogs.ts'
import type { Publication } from '../../../src/ledger/catalogs/publication.ts'
import { publishFile } from '../../../src/ledger/catalogs/publish-file.ts'
import { refreshCatalogs } from '../../../src/ledger/catalogs/refresh-catalogs.ts'
import { moveClock, readClock } from '../../../src/ledger/clock/move-clock.ts'
import { createLedger, type Ledger } from '../../../src/ledger/ledger.ts'
import { createTeamReader } from '../../../src/ledger/team-reader.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { assignPlan, chargeOf, credits, grantOf, heldBy, hour, platform, settle, submission } from './scene.ts'

const source = readFileSync('catalogs/wevion.yaml', 'utf8')
const changed = (from: string, to: string, text = source): WholeCatalog => {
  if (!text.includes(from)) throw new Error(`The catalog has no ${from}`)
  return parseCatalog(text.replace(from, to), 'changed')
}
const cheap = parseCatalog(source, 'wevion')
const dear = changed('name: Flux 2 Pro, money: 0.03', 'name: Flux 2 Pro, money: 0.06')
const log = pino({ level: 'silent' })

type Process = {
  database: Database
  catalogs: Catalogs
  ledger: Ledger
  read: ReturnType<typeof createTeamReader>['read']
}
let home: TestDatabase
let quick: Process
/** Never reads the catalogs unless it must. */
let slow: Process
let both: Process[]
let freshness: { stop(): Promise<void> }

async function openProcess(): Promise<Process> {
  const database = await openDatabase({ url: home.url, poolSize: 6, log })
  const catalogs = await openCatalogs(database)
  const { read } = createTeamReader(database, catalogs)
  return { database, catalogs, ledger: createLedger(database, catalogs), read }
}

beforeAll(async () => {
  home = await createTestDatabase()
  quick = await openProcess()
  freshness = refreshCatalogs(quick.catalogs, quick.database)
  await publishFile(quick.catalogs, cheap, () => undefined)
  slow = await openProcess()
  both = [quick, slow]
})
afterAll(async () => {
  await freshness?.stop()
  for (const { ledger, catalogs, database } of both ?? []) {
    await ledger.idle()
    await catalogs.close()
    await database.close()
  }
  await home?.drop()
})

const now = () => readClock(quick.database)
const publish = async (catalog: WholeCatalog, effectiveFrom: Instant | null = null): Promise<Publication> => {
  const result = await quick.catalogs.publish(catalog, { origin: 'PUBLISHED', publishedBy: 'operator', effectiveFrom })
  if (result instanceof InvalidPublication) throw new Error(result.message)
  return result
}
/** Publishes and moves the clock behind it. */
async function putThrough(catalog: WholeCatalog): Promise<Publication> {
  const publication = await publish(catalog)
  await moveClock(quick.database, publication.effectiveFrom)
  return publication
}
const usage = [{ rate: 'image.flux-2-pro', quantity: credits(1), count: 1 }]
const submit = ({ ledger }: Process, team: TeamId, command: Parameters<typeof submission>[1]) =>
  ledger.submit(submission(team, command))
async function image(process: Process, team: TeamId): Promise<{ at: Instant; amount: number }> {
  const answer = await submit(process, team, {
    kind: 'charge-usage',
    usage,
    reference: null,
    memberId: null,
    caller: platform,
  })
  return { at: answer.at, amount: Number(chargeOf(answer).amount / 1_000_000n) }
}
async function newTeam(amount = 900_000): Promise<TeamId> {
  const team = teamId(`team-${randomUUID()}`)
  await submit(quick, team, assignPlan('free'))
  await submit(quick, team, grantOf(amount, 'pack'))
  return team
}

/** Charges in both processes at once, teams of their own and a shared one, before it begins and until some time after its instant. */
async function chargeAcross(begin: () => Promise<Instant>): Promise<void> {
  const shared = await newTeam()
  const runs = await Promise.all(
    both.flatMap((process) =>
      [newTeam(), Promise.resolve(shared)].map(async (team) => ({ process, team: await team })),
    ),
  )
  const earlier = await Promise.all(runs.map(({ process, team }) => image(process, team)))
  const instant = await begin()
  const seen = await Promise.all(
    runs.map(async ({ process, team }, run) => {
      const charges = earlier.slice(run, run + 1)
      do charges.push(await image(process, team))
      while ((charges.at(-1)?.at ?? 0) < instant + 300)
      return charges
    }),
  )
  for (const charges of seen) {
    expect(charges.filter(({ at, amount }) => amount !== (at < instant ? 30 : 60))).toEqual([])
    expect(charges.filter(({ at }) => at < instant).length).toBeGreaterThan(0)
    expect(charges.filter(({ at }) => at >= instant).length).toBeGreaterThan(0)
  }
}

test('two processes switch at the same instant, also one that reads no catalogs by itself', async () => {
  await chargeAcross(async () => (await publish(dear)).effectiveFrom)
  await putThrough(cheap)
})

test('… and where the clock jumps close to the instant, or over it', async () => {
  await chargeAcross(async () => {
    const { effectiveFrom } = await publish(dear, (await now()) + hour)
    await moveClock(quick.database, effectiveFrom - 1_500)
    return effectiveFrom
  })
  await putThrough(cheap)

  const team = await newTeam()
  for (const process of both) expect(await image(process, team)).toMatchObject({ amount: 30 })
  const later = await publish(dear, (await now()) + hour)
  await moveClock(quick.database, later.effectiveFrom)
  for (const process of both) expect(await image(process, team)).toMatchObject({ amount: 60 })
  await putThrough(cheap)
})

test('who reads waits for a publication under way, so that none can slip in behind a reading', async () => {
  const client = await quick.database.pool.connect()
  await client.query('begin')
  const text = `select (extract(epoch from effective) * 1000)::float8 as effective from publish_catalog($1, $2, 'PUBLISHED', null, null)`
  const { rows } = await client.query(text, [dear.version, dear.source])
  let read = false
  const reading = slow.catalogs.refresh().then(() => {
    read = true
  })
  await delay(200)
  expect(read).toBe(false)
  await client.query('commit')
  client.release()
  await reading
  expect(slow.catalogs.wholeAt(rows[0].effective).version).toBe(dear.version)
  await moveClock(quick.database, rows[0].effective)
  await putThrough(cheap)
})

test('a catalog may come again: the one in force at any instant, past or to come', async () => {
  const first = await putThrough(dear)
  const second = await publish(cheap, first.effectiveFrom + hour)
  const third = await publish(dear, first.effectiveFrom + 2 * hour)
  for (const { catalogs } of both) {
    const version = async (instant: Instant) => (await catalogs.at(instant)).catalog.version
    expect(await version(0)).toBe(cheap.version)
    expect(await version(first.effectiveFrom - 1)).toBe(cheap.version)
    expect(await version(first.effectiveFrom)).toBe(dear.version)
    expect(await version(second.effectiveFrom - 1)).toBe(dear.version)
    expect(await version(second.effectiveFrom)).toBe(cheap.version)
    expect(await version(third.effectiveFrom)).toBe(dear.version)
    expect(await version(third.effectiveFrom + 1e12)).toBe(dear.version)
  }
  await moveClock(quick.database, third.effectiveFrom)
  await putThrough(cheap)
})

test('a hold that was placed before is settled by the card it was placed with, in any process', async () => {
  const team = await newTeam()
  const place = {
    kind: 'place-hold',
    usage,
    expiresInSeconds: 600,
    reference: null,
    memberId: null,
    caller: platform,
  } as const
  const before = heldBy(await submit(quick, team, place))
  await putThrough(dear)
  const after = heldBy(await submit(quick, team, place))
  expect([before.amount, after.amount]).toEqual([credits(30), credits(60)])
  const settled = { kind: 'settle-hold', usage, caller: platform } as const
  expect(chargeOf(await submit(slow, team, { ...settled, holdId: before.id })).amount).toBe(credits(30))
  expect(chargeOf(await submit(slow, team, settle(after))).amount).toBe(credits(60))
  await putThrough(cheap)
})

test("another default threshold counts at once, also for a team kept in memory, and also where it is a share of the month's usage", async () => {
  const team = await newTeam()
  let spent = 0n
  const charged = async () => {
    const command = { kind: 'charge-usage', usage, reference: null, memberId: null, caller: platform } as const
    const { at, account } = await submit(quick, team, command)
    spent += 30n
    return { at, threshold: account?.lowThreshold }
  }
  expect((await charged()).threshold).toBe(credits(100))
  const { effectiveFrom } = await publish(changed('lowThreshold: 100', 'lowThreshold: 700'))
  // After a jump the team is read anew for a second; then it is known again.
  await moveClock(quick.database, effectiveFrom - 2_500)
  for (let at = 0; at < effectiveFrom; await delay(20)) {
    const charge = await charged()
    expect(charge.threshold).toBe(credits(charge.at < effectiveFrom ? 100 : 700))
    at = charge.at
  }
  await putThrough(changed('lowThreshold: 100', 'lowThreshold: { percentOfMonthlyUsage: 50 }'))
  const before = spent
  expect((await charged()).threshold).toBe((credits(1) * before) / 2n)
  for (const { read } of both) expect((await read(team))?.account.lowThreshold).toBe((credits(1) * spent) / 2n)
  await putThrough(cheap)
  for (const { read } of both) expect((await read(team))?.account.lowThreshold).toBe(credits(100))
})

test('a team that begins by itself begins once, in whichever process', async () => {
  const team = teamId(`team-${randomUUID()}`)
  const opening = { ...submission(team, { kind: 'open-team' }), key: null }
  await putThrough(changed('defaultPlan: free\n', ''))
  expect((await quick.ledger.submit(opening)).outcome).toMatchObject({
    kind: 'refused',
    failure: { code: 'NOT_FOUND' },
  })
  await putThrough(cheap)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => both[i % 2]?.ledger.submit(opening)))
  for (const answer of answers) expect(answer).toMatchObject({ outcome: { kind: 'done' }, account: { planId: 'free' } })
  const { rows } = await quick.database.pool.query('select type from entry where team_id = $1', [team])
  expect(rows).toEqual([{ type: 'GRANT' }])
})

test('what can not be published is refused with what to do', async () => {
  const refusal = async (catalog: WholeCatalog, effectiveFrom: Instant | null) =>
    String(await quick.catalogs.publish(catalog, { origin: 'PUBLISHED', publishedBy: null, effectiveFrom }))
  const soon = (await now()) + 2_000
  expect(await refusal(dear, soon)).toMatch(/at least 3 seconds from now/)
  expect(await refusal(dear, 0)).toMatch(/at least 3 seconds from now/)
  expect(await refusal(changed('currency: USD', 'currency: EUR'), null)).toMatch(/keep the currency/)
  const { effectiveFrom } = await publish(dear, soon + hour)
  expect(await refusal(cheap, effectiveFrom)).toMatch(/give another instant/)
})

test('the same again is the same publication, also where several publish it at once', async () => {
  const at = (await now()) + 2 * hour
  const count = (await quick.catalogs.publications()).length
  const terms = { origin: 'PUBLISHED', publishedBy: null } as const
  const given = await Promise.all(both.map(({ catalogs }) => catalogs.publish(dear, { ...terms, effectiveFrom: at })))
  expect(given[0]).toEqual(given[1])
  const newest = await Promise.all(
    both.map(({ catalogs }) => catalogs.publish(dear, { ...terms, effectiveFrom: null })),
  )
  expect(newest).toEqual(given)
  await moveClock(quick.database, at + hour)
  expect(await publish(dear, at)).toEqual(given[0])
  expect((await quick.catalogs.publications()).length).toBe(count + 1)
})

test('a file is published where it is new, by one of those that start with it, who wait for it; else what was published stays', async () => {
  const published = await putThrough(changed('name: Wevion', 'name: Published'))
  const restarted = await publishFile(quick.catalogs, cheap, () => undefined)
  expect(restarted).toMatchObject({ publication: published, catalog: { name: 'Published' } })
  const file = changed('name: Wevion', 'name: File')
  const heard: string[] = []
  const started = await Promise.all(
    both.map(({ catalogs }) => publishFile(catalogs, file, (message) => heard.push(message))),
  )
  for (const one of started) expect(one).toMatchObject({ publication: { origin: 'FILE' }, catalog: { name: 'File' } })
  expect(heard.join()).toMatch(/File .* takes effect/)
  const [newest, before] = await quick.catalogs.publications()
  expect([newest?.origin, before]).toEqual(['FILE', published])
  expect(newest?.effectiveFrom).toBeLessThanOrEqual(await now())
})

test('a catalog that can no longer be read is told in the log and passed over', async () => {
  const broken = changed('name: Wevion', 'name: Broken')
  const { effectiveFrom } = await putThrough(broken)
  await quick.database.pool.query(`update rate_card set catalog = 'name: [' where version = $1`, [broken.version])
  const told: string[] = []
  const { url } = quick.database
  const catalogs = await openCatalogs({
    url,
    log: pino({ level: 'error' }, { write: (line: string) => told.push(line) }),
  })
  expect(catalogs.wholeAt(effectiveFrom).name).toBe('File')
  expect(told.join()).toMatch(new RegExp(broken.version))
  expect(() => catalogs.in(null).cardOf(broken.version)).toThrow(/can't be read here/)
  await catalogs.close()
})

test('a content keeps the version that an earlier build gave it: it is not published anew', async () => {
  const own = await createTestDatabase()
  const database = await openDatabase({ url: own.url, poolSize: 1, log })
  await database.pool.query(`insert into rate_card values ('earlier', $1)`, [source])
  await database.pool.query(`insert into catalog_publication values ('2026-01-01T00:00:00Z', 'earlier', 'FILE', now())`)
  const catalogs = await openCatalogs(database)
  const { version } = cheap
  expect(await publishFile(catalogs, cheap, () => undefined)).toMatchObject({
    catalog: { version: 'earlier', rateCard: { version: 'earlier' } },
  })
  expect((await catalogs.publications()).map((publication) => publication.version)).toEqual(['earlier'])
  expect([(await catalogs.find('earlier'))?.name, await catalogs.find(version)]).toEqual(['Wevion', null])
  await catalogs.close()
  await database.close()
  await own.drop()
})
