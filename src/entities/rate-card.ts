import { defineEntity, type InferEntity } from '@mikro-orm/core'

/** Every catalog that was ever in force, by the version that charges are pinned to. */
export const RateCardEntity = defineEntity({
  name: 'RateCard',
  tableName: 'rate_card',
  properties: (p) => ({
    version: p.string().primary(),
    effectiveFrom: p.datetime(3),
    catalog: p.string(),
  }),
})
export type RateCardRow = InferEntity<typeof RateCardEntity>
