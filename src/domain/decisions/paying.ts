import { type Allotment, allot, type Giver } from '../allotment.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Grant } from '../grant.ts'
import { type GrantScope, includes, type ScopedUse, scopedUse, scopeKey } from '../grant-scope.ts'
import type { Slice } from '../hold.ts'
import type { GrantId } from '../identity.ts'
import { coveredBy, type PricedLine, type RateCard } from '../rate-card.ts'
import type { Draft } from './draft.ts'

/* Which credits pay for which line. Source: docs/ledger/grants.md, decision 34. */

type Line = Pick<PricedLine, 'rate' | 'category' | 'credits'>

/** Lines that are to be paid, with the card that prices them. */
export type Due = { readonly lines: readonly PricedLine[]; readonly card: RateCard }

/** An account or a draft: its grants in burn order, and what of them may pay for everything. */
type Funds = { readonly grants: readonly Grant[]; readonly available: Credits }

type Source = {
  readonly grantId: GrantId
  readonly amount: Credits
  readonly from: 'available' | 'held'
  readonly scope: GrantScope | null
  /** The rate of a hold's line that it was reserved for. */
  readonly rate?: string
}

/** Whether any scoped credits are available. Most teams have none, and pay as if there were no scopes. */
export const hasScoped = (grants: readonly Grant[]): boolean =>
  grants.some(({ scope, available }) => scope !== null && available > 0n)

/**
 * The credits that may pay for these lines now: all credits that may pay for everything, and scoped ones as far as these lines can use
 * them. The lines can be paid exactly if it is at least what they cost.
 */
export function payable({ grants, available }: Funds, { lines, card }: DuePart): Credits {
  if (!hasScoped(grants)) return available
  const byUse = Map.groupBy(lines, (line) => JSON.stringify(scopedUse(card, line)))
  const scoped = grants.filter((grant) => grant.scope !== null && grant.available > 0n)
  const byScope = Map.groupBy(scoped, ({ scope }) => scopeKey(scope))
  return available + most([...byUse.values()], [...byScope.values()], card)
}

/**
 * The credits that are `payable` for the lines, by what the last of them costs. Two searches answer for any cost: it grows with the cost up to what the
 * last line can get beside the others, and no further (a smallest cut of the network has the last line on one side or on the other).
 */
export function payableByLast(funds: Funds, { lines, card }: DuePart): (cost: Credits) => Credits {
  const { grants, available } = funds
  const last = lines.at(-1)
  if (last === undefined || !hasScoped(grants)) return () => available
  const upTo = (credits: Credits) => payable(funds, { lines: [...lines.slice(0, -1), { ...last, credits }], card })
  const least = upTo(0n)
  const most = upTo(grants.reduce((sum, grant) => sum + grant.available, 0n))
  return (cost) => (least + cost < most ? least + cost : most)
}

/** The most that scoped grants can pay of lines. Lines of one use are alike there, and grants of one scope: they need no split. */
function most(uses: readonly (readonly Line[])[], scopes: readonly (readonly Grant[])[], card: RateCard): Credits {
  const named = uses.map(([line]) => (line === undefined ? unnamed : scopedUse(card, line)))
  const givers = scopes.map((grants, index) => ({
    amount: grants.reduce((sum, { available }) => sum + available, 0n),
    pool: `${index}`,
    mayPay: (use: number) => includes(grants[0]?.scope ?? null, named[use] ?? unnamed),
  }))
  return allot(uses.map(sumOf), givers).total
}

/** Lines of which only the price counts, with their card. */
type DuePart = { readonly lines: readonly Line[]; readonly card: RateCard }

/** How much each available grant would pay, in burn order; in all, as far as the credits suffice. */
export function drawn({ grants }: Funds, { lines, card }: DuePart): { grant: Grant; amount: Credits }[] {
  const sources = availableOf(grants)
  const amounts = hasScoped(grants)
    ? allotmentOf({ lines, card }, usesOf(lines, card), sources).given
    : inOrder(sources, sumOf(lines))
  const there = grants.filter(({ available }) => available > 0n)
  return there.flatMap((grant, index) => {
    const amount = amounts[index] ?? 0n
    return amount > 0n ? [{ grant, amount }] : []
  })
}

/** The credits that the slices and the balance lack to pay for the lines; 0: none. */
export function missing(draft: Draft, due: Due, slices: readonly Slice[]): Credits {
  const needed = sumOf(due.lines)
  const there = isScoped(draft, slices)
    ? allotmentOf(due, usesOf(due.lines, due.card), sourcesOf(draft, slices)).total
    : draft.available + slices.reduce((sum, { amount }) => sum + amount, 0n)
  return needed > there ? needed - there : 0n
}

/** Spends the slices first, and then from the balance, which must suffice together. Returns what is left of the slices. */
export function pay(draft: Draft, due: Due, slices: readonly Slice[] = []): Slice[] {
  return isScoped(draft, slices) ? payScoped(draft, due, slices) : payPlain(draft, due, slices)
}

/** Moves what the lines cost from the balance, which must suffice, into a hold. */
export function reserve(draft: Draft, due: Due): Slice[] {
  const slices = hasScoped(draft.grants) ? slicesFor(draft, due) : [...draft.burn(sumOf(due.lines))]
  for (const { grantId, amount } of slices) draft.move(grantId, { from: 'available', to: 'held', amount })
  return slices
}

/** One slice for each grant, and for each rate of a scoped one. */
function slicesFor(draft: Draft, due: Due): Slice[] {
  const slices = new Map<string, Slice>()
  for (const { grantId, amount, line } of partsOf(draft, due)) {
    const kept = draft.grant(grantId).scope === null ? {} : { rate: due.lines[line]?.rate ?? '' }
    const key = `${grantId} ${kept.rate ?? ''}`
    slices.set(key, { grantId, amount: amount + (slices.get(key)?.amount ?? 0n), ...kept })
  }
  return [...slices.values()]
}

/**
 * How much of each line the slices are worth, the last lines first: all of the slices, where the lines are those that they
 * were reserved for.
 */
export function worthOf(draft: Draft, slices: readonly Slice[], { lines, card }: Due): Credits[] {
  const scopes = slices.map(({ grantId }) => draft.grant(grantId).scope)
  const uses = usesOf(lines, card)
  const fromEnd = lines.map(({ high }, index) => ({ high, index })).toReversed()
  const givers = fromEnd.map(({ high, index }) => ({
    amount: high,
    pool: `${index}`,
    mayPay: (slice: number) => includes(scopes[slice] ?? null, uses[index] ?? unnamed),
  }))
  const needs = slices.map(({ amount }) => amount)
  return allot(needs, givers).given.toReversed()
}

/** The parts of the lines that the balance pays, as far as it goes, the lines in their order. */
export function partsOf(draft: Draft, { lines, card }: Due): Part[] {
  const scoped = hasScoped(draft.grants)
  const sources = availableOf(draft.grants)
  const uses = usesOf(lines, card)
  return allotmentOf({ lines, card }, uses, sources).shares.flatMap(({ giver, need, amount }) => {
    const source = sources[giver]
    const category = scoped ? (uses[need]?.category ?? null) : null
    return source === undefined ? [] : [{ line: need, grantId: source.grantId, amount, category }]
  })
}

type Part = {
  readonly line: number
  readonly grantId: GrantId
  readonly amount: Credits
  readonly category: string | null
}

const unnamed: ScopedUse = { rate: null, category: null }

const isScoped = (draft: Draft, slices: readonly Slice[]): boolean =>
  hasScoped(draft.grants) || slices.some(({ grantId }) => draft.grant(grantId).scope !== null)

const sumOf = (lines: readonly Line[]): Credits => lines.reduce((sum, { credits }) => sum + credits, 0n)

const usesOf = (lines: readonly Line[], card: RateCard): ScopedUse[] => lines.map((line) => scopedUse(card, line))

const availableOf = (grants: readonly Grant[]): Source[] =>
  grants.flatMap(({ id, available, scope }) =>
    available > 0n ? [{ grantId: id, amount: available, from: 'available' as const, scope }] : [],
  )

const sourcesOf = (draft: Draft, slices: readonly Slice[]): Source[] => [
  ...slices.map((slice) => ({ ...slice, from: 'held' as const, scope: draft.grant(slice.grantId).scope })),
  ...availableOf(draft.grants),
]

/** A slice that was reserved for a rate pays first for that rate, and for what an automatic one chose. */
function allotmentOf({ lines, card }: DuePart, uses: readonly ScopedUse[], sources: readonly Source[]): Allotment {
  const givers = sources.map(({ amount, from, scope, rate }): Giver => {
    const mayPay = (line: number) => includes(scope, uses[line] ?? unnamed)
    if (rate === undefined) return { amount, pool: `${from} ${scopeKey(scope)}`, mayPay }
    const covered = coveredBy(card, rate)
    const keptFor = (line: number) => mayPay(line) && covered.includes(lines[line]?.rate ?? '')
    return { amount, pool: `${from} ${rate} ${scopeKey(scope)}`, mayPay, keptFor }
  })
  return allot(
    lines.map(({ credits }) => credits),
    givers,
  )
}

/** How much each source gives of an amount that any of them may pay. */
function inOrder(sources: readonly Source[], amount: Credits): Credits[] {
  let due = amount
  return sources.map((source) => {
    const taken = source.amount < due ? source.amount : due
    due -= taken
    return taken
  })
}

function payScoped(draft: Draft, { lines, card }: Due, slices: readonly Slice[]): Slice[] {
  const sources = sourcesOf(draft, slices)
  const uses = usesOf(lines, card)
  const { shares, given, total } = allotmentOf({ lines, card }, uses, sources)
  const needed = sumOf(lines)
  if (total < needed) throw new Error(`${needed - total} micro-credits have no source: availability was not checked`)
  const byLine = Map.groupBy(shares, ({ need }) => need)
  lines.forEach(({ rate, quantity, count, money, tags }, line) => {
    let use: { quantity: bigint; count: number; money: typeof money } | null = { quantity, count, money }
    const category = uses[line]?.category ?? null
    const own = byLine.get(line) ?? []
    if (own.length === 0) draft.mark({ line, rate, use, tags })
    for (const { giver, amount } of own) {
      const source = sources[giver]
      if (source === undefined) throw new Error(`No source ${giver}`)
      draft.move(source.grantId, { from: source.from, to: 'spent', amount }, { line, rate, use, tags, category })
      use = null
    }
  })
  return slices.flatMap((slice, index) => {
    const left = slice.amount - (given[index] ?? 0n)
    return left > 0n ? [{ ...slice, amount: left }] : []
  })
}

function payPlain(draft: Draft, { lines }: Due, slices: readonly Slice[]): Slice[] {
  const needed = sumOf(lines)
  const { taken, left } = split(slices, needed)
  const ofSlices = taken.reduce((sum, { amount }) => sum + amount, 0n)
  spendLines(draft, lines, inTurn(draft, taken, needed - ofSlices))
  return left
}

function split(slices: readonly Slice[], amount: Credits): { taken: Slice[]; left: Slice[] } {
  const taken: Slice[] = []
  const left: Slice[] = []
  let due = amount
  for (const slice of slices) {
    const take = slice.amount < due ? slice.amount : due
    due -= take
    if (take > 0n) taken.push({ ...slice, amount: take })
    if (take < slice.amount) left.push({ ...slice, amount: slice.amount - take })
  }
  return { taken, left }
}

type PlainSource = Omit<Source, 'scope'>

function* inTurn(draft: Draft, slices: readonly Slice[], rest: Credits): Generator<PlainSource> {
  for (const slice of slices) yield { ...slice, from: 'held' }
  for (const step of draft.burn(rest)) yield { ...step, from: 'available' }
}

/** Pays each line from the sources in their order; the sources must be enough. */
function spendLines(draft: Draft, lines: readonly PricedLine[], sources: Iterable<PlainSource>): void {
  const queue = sources[Symbol.iterator]()
  let source: PlainSource | undefined
  let left = 0n
  lines.forEach(({ rate, quantity, count, credits, money, tags }, line) => {
    let due = credits
    let use: { quantity: bigint; count: number; money: typeof money } | null = { quantity, count, money }
    if (due === 0n) draft.mark({ line, rate, use, tags })
    while (due > 0n) {
      if (source === undefined || left === 0n) {
        const next = queue.next()
        if (next.done) throw new Error(`${due} micro-credits of ${rate} have no source: availability was not checked`)
        source = next.value
        left = source.amount
      }
      const amount = left < due ? left : due
      draft.move(source.grantId, { from: source.from, to: 'spent', amount }, { line, rate, use, tags })
      use = null
      due -= amount
      left -= amount
    }
  })
}
