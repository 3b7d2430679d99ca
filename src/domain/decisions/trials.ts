import type { Account, PlanTerms, Policy } from '../account.ts'
import { type Allowance, inOrder, opened } from '../allowance.ts'
import type { Instant } from '../identity.ts'
import type { PolicyMoment } from '../rules.ts'
import { isRunning, type TrialEnd, trialSource } from '../trial.ts'
import { dayMs } from '../wall-clock.ts'
import { changePlan, type PlanChoice, termsFor } from './change-plan.ts'
import { depositDue } from './deposits.ts'
import type { Draft } from './draft.ts'

/**
 * Whether a team that is put on the plan begins its trial, or goes on with it; null: the plan itself counts, as for a team
 * that was on the plan before.
 */
export function trialOn(draft: Draft, plan: PlanTerms): 'BEGINS' | 'GOES_ON' | null {
  const trial = draft.setting('trial')
  if (isRunning(trial) && trial.planId === plan.id) return 'GOES_ON'
  const fits = plan.trial !== null && draft.fitting(plan.trial.credits) === plan.trial.credits
  // A debt would take all of its credits, so that it would be used up at once.
  const isEaten = plan.trial !== null && draft.owed >= plan.trial.credits
  return trial === null && fits && !isEaten && draft.setting('planId') !== plan.id ? 'BEGINS' : null
}

/** The plan while a team is on its trial: it has its rights, and deposits nothing. */
export const onTrial = (plan: PlanTerms): PlanTerms => ({ ...plan, allowances: [], addOn: null })

/** Puts the team on a plan while it is on trial. A period that opened the team is not settled, and keeps its mark. */
export function changeToTrial(draft: Draft, account: Account, choice: PlanChoice, moment: PolicyMoment): void {
  const kept = account.allowances.filter((one) => keepsMark(one, moment.at))
  const others = account.allowances.filter((one) => !kept.includes(one))
  changePlan(draft, { ...account, allowances: others }, choice, moment)
  const ended = kept.map((one) => ({ ...one, ended: true }))
  draft.set({ allowances: inOrder([...draft.setting('allowances'), ...ended]) })
}

/** Deposits the credits of the plan's trial. */
export function beginTrial(draft: Draft, { id: planId, trial: terms }: PlanTerms, { policy, at }: PolicyMoment): void {
  if (terms === null) throw new Error(`The plan ${planId} has no trial to begin`)
  const { credits, days } = terms
  const endsAt = at + days * dayMs
  const grant = { kind: 'INCLUDED', priority: policy.burnPriority.INCLUDED, startsAt: at, expiresAt: endsAt } as const
  const grantId = draft.arrive({ ...grant, source: trialSource(planId), allowance: null }, credits, at)
  draft.set({ trial: { planId, credits, grantId, endsAt, nextDepositAt: null, endedAt: null, end: null } })
}

/** A team that comes from another system, on a plan with a trial, counts as having had that trial there. */
export function noteImportedTrial(draft: Draft, { id: planId, trial }: PlanTerms, at: Instant): void {
  if (trial === null) return
  const had = { planId, credits: 0n, grantId: null, endsAt: at, nextDepositAt: null } as const
  draft.set({ trial: { ...had, endedAt: at, end: 'PLAN_CHANGED' } })
}

/** Notes when the first deposit after the trial is expected; null: none is. */
export function expectDeposit(draft: Draft, nextDepositAt: Instant | null): void {
  const trial = draft.setting('trial')
  if (trial !== null && trial.nextDepositAt !== nextDepositAt) draft.set({ trial: { ...trial, nextDepositAt } })
}

/** Ends the running trial. Its credits stay to their own end. */
export function endTrial(draft: Draft, end: TrialEnd, at: Instant): void {
  const trial = draft.setting('trial')
  if (isRunning(trial)) draft.set({ trial: { ...trial, endedAt: at, end } })
}

/**
 * Ends the trial whose time is over, or whose grant is used up: nothing of it is left or held. If no subscription is there
 * to pay, the team is then on the catalog's default plan. No command may be under way in the draft.
 */
export function endTrialIfOver(draft: Draft, moment: PolicyMoment): void {
  const trial = draft.setting('trial')
  if (!isRunning(trial)) return
  const { at } = moment
  const isOver = trial.endsAt <= at
  if (!isOver && !(trial.grantId !== null && isUsedUp(draft, trial.grantId))) return
  endTrial(draft, isOver ? 'DAYS' : 'USED_UP', at)
  if (draft.setting('paidThrough') === null) {
    beginDefault(draft, trial.planId === moment.policy.defaultPlan ? draft.setting('seats') : 1, moment)
  }
  draft.notice('PLAN_CHANGED', at)
}

/** The default plan begins after a trial that nobody paid for, and deposits, as if the team's first request opened it now. */
export function beginDefault(draft: Draft, seats: number, moment: PolicyMoment): void {
  const account = draft.finish()
  changeToDefault(draft, account, seats, moment)
  const isDue = ({ kind, ended, nextAt }: Allowance) => kind === 'INCLUDED' && !ended && nextAt <= moment.at
  const due = draft.setting('allowances').filter(isDue)
  const ids = [...due, ...account.allowances.filter((one) => keepsMark(one, moment.at))].map(({ id }) => id)
  depositDue(draft, moment.policy, moment.at)
  const isOpen = ({ id, ended }: Allowance) => !ended && ids.includes(id)
  draft.set({ allowances: draft.setting('allowances').map((one) => (isOpen(one) ? opened(one) : one)) })
}

/** Whether the first plan that is assigned, now or after a trial, replaces the running period. */
const keepsMark = ({ total, nextAt }: Allowance, at: Instant): boolean => total === 'OPENED' && nextAt > at

function isUsedUp(draft: Draft, id: Parameters<Draft['grant']>[0]): boolean {
  const { available, held } = draft.grant(id)
  return available === 0n && held === 0n
}

/** Puts the team on the catalog's default plan, or on none, from now on. */
export function changeToDefault(draft: Draft, account: Account, seats: number, moment: PolicyMoment): void {
  const { defaultPlan } = moment.policy
  const plan = defaultPlan === null ? undefined : moment.policy.plan(defaultPlan)
  if (plan === undefined) {
    const allowances = account.allowances.map((one) => (one.kind === 'INCLUDED' ? { ...one, ended: true } : one))
    draft.set({ planId: null, seats: 1, allowances })
  } else {
    const terms = {
      plan,
      seats,
      interval: null,
      anchor: null,
      isBilled: false,
      isTrialing: false,
      counts: 'later',
    } as const
    changePlan(draft, account, terms, moment)
  }
  draft.set({ addOn: { ...account.addOn, units: 0 } })
}

/** When the default plan first deposits, if it begins at the end of the running trial; null: it deposits nothing. */
export function firstDepositAfterTrial(account: Account, policy: Policy): Instant | null {
  const plan = policy.defaultPlan === null ? undefined : policy.plan(policy.defaultPlan)
  if (plan === undefined || !isRunning(account.trial)) return null
  const from = account.trial.endsAt
  const begun = termsFor({ plan, interval: null }, account).map(({ id, every }) => {
    const former = account.allowances.find((one) => one.id === id && one.cadence === every)
    return Math.max(from, former?.nextAt ?? from)
  })
  return begun.length === 0 ? null : Math.min(...begun)
}
