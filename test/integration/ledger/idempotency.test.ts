import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/domain/decisions/command.ts'
import { memberId } from '../../../src/domain/identity.ts'
import type { Caller } from '../../../src/domain/placer.ts'
import {
  assignPlan,
  at,
  charge,
  chargeOf,
  credits,
  failureOf,
  grantOf,
  heldBy,
  placeHold,
  platform,
  refund,
  type Scene,
  sceneOfFile,
  settle,
  submission,
  use,
} from './scene.ts'

const member = (id: string): Caller => ({ id: memberId(id), role: 'MEMBER' })
const told = ({ outcome }: Answer) => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile()

describe('a key', () => {
  test('has its effect once and its first answer for ever, in every process', async () => {
    const team = await scene.teamWith(50)
    const command = charge(20, { reference: 'job-1' })
    const first = await scene.submit(team, command, 'once')
    await scene.submit(team, charge(5))
    await scene.setClock(start + 86_400_000)
    for (const ledger of [scene.ledger, scene.other]) {
      const again = await ledger.submit(submission(team, command, 'once'))
      expect(again.outcome).toEqual(first.outcome)
      expect(again.revision).toBe(first.revision)
      expect(again.account).toMatchObject({ available: credits(30), revision: first.revision })
    }
    expect((await scene.balance(team)).available).toBe(credits(25))
  })

  test('answers alike for every kind of command', async () => {
    const team = await scene.teamWith(50)
    const spent = chargeOf(await scene.submit(team, charge(20)))
    const hold = heldBy(await scene.submit(team, placeHold(5), 'hold'))
    const commands = {
      hold: placeHold(5),
      settle: settle(hold),
      refund: refund(spent, 3),
      grant: grantOf(7, 'more'),
      plan: assignPlan('weekly'),
      free: charge(0, { usage: use(1, 'free') }),
    }
    for (const [key, command] of Object.entries(commands)) {
      const first = await scene.submit(team, command, key)
      const again = await scene.other.submit(submission(team, command, key))
      expect(again.revision).toBe(first.revision)
      // What a hold was for is told by the hold itself, not by the stored answer.
      const told = ({ outcome }: typeof first) =>
        outcome.kind === 'hold' ? { ...outcome, hold: { ...outcome.hold, lines: [] } } : outcome
      expect(told(again)).toEqual(told(first))
    }
  })

  test('of a plan tells the team as it was then, whatever plan it has now', async () => {
    const team = await scene.teamWith(50)
    await scene.submit(team, assignPlan('weekly', { seats: 2 }), 'first')
    await scene.submit(team, assignPlan('seats', { seats: 9 }))
    const again = await scene.other.submit(submission(team, assignPlan('weekly', { seats: 2 }), 'first'))
    expect(again.account).toMatchObject({ planId: 'weekly', seats: 2 })
  })

  test('repeated a thousand times at once, far apart in a long ledger, is answered as at first each time', async () => {
    const team = await scene.teamWith(50)
    const many = Array.from({ length: 1_000 }, (_, i) => submission(team, charge(0.001), `far-${i}`))
    const balances = async (submissions: typeof many) => {
      const settled = await scene.other.submitAll(submissions)
      return settled.map((one) => (one.status === 'fulfilled' ? one.value.account?.available : one.reason))
    }
    const first = await balances(many)
    await scene.ledger.submitAll(Array.from({ length: 2_500 }, (_, i) => submission(team, charge(0.001), `more-${i}`)))
    const [last] = await balances([submission(team, charge(0.001), 'last')])
    expect(await balances([...many, submission(team, charge(0.001), 'last')])).toEqual([...first, last])
  })

  test('with another input is a conflict and does nothing', async () => {
    const team = await scene.teamWith(50)
    await scene.submit(team, charge(20), 'once')
    for (const ledger of [scene.ledger, scene.other]) {
      const answer = await ledger.submit(submission(team, charge(21), 'once'))
      expect(failureOf(answer)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', idempotencyKey: 'once' })
    }
    expect((await scene.balance(team)).available).toBe(credits(30))
  })

  test('keeps no refusal: it may be tried again, by itself or with another input', async () => {
    const team = await scene.teamWith(5)
    const refused = failureOf(await scene.submit(team, charge(10), 'too-much'))
    expect(refused).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: credits(10), available: credits(5) })
    await scene.submit(team, grantOf(100, 'more'))
    const first = await scene.submit(team, charge(12), 'too-much')
    expect(chargeOf(await scene.other.submit(submission(team, charge(12), 'too-much'))).id).toBe(chargeOf(first).id)
    const other = await scene.submit(team, charge(10), 'too-much')
    expect(failureOf(other)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
    expect((await scene.balance(team)).available).toBe(credits(93))
  })

  test('that had an effect is never told a refusal, also where the team has nothing left', async () => {
    const team = await scene.teamWith(10)
    const first = await scene.submit(team, charge(10), 'all')
    const refused = Array.from({ length: 20 }, () => submission(team, charge(1)))
    const settled = await scene.ledger.submitAll([submission(team, charge(10), 'all'), ...refused])
    expect(settled[0]).toMatchObject({ status: 'fulfilled', value: { outcome: first.outcome } })
    for (const ledger of [scene.ledger, scene.other]) {
      expect((await ledger.submit(submission(team, charge(10), 'all'))).outcome).toEqual(first.outcome)
    }
  })

  test('is one of its mutation and of the class of its caller', async () => {
    const team = await scene.teamWith(50)
    const keyOf = (mutation: string, caller: Caller, amount: number) => ({
      ...submission(team, charge(amount, { caller }), 'same'),
      origin: { mutation, caller },
    })
    const [ana, ben] = [member('ana'), member('ben')]
    const ask = async (...given: Parameters<typeof keyOf>) => told(await scene.ledger.submit(keyOf(...given)))
    expect(await ask('charge', ana, 1)).toBe('charge')
    expect(await ask('charge', platform, 2)).toBe('charge')
    expect(await ask('record', ana, 3)).toBe('charge')
    expect((await scene.balance(team)).available).toBe(credits(44))
    expect(await ask('charge', ben, 1)).toBe('IDEMPOTENCY_CONFLICT')
    expect(await ask('charge', ana, 4)).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('is answered again to its caller, and to the team from the same role on', async () => {
    const team = await scene.teamWith(50)
    const command = charge(5)
    const ask = async (caller: Caller) => {
      const origin = { mutation: 'charge', caller }
      return told(await scene.ledger.submit({ ...submission(team, command, 'one'), origin }))
    }
    const boss = { ...member('boss'), role: 'ADMIN' } as const
    expect(await ask(boss)).toBe('charge')
    expect(await ask({ ...boss, role: 'MEMBER' })).toBe('charge')
    expect(await ask({ ...member('other boss'), role: 'ADMIN' })).toBe('charge')
    expect(await ask(member('ana'))).toBe('IDEMPOTENCY_CONFLICT')
    expect((await scene.balance(team)).available).toBe(credits(45))
  })

  test('from before keys had namespaces stands for every one of them', async () => {
    const team = await scene.teamWith(50)
    await scene.submit(team, charge(20), 'old')
    await scene.database.pool.query(
      `update command set caller_class = 'FORMER' where team_id = $1 and key = 'old';`.replace('$1', `'${team}'`),
    )
    await scene.database.pool.query(
      'create trigger former before insert on command for each row execute function refuse_former_key()',
    )
    await scene.submit(team, charge(1))
    const origin = { mutation: 'charge', caller: platform }
    const again = await scene.ledger.submit({ ...submission(team, charge(20), 'old'), origin })
    expect(told(again)).toBe('charge')
    expect(told(await scene.ledger.submit({ ...submission(team, charge(2), 'old'), origin }))).toBe(
      'IDEMPOTENCY_CONFLICT',
    )
    expect((await scene.balance(team)).available).toBe(credits(29))
    await scene.database.pool.query('drop trigger former on command')
  })

  test('belongs to its team', async () => {
    const [one, other] = [await scene.teamWith(10), await scene.teamWith(10)]
    await scene.submit(one, charge(3), 'same')
    await scene.submit(other, charge(4), 'same')
    expect((await scene.balance(other)).available).toBe(credits(6))
  })

  test('that comes a hundred times at once, from two processes, charges once', async () => {
    const team = await scene.teamWith(50)
    const command = charge(20)
    const asked = Array.from({ length: 100 }, (_, i) =>
      (i % 2 ? scene.ledger : scene.other).submit(submission(team, command, 'stampede')),
    )
    const ids = new Set((await Promise.all(asked)).map((answer) => chargeOf(answer).id))
    expect(ids.size).toBe(1)
    expect((await scene.balance(team)).available).toBe(credits(30))
  })
})

describe('a batch', () => {
  test('of 1,000 charges is decided one by one in the order given, each with its own outcome', async () => {
    const team = await scene.teamWith(995)
    const events = Array.from({ length: 1_000 }, () => submission(team, charge(1)))
    const results = await scene.ledger.submitAll(events)
    const kinds = results.map((result) => (result.status === 'fulfilled' ? result.value.outcome.kind : 'lost'))
    expect(kinds).toEqual([...Array(995).fill('charge'), ...Array(5).fill('refused')])
    const revisions = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.revision] : []))
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
    expect((await scene.balance(team)).available).toBe(0n)
  })

  test('in which the database refuses one command loses only that one', async () => {
    const [team, neighbour] = [await scene.teamWith(50), await scene.teamWith(50)]
    const results = await scene.ledger.submitAll([
      submission(team, charge(1)),
      submission(neighbour, charge(2)),
      submission(team, charge(3, { reference: 'nul \u0000 byte' })),
      submission(team, charge(4)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect((await scene.balance(team)).available).toBe(credits(45))
    expect((await scene.balance(neighbour)).available).toBe(credits(48))
  })

  test('in which the database refuses a new team loses only that one', async () => {
    const team = await scene.teamWith(50)
    const unusable = submission(await scene.teamWith(1), assignPlan('weekly', { teamName: 'nul \u0000 byte' }))
    const results = await scene.ledger.submitAll([
      submission(team, grantOf(1, 'one')),
      unusable,
      submission(team, charge(2)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await scene.balance(team)).available).toBe(credits(49))
  })

  test('of a team that does not exist is refused and leaves no trace', async () => {
    const stranger = (await scene.team()).replace('team', 'nobody') as Awaited<ReturnType<Scene['team']>>
    expect(failureOf(await scene.submit(stranger, charge(1)))).toMatchObject({ code: 'NOT_FOUND' })
    expect(failureOf(await scene.submit(stranger, assignPlan('no such plan')))).toMatchObject({ code: 'UNKNOWN_PLAN' })
    const { rows } = await scene.database.pool.query('select from account where team_id = $1', [stranger])
    expect(rows).toEqual([])
  })
})

describe('a team', () => {
  test('that two processes create at once is created once', async () => {
    for (let i = 0; i < 10; i += 1) {
      const team = `both-${randomUUID()}` as Awaited<ReturnType<Scene['team']>>
      const answers = await Promise.all(
        [scene.ledger, scene.other].map((ledger) => ledger.submit(submission(team, assignPlan('weekly')))),
      )
      expect(answers.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done'])
      expect((await scene.balance(team)).available).toBe(credits(100))
    }
  })

  test('that two processes spend from at once is never overdrawn', async () => {
    const team = await scene.teamWith(100)
    const spend = (i: number) => (i % 2 ? scene.ledger : scene.other).submit(submission(team, charge(1)))
    const answers = await Promise.all(Array.from({ length: 150 }, (_, i) => spend(i)))
    expect(answers.filter(({ outcome }) => outcome.kind === 'charge')).toHaveLength(100)
    expect((await scene.balance(team)).available).toBe(0n)
  })
})

describe('the entries', () => {
  test('can be neither changed nor deleted nor truncated, not even by the owner', async () => {
    await scene.teamWith(1)
    for (const statement of ['update entry set amount = 0', 'delete from entry', 'truncate entry']) {
      await expect(scene.database.pool.query(statement)).rejects.toThrow('the ledger is append-only')
    }
  })
})
