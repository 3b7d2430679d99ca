import { RefundChargeDocument } from '../contract.ts'
import { credits } from '../parts/formats.ts'
import { type Act, given, outcomeOf } from './act.ts'

type Charge = { readonly id: string; readonly amount: string; readonly reference: string | null }
type Team = { readonly id: string; readonly name: string }

export const refundCharge = (team: Team, { id, amount, reference }: Charge): Act => ({
  title: `Refund ${reference === null ? 'a charge' : `the charge of ${reference}`}`,
  fields: [
    {
      name: 'amount',
      label: 'Credits',
      kind: 'credits',
      optional: true,
      hint: `Of ${credits(amount)}. Empty: all that is left of it.`,
    },
    { name: 'reason', label: 'Reason', kind: 'note', maxLength: 500, hint: 'The team reads it in its activity.' },
  ],
  effect: (values) => {
    const some = given(values, 'amount')
    const what =
      some === null ? `what is left of ${credits(amount)} credits` : `${credits(some)} of ${credits(amount)} credits`
    return `${team.name} gets back ${what}, into the grants that paid. What has expired since stays expired.`
  },
  confirm: 'Refund',
  send: async (request, values, key) => {
    const { refundCharge } = await request(RefundChargeDocument, {
      input: {
        chargeId: id,
        teamId: team.id,
        idempotencyKey: key,
        amount: given(values, 'amount'),
        reason: values.reason ?? '',
      },
    })
    return outcomeOf(refundCharge, (refund) => `${team.name} got ${credits(refund.amount)} credits back`)
  },
})
