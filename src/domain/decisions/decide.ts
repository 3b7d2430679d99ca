import type { Account } from '../account.ts'
import { sessionsAfter } from '../live-session.ts'
import type { Context } from '../rules.ts'
import {
  type Command,
  type CommandOf,
  type Decision,
  type Facts,
  type HoldOutcome,
  type Outcome,
  refused,
} from './command.ts'
import { assignPlan } from './commands/assign-plan.ts'
import { beginPurchase } from './commands/begin-purchase.ts'
import { captureHold } from './commands/capture-hold.ts'
import { chargeUsage } from './commands/charge-usage.ts'
import { clawBack } from './commands/claw-back.ts'
import { configureRecharge } from './commands/configure-recharge.ts'
import { createContract } from './commands/create-contract.ts'
import { endContract } from './commands/end-contract.ts'
import { extendHold } from './commands/extend-hold.ts'
import { failPurchase } from './commands/fail-purchase.ts'
import { followSubscription } from './commands/follow-subscription.ts'
import { grantCredits } from './commands/grant-credits.ts'
import { landPurchase } from './commands/land-purchase.ts'
import { openTeam } from './commands/open-team.ts'
import { orderAddOnUnits } from './commands/order-add-on-units.ts'
import { placeHold } from './commands/place-hold.ts'
import { rearmRecharge } from './commands/rearm-recharge.ts'
import { refundCharge } from './commands/refund-charge.ts'
import { releaseHold } from './commands/release-hold.ts'
import { setAddOnUnits } from './commands/set-add-on-units.ts'
import { setLowThreshold } from './commands/set-low-threshold.ts'
import { setSpendingLimit } from './commands/set-spending-limit.ts'
import { setStoredAmount } from './commands/set-stored-amount.ts'
import { settleHold } from './commands/settle-hold.ts'
import { countUse } from './count-use.ts'
import { Draft } from './draft.ts'
import type { OutcomeOf } from './outcomes.ts'
import { demand, demands } from './recharge-episode.ts'

/**
 * The effect of a command on an account that has been rolled forward to `context.at`. Pure: the same values give the
 * same decision. A refusal changes nothing, except that a refusal for lack of credits can begin a recharge.
 */
export function decide<C extends Command>(
  account: Account,
  command: C,
  facts: Facts,
  context: Context,
): Decision<OutcomeOf<C['kind']>> {
  const draft = new Draft(account)
  const { outcome, hold } = (decisions[command.kind] as Decide<C>)(draft, command, { account, facts, context })
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
function refusedInDemand<O extends Outcome>(account: Account, outcome: O, context: Context): Decision<O> {
  const draft = new Draft(account)
  demand(draft, context)
  const { postings, notices, purchases } = draft
  const after = draft.setting('recharge') === account.recharge ? account : draft.finish()
  return { account: after, outcome, postings, notices, purchases, hold: null }
}

/** One command's decision. */
type Decide<C extends Command> = (draft: Draft, command: C, known: Known) => HoldOutcome<OutcomeOf<C['kind']>>

type Known = { readonly account: Account; readonly facts: Facts; readonly context: Context }

/** How each command is decided: its outcome is one that it states. */
const decisions: { readonly [Kind in Command['kind']]: Decide<CommandOf<Kind>> } = {
  'place-hold': (draft, command, { account, context }) => placeHold(draft, account, command, context),
  'extend-hold': (draft, command, { account, facts, context }) =>
    extendHold(draft, account, facts.hold, command, context),
  'capture-hold': (draft, command, { account, facts, context }) =>
    captureHold(draft, account, facts.hold, command, context),
  'settle-hold': (draft, command, { account, facts, context }) =>
    settleHold(draft, account, facts.hold, command, context),
  'release-hold': (draft, command, { facts, context }) => releaseHold(draft, facts.hold, command, context),
  'charge-usage': (draft, command, { account, context }) => only(chargeUsage(draft, account, command, context)),
  'refund-charge': (draft, command, { facts, context }) => only(refundCharge(draft, facts.charge, command, context)),
  'grant-credits': (draft, command, { facts, context }) =>
    only(grantCredits(draft, facts.grantOfSource, command, context)),
  'claw-back': (draft, command, { facts, context }) => only(clawBack(draft, facts.grantOfSource, command, context)),
  'open-team': (draft, _, { account, context }) => only(openTeam(draft, account, context)),
  'assign-plan': (draft, command, { account, context }) => only(assignPlan(draft, account, command, context)),
  'follow-subscription': (draft, command, { account, facts, context }) =>
    only(followSubscription(draft, account, command, facts.leftover ?? [], context)),
  'set-add-on-units': (draft, command, { account, context }) => only(setAddOnUnits(draft, account, command, context)),
  'order-add-on-units': (_, __, { account, context }) => only(orderAddOnUnits(account, context)),
  'create-contract': (draft, command, { account, context }) => only(createContract(draft, account, command, context)),
  'end-contract': (draft, command, { account, context }) => only(endContract(draft, account, command, context)),
  'begin-purchase': (draft, command, { account, context }) => only(beginPurchase(draft, account, command, context)),
  'land-purchase': (draft, command, { facts, context }) =>
    only(landPurchase(draft, facts.grantOfSource, command, context)),
  'fail-purchase': (draft, command, { context }) => only(failPurchase(draft, command, context)),
  'configure-recharge': (draft, command, { account, context }) =>
    only(configureRecharge(draft, account, command, context)),
  'rearm-recharge': (draft, command, { context }) => only(rearmRecharge(draft, command, context)),
  'set-low-threshold': (draft, command, { account, context }) =>
    only(setLowThreshold(draft, account, command, context)),
  'set-stored-amount': (draft, command, { account, context }) =>
    only(setStoredAmount(draft, account, command, context)),
  'set-spending-limit': (draft, command, { account, facts, context }) =>
    only(setSpendingLimit(draft, account, command, facts.usedBefore, context)),
  refuse: (_, { failure }) => only(refused(failure)),
  'post-due': () => only({ kind: 'done' }),
  'roll-forward': (draft, _, { context }) => {
    draft.passTime(context.at)
    return only({ kind: 'done' })
  },
}

const only = <O extends Outcome>(outcome: O): HoldOutcome<O> => ({ outcome, hold: null })
