import type { Account } from './account.ts'
import { type Command, type Decision, type Facts, type HoldOutcome, type Outcome, refused } from './command.ts'
import { assignPlan, openTeam } from './commands/assign-plan.ts'
import { chargeUsage } from './commands/charge-usage.ts'
import { chargeHold, releaseHold } from './commands/close-hold.ts'
import { createContract, endContract } from './commands/contracts.ts'
import { followSubscription } from './commands/follow-subscription.ts'
import { clawBack, grantCredits } from './commands/grants.ts'
import { countUse, setSpendingLimit } from './commands/limits.ts'
import { extendHold, placeHold } from './commands/place-hold.ts'
import { beginPurchase, failPurchase, landPurchase } from './commands/purchases.ts'
import { configureRecharge, rearmRecharge } from './commands/recharge.ts'
import { refundCharge } from './commands/refund-charge.ts'
import { orderAddOnUnits, setAddOnUnits } from './commands/set-add-on-units.ts'
import { setLowThreshold } from './commands/set-low-threshold.ts'
import { setStoredAmount } from './commands/set-stored-amount.ts'
import { Draft } from './draft.ts'
import { sessionsAfter } from './live-session.ts'
import { demand, demands } from './recharge-episode.ts'
import type { Context } from './rules.ts'

/**
 * The effect of a command on an account that has been rolled forward to `context.at`. Pure: the same values give the
 * same decision. A refusal changes nothing, except that a refusal for lack of credits can begin a recharge.
 */
export function decide(account: Account, command: Command, facts: Facts, context: Context): Decision {
  const draft = new Draft(account)
  const { outcome, hold } = carryOut(draft, account, command, facts, context)
  const recharges = account.recharge !== null && account.recharge.state !== 'OFF'
  if (outcome.kind === 'refused') {
    return recharges && outcome.failure.code === 'INSUFFICIENT_CREDITS'
      ? refusedInDemand(account, outcome, context)
      : { account, outcome, postings: [], notices: [], purchases: [], hold: null }
  }
  if (account.limits.length > 0) countUse(draft, command, facts, hold, context)
  draft.announce(context.at)
  if (recharges && demands(draft.postings)) demand(draft, context)
  if (hold !== null) draft.set({ sessions: sessionsAfter(account.sessions, hold) })
  if (hold !== null && hold.state === 'OPEN') {
    const deadline = draft.setting('nextHoldDeadline') ?? Infinity
    draft.set({ nextHoldDeadline: Math.min(deadline, hold.expiresAt) })
  }
  const { postings, notices, purchases } = draft
  return { account: draft.finish(), outcome, postings, notices, purchases, hold }
}

/** The draft of the refused command is discarded, with all its movements. */
function refusedInDemand(account: Account, outcome: Outcome, context: Context): Decision {
  const draft = new Draft(account)
  demand(draft, context)
  const { postings, notices, purchases } = draft
  const after = draft.setting('recharge') === account.recharge ? account : draft.finish()
  return { account: after, outcome, postings, notices, purchases, hold: null }
}

function carryOut(draft: Draft, account: Account, command: Command, facts: Facts, context: Context): HoldOutcome {
  const only = (outcome: Outcome) => ({ outcome, hold: null })
  switch (command.kind) {
    case 'charge-usage':
      return only(chargeUsage(draft, account, command, context))
    case 'place-hold':
      return placeHold(draft, account, command, context)
    case 'extend-hold':
      return extendHold(draft, account, facts.hold, command, context)
    case 'capture-hold':
    case 'settle-hold':
      return chargeHold(draft, account, facts.hold, command, context)
    case 'release-hold':
      return releaseHold(draft, facts.hold, command, context)
    case 'refund-charge':
      return only(refundCharge(draft, facts.charge, command, context))
    case 'grant-credits':
      return only(grantCredits(draft, facts.grantOfSource, command, context))
    case 'claw-back':
      return only(clawBack(draft, facts.grantOfSource, command, context))
    case 'assign-plan':
      return only(assignPlan(draft, account, command, context))
    case 'follow-subscription':
      return only(followSubscription(draft, account, command, facts.leftover ?? [], context))
    case 'set-add-on-units':
      return only(setAddOnUnits(draft, account, command, context))
    case 'order-add-on-units':
      return only(orderAddOnUnits(account, context))
    case 'create-contract':
      return only(createContract(draft, account, command, context))
    case 'end-contract':
      return only(endContract(draft, account, command, context))
    case 'begin-purchase':
      return only(beginPurchase(draft, account, command, context))
    case 'land-purchase':
      return only(landPurchase(draft, facts.grantOfSource, command, context))
    case 'fail-purchase':
      return only(failPurchase(draft, command, context))
    case 'configure-recharge':
      return only(configureRecharge(draft, account, command, context))
    case 'rearm-recharge':
      return only(rearmRecharge(draft, command, context))
    case 'open-team':
      return only(openTeam(draft, account, context))
    case 'set-low-threshold':
      return only(setLowThreshold(draft, account, command, context))
    case 'set-stored-amount':
      return only(setStoredAmount(draft, account, command, context))
    case 'set-spending-limit':
      return only(setSpendingLimit(draft, account, command, facts.usedBefore, context))
    case 'refuse':
      return only(refused(command.failure))
    case 'post-due':
      return only({ kind: 'done' })
    case 'roll-forward':
      draft.passTime(context.at)
      return only({ kind: 'done' })
  }
}
