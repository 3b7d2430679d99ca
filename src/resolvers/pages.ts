import type { Revision, TeamId } from '../domain/identity.ts'
import { decodeIdOf, encodeId } from './ids.ts'
import { badInput, type Optional } from './inputs.ts'

export type PageArguments = { readonly first?: Optional<number>; readonly after?: Optional<string> }
export type PageInfo = {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}
export type Edge<Node> = { readonly cursor: string; readonly node: Node }
export type Connection<Node> = {
  readonly edges: readonly Edge<Node>[]
  readonly nodes: readonly Node[]
  readonly pageInfo: PageInfo
}

export const usualPageSize = 20
export const maxPageSize = 100

/** How many, and below which position of the team's ledger. Another team's cursor is none of ours. */
export function readPage(teamId: TeamId, { first, after }: PageArguments): { limit: number; before: Revision | null } {
  const limit = first ?? usualPageSize
  if (limit < 1 || limit > maxPageSize) {
    throw badInput(`The page size is not usable: give first from 1 to ${maxPageSize}.`)
  }
  if (after == null) return { limit, before: null }
  const cursor = decodeIdOf('Cursor', after)
  if (cursor === null || cursor.teamId !== teamId) {
    throw badInput('The cursor is not usable: give one that this list has handed out.')
  }
  return { limit, before: cursor.number }
}

/** The page of the items that were read: one more than `limit`, where there are more. */
export function pageOf<Item, Node>(
  teamId: TeamId,
  items: readonly Item[],
  { limit, before }: { limit: number; before: Revision | null },
  position: (item: Item) => Revision,
  view: (item: Item) => Node,
): Connection<Node> {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  const rest = items.length > limit && last !== undefined ? position(last) : null
  return searchedPage(teamId, { items: shown, rest }, before, position, view)
}

/**
 * The page of what a bounded search found. Below `rest` the search goes on; null: it came to the end. A page may have
 * fewer items than its size, or none, and still a next page, which its `endCursor` leads to.
 */
export function searchedPage<Item, Node>(
  teamId: TeamId,
  { items, rest }: { readonly items: readonly Item[]; readonly rest: Revision | null },
  before: Revision | null,
  position: (item: Item) => Revision,
  view: (item: Item) => Node,
): Connection<Node> {
  const edges = items.map((item) => ({ cursor: encodeId('Cursor', position(item), teamId), node: view(item) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rest !== null,
      hasPreviousPage: before !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: rest === null ? (edges.at(-1)?.cursor ?? null) : encodeId('Cursor', rest, teamId),
    },
  }
}
