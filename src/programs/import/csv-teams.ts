import { pipeline, type Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { maxGrantsOfTeam } from '../../resolvers/imports.ts'
import { faultOfCell, faultOfHeader, grantColumns, neededByGrant, teamColumns } from './csv-columns.ts'
import { type Problem, type TeamOfFile, UnreadableLine } from './team-of-file.ts'

/** The ids of so many teams are remembered, in some 100 MB. */
const maxTeamsOfFile = 1_000_000
const maxLineBytes = 64_000

/** The cells of a line by column, without the empty ones. */
type Line = { readonly number: number; readonly cells: ReadonlyMap<string, string> }

/**
 * The teams of a CSV file whose last line is behind the line `after`, and the problems of its lines. A team with a problem is
 * left out. It reads as fast as its teams are taken, and holds one team at a time.
 *
 * @throws {UnreadableLine} for a line whose cells or whose team are not clear.
 */
export async function* csvTeams(input: Readable, after: number): AsyncGenerator<TeamOfFile | Problem> {
  const known = new Set<string>()
  let team: LinesOfTeam | null = null
  for await (const line of linesOf(input)) {
    const teamId = line.cells.get('teamId')
    if (teamId === undefined) throw new UnreadableLine(line.number, 'write the id of the team on each line', 'teamId')
    if (team?.teamId !== teamId) {
      if (team !== null && team.last > after) yield* team.whole()
      remember(known, teamId, line.number)
      team = new LinesOfTeam(teamId, line.number)
    }
    const problems = team.add(line)
    if (line.number > after) yield* problems
  }
  if (team !== null && team.last > after) yield* team.whole()
}

function remember(known: Set<string>, teamId: string, line: number): void {
  if (known.has(teamId)) {
    const reason = `lines of '${teamId}' are above, and lines of another team between: put all lines of a team together, for example sort the file by teamId`
    throw new UnreadableLine(line, reason, 'teamId')
  }
  if (known.size === maxTeamsOfFile) {
    throw new UnreadableLine(line, `the file has more than ${maxTeamsOfFile} teams: split it before this line`)
  }
  known.add(teamId)
}

class LinesOfTeam {
  readonly teamId: string
  readonly #first: number
  #last: number
  #isWrong = false
  readonly #team: Record<string, string> = {}
  readonly #grants: Record<string, string>[] = []
  readonly #grantLines: number[] = []

  constructor(teamId: string, first: number) {
    this.teamId = teamId
    this.#first = first
    this.#last = first
  }

  get last(): number {
    return this.#last
  }

  /** The problems of the line. */
  add(line: Line): Problem[] {
    this.#last = line.number
    const problems = [...this.#faultsOf(line)].map(([column, problem]) => {
      return { line: line.number, column, teamId: this.teamId, problem }
    })
    this.#isWrong ||= problems.length > 0
    return problems
  }

  *whole(): Generator<TeamOfFile> {
    if (this.#isWrong) return
    const { seats, ...team } = this.#team
    const input = { ...team, ...(seats === undefined ? {} : { seats: Number(seats) }), grants: this.#grants }
    yield { team: input, first: this.#first, last: this.#last, grantLines: this.#grantLines }
  }

  /** Each fault with its column. */
  *#faultsOf({ number, cells }: Line): Generator<[string, string]> {
    for (const [column, text] of cells) {
      const fault = faultOfCell(column, text) ?? (column in teamColumns ? this.#set(column, text, number) : null)
      if (fault !== null) yield [column, fault]
    }
    if (number === this.#first && !cells.has('planId')) yield ['planId', 'it is empty: write the code of a plan']
    const grant = Object.fromEntries([...cells].filter(([column]) => column in grantColumns))
    if (Object.keys(grant).length === 0) return
    for (const column of neededByGrant) {
      if (!cells.has(column)) yield [column, `it is empty: a grant has ${neededByGrant.join(', ')}`]
    }
    if (this.#grants.length === maxGrantsOfTeam) {
      const reason = `the team has more than ${maxGrantsOfTeam} grants: put this line and those below into a second file, and import it after this one`
      yield ['source', reason]
      return
    }
    this.#grants.push(grant)
    this.#grantLines.push(number)
  }

  /** The team's columns are on its first line, and are repeated or empty on the others. */
  #set(column: string, text: string, line: number): string | null {
    if (line === this.#first) this.#team[column] = text
    const first = this.#team[column]
    if (first === text) return null
    const there = first === undefined ? 'has none' : `has '${first}'`
    return `line ${this.#first} of the same team ${there}: write the same on each line of a team, or leave the cell empty below the first`
  }
}

/** The lines below the header that are not empty. */
async function* linesOf(input: Readable): AsyncGenerator<Line> {
  let header: readonly string[] | null = null
  let number = 0
  for await (const cells of recordsOf(input)) {
    number += 1
    if (cells.every((cell) => cell === '')) continue
    if (header === null) {
      const fault = faultOfHeader(cells)
      if (fault !== null) throw new UnreadableLine(number, fault)
      header = cells
      continue
    }
    if (cells.length !== header.length) {
      const reason = `it has ${cells.length} cells, and the header ${header.length}: write as many, and put a cell with a comma in quotes`
      throw new UnreadableLine(number, reason)
    }
    const names = header
    yield { number, cells: new Map(cells.flatMap((cell, index) => (cell === '' ? [] : [[names[index] ?? '', cell]]))) }
  }
}

/** The cells of each line, also of empty ones. */
async function* recordsOf(input: Readable): AsyncGenerator<readonly string[]> {
  // The parser is ahead of the lines that are taken, and loses them with an error.
  let parsed = 0
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: maxLineBytes,
    on_record(cells, { lines }) {
      parsed += 1
      if (lines !== parsed) throw new UnreadableLine(parsed, lineBreak)
      return cells
    },
  })
  pipeline(input, parser, () => undefined)
  try {
    yield* parser
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableLine(parsed + 1, reasonOf(error))
    throw error
  }
}

const lineBreak = 'a cell has a line break: close the quote on the same line'

function reasonOf({ code, message }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    return 'a quote is not closed, or the line is too long: close the quote on the same line'
  }
  if (/QUOTE/.test(code)) {
    return 'a quote is in the middle of a cell: put the whole cell in quotes, and write a quote in it twice'
  }
  return message
}
