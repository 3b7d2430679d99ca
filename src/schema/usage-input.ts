import { builder } from './builder.ts'

export const FitInput = builder.inputType('FitInput', {
  description:
    'As much of the last usage line as the balance pays, between the two; the quantity is in `Hold.fitted`, rounded down: whole for TOKEN, CHARACTER, USE and IMAGE, to 6 digits else.',
  fields: (t) => ({
    atLeast: t.field({
      type: 'Decimal',
      required: true,
      description:
        'The least that is of use, above 0 and at most `atMost`. Where not even this can be held, the answer is the refusal of a hold for it.',
    }),
    atMost: t.field({
      type: 'Decimal',
      required: true,
      description:
        'The most that is of use, at most 10^12. The spending limits of the caller and the member bound the quantity, too, and so does the most that one request may use of the rate.',
    }),
  }),
})

const TagInput = builder.inputType('TagInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    value: t.string({ required: true }),
  }),
})

export const UsageInput = builder.inputType('UsageInput', {
  description:
    '`rate: "image.flux-2-pro", count: 4` · `rate: "video.kling-3-0", quantity: "10"` · `rate: "chat.input", quantity: "850"`. `quantity` is in the rate\'s unit, for each of `count` assets.',
  fields: (t) => ({
    rate: t.id({ required: true }),
    quantity: t.field({ type: 'Decimal', defaultValue: '1' }),
    count: t.int({ defaultValue: 1 }),
    tags: t.field({ type: [TagInput] }),
  }),
})
