import type { Account, PlanTerms, Policy } from '../../src/domain/account.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { movedBy, type RefundableCharge } from '../../src/domain/charge.ts'
import type { Command, CommandOf, Facts } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import type { DecidedKind } from '../../src/domain/decisions/outcomes.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { chargeId, holdId, memberId, purchaseId, teamId } from '../../src/domain/identity.ts'
import type { Move, MoveStage } from '../../src/domain/move.ts'
import type { Caller } from '../../src/domain/placer.ts'
import { type Context, contextAt } from '../../src/domain/rules.ts'
import { type SpendingLimit, windowAt } from '../../src/domain/spending-limit.ts'
import type { Usage } from '../../src/domain/usage.ts'
import { cardOf, storageRate, worldOf } from '../property/model/storing.ts'
import { rate } from '../property/model/world.ts'

export const at = Date.parse('2026-11-18T12:00:00Z')
export const week = 7 * 86_400_000

const forPro = { requires: ['PLAN' as const], plans: ['pro'] }
const card = cardOf('scene', [
  rate('credit', { credits: MICRO }),
  { ...rate('pro', { credits: MICRO }), ...forPro },
  rate('start', { credits: MICRO }, 'at-start'),
  storageRate('stored', { credits: MICRO }),
  storageRate('stored-pro', { credits: MICRO }, forPro),
])

const weekly: PlanTerms = {
  id: 'weekly',
  allowances: [
    { id: 'week', credits: 40n, every: 'WEEK', interval: null, rollover: 'none', perSeat: false, anchor: 'calendar' },
  ],
  addOn: { credits: 10n },
  topUp: true,
  creditLine: null,
  trial: null,
  contact: null,
}

export const contextWith = (given: Partial<Policy> = {}): Context =>
  contextAt(
    worldOf(
      {
        defaultPlan: 'weekly',
        plan: (id) => (id === 'weekly' ? weekly : undefined),
        package: (id) => (id === 'small' ? { id, credits: 100n, price: { amount: 10n, currency: 'USD' } } : undefined),
        ...given,
      },
      card,
    ),
    at,
  )

export const use = (id: string, quantity = 10n): Usage[] => [{ rate: id, quantity, count: 1 }]
export const admin: Caller = { id: memberId('ana'), role: 'ADMIN' }
export const member: Caller = { id: memberId('ben'), role: 'MEMBER' }
export const platform: Caller = { id: memberId('ops'), role: 'PLATFORM' }

/** The caller may spend nothing today. */
export const limitOf = ({ id }: Caller): SpendingLimit => ({
  ...{ subject: 'CALLER', id: `${id}`, per: 'DAY', credits: 0n, used: 0n, setAt: 0, ...windowAt('DAY', 'UTC', at) },
})

/** The team is moving. */
export const moving = (stage: MoveStage): Move => ({
  system: 'old',
  stage,
  since: at,
  revision: 0,
  cutOverAt: null,
  payments: [],
})

const spending = { reference: null, memberId: null, caller: admin }
const paid = { purchase: purchaseId(1), price: { amount: 10n, currency: 'USD' } }
const plan = { planId: 'weekly', seats: 1, interval: null }

/** A command of each kind that is carried out. */
export const usual: { readonly [Kind in DecidedKind]: CommandOf<Kind> } = {
  'place-hold': { kind: 'place-hold', usage: use('credit'), expiresInSeconds: 60, ...spending },
  'extend-hold': {
    kind: 'extend-hold',
    holdId: holdId(1),
    usage: use('credit'),
    expiresInSeconds: null,
    caller: admin,
  },
  'capture-hold': { kind: 'capture-hold', holdId: holdId(1), usage: use('credit', 5n), caller: admin },
  'settle-hold': { kind: 'settle-hold', holdId: holdId(1), usage: use('credit', 5n), caller: admin },
  'release-hold': { kind: 'release-hold', holdId: holdId(1), reason: null, caller: admin },
  'charge-usage': { kind: 'charge-usage', usage: use('credit'), ...spending },
  'refund-charge': { kind: 'refund-charge', chargeId: chargeId(1), amount: null, reason: 'failed' },
  'grant-credits': { kind: 'grant-credits', amount: 10n, grantKind: 'PROMOTION', expiresAt: null, source: 'gift' },
  'claw-back': {
    kind: 'claw-back',
    source: 'pack',
    total: 10n,
    reference: 'dispute',
    frozen: false,
    loss: null,
    reason: null,
  },
  'open-team': { kind: 'open-team' },
  'assign-plan': { kind: 'assign-plan', teamName: null, anchor: null, ...plan },
  'import-team': {
    kind: 'import-team',
    teamName: null,
    anchor: null,
    grants: [{ source: 'old:1', amount: 10n, kind: 'PROMOTION', startsAt: null, expiresAt: null }],
    ...plan,
  },
  'follow-team': { kind: 'follow-team', system: 'old' },
  'cut-over': {
    kind: 'cut-over',
    since: at,
    team: { teamName: null, anchor: null, grants: [], ...plan },
    balance: 0n,
    posted: [],
    ended: [],
  },
  'cut-back': { kind: 'cut-back' },
  'follow-subscription': {
    kind: 'follow-subscription',
    subscription: 'sub',
    anchor: at,
    addOnUnits: 0,
    paidThrough: at + week,
    renews: true,
    ended: false,
    refunded: false,
    isTrialing: false,
    ...plan,
  },
  'set-add-on-units': { kind: 'set-add-on-units', units: 2 },
  'order-add-on-units': { kind: 'order-add-on-units', units: 2 },
  'create-contract': {
    kind: 'create-contract',
    reference: 'new',
    credits: 10n,
    cadence: 'ONCE',
    rollover: 'none',
    creditLine: null,
    startsAt: null,
    endsAt: null,
  },
  'end-contract': { kind: 'end-contract', reference: 'deal' },
  'begin-purchase': {
    kind: 'begin-purchase',
    packageId: 'small',
    pay: 'AUTO',
    successUrl: null,
    cancelUrl: null,
    memberId: null,
    caller: admin,
  },
  'land-purchase': {
    kind: 'land-purchase',
    cause: 'PURCHASE',
    source: 'stripe:pi_1',
    credits: 100n,
    costBasis: null,
    memberId: null,
    ofNewTeam: false,
    loss: null,
    ...paid,
  },
  'fail-purchase': { kind: 'fail-purchase', failure: { kind: 'declined', reason: 'No.' }, ...paid },
  'configure-recharge': {
    kind: 'configure-recharge',
    enabled: true,
    threshold: 50n,
    packageId: 'small',
    monthlyCap: null,
    targetBalance: null,
    maxPerDay: null,
    caller: admin,
  },
  'follow-bills': {
    kind: 'follow-bills',
    unpaid: [{ month: '2026-10', currency: 'USD', overdueAt: at + week, url: 'https://pay.example/bill', failures: 0 }],
  },
  'tell-of-payment': {
    kind: 'tell-of-payment',
    notice: 'PAYMENT_DUPLICATE_REFUNDED',
    reason: 'A second payment of USD 5 is given back',
  },
  'tell-of-webhook': { kind: 'tell-of-webhook', reason: 'https://acme.example/hooks was disabled' },
  'rearm-recharge': { kind: 'rearm-recharge', atOnce: false },
  'set-alert-levels': { kind: 'set-alert-levels', levels: [{ credits: 5n }] },
  'set-low-threshold': { kind: 'set-low-threshold', threshold: null },
  'set-stored-amount': { kind: 'set-stored-amount', rate: 'stored', amount: 10n, caller: admin },
  'set-spending-limit': { kind: 'set-spending-limit', subject: 'MEMBER', id: 'ben', per: 'DAY', credits: 10n },
  'set-member-group': { kind: 'set-member-group', groupId: 'sales', name: 'Sales', parentId: null },
  'delete-member-group': { kind: 'delete-member-group', groupId: 'crew' },
  'move-member': { kind: 'move-member', memberId: memberId('ben'), groupId: 'crew' },
  'roll-forward': { kind: 'roll-forward' },
  'post-due': { kind: 'post-due' },
}

const context = contextWith()
export const nobody: Account = newAccount(teamId('team'), context)

const after = (account: Account, ...commands: readonly Command[]): Account =>
  commands.reduce((before, command) => decide(before, command, {}, context).account, account)

function placed(account: Account, id: string): { account: Account; hold: Hold } {
  const { hold, account: holding } = decide(account, { ...usual['place-hold'], usage: use(id) }, {}, context)
  if (hold === null) throw new Error(`No hold on ${id} was placed`)
  return { account: holding, hold }
}

/** A team with 40 credits of a plan and 90 of a pack, a contract, a charge of 10 and two holds. */
export function scene(): { team: Account; facts: Facts; start: Hold } {
  const pack = { ...usual['grant-credits'], amount: 100n, source: 'pack' }
  const deal = { ...usual['create-contract'], reference: 'deal' }
  const crew = { ...usual['set-member-group'], groupId: 'crew' }
  const begun = after(nobody, usual['assign-plan'], deal, pack, crew)
  const charged = decide(begun, usual['charge-usage'], {}, context)
  const [posting] = charged.postings
  if (posting === undefined) throw new Error('Nothing was charged')
  const terms = { refunded: 0n, unconfirmed: false, since: at, memberId: null, groupIds: [], reference: null }
  const charge: RefundableCharge = { ...movedBy(posting), ...terms }
  const reserved = placed(charged.account, 'credit')
  const start = placed(reserved.account, 'start')
  return { team: start.account, facts: { hold: reserved.hold, charge }, start: start.hold }
}
