import { ReleaseHoldDocument } from '../contract.ts'
import { credits } from '../parts/formats.ts'
import { type Act, given, outcomeOf } from './act.ts'

type Hold = { readonly id: string; readonly remaining: string; readonly reference: string | null }

export const releaseHold = ({ id, remaining, reference }: Hold): Act => ({
  title: `Release ${reference === null ? 'a hold' : `the hold of ${reference}`}`,
  fields: [
    {
      name: 'reason',
      label: 'Reason',
      kind: 'note',
      optional: true,
      maxLength: 500,
      hint: 'The team reads it in its activity.',
    },
  ],
  effect: () => `${credits(remaining)} credits are free again. The work behind the hold can no longer be charged.`,
  confirm: 'Release',
  isDangerous: true,
  send: async (request, values, key) => {
    const { releaseHold } = await request(ReleaseHoldDocument, {
      input: { holdId: id, reason: given(values, 'reason'), idempotencyKey: key },
    })
    return outcomeOf(releaseHold, () => `${credits(remaining)} credits are free again`)
  },
})
