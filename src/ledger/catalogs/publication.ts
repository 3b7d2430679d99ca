import type { Act } from '../../domain/audit.ts'
import type { Instant } from '../../domain/identity.ts'

/** The origin of a catalog: the file that a gateway started with, or an operator who published it. */
export const origins = ['FILE', 'PUBLISHED'] as const
export type Origin = (typeof origins)[number]

/** A catalog is in force from `effectiveFrom` until another one is. The same catalog may be published again later. */
export type Publication = {
  readonly version: string
  readonly effectiveFrom: Instant
  readonly origin: Origin
  readonly publishedAt: Instant
  /** The member that published it; null where it came from a file. */
  readonly publishedBy: string | null
}

/**
 * The input of a publication. `effectiveFrom` null: as soon as every gateway can know it. `act`: the act for its audit
 * record; absent: the catalog comes from a file, and leaves no record.
 */
export type Publishing = Pick<Publication, 'origin' | 'publishedBy'> & {
  readonly effectiveFrom: Instant | null
  readonly act?: Act
}
