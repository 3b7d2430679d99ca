import { maxGrants, maxTeams } from '../../resolvers/imports.ts'

/** A line of the file: a team as `ImportTeamInput` has it. */
type TeamLine = { readonly grants?: readonly unknown[] }
/** Teams of one call. `last`: the number of the last line. */
export type Page = { readonly first: number; readonly last: number; readonly teams: readonly TeamLine[] }

/** A request must not be larger. */
const maxBytes = 3_000_000

/** A line of the file is no team. */
export class UnreadableLine extends Error {
  override readonly name = 'UnreadableLine'
}

/** The teams of the lines behind `after`, in pages that one call may have. Empty lines are passed over. */
export async function* pagesOf(lines: AsyncIterable<string> | Iterable<string>, after: number): AsyncGenerator<Page> {
  let page: TeamLine[] = []
  let [number, first, grants, bytes] = [0, 0, 0, 0]
  for await (const line of lines) {
    number += 1
    if (number <= after || line.trim() === '') continue
    const team = teamOf(line, number)
    const count = team.grants?.length ?? 0
    const isFull = page.length === maxTeams || grants + count > maxGrants || bytes + line.length > maxBytes
    if (isFull && page.length > 0) {
      yield { first, last: number - 1, teams: page }
      ;[page, grants, bytes] = [[], 0, 0]
    }
    if (page.length === 0) first = number
    page.push(team)
    grants += count
    bytes += Buffer.byteLength(line)
  }
  if (page.length > 0) yield { first, last: number, teams: page }
}

function teamOf(line: string, number: number): TeamLine {
  try {
    const team: unknown = JSON.parse(line)
    if (typeof team === 'object' && team !== null && !Array.isArray(team)) return team as TeamLine
  } catch {
    // Told below.
  }
  throw new UnreadableLine(`Line ${number} is no JSON object: give one team a line, as ImportTeamInput has it`)
}
