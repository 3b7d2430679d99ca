import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Account, Policy } from '../../src/domain/account.ts'
import { MOST_CREDITS } from '../../src/domain/amounts/credits.ts'
import { type Command, type CommandOf, type Facts, refused } from '../../src/domain/decisions/command.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import type { DecidedKind, GivenBy, OutcomeOf, RefusedBy } from '../../src/domain/decisions/outcomes.ts'
import { HoldClosed, QuoteExpired } from '../../src/domain/errors.ts'
import { grantId, memberId } from '../../src/domain/identity.ts'
import { frozen } from '../setup/deciding.ts'
import {
  admin,
  at,
  contextWith,
  limitOf,
  member,
  moving,
  nobody,
  platform,
  scene,
  use,
  usual,
  week,
} from '../setup/outcome-scene.ts'

/** The fields that are other than usual. */
type Example<Kind extends DecidedKind> = {
  readonly command?: Partial<CommandOf<Kind>>
  readonly team?: Partial<Account>
  readonly facts?: Facts
  readonly policy?: Partial<Policy>
}

const { team, facts, start } = scene()
const crewOf = (count: number) =>
  team.groups.map((group) => ({ ...group, memberIds: Array.from({ length: count }, (_, n) => memberId(`${n}`)) }))
const closed: Facts = { hold: facts.hold && { ...facts.hold, state: 'SETTLED' } }

const acting = {
  NotFound: { facts: { hold: undefined } },
  NotAllowed: { command: { caller: member } },
  HoldClosed: { facts: closed },
}
const rating = {
  UnknownRate: { command: { usage: use('none') } },
  InvalidUsage: { command: { usage: use('credit', MOST_CREDITS + 1n) } },
  RequirementNotMet: { command: { usage: use('pro') } },
}
const spending = {
  ...rating,
  SpendingLimitReached: { team: { limits: [limitOf(admin)] } },
  InsufficientCredits: { command: { usage: use('credit', 1_000n) } },
}
/** A charge on a hold counts against the limits of those who did not place it. */
const onHold = {
  ...acting,
  ...spending,
  SpendingLimitReached: { command: { caller: platform }, team: { limits: [limitOf(platform)] } },
}
const unknownPlan = { UnknownPlan: { command: { planId: 'none' } } }

/** The most open grants that plans and units may give. */
const manyOfPlans = Array.from({ length: 2_000 }, (_, index) => {
  const [one] = team.grants
  if (one === undefined) throw new Error('The team has no grant')
  return { ...one, id: grantId(index + 1), source: `plan:${index}` }
})

/** How each command comes to each outcome that it states: the compiler asks for every one of them, and takes no other. */
const examples: {
  readonly [Kind in DecidedKind]: { readonly [Name in GivenBy<Kind> | RefusedBy<Kind>]: Example<Kind> }
} = {
  'place-hold': { hold: {}, QuoteExpired: { command: { usage: new QuoteExpired() } }, ...spending },
  'extend-hold': { hold: {}, ...acting, ...spending },
  'capture-hold': { charge: {}, InvalidInput: { facts: { hold: start } }, ...onHold },
  'settle-hold': { charge: {}, ...onHold },
  'release-hold': { hold: {}, ...acting },
  'charge-usage': { charge: {}, ...spending },
  'refund-charge': {
    refund: {},
    NotFound: { facts: { charge: undefined } },
    RefundExceedsCharge: { command: { amount: 11n } },
  },
  'grant-credits': {
    grant: {},
    InvalidAmount: { command: { amount: 0n } },
    InvalidInput: { command: { expiresAt: at } },
  },
  'claw-back': {
    grant: { facts: { grantOfSource: team.grants.find(({ source }) => source === 'pack') } },
    NotFound: {},
    InvalidAmount: {
      command: { total: 101n },
      facts: { grantOfSource: team.grants.find(({ source }) => source === 'pack') },
    },
  },
  'open-team': {
    done: { team: nobody },
    NotFound: { team: nobody, policy: { defaultPlan: null } },
    UnknownPlan: { team: nobody, policy: { defaultPlan: 'none' } },
  },
  'assign-plan': { done: {}, InvalidInput: { command: { currency: 'XXX' } }, ...unknownPlan },
  'import-team': { imported: {}, InvalidInput: { command: { seats: 0 } }, ...unknownPlan },
  'follow-team': { done: { team: nobody, facts: { hasBegun: false } }, NotAllowed: { facts: { hasBegun: true } } },
  'cut-over': {
    imported: { team: { ...nobody, move: moving('FOLLOWED') } },
    NotAllowed: {},
    UnknownPlan: {
      team: { ...nobody, move: moving('FOLLOWED') },
      command: { team: { planId: 'none', teamName: null, seats: 1, interval: null, anchor: null, grants: [] } },
    },
    InvalidInput: {
      team: { ...nobody, move: moving('FOLLOWED') },
      command: { team: { planId: 'weekly', teamName: null, seats: 0, interval: null, anchor: null, grants: [] } },
    },
  },
  'cut-back': { done: { team: { move: moving('CUT_OVER') } }, NotAllowed: {} },
  'follow-subscription': { done: {}, ...unknownPlan },
  'set-add-on-units': {
    done: {},
    AddOnNotAvailable: { team: { planId: null } },
    InvalidInput: { team: { grants: manyOfPlans } },
  },
  'order-add-on-units': {
    ordered: { team: { paidThrough: at + week } },
    AddOnNotAvailable: {},
    InvalidInput: { team: { paidThrough: at + week, grants: manyOfPlans } },
  },
  'create-contract': {
    done: {},
    InvalidAmount: { command: { credits: 0n } },
    InvalidInput: { command: { reference: 'deal' } },
  },
  'end-contract': { done: {}, NotFound: { command: { reference: 'none' } } },
  'begin-purchase': {
    purchase: {},
    PurchaseNotAllowed: { command: { caller: member } },
    UnknownPackage: { command: { packageId: 'none' } },
    AmountNotSold: { command: { credits: 5n } },
    InvalidInput: { command: { currency: 'XXX' } },
  },
  'land-purchase': { grant: {} },
  'fail-purchase': { done: {} },
  'configure-recharge': {
    done: {},
    PurchaseNotAllowed: { command: { caller: member } },
    UnknownPackage: { command: { packageId: 'none' } },
    InvalidAmount: { command: { threshold: null } },
    InvalidInput: { command: { packageId: null } },
  },
  'rearm-recharge': { done: {} },
  'tell-of-payment': { done: {} },
  'follow-bills': { done: {} },
  'tell-of-webhook': { done: {} },
  'set-alert-levels': {
    done: {},
    InvalidAmount: { command: { levels: Array.from({ length: 6 }, () => ({ credits: 5n })) } },
  },
  'set-low-threshold': { done: {} },
  'set-stored-amount': {
    done: {},
    UnknownRate: { command: { rate: 'none' } },
    InvalidUsage: { command: { rate: 'credit' } },
    RequirementNotMet: { command: { rate: 'stored-pro' } },
  },
  'set-spending-limit': {
    done: {},
    InvalidAmount: { command: { credits: -1n } },
    NotFound: { command: { subject: 'GROUP', id: 'none' } },
  },
  'set-member-group': { done: {}, InvalidInput: { command: { parentId: 'none' } } },
  'delete-member-group': { done: {}, NotFound: { command: { groupId: 'none' } } },
  'move-member': {
    done: {},
    InvalidInput: { team: { groups: crewOf(5_000) } },
    NotFound: { command: { groupId: 'none' } },
  },
  'roll-forward': { done: {} },
  'post-due': { done: {} },
}

const kinds = Object.keys(examples) as DecidedKind[]
const cases = kinds.flatMap((kind) =>
  Object.entries<Example<DecidedKind>>(examples[kind]).map(([name, example]) => ({ kind, name, example })),
)

test.each(cases)('$kind comes to $name', ({ kind, name, example }) => {
  const command = { ...usual[kind], ...example.command } as Command
  const context = contextWith(example.policy)
  const { outcome } = decide(frozen({ ...team, ...example.team }), command, { ...facts, ...example.facts }, context)
  expect(outcome.kind === 'refused' ? outcome.failure.name : outcome.kind).toBe(name)
})

test('a decision that returns an outcome which its command does not state is a type error', () => {
  const stated: OutcomeOf<'release-hold'> = refused(new HoldClosed({ state: 'SETTLED' }))
  // @ts-expect-error: a release names no quote
  const refusal: OutcomeOf<'release-hold'> = refused(new QuoteExpired())
  // @ts-expect-error: a release gives a hold
  const given: OutcomeOf<'release-hold'> = { kind: 'done' }
  expect([stated, refusal, given]).toHaveLength(3)
})

test('each command that does more than pass time is decided in a file of its name', () => {
  const files = kinds.filter((kind) => kind !== 'roll-forward' && kind !== 'post-due').map((kind) => `${kind}.ts`)
  expect(readdirSync('src/domain/decisions/commands').toSorted()).toEqual(files.toSorted())
})
