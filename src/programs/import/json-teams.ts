import { type TeamInput, type TeamOfFile, UnreadableLine } from './team-of-file.ts'

/** The teams of a JSON Lines file that are behind the line `after`. Empty lines are passed over. */
export async function* jsonTeams(
  lines: AsyncIterable<string> | Iterable<string>,
  after: number,
): AsyncGenerator<TeamOfFile> {
  let number = 0
  for await (const line of lines) {
    number += 1
    if (number > after && line.trim() !== '') yield { team: teamOf(line, number), first: number, last: number }
  }
}

function teamOf(line: string, number: number): TeamInput {
  try {
    const team: unknown = JSON.parse(line)
    if (typeof team === 'object' && team !== null && !Array.isArray(team)) return team
  } catch {
    // Told below.
  }
  throw new UnreadableLine(number, 'it is no JSON object: give one team a line, as ImportTeamInput has it')
}
