import { publicationChanges, publishCatalog, publishedCatalogs } from '../resolvers/publications.ts'
import { builder } from './builder.ts'
import { catalogCost, comparisonCost, costOfRows } from './costs.ts'
import { CatalogOriginEnum } from './enums.ts'
import { CatalogFaultType, PublishedCatalogType } from './refs.ts'
import { resultUnion } from './result-union.ts'

PublishedCatalogType.implement({
  description: 'A catalog is in force from `effectiveFrom` until another one is. The same one may come again.',
  fields: (t) => ({
    version: t.exposeID('version', { description: "Follows from the content; its rate card's version, too." }),
    effectiveFrom: t.expose('effectiveFrom', { type: 'DateTime' }),
    origin: t.expose('origin', { type: CatalogOriginEnum }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime' }),
    changes: t.stringList({
      description:
        'What it changes for customers against the catalog that it follows, a sentence each; empty for the first.',
      complexity: comparisonCost,
      resolve: publicationChanges,
    }),
    publishedBy: t.exposeID('publishedBy', { nullable: true, description: 'Who published it; null for a file.' }),
  }),
})

CatalogFaultType.implement({
  description: 'One thing that is wrong in a catalog, at its place; line and column count from 1.',
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
      description: 'At least 3 seconds from now; null: as soon as may be, which is in about 3 seconds.',
    }),
  }),
})

const PublishCatalogResult = resultUnion('PublishCatalogResult')

builder.mutationField('publishCatalog', (t) =>
  t.field({
    type: PublishCatalogResult,
    description:
      'PLATFORM: puts a catalog in force in every gateway at the same instant, without a restart. It needs no idempotency key: the same catalog at the same instant is the same publication, and so is the newest one where no instant is given.',
    args: { input: t.arg({ type: PublishCatalogInput, required: true }) },
    complexity: catalogCost,
    resolve: publishCatalog,
  }),
)

builder.queryField('catalogs', (t) =>
  t.field({
    type: [PublishedCatalogType],
    nullable: true,
    description: 'PLATFORM: what was, is and will be in force, the newest first.',
    complexity: costOfRows,
    resolve: publishedCatalogs,
  }),
)
