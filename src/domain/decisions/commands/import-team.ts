import { type Account, maxSeats, type PlanTerms } from '../../account.ts'
import { depositedThrough } from '../../allowance.ts'
import { InvalidInput, UnknownPlan } from '../../errors.ts'
import { maxOpenGrants } from '../../grant.ts'
import { isName, nameRule } from '../../names.ts'
import { changePlan, keepsCount } from '../change-plan.ts'
import { type Given, type ImportTeam, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import { postImported, type RunningDeposit, repeatsImported, restsOf, runningDeposits } from '../imported-grants.ts'
import { openGrants } from '../open-grants.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { noteImportedTrial } from '../trials.ts'

/**
 * Opens the team on its plan and posts its grants, or posts those that it lacks: all of them, or none. The running period of
 * each allowance deposits nothing, because the other system has deposited it: what is left of it comes as a grant. The next
 * period deposits as the plan says. A source deposits once, and what the team owes is paid first. Source: decision 36.
 */
export function importTeam(draft: Draft, command: ImportTeam, given: Given): OutcomeOf<'import-team'> {
  const { account, facts, context } = given
  const { hasBegun = false, grantsOfSources = [] } = facts
  const plan = context.policy.plan(command.planId)
  if (plan === undefined) return refused(new UnknownPlan({ planId: command.planId }))
  const unusable = unusableTeam(command) ?? (hasBegun ? otherTeam(command, plan, account) : null)
  if (unusable !== null) return refused(unusable)
  const running = hasBegun ? null : open(draft, command, plan, given)
  const rests = restsOf(command.grants, running ?? [])
  const existing = new Map(grantsOfSources.map((grant) => [grant.source, grant]))
  const named = new Set<string>()
  const isFull = openGrants(draft, context.at) >= maxOpenGrants.PLATFORM
  let grants = 0
  for (const [index, grant] of command.grants.entries()) {
    const known = existing.get(grant.source)
    if (isFull && known === undefined) return refused(unusableInput(full, 'grants', `${index}`))
    const fault = named.has(grant.source)
      ? { field: 'source', reason: `${grant.source} is in this import twice: give each grant its own source` }
      : known === undefined
        ? postImported(draft, grant, { running, rests, context })
        : repeatsImported(known, grant, { account, context })
    if (fault !== null) return refused(unusableInput(fault.reason, 'grants', `${index}`, fault.field))
    named.add(grant.source)
    if (known === undefined) grants += 1
  }
  return { kind: 'imported', created: !hasBegun, grants }
}

const full = `the team has ${maxOpenGrants.PLATFORM} open grants already: import several as one with their sum, or wait until one ends or one without an end is used up`

const unusableInput = (reason: string, ...path: string[]) => new InvalidInput({ path, reason })

function unusableTeam({ seats, teamName }: ImportTeam): InvalidInput | null {
  if (teamName !== null && !isName(teamName)) return unusableInput(`not usable: ${nameRule}`, 'name')
  if (seats < 1 || seats > maxSeats) return unusableInput(`not usable: give 1 to ${maxSeats}`, 'seats')
  return null
}

/** Where the team that exists is another one than is imported. Its name stays. */
function otherTeam({ planId, seats, anchor }: ImportTeam, plan: PlanTerms, account: Account): InvalidInput | null {
  if (account.planId !== planId) {
    const now = account.planId === null ? 'has no plan' : `is on the plan '${account.planId}'`
    return unusableInput(`the team exists and ${now}: give that plan, or change it by assignPlan`, 'planId')
  }
  if (account.seats !== seats) {
    const reason = `the team exists, and its number of seats is ${account.seats}: give that one, or change it by assignPlan`
    return unusableInput(reason, 'seats')
  }
  const isOther = account.allowances.some((allowance) => {
    const terms = plan.allowances.find(({ id }) => id === allowance.id)
    const isSame = terms?.every === allowance.cadence && !allowance.ended
    return isSame && !keepsCount(allowance, terms, { anchor, isBilled: false })
  })
  const reason = 'the team exists and counts its periods from another anchor: leave it out, or change it by assignPlan'
  return isOther ? unusableInput(reason, 'anchor') : null
}

/**
 * Puts the team on its plan, with every running period passed over. A past anchor is the billing anchor of a subscription
 * that may be followed afterwards: allowances that follow it count as if it were already.
 */
function open(
  draft: Draft,
  { teamName, seats, interval, anchor }: ImportTeam,
  plan: PlanTerms,
  { account, context }: Given,
): readonly RunningDeposit[] {
  draft.set({ name: teamName ?? account.name })
  const isBilled =
    anchor !== null && anchor <= context.at && plan.allowances.some((one) => one.anchor === 'subscription')
  const choice = { plan, seats, interval, anchor, isBilled, isTrialing: false, counts: 'later' } as const
  changePlan(draft, account, choice, context)
  const allowances = draft.setting('allowances')
  draft.set({
    allowances: allowances.map((one) => ({ ...depositedThrough(one, one.nextPeriod), total: null })),
  })
  noteImportedTrial(draft, plan, context.at)
  draft.notice('PLAN_CHANGED', context.at)
  return runningDeposits(allowances, seats)
}
