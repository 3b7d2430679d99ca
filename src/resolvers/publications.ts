import { Forbidden } from '../access/faults.ts'
import { customerChanges } from '../catalog/diff.ts'
import type { InvalidCatalog } from '../catalog/faults.ts'
import { readSource } from '../catalog/source.ts'
import { ExpectedError, type InvalidPublication } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Publication } from '../ledger/catalogs/publication.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import type { Optional } from './request/inputs.ts'
import { served } from './request/submit.ts'

export type PublishCatalogInput = { source: string; effectiveFrom?: Optional<Instant> }
export type PublicationView = Publication & { readonly type: 'PublishedCatalog' }

const viewOf = (publication: Publication): PublicationView => ({ type: 'PublishedCatalog', ...publication })

export async function publishCatalog(
  _: unknown,
  { input }: { input: PublishCatalogInput },
  context: GatewayContext,
): Promise<PublicationView | InvalidCatalog | InvalidPublication> {
  const viewer = callerWithRole(context, 'PLATFORM')
  if (context.services.space === 'TEST') {
    throw new Forbidden('a test space follows the catalog of production: publish it there')
  }
  const catalog = readSource(input.source)
  if (catalog instanceof ExpectedError) return catalog
  const effectiveFrom = input.effectiveFrom ?? null
  const { catalogs } = context.services
  const act = actOf(context, viewer, 'publishCatalog')
  const publishing = { origin: 'PUBLISHED', publishedBy: viewer.memberId, effectiveFrom, act } as const
  const result = await served(() => catalogs.publish(catalog, publishing))
  return result instanceof ExpectedError ? result : viewOf(result)
}

/**
 * The catalog's changes for customers against the catalog before it, one sentence each; empty for the first catalog.
 */
export async function publicationChanges(
  { version, effectiveFrom }: PublicationView,
  _: unknown,
  { services }: GatewayContext,
): Promise<string[]> {
  const { catalogs } = services
  const catalog = await served(() => catalogs.find(version))
  return catalog === null ? [] : customerChanges(catalogs.wholeAt(effectiveFrom - 1), catalog)
}

export async function publishedCatalogs(_: unknown, __: unknown, context: GatewayContext): Promise<PublicationView[]> {
  callerWithRole(context, 'PLATFORM')
  return (await served(() => context.services.catalogs.publications())).map(viewOf)
}
