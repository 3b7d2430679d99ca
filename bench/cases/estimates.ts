import type { Account } from '../../src/domain/account.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import type { Command } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { estimate } from '../../src/domain/decisions/estimate.ts'
import { teamId } from '../../src/domain/identity.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Priced } from '../../src/domain/rate-card.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { readUsage, type Usage, type UsageLine } from '../../src/domain/usage.ts'
import { catalog, world } from '../bench-ledger.ts'
import { type Case, type Figure, rate } from '../figure.ts'
import { callsPerSecond, heapPerCall } from '../in-turns.ts'

type Lines = readonly UsageLine[]

/** A message and its pictures, 64 different ones, so that no compiler can compute the answer before. */
const requests: readonly Lines[] = Array.from({ length: 64 }, (_, index) => [
  { rate: 'chat.input', quantity: `${850 + index}` },
  { rate: 'chat.output', quantity: `${120 + index}` },
  { rate: 'image.flux-2-pro', count: 1 + (index % 4) },
])

const caller = { id: null, role: 'MEMBER' } as const

/** Prices and whole estimates of three lines, in this process alone, beside the same sums in plain numbers. */
export const estimates: Case = {
  name: 'estimates',
  run: async ({ seconds, progress }) => {
    const account = accountOfTwoGrants()
    const available = Number(account.available) / 1e6
    const usages = requests.map(exactUsage)
    const plainUsages = requests.map(plainUsage)
    const exactEstimate = (lines: Lines) =>
      estimate(account, { priced: exactPrice(exactUsage(lines)), card: world.rulesAt(account.lastAt).card }, caller, {
        timeZone: 'UTC',
        at: account.lastAt,
      })
    const plainEstimate = (lines: Lines) => plainEstimateOf(available, plainPrice(plainUsage(lines)))
    for (const lines of requests) {
      const [exact, plain] = [Number(exactEstimate(lines).balanceAfter) / 1e6, plainEstimate(lines).balanceAfter]
      if (Math.abs(exact - plain) > 1e-6) throw new Error(`Not the same sums: ${exact} and ${plain}`)
    }
    const each = <T>(inputs: readonly T[], work: (input: T) => unknown) => {
      return (index: number) => work(inputs[index % inputs.length] as T)
    }
    const prices = [each(usages, exactPrice), each(plainUsages, plainPrice)] as const
    const whole = [each(requests, exactEstimate), each(requests, plainEstimate)] as const
    const works = [...prices, ...whole]
    progress('warming up')
    callsPerSecond(works, 1)
    progress('prices and estimates, exact and in plain numbers, in turns')
    const [price = 0, plain = 0, wholeExact = 0, wholePlain = 0] = callsPerSecond(works, seconds)
    progress('heap')
    const [priceHeap = 0, plainHeap = 0, wholeHeap = 0, wholePlainHeap = 0] = works.map(heapPerCall)
    return [
      speed('a price of 3 lines ÷ the same sums in plain numbers', price, plain, { floor: 0.2, aim: 0.3 }),
      speed('3 lines read, priced and estimated ÷ the same', wholeExact, wholePlain, { floor: 0.1, aim: 0.2 }),
      speed('the same ÷ 500,000 a second', wholeExact, 500_000, { floor: 1, aim: 2 }),
      heap('heap of a million prices ÷ in plain numbers', priceHeap, plainHeap),
      heap('heap of a million estimates ÷ in plain numbers', wholeHeap, wholePlainHeap),
    ]
  },
}

function speed(what: string, measured: number, baseline: number, bounds: { floor: number; aim: number }): Figure {
  const goal = { kind: 'at-least', ...bounds } as const
  return { what, measured: rate(measured), baseline: rate(baseline), ratio: measured / baseline, goal }
}

/** One byte for each call is a megabyte for a million calls. */
function heap(what: string, bytes: number, baseline: number): Figure {
  const goal = { kind: 'below', floor: 4, aim: 2 } as const
  return { what, measured: rate(bytes, ' MB'), baseline: rate(baseline, ' MB'), ratio: bytes / baseline, goal }
}

/** The first grant is too small for any of the requests, so that a burn plan has two steps. */
function accountOfTwoGrants(): Account {
  const context = contextAt(world, Date.UTC(2026, 10, 21))
  const grants: Command[] = [10n, 5000n].map((credits, index) => ({
    kind: 'grant-credits',
    amount: credits * MICRO,
    grantKind: 'PACKAGE',
    expiresAt: null,
    source: `purchase-${index}`,
  }))
  return grants.reduce(
    (account, command) => decide(account, command, {}, context).account,
    newAccount(teamId('bench'), context),
  )
}

function exactUsage(lines: Lines): readonly Usage[] {
  const read = readUsage(lines)
  if (!read.ok) throw new Error(read.failure.message)
  return read.usage
}

function exactPrice(usage: readonly Usage[]): Priced {
  const result = price(catalog.rateCard, usage)
  if (!result.ok) throw new Error(result.failure.message)
  return result.priced
}

/**
 * The price of a simple implementation: floating-point numbers, no bounds, no requirements, no engines to choose from.
 */
const plainRates = new Map(
  ['chat.input', 'chat.output', 'image.flux-2-pro'].map((id) => {
    const { name, category } = catalog.rateCard.rates.get(id) ?? {}
    const one = exactPrice([{ rate: id, quantity: 1_000_000n, count: 1 }])
    return [id, { name, category, each: Number(one.total) / 1e6 }]
  }),
)

const plainUsage = (lines: Lines) =>
  lines.map(({ rate, quantity, count }) => ({ rate, quantity: Number(quantity ?? 1), count: count ?? 1 }))

function plainPrice(usage: ReturnType<typeof plainUsage>) {
  let total = 0
  const lines = usage.map(({ rate, quantity, count }) => {
    const known = plainRates.get(rate)
    if (known === undefined) throw new Error(`No rate ${rate}`)
    const credits = Math.round(known.each * quantity * count * 1e6) / 1e6
    total += credits
    return { rate, name: known.name, category: known.category, quantity, count, credits }
  })
  return { lines, total }
}

const plainEstimateOf = (available: number, { lines, total }: ReturnType<typeof plainPrice>) => {
  return { lines, total, available, balanceAfter: available - total, sufficient: total <= available }
}
