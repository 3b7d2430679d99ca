import { describe, expect, test } from 'vitest'
import type { Charge } from '../../../src/domain/charge.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import type { Instant, MemberId, TeamId } from '../../../src/domain/identity.ts'
import type { Tag } from '../../../src/domain/tags.ts'
import { readReceipt } from '../../../src/ledger/history/receipts.ts'
import { takeCheckpoint } from '../../../src/ledger/history/take-checkpoint.ts'
import { maxUsageEntries, readUsageSums, TooManyEntries, type UsageGroups } from '../../../src/ledger/history/usage.ts'
import { withDatabase } from '../../setup/database.ts'
import { randomOf, seed } from '../../setup/random.ts'
import {
  at,
  capture,
  charge,
  chargeOf,
  grantOf,
  heldBy,
  hour,
  minute,
  placeHold,
  refund,
  refundOf,
  release,
  sceneOfFile,
  settle,
  submission,
} from './scene.ts'

const start = at('2026-11-18T12:10:00Z')
const scene = sceneOfFile(undefined, start)

/** A line of a charge as it was requested: nothing here knows of entries. */
type Line = {
  readonly at: Instant
  readonly rate: string
  readonly member: string | null
  readonly caller: string | null
  readonly reference: string | null
  readonly tags: readonly Tag[]
  readonly first: bigint
  credits: bigint
  count: number
}
type Asked = {
  readonly rate: string
  readonly quantity: bigint
  readonly count: number
  readonly tags?: readonly Tag[]
}
type Facts = Pick<Line, 'member' | 'caller' | 'reference'>
type KnownCharge = { readonly id: Charge['id']; readonly lines: readonly Line[] }
type KnownHold = Facts & { readonly id: Hold['id']; readonly asked: readonly Asked[]; left: bigint; open: boolean }
/** A hold that was charged when it was placed. */
type StartedHold = Facts & {
  readonly id: Hold['id']
  readonly charge: KnownCharge
  readonly asked: readonly Asked[]
  open: boolean
}

const price = ({ rate, quantity, count }: Asked) => quantity * BigInt(count) * (rate.endsWith('double') ? 2n : 1n)
const total = (asked: readonly Asked[]) => asked.reduce((sum, one) => sum + price(one), 0n)
const sum = (values: readonly bigint[]) => values.reduce((all, one) => all + one, 0n)

class Told {
  readonly charges: KnownCharge[] = []
  readonly holds: KnownHold[] = []
  readonly started: StartedHold[] = []
  readonly refunds: { reference: string | null; amount: bigint }[] = []
  now = start
  readonly #random: () => number
  readonly #team: TeamId

  constructor(team: TeamId, random: () => number) {
    this.#team = team
    this.#random = random
  }

  get lines(): Line[] {
    return this.charges.flatMap(({ lines }) => lines)
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#random() * values.length)] as Value
  }

  facts(): Facts {
    return {
      member: this.pick([null, 'ana', 'ben']),
      caller: this.pick(['backend', 'robot']),
      reference: this.pick([null, 'job-1', 'job-2', 'job-3', 'job-4']),
    }
  }

  asked(rates: readonly string[] = ['credit', 'double']): Asked[] {
    return Array.from({ length: this.pick([1, 1, 2, 3]) }, () => {
      const project = { key: 'project', value: this.pick(['a', 'b']) }
      const tags = this.pick<Tag[]>([[], [project], [{ key: 'env', value: this.pick(['live', 'test']) }, project]])
      const line = {
        rate: this.pick(rates),
        quantity: BigInt(1 + Math.floor(this.#random() * 9_000)),
        count: this.pick([1, 2]),
      }
      return tags.length === 0 ? line : { ...line, tags }
    })
  }

  lineOf(facts: Facts, asked: readonly Asked[], of = this.now): Line[] {
    return asked.map((one) => {
      const { member, caller, reference } = facts
      const { rate, count, tags = [] } = one
      return { at: of, rate, member, caller, reference, tags, first: price(one), credits: price(one), count }
    })
  }

  async charge(): Promise<void> {
    const facts = this.facts()
    const asked = this.asked()
    const { id } = chargeOf(await scene.submit(this.#team, charge(0, { usage: asked, ...commandFacts(facts) })))
    this.charges.push({ id, lines: this.lineOf(facts, asked) })
  }

  async hold(): Promise<void> {
    const facts = this.facts()
    const asked = this.asked()
    const given = { usage: asked, expiresInSeconds: 86_400, ...commandFacts(facts) }
    const { id } = heldBy(await scene.submit(this.#team, placeHold(0, given)))
    this.holds.push({ ...facts, id, asked, left: total(asked), open: true })
  }

  async start(): Promise<void> {
    const facts = this.facts()
    const asked = this.asked(['start', 'start-double'])
    const given = { usage: asked, expiresInSeconds: 86_400, ...commandFacts(facts) }
    const { charged, id } = heldBy(await scene.submit(this.#team, placeHold(0, given)))
    if (charged === null) throw new Error('It is charged when it is placed')
    const known = { id: charged.id, lines: this.lineOf(facts, asked) }
    this.charges.push(known)
    this.started.push({ ...facts, id, charge: known, asked, open: true })
  }

  /** A line without tags has those of the first line of the hold with its rate. */
  used(hold: Pick<KnownHold, 'asked'>, asked: readonly Asked[]): Asked[] {
    return asked.map((one) => {
      const held = hold.asked.find(({ rate }) => rate === one.rate)
      return one.tags === undefined && held?.tags !== undefined ? { ...one, tags: held.tags } : one
    })
  }

  async capture(): Promise<void> {
    const hold = this.pick(this.holds.filter(({ open, left }) => open && left > 100_000n))
    if (hold === undefined) return
    const asked = [{ rate: 'credit', quantity: 500n, count: 1 }]
    const { id } = chargeOf(await scene.submit(this.#team, capture(hold as never, 0, { usage: asked })))
    this.charges.push({ id, lines: this.lineOf(hold, this.used(hold, asked)) })
    hold.left -= 500n
  }

  async settle(): Promise<void> {
    const hold = this.pick(this.holds.filter(({ open }) => open))
    if (hold === undefined) return
    hold.open = false
    hold.left = 0n
    const asked = this.asked()
    const { id } = chargeOf(await scene.submit(this.#team, settle(hold, null, { usage: asked })))
    this.charges.push({ id, lines: this.lineOf(hold, this.used(hold, asked)) })
  }

  async release(): Promise<void> {
    const hold = this.pick(this.holds.filter(({ open }) => open))
    if (hold === undefined) return
    hold.open = false
    hold.left = 0n
    await scene.submit(this.#team, release(hold))
  }

  async endStarted(): Promise<void> {
    const hold = this.pick(this.started.filter(({ open }) => open))
    if (hold === undefined) return
    hold.open = false
    const confirmed = this.pick([true, false, false])
    const other = confirmed ? null : this.pick([null, this.asked(['start', 'start-double'])])
    if (confirmed) {
      await scene.submit(this.#team, settle(hold))
      return
    }
    this.refunds.push({ reference: hold.reference, amount: sum(hold.charge.lines.map((line) => line.credits)) })
    for (const line of hold.charge.lines) Object.assign(line, { credits: 0n, count: 0 })
    if (other === null) {
      await scene.submit(this.#team, release(hold))
      return
    }
    const { id } = chargeOf(await scene.submit(this.#team, settle(hold, null, { usage: other })))
    this.charges.push({ id, lines: this.lineOf(hold, this.used(hold, other)) })
  }

  /** The last line comes back first. The count of a refund by hand stays. */
  async refund(): Promise<void> {
    const open = new Set(this.started.flatMap((hold) => (hold.open ? [hold.charge.id] : [])))
    const known = this.pick(
      this.charges.filter(({ id, lines }) => !open.has(id) && lines.some((line) => line.credits > 0n)),
    )
    if (known === undefined) return
    const left = sum(known.lines.map((line) => line.credits))
    const amount = this.pick([left, left / 2n + 1n])
    const command = { ...refund(known), amount } as ReturnType<typeof refund>
    refundOf(await scene.submit(this.#team, command))
    let due = amount
    for (const line of known.lines.toReversed()) {
      const back = line.credits < due ? line.credits : due
      line.credits -= back
      due -= back
    }
    this.refunds.push({ reference: known.lines[0]?.reference ?? null, amount })
  }

  async act(): Promise<void> {
    const acts = ['charge', 'charge', 'hold', 'start', 'capture', 'settle', 'release', 'endStarted', 'refund', 'refund']
    await this[this.pick(acts as ('charge' | 'hold')[])]()
  }
}

const commandFacts = ({ member, caller, reference }: Facts) => ({
  memberId: member as MemberId | null,
  caller: { id: caller as MemberId | null, role: 'PLATFORM' as const },
  reference,
})

const everyGroup: readonly UsageGroups[] = [
  {},
  { byHour: true },
  { byRate: true },
  { byMember: true, byHour: true },
  { byCaller: true },
  { byReference: true },
  { tags: ['project'] },
  { byHour: true, byRate: true, tags: ['env', 'project', 'none'] },
  { byHour: true, byRate: true, byMember: true, byCaller: true, byReference: true, tags: ['project'] },
]

const tagOf = ({ tags }: Line, key: string) => tags.find((tag) => tag.key === key)?.value ?? null
const hourIn = (instant: Instant) => instant - (instant % hour)

/** The sums as the requests alone tell them. */
function expected(lines: readonly Line[], windows: readonly Instant[], groups: UsageGroups): unknown[] {
  const sums = new Map<string, { key: unknown; credits: bigint; count: number }>()
  for (const line of lines) {
    const startsAt = windows.findLast((one) => one <= line.at)
    if (startsAt === undefined || line.at >= (windows.at(-1) ?? 0)) continue
    const key = {
      startsAt,
      hour: groups.byHour ? hourIn(line.at) : null,
      rate: groups.byRate ? line.rate : null,
      memberId: groups.byMember ? line.member : null,
      callerId: groups.byCaller ? line.caller : null,
      reference: groups.byReference ? line.reference : null,
      tags: (groups.tags ?? []).map((tag) => tagOf(line, tag)),
    }
    const known = sums.get(JSON.stringify(key)) ?? { key, credits: 0n, count: 0 }
    sums.set(JSON.stringify(key), { key, credits: known.credits + line.credits, count: known.count + line.count })
  }
  return [...sums.values()]
    .filter(({ credits, count }) => credits !== 0n || count !== 0)
    .map(({ key, credits, count }) => ({ ...(key as object), credits, count }))
}

const inText = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}` : one))
const sorted = (values: readonly unknown[]) => values.map(inText).sort()

async function compare(team: TeamId, told: Told): Promise<void> {
  // A team that is known is written at the time that its process expects: some milliseconds after a clock that stands.
  const end = told.now + minute
  const bounds = [
    [start, end],
    [start, start + 100 * minute, start + 3 * hour, end + 9 * hour],
    [start + 61 * minute, start + 4 * hour],
  ]
  for (const times of bounds) {
    const windows = times.slice(1).map((endsAt, index) => ({ startsAt: times[index] ?? 0, endsAt }))
    for (const groups of everyGroup) {
      const sums = await scene.database.snapshot((client) => readUsageSums(client, team, windows, groups))
      expect(sorted(sums), inText(groups)).toEqual(sorted(expected(told.lines, times, groups)))
    }
  }
  for (const reference of ['job-1', 'job-2', 'job-3', 'job-4']) {
    const receipt = await scene.database.snapshot((client) => readReceipt(client, team, reference))
    const lines = told.lines.filter((line) => line.reference === reference)
    const holds = told.holds.filter((hold) => hold.reference === reference)
    expect(receipt?.charged, reference).toBe(sum(lines.map(({ first }) => first)))
    const refunds = told.refunds.filter((one) => one.reference === reference)
    expect(receipt?.refunded, reference).toBe(sum(refunds.map(({ amount }) => amount)))
    expect(receipt?.held, reference).toBe(sum(holds.map(({ left }) => left)))
    const started = told.started.filter((hold) => hold.reference === reference)
    const known = [...holds, ...started].map(({ id }) => Number(id))
    const newest = known.sort((one, other) => other - one).slice(0, 100)
    expect(
      receipt?.holds.map(({ id }) => Number(id)),
      reference,
    ).toEqual(newest)
    const charges = told.charges.filter(({ lines: [line] }) => line?.reference === reference)
    const ids = charges.map(({ id }) => Number(id)).sort((one, other) => other - one)
    expect(
      receipt?.charges.map(({ id }) => Number(id)),
      reference,
    ).toEqual(ids.slice(0, 100))
    expect(receipt?.isComplete).toBe([charges, known, refunds].every(({ length }) => length <= 100))
  }
}

describe('a report of usage', () => {
  test('adds up what was asked for by every grouping, before a checkpoint and after it', async () => {
    const team = await scene.team()
    await scene.submit(team, grantOf(30, 'pack'))
    const told = new Told(team, randomOf(seed))
    const step = async (times: number) => {
      for (let i = 0; i < times; i += 1) {
        told.now += told.pick([0, 1, minute, 20 * minute])
        await scene.setClock(told.now)
        await told.act()
        if (i % 40 === 0) await scene.submit(team, grantOf(3, `more-${told.now}-${i}`))
      }
    }
    await step(120)
    await compare(team, told)
    const facts = told.facts()
    const asked = Array.from({ length: 1_000 }, () => told.asked().slice(0, 1))
    const answers = await scene.ledger.submitAll(
      asked.map((usage) => submission(team, charge(0, { usage, ...commandFacts(facts) }))),
    )
    for (const [index, one] of answers.entries()) {
      if (one.status !== 'fulfilled') throw one.reason
      told.charges.push({ id: chargeOf(one.value).id, lines: told.lineOf(facts, asked[index] ?? []) })
    }
    await compare(team, told)
    await takeCheckpoint(scene.database, team)
    await compare(team, told)
    await step(60)
    await compare(team, told)
    expect(await scene.verify()).toEqual([])
  })

  test('by caller, reference or tags reads at most a million entries, and says so', () =>
    withDatabase(async ({ pool }) => {
      const long = 'long' as TeamId
      const last = maxUsageEntries + 1
      // A report looks for the last revision of its range by halves. These are the ones that it looks at.
      await pool.query(
        `with recursive middle(revision) as (
           select 0::bigint union all select revision + ($1 - revision + 1) / 2 from middle where revision < $1)
         insert into entry (team_id, revision, from_state, to_state, amount, available_after, held_after, owed_after,
           effective_at, posting)
         select $2, revision, 'none', 'none', 0, 0, 0, 0, '2026-11-18T12:30Z', 0 from middle where revision > 0`,
        [last, long],
      )
      const window = { startsAt: start, endsAt: start + hour }
      for (const groups of [{ byCaller: true }, { byReference: true }, { tags: ['project'] }]) {
        await expect(readUsageSums(pool, long, [window], groups)).rejects.toThrow(TooManyEntries)
      }
      await expect(readUsageSums(pool, long, [window], { byHour: true })).resolves.toEqual([])
      const before = { startsAt: start - hour, endsAt: start }
      await expect(readUsageSums(pool, long, [before], { byCaller: true })).resolves.toEqual([])
    }))
})
