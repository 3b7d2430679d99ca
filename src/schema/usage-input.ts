import { builder } from './builder.ts'

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
