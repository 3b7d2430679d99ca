import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'

/**
 * `node main.ts FOLDER` compares another system with the gateway, and writes nothing. `teams.csv` is the file that
 * `npm run import` of the gateway imports; `entries.csv` has what happened in the other system since `STANDING_AT`.
 */
const [, , folder = 'data'] = process.argv
const url = `${process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'}/graphql`

type Row = Readonly<Record<string, string>>

/** The rows of each team. An empty cell is an absent value. */
async function read(name: string): Promise<Map<string, Row[]>> {
  const rows = parse(await readFile(`${folder}/${name}.csv`), { columns: true, skip_empty_lines: true }) as Row[]
  const filled = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== '')))
  return Map.groupBy(filled, ({ teamId = '' }) => teamId)
}

async function ask<T>(query: string, input: object): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${process.env.CREDITS_TOKEN}` }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
  const { data, errors } = await response.json()
  if (errors !== undefined) throw new Error(errors.map(({ message }: { message: string }) => message).join('\n'))
  return data
}

/** A team as its lines have it: the team's own cells are on the first line, and each line has a grant. */
function teamOf(rows: readonly Row[]): object {
  const { source: _, kind, amount, startsAt, expiresAt, seats, ...team } = rows[0] ?? {}
  const grants = rows
    .filter((row) => row.source !== undefined)
    .map(({ source, kind, amount, startsAt, expiresAt }) => ({ source, kind, amount, startsAt, expiresAt }))
  return { ...team, seats: Number(seats ?? 1), grants }
}

function eventOf({ teamId: _, rate, quantity, ...entry }: Row): object {
  return rate === undefined ? entry : { ...entry, usage: [{ rate, quantity }] }
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

const entries = await read('entries')
for (const [teamId, rows] of await read('teams')) {
  const events = entries.get(teamId)?.map(eventOf)
  if (events === undefined) continue
  const input = { team: teamOf(rows), startsAt: process.env.STANDING_AT, events }
  const { theirs, ours, firstDivergence: first } = (await ask<Rehearsed>(rehearsal, input)).rehearsal
  const isSame = first === null && ours === theirs
  if (!isSame) process.exitCode = 1
  const why =
    first === null ? '' : `, since entry ${first.eventId ?? 'of the gateway alone'} at ${first.at}: ${first.rule}`
  console.log(`${teamId}: ${isSame ? `agrees at ${ours}` : `${theirs} there, ${ours} here${why}`}`)
}
