import { maxGrants, maxTeams } from '../../resolvers/imports.ts'
import type { TeamOfFile } from './team-of-file.ts'

/** Teams of one call, on the lines `first` to `last` of the file. */
export type Page = { readonly first: number; readonly last: number; readonly teams: readonly TeamOfFile[] }

/** A request must not be larger. */
const maxBytes = 3_000_000

/** The teams in pages that one call may have. */
export async function* pagesOf(teams: AsyncIterable<TeamOfFile>): AsyncGenerator<Page> {
  let page: TeamOfFile[] = []
  let [grants, bytes] = [0, 0]
  for await (const one of teams) {
    const count = one.team.grants?.length ?? 0
    const size = Buffer.byteLength(JSON.stringify(one.team))
    if (page.length === maxTeams || grants + count > maxGrants || bytes + size > maxBytes) {
      yield* pageOf(page)
      ;[page, grants, bytes] = [[], 0, 0]
    }
    page.push(one)
    grants += count
    bytes += size
  }
  yield* pageOf(page)
}

function* pageOf(teams: readonly TeamOfFile[]): Generator<Page> {
  const [first, last] = [teams[0], teams.at(-1)]
  if (first !== undefined && last !== undefined) yield { first: first.first, last: last.last, teams }
}
