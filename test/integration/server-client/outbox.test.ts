import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { type OutboxStore, type Parked, SqliteStore } from '../../../web/server/index.ts'
import { gatewayDoor, type Treatment } from '../../setup/gateway-door.ts'
import { MemoryOutbox, sharedItems } from '../../setup/memory-outbox.ts'
import { advanceClock, balanceOf, grant } from '../../setup/operator.ts'
import { unreliableLine } from '../../setup/unreliable-line.ts'
import { hundred, openCredits, openScene, outboxFile, receiptOf, twenty } from './scene.ts'

const run = promisify(execFile)
const recorder = resolve('test/fault/recording-process.ts')

const scene = openScene()
const team = (name: string) => scene.team(name)

const availableOf = async (teamId: string) => (await balanceOf(scene.gateway.url, teamId)).available
const chargesOf = async (teamId: string, reference: string) =>
  (await receiptOf(scene.gateway.url, teamId, reference))?.charges.length ?? 0

describe('recorded usage is charged once', () => {
  test('when the gateway was away, and the process that recorded it has ended', async () => {
    const teamId = await team('away')
    const line = await unreliableLine(scene.gateway.url)
    line.cut()
    const outbox = outboxFile()
    let failed = 0
    const onError = () => {
      failed += 1
    }
    const before = await openCredits(line.url.replace(/\/$/, ''), { outbox, onError })
    for (const reference of ['away-1', 'away-2', 'away-3']) await before.record(twenty, { teamId, reference })
    expect(await before.outbox.size()).toEqual({ waiting: 3, parked: 0 })
    expect(await before.flush({ timeoutMs: 300 })).toBe(3)
    // A flush does not send again and again without a pause: that would be hundreds of attempts.
    expect(failed).toBeLessThan(20)
    await before.close()
    line.mend()
    const after = await openCredits(line.url.replace(/\/$/, ''), { outbox })
    expect(await after.flush()).toBe(0)
    for (const reference of ['away-1', 'away-2', 'away-3']) expect(await chargesOf(teamId, reference)).toBe(1)
    expect(await availableOf(teamId)).toBe('940')
    await line.close()
  })

  test('when requests, answers and connections are lost and the gateway is overloaded', async () => {
    const teamId = await team('rough')
    scene.plan = ['REFUSE', 'LOSE_ANSWER', 'LOSE_REQUEST', 'LOSE_ANSWER']
    const errors: unknown[] = []
    const credits = await openCredits(scene.door.url, { onError: (error) => errors.push(error) })
    await Promise.all(['a', 'b', 'c', 'd'].map((reference) => credits.record(twenty, { teamId, reference })))
    expect(await credits.flush()).toBe(0)
    expect(errors).toHaveLength(4)
    for (const reference of ['a', 'b', 'c', 'd']) expect(await chargesOf(teamId, reference)).toBe(1)
    expect(await availableOf(teamId)).toBe('920')
  })

  test('when the rows of another team contradict each other, whose usage waits until they are repaired', async () => {
    const [sound, broken] = [await team('sound'), await team('broken')]
    const database = new Client({ connectionString: scene.gateway.databaseUrl })
    await database.connect()
    // The new version makes the ledger read the team again.
    const damage = (by: number) =>
      database.query(`update account set held = held + $1, version = version + 1 where team_id = 'broken'`, [by])
    await damage(1)
    const failed = Promise.withResolvers<unknown>()
    const credits = await openCredits(scene.gateway.url, { onError: failed.resolve })
    await Promise.all([
      credits.record(twenty, { teamId: broken, reference: 'broken-1' }),
      credits.record(twenty, { teamId: sound, reference: 'sound-1' }),
    ])
    expect(await failed.promise).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(await chargesOf(sound, 'sound-1')).toBe(1)
    expect(await credits.outbox.size()).toEqual({ waiting: 1, parked: 0 })
    await damage(-1)
    await database.end()
    expect(await credits.flush()).toBe(0)
    expect(await chargesOf(broken, 'broken-1')).toBe(1)
  })

  test('when the same work is recorded twice under its key', async () => {
    const teamId = await team('twice')
    const credits = await openCredits(scene.gateway.url)
    const options = { teamId, reference: 'twice-1', idempotencyKey: 'job-1' }
    expect(await credits.record(twenty, options)).toEqual({ idempotencyKey: 'job-1' })
    await credits.record(twenty, options)
    expect(await credits.flush()).toBe(0)
    expect(await chargesOf(teamId, 'twice-1')).toBe(1)
  })

  test('in the order of the team', async () => {
    const teamId = await team('order')
    const credits = await openCredits(scene.door.url)
    scene.plan = ['LOSE_ANSWER']
    const references = Array.from({ length: 12 }, (_, index) => `order-${index}`)
    for (const reference of references) await credits.record(twenty, { teamId, reference })
    await credits.flush()
    const sent = scene.door.bodies.flatMap((body) =>
      [...body.matchAll(/"reference":"(order-\d+)"/g)].map(([, name]) => name),
    )
    expect([...new Set(sent)]).toEqual(references)
  })

  test.each([
    [
      'SQLite',
      () =>
        (
          (file) => () =>
            new SqliteStore(file)
        )(outboxFile()),
    ],
    [
      'memory',
      () =>
        (
          (shared) => () =>
            new MemoryOutbox(shared)
        )(sharedItems()),
    ],
  ])('when two processes that share the items in %s both send it', async (name, make) => {
    const teamId = await team(`both-${name}`)
    const open = make()
    /** A store that gives everybody the turn. */
    const greedy = (): OutboxStore => {
      const store = open()
      const take = store.take.bind(store)
      return Object.assign(store, { take: (limit: number) => take(limit, -1) })
    }
    let arrived = 0
    const both = Promise.withResolvers<void>()
    const meeting = await gatewayDoor(
      () => scene.gateway.url,
      async (): Promise<Treatment> => {
        arrived += 1
        if (arrived === 2) both.resolve()
        await both.promise
        return 'PASS'
      },
    )
    const first = open()
    await first.add([
      { id: 'one', text: JSON.stringify({ usage: twenty, teamId, reference: 'both', idempotencyKey: 'k' }) },
    ])
    await first.close()
    const credits = await Promise.all([0, 1].map(() => openCredits(meeting.url, { outbox: greedy() })))
    await both.promise
    for (const one of credits) expect(await one.flush()).toBe(0)
    expect(meeting.bodies).toHaveLength(2)
    expect(await chargesOf(teamId, 'both')).toBe(1)
    await meeting.close()
  })
})

describe('recorded usage of a hold', () => {
  const held = async (name: string, expiresInSeconds = 600) => {
    const teamId = await team(name)
    const credits = await openCredits(scene.gateway.url)
    const hold = await credits.hold({ teamId, usage: hundred, reference: name, expiresInSeconds })
    if (hold.__typename !== 'Hold') throw new Error(hold.message)
    return { teamId, credits, holdId: hold.id }
  }

  test('settles it', async () => {
    const { teamId, credits, holdId } = await held('settles')
    await credits.record(twenty, { teamId, holdId })
    expect(await credits.flush()).toBe(0)
    expect(await balanceOf(scene.gateway.url, teamId)).toMatchObject({ available: '980', held: '0' })
  })

  test('is all that is held, where it is not known', async () => {
    const { teamId, credits, holdId } = await held('all')
    await credits.record(null, { teamId, holdId })
    expect(await credits.flush()).toBe(0)
    expect(await balanceOf(scene.gateway.url, teamId)).toMatchObject({ available: '900', held: '0' })
  })

  test('is charged without it, where the hold was released before', async () => {
    const { teamId, credits, holdId } = await held('released')
    await credits.release({ holdId })
    await credits.record(twenty, { teamId, holdId, reference: 'late' })
    expect(await credits.flush()).toBe(0)
    expect(await chargesOf(teamId, 'late')).toBe(1)
    expect(await availableOf(teamId)).toBe('980')
  })

  test('is parked, where somebody else has settled it', async () => {
    const { teamId, credits, holdId } = await held('settled')
    await credits.settle({ holdId, usage: hundred })
    await credits.record(twenty, { teamId, holdId })
    expect(await credits.flush()).toBe(0)
    expect(await credits.outbox.parked()).toMatchObject([{ holdId, refusal: { code: 'HOLD_CLOSED' } }])
    expect(await availableOf(teamId)).toBe('900')
  })

  test('is charged without it, where the hold has expired', async () => {
    const { teamId, credits, holdId } = await held('expired', 60)
    const { asOf } = await balanceOf(scene.gateway.url, teamId)
    await advanceClock(scene.gateway.url, new Date(Date.parse(asOf) + 120_000))
    await credits.record(twenty, { teamId, holdId, reference: 'expired-late' })
    expect(await credits.flush()).toBe(0)
    expect(await chargesOf(teamId, 'expired-late')).toBe(1)
    expect((await balanceOf(scene.gateway.url, teamId)).held).toBe('0')
  })
})

describe('usage that is refused for good', () => {
  test('is parked with its reason and told, and what stands beside it is charged', async () => {
    const teamId = await team('parked')
    const told: Parked[] = []
    const credits = await openCredits(scene.gateway.url, { onParked: (parked) => told.push(parked) })
    await Promise.all([
      credits.record(twenty, { teamId, reference: 'good-1' }),
      credits.record([{ rate: 'image.unknown' }], { teamId, reference: 'unknown' }),
      // No request may have such a number, not even beside others.
      credits.record([{ rate: 'image.flux-2-pro', quantity: '1e3' }], { teamId, reference: 'unreadable' }),
      credits.record(twenty, { teamId: 'nobody', reference: 'nobody' }),
      credits.record(twenty, { teamId, reference: 'good-2' }),
    ])
    expect(await credits.flush()).toBe(0)
    expect(await availableOf(teamId)).toBe('960')
    const parked = await credits.outbox.parked()
    expect(parked.map(({ reference, refusal }) => [reference, refusal.code])).toEqual([
      ['unknown', 'UNKNOWN_RATE'],
      ['unreadable', 'BAD_USER_INPUT'],
      ['nobody', 'NOT_FOUND'],
    ])
    expect(told).toHaveLength(3)
    expect(told).toEqual(expect.arrayContaining(parked))
  })

  test('is sent again on demand, with its key', async () => {
    const teamId = await team('topped-up')
    const credits = await openCredits(scene.gateway.url)
    const dear = [{ rate: 'image.flux-2-pro', count: 10 }]
    for (let index = 0; index < 5; index += 1) await credits.record(dear, { teamId, reference: `dear-${index}` })
    expect(await credits.flush()).toBe(0)
    const [first, second] = await credits.outbox.parked()
    expect(first).toMatchObject({ reference: 'dear-3', refusal: { code: 'INSUFFICIENT_CREDITS' } })
    await grant(scene.gateway.url, teamId, '200')
    expect(await credits.outbox.retry(first?.id ?? '')).toBe(true)
    expect(await credits.flush()).toBe(0)
    expect(await chargesOf(teamId, 'dear-3')).toBe(1)
    expect(await credits.outbox.drop(second?.id ?? '')).toBe(true)
    expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 0 })
  })

  test('is never a reason to send more than 100 items at once', async () => {
    const teamId = await team('many')
    await grant(scene.gateway.url, teamId, '1000000')
    const file = outboxFile()
    const store = new SqliteStore(file)
    const record = (index: number) => ({ usage: twenty, teamId, idempotencyKey: `many-${index}` })
    store.add(Array.from({ length: 10_000 }, (_, id) => ({ id: `${id}`, text: JSON.stringify(record(id)) })))
    const taken: number[] = []
    const take = store.take.bind(store)
    const outbox = Object.assign(store, {
      take: (limit: number, turnMs: number) => {
        const items = take(limit, turnMs)
        taken.push(items?.length ?? 0)
        return items
      },
    })
    const credits = await openCredits(scene.gateway.url, { outbox })
    expect(await credits.flush()).toBe(0)
    expect(Math.max(...taken)).toBe(100)
    expect(await availableOf(teamId)).toBe(`${1_001_000 - 10_000 * 20}`)
  })
})

describe('usage that can not be written', () => {
  test('is an error to its caller where the file may not grow, and what was recorded before is charged', async () => {
    const teamId = await team('full')
    await grant(scene.gateway.url, teamId, '100000')
    const outbox = outboxFile()
    // No file of the process grows beyond 256 KB.
    const env = {
      PATH: process.env.PATH,
      OUTBOX: outbox,
      TEAM: teamId,
      PREFIX: `full-${'x'.repeat(450)}`,
      COUNT: '2000',
    }
    const { stdout } = await run('sh', ['-c', `ulimit -f 512; exec "$0" ${recorder}`, process.execPath], { env })
    const lines = stdout.trim().split('\n')
    const failed = lines.filter((line) => line.startsWith('failed'))
    expect(failed[0]).toMatch(/^failed NOT_RECORDED .*(full|disk I\/O error)/)
    const recorded = lines.length - failed.length
    expect(recorded).toBeGreaterThan(20)
    const credits = await openCredits(scene.gateway.url, { outbox })
    expect(await credits.outbox.size()).toEqual({ waiting: recorded, parked: 0 })
    expect(await credits.flush()).toBe(0)
    expect(await availableOf(teamId)).toBe(`${101_000 - 20 * recorded}`)
  })

  test('is an error to its caller where another process keeps the file locked', async () => {
    const teamId = await team('locked')
    const outbox = outboxFile()
    const credits = await openCredits(scene.gateway.url, { outbox })
    const other = new DatabaseSync(outbox)
    other.exec('begin immediate')
    await expect(credits.record(twenty, { teamId })).rejects.toMatchObject({
      code: 'NOT_RECORDED',
      message: expect.stringContaining('locked'),
    })
    other.exec('rollback')
    other.close()
    await credits.record(twenty, { teamId })
    expect(await credits.flush()).toBe(0)
    expect(await availableOf(teamId)).toBe('980')
  })

  test('is an error where the gateway could never charge it', async () => {
    const credits = await openCredits(scene.gateway.url)
    await expect(credits.record([])).rejects.toThrow(/1 to 50 lines/)
    await expect(credits.record(null)).rejects.toThrow(/holdId/)
    await expect(credits.record(twenty, { reference: 'x'.repeat(40_000) })).rejects.toThrow(/32768 characters/)
    await credits.close()
    await expect(credits.record(twenty)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  })
})
