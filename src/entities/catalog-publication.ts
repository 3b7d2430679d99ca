import { defineEntity, p } from '@mikro-orm/core'
import { RateCardEntity } from './rate-card.ts'

/** From when on which catalog is in force. Written by `publish_catalog` alone, which keeps the instants apart and ahead. */
export const CatalogPublicationEntity = defineEntity({
  name: 'CatalogPublication',
  tableName: 'catalog_publication',
  properties: {
    effectiveFrom: p.datetime(3).primary(),
    version: () =>
      p.manyToOne(RateCardEntity).mapToPk().fieldName('version').foreignKeyName('catalog_publication_version_fkey'),
    origin: p.text(),
    publishedAt: p.datetime(3),
    publishedBy: p.text().nullable(),
  },
})
