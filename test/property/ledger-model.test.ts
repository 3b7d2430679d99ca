import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Hold, remainingOf } from '../../src/domain/hold.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Submission } from '../../src/ledger/deciding/team-state.ts'
import { seed } from '../setup/random.ts'
import { asks, billed, disputes, scoped, type Wait, waits } from './model/arbitrary-asks.ts'
import type { Ask, Told, Who } from './model/ask.ts'
import { expectEqual } from './model/expect-equal.ts'
import { clawedBack, KeyModel, LedgerModel } from './model/ledger-model.ts'
import { PureLedger } from './model/pure-ledger.ts'
import { callerOf, card, commandOf, type Ids, plainSources, toldBy, type usageOf } from './model/world.ts'

const begin = Date.parse('2026-11-18T12:00:00Z')

const earlier = fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 60 }) })

const who = fc.constantFrom<Who[]>('backend', 'backend', 'backend', 'robot', 'boss', 'ana', 'ana', 'ben')

/** A batch after a wait. `repeats`: an earlier key comes again, with its own input or, `changed`, with this one. */
const stepsOf = (asked: fc.Arbitrary<Ask>) =>
  fc.array(
    fc.record({
      wait: waits,
      batch: fc.array(fc.record({ ask: asked, by: who, repeats: earlier, changed: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
    { minLength: 5, maxLength: 40, size: 'max' },
  )

test('any sequence of commands and times leaves the ledger as a plain telling of its rules has it', () => {
  const reached = new Set<string>()
  const property = fc.property(stepsOf(asks), (sequence) => {
    for (const kind of run(sequence)) reached.add(kind)
  })
  // The sequences are worth their time only if they get everywhere. A rare kind may take more of them.
  const everywhere = [
    ...['plan done', 'grant grant', 'charge charge', 'hold hold', 'extend hold', 'capture charge', 'settle charge'],
    ...['release hold', 'refund refund', 'claw-back grant', 'plan UNKNOWN_PLAN', 'grant INVALID_INPUT'],
    ...[
      'charge INSUFFICIENT_CREDITS',
      'hold INSUFFICIENT_CREDITS',
      'settle INSUFFICIENT_CREDITS',
      'settle HOLD_CLOSED',
    ],
    ...[
      'extend INVALID_USAGE',
      'refund REFUND_EXCEEDS_CHARGE',
      'refund NOT_FOUND',
      'key IDEMPOTENCY_CONFLICT',
      'key again',
      'key tried again',
      'settle NOT_ALLOWED',
      'extend NOT_ALLOWED',
      'release NOT_ALLOWED',
    ],
    ...['grant repays', 'refund repays', 'hold repays', 'claw-back repays', 'capture INVALID_INPUT'],
    ...[
      'confirmed',
      'confirmed with usage',
      'settled otherwise',
      'too little to settle otherwise',
      'RELEASED',
      'EXPIRED',
    ],
    ...['not refunded while open', 'lends', 'bills', 'buy grant', 'unlocks', 'unlocks and repays'],
  ]
  const missing = () => everywhere.filter((kind) => !reached.has(kind))
  for (let round = 0; round === 0 || (round < 5 && missing().length > 0); round += 1) {
    fc.assert(property, { numRuns: 1_000, seed: seed + round })
  }
  expect(missing()).toEqual([])
  expect(['RELEASED clawed back', 'EXPIRED clawed back'].some((kind) => reached.has(kind))).toBe(true)
})

test('payments that are taken back and given again do so, too', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(stepsOf(disputes), (sequence) => {
      for (const kind of run(sequence)) reached.add(kind)
    }),
    { numRuns: 500 },
  )
  const frozen = ['thaws', 'takes what is frozen', 'freezes what comes back']
  const everywhere = [
    'forgiven',
    'unrevoked',
    'lost what had expired',
    'comes back as another grant',
    'pays again',
    ...frozen,
    ...['unlocks', 'takes what is locked', 'locked again', 'takes what is frozen and locked', 'thaws what is locked'],
  ]
  expect(everywhere.filter((kind) => !reached.has(kind))).toEqual([])
})

test('bills that are overdue stop what is billed in money and what is lent, and are told once', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(stepsOf(billed), (sequence) => {
      for (const kind of run(sequence)) reached.add(kind)
    }),
    { numRuns: 1_000 },
  )
  const everywhere = [
    ...['bills done', 'meter charge', 'meter REQUIREMENT_NOT_MET', 'lends', 'bills'],
    ...['lends nothing while a bill is overdue', 'becomes overdue by itself'],
  ]
  expect(everywhere.filter((kind) => !reached.has(kind))).toEqual([])
})

test('credits for certain rates pay for these alone, and before others', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(stepsOf(scoped), (sequence) => {
      for (const kind of run(sequence)) reached.add(kind)
    }),
    { numRuns: 500, seed },
  )
  const everywhere = ['pays by scope', 'pays by scope what others could not', 'holds for another rate']
  expect(everywhere.filter((kind) => !reached.has(kind))).toEqual([])
})

test('credits that are lent in the last millisecond of a month are billed by whoever looks next', () => {
  const batch = (...asks: Ask[]) => asks.map((ask) => ({ ask, by: 'backend' as const, repeats: null, changed: false }))
  const hold = (amount: bigint): Ask => ({ do: 'hold', amount, lasts: 1, start: true })
  const happened = run([
    { wait: 0, batch: batch({ do: 'plan', plan: 'both', seats: 1, interval: null }) },
    { wait: Date.parse('2026-11-30T23:59:59.999Z') - begin, batch: batch(hold(4n)) },
    { wait: 0, batch: batch(hold(30n), { do: 'settle', hold: 0, amount: 30n, start: false }) },
  ])
  expect(happened).toEqual(expect.arrayContaining(['lends', 'bills']))
})

type Steps = ReturnType<typeof stepsOf> extends fc.Arbitrary<infer T> ? T : never
/** `at`: what the times of the ask count from. */
type Given = { key: string; ask: Ask; at: number; submission: Submission }

function run(sequence: Steps): string[] {
  const model = new LedgerModel(begin)
  const ledger = new PureLedger()
  const keys = new KeyModel()
  const given: Given[] = []
  const reached: string[] = []
  let now = begin
  const step = (batch: Steps[number]['batch']) => {
    const ids = { holds: [...ledger.holds.keys()], charges: [...ledger.charges.keys()] }
    const known = [...ledger.holds.values()]
    const submissions: Submission[] = []
    const expected: Told[] = []
    for (const { ask: relative, by, repeats, changed } of batch) {
      const grows = batch.some(({ ask: { do: act } }) => act === 'extend')
      const asked = withAmount(resolved(relative, known, ids.charges.length), known, grows)
      const earlier = repeats === null ? undefined : given[repeats]
      const key = earlier?.key ?? `key-${given.length}`
      const { ask, submission } =
        earlier !== undefined && !changed ? again(earlier, by, now) : first(ledger, key, { ...asked, by }, ids, now)
      submissions.push(submission)
      model.passTo(now)
      const { owed } = model
      const used = keys.use(key, by, submission.fingerprint, () => model.ask(ask, now))
      const { told } = used
      if (model.owed < owed) reached.push(`${'hold' in ask ? 'hold' : ask.do} repays`)
      if (earlier === undefined) given.push({ key, ask, at: now, submission })
      expected.push(told)
      const code = told.kind === 'refused' ? told.code : told.kind
      reached.push(used.again ? `key ${told.kind === 'refused' ? code : 'again'}` : `${ask.do} ${code}`)
      if (earlier !== undefined && !used.again) reached.push('key tried again')
    }
    model.passTo(now)
    const { outcomes } = ledger.submit(submissions, now)
    // Credits that are lent in the last millisecond of a month are due to be billed at once, by whoever looks next.
    ledger.submit([], now)
    const sources = sourcesOf(ledger)
    const sourceOf = (id: number) => sources.get(id) ?? '?'
    expectEqual(
      outcomes.map((outcome) => toldBy(outcome, sourceOf)),
      expected,
    )
    compare(ledger, model, sources)
    outcomes.forEach((outcome, index) => {
      const { command } = submissions[index] ?? {}
      if (outcome.kind !== 'charge' || command?.kind !== 'charge-usage') return
      const estimate = price(card, command.usage as ReturnType<typeof usageOf>)
      expect(estimate).toMatchObject({ ok: true, priced: { total: outcome.charge.amount } })
    })
  }
  step([{ ask: { do: 'plan', plan: 'none', seats: 1, interval: null }, by: 'backend', repeats: null, changed: false }])
  for (const { wait, batch } of sequence) {
    now = after(now, wait, model)
    step(batch)
  }
  return [...reached, ...model.happened]
}

function first(ledger: PureLedger, key: string, ask: Ask, ids: Ids, at: number): Pick<Given, 'ask' | 'submission'> {
  const { by = 'backend', ...input } = ask
  const fingerprint = JSON.stringify([input, at], (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  const origin = { mutation: 'any', caller: callerOf(by) }
  return { ask, submission: { teamId: ledger.team, key, origin, fingerprint, command: commandOf(ask, ids, at) } }
}

/** The same input from the present caller. A grant ends at the instant of the first request. */
function again({ ask: asked, at, submission }: Given, by: Who, now: number): Pick<Given, 'ask' | 'submission'> {
  const caller = callerOf(by)
  const command = 'caller' in submission.command ? { ...submission.command, caller } : submission.command
  const ask: Ask =
    asked.do === 'grant' && asked.lasts !== null ? { ...asked, by, lasts: asked.lasts - (now - at) } : { ...asked, by }
  return { ask, submission: { ...submission, origin: { mutation: 'any', caller }, command } }
}

/** 0 is the newest open hold or the newest charge; none that the batch itself makes, because nobody knows its id yet. */
function resolved(ask: Ask, holds: readonly Hold[], charges: number): Ask {
  if ('charge' in ask) return { ...ask, charge: charges - 1 - ask.charge }
  if (!('hold' in ask)) return ask
  const newestFirst = [...holds.keys()].toReversed()
  const open = newestFirst.filter((index) => holds[index]?.state === 'OPEN')
  const order = [...open, ...newestFirst.filter((index) => !open.includes(index))]
  return { ...ask, hold: order[ask.hold] ?? -1 }
}

/**
 * A hold that scoped grants pay in part is settled for an amount: without one the ledger settles it line by line, and the
 * model does not know which line a part was reserved for. `grows`: a scoped part may be added in the same batch.
 */
function withAmount(ask: Ask, holds: readonly Hold[], grows: boolean): Ask {
  if (ask.do !== 'settle' || ask.amount !== null) return ask
  const { slices = [], charged = null } = holds[ask.hold] ?? {}
  if (charged !== null || !(grows || slices.some(({ rate }) => rate !== undefined))) return ask
  const amount = slices.reduce((sum, slice) => sum + slice.amount, 0n)
  return amount === 0n ? ask : { ...ask, amount }
}

function after(now: number, wait: Wait, model: LedgerModel): number {
  if (typeof wait === 'number') return now + wait
  const next = model.nextInstant()
  if (next === Infinity) return now
  return Math.max(now, wait === 'to the next instant' ? next : next - 1)
}

const parts = ['available', 'locked', 'held', 'spent', 'expired', 'revoked'] as const

function sourcesOf(ledger: PureLedger): Map<number, string> {
  const grants = [...ledger.grants.values()].map(({ grant }) => grant).toSorted((a, b) => a.id - b.id)
  const plain = plainSources(grants.map(({ source }) => source))
  return new Map(grants.map(({ id }, index) => [id, plain[index] ?? '?']))
}

function compare(ledger: PureLedger, model: LedgerModel, sources: ReadonlyMap<number, string>): void {
  const { account } = ledger
  if (account === null) throw new Error('The team was created first')
  const { available, held, owed, lent } = account
  expectEqual(
    { available, held, owed, lent: lent?.credits ?? 0n },
    { available: model.available, held: model.held, owed: model.owed, lent: model.lent },
  )
  const ofBills = ledger.notices.filter(({ type }) => type.startsWith('METERED_BILL_'))
  expectEqual(
    ofBills.map(({ type, reason }) => `${type} ${/\d{4}-\d{2}/.exec(reason ?? '')?.[0]}`),
    model.notices,
  )
  const states = (grant: Record<(typeof parts)[number], bigint>) => parts.map((part) => grant[part])
  const stored = [...ledger.grants.values()].map(({ grant }) => grant)
  expectEqual(
    new Map(stored.map((grant) => [sources.get(grant.id), [...states(grant), grant.clawedBack]])),
    new Map(
      model.grants.map((grant) => [
        grant.source,
        [...states({ ...grant, revoked: grant.revoked + grant.iced + grant.icedOfLock }), clawedBack(grant)],
      ]),
    ),
  )
  const isWhole = (grant: (typeof stored)[number]) =>
    grant.available + grant.locked + grant.held + grant.spent + grant.expired + grant.revoked === grant.granted
  const isBroken = (grant: (typeof stored)[number]) => !isWhole(grant) || states(grant).some((part) => part < 0n)
  expectEqual(stored.filter(isBroken), [])
  expectEqual(
    [...ledger.holds.values()].map((hold) => [hold.state, hold.amount, hold.captured, remainingOf(hold)]),
    model.holds.map(({ state, amount, captured, parts: kept }) => [
      state,
      amount,
      captured,
      kept.reduce((sum, part) => sum + part.amount, 0n),
    ]),
  )
}
