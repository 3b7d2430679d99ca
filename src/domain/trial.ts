import type { Credits } from './amounts/credits.ts'
import type { GrantId, Instant } from './identity.ts'

/** The trial of a plan: its credits last for so many days of 24 hours. */
export type TrialTerms = { readonly credits: Credits; readonly days: number }

/**
 * DAYS: its time was over. USED_UP: its grant was spent. PLAN_CHANGED: before either, another plan began, or the plan
 * itself.
 */
export const trialEnds = ['DAYS', 'USED_UP', 'PLAN_CHANGED'] as const
export type TrialEnd = (typeof trialEnds)[number]

/** The only trial that a team ever has: credits of a plan once, before its allowances. Source: decision 40. */
export type Trial = {
  readonly planId: string
  readonly credits: Credits
  /** Null: the team had it in the system that it was imported from, and nothing was granted here. */
  readonly grantId: GrantId | null
  readonly endsAt: Instant
  /** When the first deposit after it is expected; null: none is, or one came. A subscription's payment counts instead. */
  readonly nextDepositAt: Instant | null
  /** Both null: it is running. */
  readonly endedAt: Instant | null
  readonly end: TrialEnd | null
}

export const isRunning = (trial: Trial | null): trial is Trial => trial !== null && trial.endedAt === null

/** The last instant of a running trial; Infinity: none is running. */
export const runningTrialEnd = (trial: Trial | null): Instant => (isRunning(trial) ? trial.endsAt : Infinity)

/** `plan:pro:trial`: no deposit of an allowance has it, because that has a date. */
export const trialSource = (planId: string): string => `plan:${planId}:trial`
