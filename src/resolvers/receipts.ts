import type { Credits } from '../domain/amounts/credits.ts'
import { type Receipt, readReceipt } from '../ledger/history/receipts.ts'
import { memberView } from './members.ts'
import type { GatewayContext } from './request/context.ts'
import { checkedText } from './request/inputs.ts'
import { readCaughtUp } from './request/reading.ts'
import type { ChargeView, HoldView, MemberView, RefundView, TeamView } from './request/results.ts'

export type ReceiptView = { readonly team: TeamView; readonly receipt: Receipt }

export async function teamReceipt(
  team: TeamView,
  { reference }: { reference: string },
  context: GatewayContext,
): Promise<ReceiptView | null> {
  const { teamId } = team.account
  checkedText('reference', reference)
  const receipt = await readCaughtUp(context, teamId, (client) => readReceipt(client, teamId, reference))
  return receipt && { team, receipt }
}

export const receiptNet = ({ receipt: { charged, refunded } }: ReceiptView): Credits => charged - refunded

export const receiptHolds = ({ team, receipt }: ReceiptView): HoldView[] =>
  receipt.holds.map((hold) => ({ type: 'Hold', teamId: team.account.teamId, hold, team }))

export const receiptCharges = ({ team, receipt }: ReceiptView): ChargeView[] =>
  receipt.charges.map((charge) => ({ type: 'Charge', teamId: team.account.teamId, charge, team }))

export const receiptRefunds = ({ team, receipt }: ReceiptView): RefundView[] =>
  receipt.refunds.map((refund) => ({ type: 'Refund', teamId: team.account.teamId, refund, team }))

export const receiptMember = ({ team, receipt: { memberId } }: ReceiptView): MemberView | null =>
  memberView(team.account.teamId, memberId)
