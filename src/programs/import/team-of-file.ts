import type { ImportTeamInput } from '../../resolvers/imports.ts'

/** The input of a call as the file has it: the gateway checks it. */
export type TeamInput = { readonly [name in keyof ImportTeamInput]?: unknown } & {
  readonly grants?: readonly unknown[]
}

/** A team of the file, on the lines `first` to `last`. */
export type TeamOfFile = {
  readonly team: TeamInput
  readonly first: number
  readonly last: number
  /** The line of each grant. Absent: the team is on one line. */
  readonly grantLines?: readonly number[]
}

/** Why a team is not imported, and what to write. */
export type Problem = {
  readonly line: number
  /** Absent: the whole line, or a line of JSON. */
  readonly column?: string
  readonly teamId: string
  readonly problem: string
}

/** A line of the file can't be read, so none behind it is. The message says what to write. */
export class UnreadableLine extends Error {
  override readonly name = 'UnreadableLine'

  constructor(line: number, reason: string, column?: string) {
    super(`Line ${line}${column === undefined ? '' : `, column ${column}`}: ${reason}`)
  }
}

/** The gateway's reason for a team, with the line, and in CSV the column, that it is about. */
export function problemOf({ first, grantLines }: TeamOfFile, teamId: string, reason: string): Problem {
  if (grantLines === undefined) return { line: first, teamId, problem: reason }
  const { index, column, problem } = pathOf.exec(reason)?.groups ?? {}
  if (column === undefined || problem === undefined) return { line: first, teamId, problem: reason }
  return { line: grantLines[Number(index)] ?? first, column, teamId, problem }
}

/** The path that `InvalidInput` begins with. */
const pathOf = /^(grants\.(?<index>\d+)\.)?(?<column>\w+): (?<problem>.*)$/s
