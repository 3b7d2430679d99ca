import type { Account } from '../account.ts'
import { sessionsAfter } from '../live-session.ts'
import type { Context } from '../rules.ts'
import {
  type Command,
  type CommandOf,
  type Decision,
  type Facts,
  type Given,
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
import { cutBack } from './commands/cut-back.ts'
import { cutOver } from './commands/cut-over.ts'
import { deleteMemberGroup } from './commands/delete-member-group.ts'
import { endContract } from './commands/end-contract.ts'
import { extendHold } from './commands/extend-hold.ts'
import { failPurchase } from './commands/fail-purchase.ts'
import { followBills } from './commands/follow-bills.ts'
import { followSubscription } from './commands/follow-subscription.ts'
import { followTeam } from './commands/follow-team.ts'
import { grantCredits } from './commands/grant-credits.ts'
import { importTeam } from './commands/import-team.ts'
import { landPurchase } from './commands/land-purchase.ts'
import { moveMember } from './commands/move-member.ts'
import { openTeam } from './commands/open-team.ts'
import { orderAddOnUnits } from './commands/order-add-on-units.ts'
import { placeHold } from './commands/place-hold.ts'
import { rearmRecharge } from './commands/rearm-recharge.ts'
import { refundCharge } from './commands/refund-charge.ts'
import { releaseHold } from './commands/release-hold.ts'
import { setAddOnUnits } from './commands/set-add-on-units.ts'
import { setAlertLevels } from './commands/set-alert-levels.ts'
import { setLowThreshold } from './commands/set-low-threshold.ts'
import { setMemberGroup } from './commands/set-member-group.ts'
import { setSpendingLimit } from './commands/set-spending-limit.ts'
import { setStoredAmount } from './commands/set-stored-amount.ts'
import { settleHold } from './commands/settle-hold.ts'
import { tellOfPayment } from './commands/tell-of-payment.ts'
import { tellOfWebhook } from './commands/tell-of-webhook.ts'
import { countUse } from './count-use.ts'
import { Draft } from './draft.ts'
import type { OutcomeOf } from './outcomes.ts'
import { demand, demands } from './recharge-episode.ts'
import { outcomeElsewhere } from './served-elsewhere.ts'
import { endTrialIfOver } from './trials.ts'

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
  const elsewhere = outcomeElsewhere(account, command)
  if (elsewhere !== null) return unchanged(account, elsewhere as OutcomeOf<C['kind']>)
  const draft = new Draft(account)
  const { outcome, hold } = decideCommand(draft, command, { account, facts, context }) as HoldOutcome<
    OutcomeOf<C['kind']>
  >
  const recharges = account.recharge !== null && account.recharge.state !== 'OFF'
  if (outcome.kind === 'refused') {
    return recharges && outcome.failure.code === 'INSUFFICIENT_CREDITS'
      ? refusedInDemand(account, outcome, context)
      : unchanged(account, outcome)
  }
  if (account.limits.length > 0) countUse(draft, command, hold, { facts, context })
  endTrialIfOver(draft, context)
  draft.announce(context.at)
  if (recharges && demands(draft.postings)) demand(draft, context)
  if (hold !== null) draft.set({ sessions: sessionsAfter(account.sessions, hold) })
  if (hold !== null && hold.state === 'OPEN') {
    const deadline = draft.setting('nextHoldDeadline') ?? Infinity
    draft.set({ nextHoldDeadline: Math.min(deadline, hold.expiresAt) })
  }
  const { postings, notices, purchases, clawbacks } = draft
  return { account: draft.finish(), outcome, postings, notices, purchases, clawbacks, hold }
}

const unchanged = <O extends Outcome>(account: Account, outcome: O): Decision<O> => ({
  ...{ account, outcome, hold: null },
  ...{ postings: [], notices: [], purchases: [], clawbacks: [] },
})

/** The draft of the refused command is discarded, with all its movements. */
function refusedInDemand<O extends Outcome>(account: Account, outcome: O, context: Context): Decision<O> {
  const draft = new Draft(account)
  demand(draft, context)
  const { postings, notices, purchases, clawbacks } = draft
  const after = draft.setting('recharge') === account.recharge ? account : draft.finish()
  return { account: after, outcome, postings, notices, purchases, clawbacks, hold: null }
}

type Decide<C extends Command> = (draft: Draft, command: C, given: Given) => OutcomeOf<C['kind']>
type DecideOnHold<C extends Command> = (draft: Draft, command: C, given: Given) => HoldOutcome<OutcomeOf<C['kind']>>

type HoldCommand = 'place-hold' | 'extend-hold' | 'capture-hold' | 'settle-hold' | 'release-hold'

/** How each command on a hold is decided: its outcome is one that it states. */
const holdDecisions: { readonly [Kind in HoldCommand]: DecideOnHold<CommandOf<Kind>> } = {
  'place-hold': placeHold,
  'extend-hold': extendHold,
  'capture-hold': captureHold,
  'settle-hold': settleHold,
  'release-hold': releaseHold,
}

/** How each other command is decided. */
const decisions: { readonly [Kind in Exclude<Command['kind'], HoldCommand>]: Decide<CommandOf<Kind>> } = {
  'charge-usage': chargeUsage,
  'refund-charge': refundCharge,
  'grant-credits': grantCredits,
  'claw-back': clawBack,
  'open-team': openTeam,
  'assign-plan': assignPlan,
  'import-team': importTeam,
  'follow-team': followTeam,
  'cut-over': cutOver,
  'cut-back': cutBack,
  'follow-subscription': followSubscription,
  'set-add-on-units': setAddOnUnits,
  'order-add-on-units': orderAddOnUnits,
  'create-contract': createContract,
  'end-contract': endContract,
  'begin-purchase': beginPurchase,
  'land-purchase': landPurchase,
  'fail-purchase': failPurchase,
  'configure-recharge': configureRecharge,
  'rearm-recharge': rearmRecharge,
  'tell-of-payment': tellOfPayment,
  'follow-bills': followBills,
  'tell-of-webhook': tellOfWebhook,
  'set-alert-levels': setAlertLevels,
  'set-low-threshold': setLowThreshold,
  'set-stored-amount': setStoredAmount,
  'set-spending-limit': setSpendingLimit,
  'set-member-group': setMemberGroup,
  'delete-member-group': deleteMemberGroup,
  'move-member': moveMember,
  refuse: (_, { failure }) => refused(failure),
  'post-due': () => ({ kind: 'done' }),
  'roll-forward': (draft, _, { context }) => {
    draft.passTime(context.at)
    return { kind: 'done' }
  },
}

function decideCommand(draft: Draft, command: Command, given: Given): HoldOutcome {
  const { kind } = command
  return kind in holdDecisions
    ? (holdDecisions[kind as HoldCommand] as DecideOnHold<Command>)(draft, command, given)
    : { outcome: (decisions[kind as keyof typeof decisions] as Decide<Command>)(draft, command, given), hold: null }
}
