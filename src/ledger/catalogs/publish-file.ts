import { setTimeout as delay } from 'node:timers/promises'
import type { WholeCatalog } from '../../catalog/catalog.ts'
import { InvalidPublication } from '../../domain/errors.ts'
import type { CatalogInForce, Catalogs } from './catalogs.ts'

/**
 * Publishes the catalog of a gateway's file if it is new since the last start with a file, and waits until it is in
 * force. Other publications since then stay in force. Gateways that start together with one file publish it once.
 */
export async function publishFile(
  catalogs: Catalogs,
  file: WholeCatalog,
  progress: (message: string) => void,
): Promise<CatalogInForce | InvalidPublication> {
  const published = await catalogs.publish(file, { origin: 'FILE', publishedBy: null, effectiveFrom: null })
  if (published instanceof InvalidPublication) return published
  const until = published.effectiveFrom
  let now = await catalogs.refresh()
  if (now < until) progress(`The catalog ${file.name} (${published.version}) takes effect in a moment …`)
  for (; now < until; now = await catalogs.refresh()) await delay(Math.min(until - now, 250))
  return catalogs.at(now)
}
