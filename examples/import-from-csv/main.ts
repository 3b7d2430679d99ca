import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'

/**
 * Moves teams in from another system's CSV files: `node main.ts rehearse FOLDER` compares the two systems and writes nothing,
 * `node main.ts import FOLDER` imports the teams. Both may be repeated at will.
 */
const [, , command = '', folder = 'data'] = process.argv
const url = `${process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'}/graphql`

type Row = Readonly<Record<string, string>>

/** An empty cell is an absent value. */
async function read(name: string): Promise<Row[]> {
  const rows = parse(await readFile(`${folder}/${name}.csv`), { columns: true, skip_empty_lines: true }) as Row[]
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')))
}

async function ask<T>(query: string, input: object): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${process.env.CREDITS_TOKEN}` }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
  const { data, errors } = await response.json()
  if (errors !== undefined) throw new Error(errors.map(({ message }: { message: string }) => message).join('\n'))
  return data
}

const rowsOf = (rows: readonly Row[], teamId: string | undefined): Row[] =>
  rows.filter((row) => row.teamId === teamId).map(({ teamId: _, ...row }) => row)

async function teamsOf(): Promise<object[]> {
  const grants = await read('grants')
  const teams = await read('teams')
  return teams.map(({ seats, ...team }) => ({
    ...team,
    seats: Number(seats ?? 1),
    grants: rowsOf(grants, team.teamId),
  }))
}

const rehearsal = `query ($input: RehearsalInput!) {
  rehearsal(input: $input) { theirs ours firstDivergence { eventId at theirs ours rule } } }`
type Rehearsed = {
  readonly rehearsal: {
    readonly theirs: string
    readonly ours: string
    readonly firstDivergence: { readonly eventId: string | null; readonly at: string; readonly rule: string } | null
  }
}

/** How many teams differ from the other system. `entries.csv` has what happened there since `STANDING_AT`. */
async function rehearse(): Promise<number> {
  const entries = await read('entries')
  let differing = 0
  for (const team of (await teamsOf()) as { teamId: string }[]) {
    const events = rowsOf(entries, team.teamId).map(({ rate, quantity, ...entry }) =>
      rate === undefined ? entry : { ...entry, usage: [{ rate, quantity }] },
    )
    if (events.length === 0) continue
    const input = { team, startsAt: process.env.STANDING_AT, events }
    const { theirs, ours, firstDivergence: first } = (await ask<Rehearsed>(rehearsal, input)).rehearsal
    const isSame = first === null && ours === theirs
    if (!isSame) differing += 1
    const why =
      first === null ? '' : `, since entry ${first.eventId ?? 'of the gateway alone'} at ${first.at}: ${first.rule}`
    console.log(`${team.teamId}: ${isSame ? `agrees at ${ours}` : `${theirs} there, ${ours} here${why}`}`)
  }
  return differing
}

const importing = `mutation ($input: ImportTeamsInput!) {
  importTeams(input: $input) { teamId created grants available problem } }`
type Imported = {
  readonly importTeams: readonly {
    readonly teamId: string
    readonly available: string
    readonly problem: string | null
  }[]
}

/** How many teams can't be imported; as long as there is one, none is. */
async function importAll(): Promise<number> {
  const teams = await teamsOf()
  for (const dryRun of [true, false]) {
    const problems: string[] = []
    for (let first = 0; first < teams.length; first += 200) {
      const page = teams.slice(first, first + 200)
      const { importTeams: answers } = await ask<Imported>(importing, { dryRun, teams: page })
      for (const { teamId, available, problem } of answers) {
        if (problem !== null) problems.push(`${teamId}: ${problem}`)
        else if (!dryRun) console.log(`${teamId}: ${available} credits`)
      }
      console.log(`${dryRun ? 'Checked' : 'Imported'} ${first + page.length} of ${teams.length} teams`)
    }
    for (const problem of problems) console.error(problem)
    if (problems.length > 0) return problems.length
  }
  return 0
}

const commands = new Map([
  ['rehearse', rehearse],
  ['import', importAll],
])
const run = commands.get(command)
if (run === undefined) {
  console.error('Say what to do: node main.ts rehearse FOLDER, or node main.ts import FOLDER')
  process.exitCode = 2
} else if ((await run()) > 0) process.exitCode = 1
