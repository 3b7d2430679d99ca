import type { Policy } from '../../../src/domain/account.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { ONE } from '../../../src/domain/amounts/decimal.ts'
import { compileRateCard } from '../../../src/domain/compile-rate-card.ts'
import type { Command, Outcome } from '../../../src/domain/decisions/command.ts'
import { type GrantKind, grantKinds } from '../../../src/domain/grant.ts'
import { scopeOf } from '../../../src/domain/grant-scope.ts'
import { remainingOf } from '../../../src/domain/hold.ts'
import { type ChargeId, type HoldId, memberId, purchaseId } from '../../../src/domain/identity.ts'
import type { Caller } from '../../../src/domain/placer.ts'
import type { Price, Rate } from '../../../src/domain/rate-card.ts'
import type { World, Worlds } from '../../../src/domain/rules.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import { type Ask, lines, overdueAt, people, plans, type Rated, ratedIn, type Told, type Who } from './ask.ts'

/** The model's world as the ledger knows it: the same plans, and a rate card on which a micro-unit costs a micro-credit. */
export const rate = (id: string, price: Price, charge: Rate['charge'] = 'at-success'): Rate => ({
  id,
  name: id,
  category: 'all',
  per: ONE,
  unit: 'TOKEN',
  price,
  roundsUp: false,
  settlement: 'CREDITS',
  requires: [],
  plans: [],
  maxCount: undefined,
  charge,
  role: 'MEMBER',
  illustrative: false,
})

export const card = compileRateCard({
  version: 'model',
  categories: [
    {
      id: 'all',
      name: 'All',
      rates: [
        rate('credit', { credits: MICRO }),
        rate('free', { free: true }),
        rate('start', { credits: MICRO }, 'at-start'),
        { ...rate('metered', { money: { amount: 10_000_000n, currency: 'USD' } }), settlement: 'METERED' },
      ],
    },
    { id: 'pictures', name: 'Pictures', rates: [{ ...rate('picture', { credits: MICRO }), category: 'pictures' }] },
  ],
  rounding: { to: 1n, mode: 'half-up' },
  creditsPerMoney: null,
})

export const policy: Policy = {
  burnPriority: Object.fromEntries(grantKinds.map((kind) => [kind, kind === 'INCLUDED' ? 0 : 100])) as Record<
    GrantKind,
    number
  >,
  lowThreshold: { credits: 10n },
  timeZone: 'UTC',
  currency: 'USD',
  currencies: ['USD'],
  expiry: { PACKAGE: 'never', AUTO_RECHARGE: 'never', ADD_ON: 'cycle' },
  planChanges: 'next-deposit',
  storageAtZero: 'stop',
  defaultPlan: null,
  newTeamCredits: { percentAtOnce: 25, restAfterHours: 24 },
  plan: (id) => {
    const offers = plans[id]
    if (offers === undefined) return undefined
    const allowances = offers.map(({ every, amount, perSeat, calendar }) => ({
      id: every.toLowerCase(),
      credits: amount,
      every,
      interval: every === 'WEEK' ? null : every,
      rollover: 'none' as const,
      perSeat,
      anchor: calendar ? ('calendar' as const) : ('subscription' as const),
    }))
    return { id, allowances, addOn: null, creditLine: lines[id] ?? null, trial: null, topUp: true, contact: null }
  },
  package: () => undefined,
  customTopUp: null,
  creditLine: { perCredit: { amount: 20_000_000n, currency: 'USD' } },
}

export const worlds: Worlds = { in: () => world }
export const world: World = { rulesAt: () => ({ card, policy }), cardOf: () => card }

export const usageOf = (amounts: readonly bigint[], rated: Rated = 'credit'): Usage[] =>
  amounts.map((amount) => ({
    rate: amount === 0n ? 'free' : rated,
    quantity: amount === 0n ? ONE : amount,
    count: 1,
  }))

/** The ids of what an ask refers to; one that nothing has where there is no such hold or charge yet. */
export type Ids = { readonly holds: readonly HoldId[]; readonly charges: readonly ChargeId[] }
const nobody = 999_999
export const callerOf = (who: Who): Caller => ({ id: memberId(who), role: people[who] })

export function commandOf(ask: Ask, ids: Ids, at: number): Command {
  const caller = callerOf(ask.by ?? 'backend')
  const rated = ratedIn(ask)
  const usage = 'amount' in ask && ask.amount !== null ? usageOf([ask.amount], rated) : null
  const holdId = 'hold' in ask ? (ids.holds[ask.hold] ?? (nobody as HoldId)) : (nobody as HoldId)
  switch (ask.do) {
    case 'plan':
      return {
        kind: 'assign-plan',
        planId: ask.plan,
        teamName: null,
        seats: ask.seats,
        interval: ask.interval,
        anchor: null,
      }
    case 'grant': {
      const expiresAt = ask.lasts === null ? null : at + ask.lasts
      const scope = scopeOf(
        ask.only === 'pictures' ? ['pictures'] : [],
        ask.only === undefined || ask.only === 'pictures' ? [] : [ask.only],
      )
      return { kind: 'grant-credits', amount: ask.amount, grantKind: ask.kind, expiresAt, source: ask.source, scope }
    }
    case 'buy': {
      const price = { amount: 1_000_000_000n, currency: 'USD' }
      const paid = { purchase: purchaseId(1), cause: 'PURCHASE', price, costBasis: price, loss: null } as const
      const { source, amount: credits } = ask
      return { kind: 'land-purchase', ...paid, source, credits, memberId: null, ofNewTeam: true }
    }
    case 'charge':
      return { kind: 'charge-usage', usage: usageOf(ask.amounts, rated), reference: null, memberId: null, caller }
    case 'hold': {
      const expiresInSeconds = ask.lasts / 1000
      return {
        kind: 'place-hold',
        usage: usageOf([ask.amount], rated),
        expiresInSeconds,
        reference: null,
        memberId: null,
        caller,
      }
    }
    case 'extend':
      return {
        kind: 'extend-hold',
        holdId,
        usage,
        expiresInSeconds: ask.lasts === null ? null : ask.lasts / 1000,
        caller,
      }
    case 'capture':
      return { kind: 'capture-hold', holdId, usage: usageOf([ask.amount], rated), caller }
    case 'settle':
      return { kind: 'settle-hold', holdId, usage, caller }
    case 'release':
      return { kind: 'release-hold', holdId, reason: null, caller }
    case 'refund':
      return {
        kind: 'refund-charge',
        chargeId: ids.charges[ask.charge] ?? (nobody as ChargeId),
        amount: ask.amount,
        reason: '',
      }
    case 'claw-back':
      return {
        kind: 'claw-back',
        source: ask.source,
        total: ask.total,
        reference: 'dispute',
        frozen: ask.frozen,
        loss: null,
        reason: null,
      }
    case 'meter': {
      const metered = [{ rate: 'metered', quantity: ONE, count: 1 }]
      return { kind: 'charge-usage', usage: metered, reference: null, memberId: null, caller }
    }
    case 'bills': {
      const unpaid = ask.unpaid.map((bill) => ({
        ...bill,
        currency: 'USD',
        overdueAt: overdueAt[bill.month] ?? 0,
        url: null,
      }))
      return { kind: 'follow-bills', unpaid }
    }
    case 'nothing':
      return { kind: 'roll-forward' }
  }
}

/** The outcome in the model's words. `sourceOf`: the source of a grant by its id. */
export function toldBy(outcome: Outcome, sourceOf: (id: number) => string): Told {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done' }
    case 'charge': {
      const burn = outcome.charge.burn.map(({ grantId, amount }) => [sourceOf(grantId), amount] as const)
      return { kind: 'charge', amount: outcome.charge.amount, burn }
    }
    case 'hold':
      return {
        kind: 'hold',
        amount: outcome.hold.amount,
        remaining: remainingOf(outcome.hold),
        state: outcome.hold.state,
      }
    case 'grant':
      return { kind: 'grant', source: outcome.grant.source, granted: outcome.grant.granted }
    case 'refund':
      return { kind: 'refund', amount: outcome.refund.amount }
    case 'ordered':
    case 'imported':
    case 'purchase':
      throw new Error('The model sells nothing')
    case 'refused': {
      const { failure } = outcome
      if (failure.code !== 'INSUFFICIENT_CREDITS') return { kind: 'refused', code: failure.code }
      return { kind: 'refused', code: failure.code, required: failure.required, available: failure.available }
    }
  }
}

/**
 * The sources of a team's grants in the model's words, in the order of their ids: what brings back credits is numbered
 * for each grant, not by its place in the ledger; so is what was lent.
 */
export function plainSources(sources: readonly string[]): string[] {
  const counted = new Map<string, number>()
  const numbered = (first: string) => {
    const number = counted.get(first) ?? 0
    counted.set(first, number + 1)
    return `${first}#${number}`
  }
  const isLent = (source: string) => /^credit-line:\d+$/.test(source)
  const lent = new Map(sources.filter(isLent).map((source) => [source, numbered('credit-line')]))
  return sources.map((source) => {
    const first = /^restored:(.*):\d+$/.exec(source)?.[1]
    return first === undefined ? (lent.get(source) ?? source) : numbered(`restored:${lent.get(first) ?? first}`)
  })
}
