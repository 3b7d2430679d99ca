import { RefundPreviewDocument, RefundPurchaseDocument } from '../contract.ts'
import { credits, money } from '../parts/formats.ts'
import { type Act, given, outcomeOf } from './act.ts'

type Money = { readonly amount: string; readonly currency: string }
type Purchase = {
  readonly id: string
  readonly package: { readonly name: string } | null
  readonly total: Money
}
type Team = { readonly id: string; readonly name: string }

export const refundPurchase = (team: Team, { id, package: pack, total }: Purchase): Act => ({
  title: `Refund ${pack?.name ?? 'a purchase'}`,
  fields: [
    {
      name: 'amount',
      label: `Amount in ${total.currency}`,
      kind: 'money',
      optional: true,
      hint: `Of ${money(total)}. Empty: the share of the price that is unused.`,
    },
    { name: 'reason', label: 'Reason', kind: 'note', maxLength: 500, hint: 'The audit log keeps it.' },
  ],
  effect: () => `${team.name} gets money of ${money(total)} back, and the credits that it had bought are taken back.`,
  preview: async (request, values) => {
    const variables = { purchaseId: id, amount: given(values, 'amount') }
    const { refundPreview } = await request(RefundPreviewDocument, variables)
    if (refundPreview === null) return `${team.name} has no such purchase any more.`
    const { amount, refundable, credits: taken, owed } = refundPreview
    const back = `${team.name} gets ${money(amount)} back, of ${money(refundable)} that can be given back now.`
    const debt = owed === '0' ? '' : ` ${credits(owed)} more are used already: the team owes them.`
    return `${back} ${credits(taken)} credits leave the balance.${debt}`
  },
  confirm: 'Refund',
  isDangerous: true,
  send: async (request, values, key) => {
    const { refundPurchase } = await request(RefundPurchaseDocument, {
      input: {
        purchaseId: id,
        amount: given(values, 'amount'),
        idempotencyKey: key,
        reason: values.reason ?? '',
      },
    })
    return outcomeOf(
      refundPurchase,
      ({ refunded }) => `${money(refunded)} of ${money(total)} are given back to ${team.name} in all`,
    )
  },
})
