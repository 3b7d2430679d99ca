import { defineEntity, p } from '@mikro-orm/core'

/** The content of every catalog that was ever published, by the version that charges are pinned to. */
export const RateCardEntity = defineEntity({
  name: 'RateCard',
  tableName: 'rate_card',
  properties: {
    version: p.text().primary(),
    catalog: p.text(),
  },
})
