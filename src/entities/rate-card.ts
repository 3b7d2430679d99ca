import { defineEntity } from '@mikro-orm/core'

/** The content of every catalog that was ever published, by the version that charges are pinned to. */
export const RateCardEntity = defineEntity({
  name: 'RateCard',
  tableName: 'rate_card',
  properties: (p) => ({
    version: p.string().primary(),
    catalog: p.string(),
  }),
})
