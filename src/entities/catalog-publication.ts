import { defineEntity } from '@mikro-orm/core'

/** From when on which catalog is in force. Written by `publish_catalog` alone, which keeps the instants apart and ahead. */
export const CatalogPublicationEntity = defineEntity({
  name: 'CatalogPublication',
  tableName: 'catalog_publication',
  properties: (p) => ({
    effectiveFrom: p.datetime(3).primary(),
    version: p.string(),
    origin: p.string(),
    publishedAt: p.datetime(3),
    publishedBy: p.string().nullable(),
  }),
})
