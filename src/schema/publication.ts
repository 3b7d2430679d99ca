import { publicationChanges, publishCatalog, publishedCatalogs } from '../resolvers/publications.ts'
import { builder } from './builder.ts'
import { catalogCost, comparisonCost, costOfRows } from './costs.ts'
import { CatalogOriginEnum } from './enums.ts'
import { CatalogFaultType, PublishedCatalogType } from './refs.ts'
import { resultUnion } from './result-union.ts'

PublishedCatalogType.implement({
  description:
    'A catalog that is in force from `effectiveFrom` until the next one is. The same catalog may be published again.',
  fields: (t) => ({
    version: t.exposeID('version', { description: 'Derived from the content. Its rate card has the same version.' }),
    effectiveFrom: t.expose('effectiveFrom', { type: 'DateTime' }),
    origin: t.expose('origin', { type: CatalogOriginEnum }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime' }),
    changes: t.stringList({
      description: 'The changes for customers against the catalog before it, a sentence each; empty for the first.',
      complexity: comparisonCost,
      resolve: publicationChanges,
    }),
    publishedBy: t.exposeID('publishedBy', {
      nullable: true,
      description: 'The caller that published it: a member or the prefix of an API key. Null for a file.',
    }),
  }),
})

CatalogFaultType.implement({
  description: 'One fault of a catalog, with its place.',
  fields: (t) => ({
    line: t.exposeInt('line'),
    column: t.exposeInt('column'),
    path: t.exposeString('path', { description: '`categories[0].rates[2].money`; empty for the file as a whole.' }),
    problem: t.exposeString('problem'),
    expected: t.exposeString('expected'),
  }),
})

const PublishCatalogInput = builder.inputType('PublishCatalogInput', {
  fields: (t) => ({
    source: t.string({ required: true, description: 'The YAML of the catalog, up to 64,000 characters.' }),
    effectiveFrom: t.field({
      type: 'DateTime',
      description: 'An instant at least 3 seconds from now; null: as soon as possible, which is in about 3 seconds.',
    }),
  }),
})

const PublishCatalogResult = resultUnion('PublishCatalogResult')

builder.mutationField('publishCatalog', (t) =>
  t.field({
    type: PublishCatalogResult,
    description:
      'PLATFORM: publishes a catalog, which comes into force in every gateway at the same instant, without a restart. The mutation needs no idempotency key: the same catalog at the same instant is the same publication. Without an instant, a catalog that is already the newest is not published again.',
    args: { input: t.arg({ type: PublishCatalogInput, required: true }) },
    complexity: catalogCost,
    resolve: publishCatalog,
  }),
)

builder.queryField('catalogs', (t) =>
  t.field({
    type: [PublishedCatalogType],
    nullable: true,
    description: 'PLATFORM: the past, present and future publications, the newest first.',
    complexity: costOfRows,
    resolve: publishedCatalogs,
  }),
)
