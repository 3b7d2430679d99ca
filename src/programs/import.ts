import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gatewayAddress, gatewayToken } from './gateway-token.ts'
import { csvTeams } from './import/csv-teams.ts'
import { jsonTeams } from './import/json-teams.ts'
import { pagesOf } from './import/pages.ts'
import { sendPage } from './import/send-page.ts'
import { problemOf, type TeamOfFile } from './import/team-of-file.ts'
import { runProgram } from './run-program.ts'

const usage = `npm run -s import -- FILE [--dry-run] [--after LINE] [--url http://127.0.0.1:4000]
  FILE       teams.csv: a header and one grant a line, with the lines of a team together
             any other name: JSON Lines, one team a line, as ImportTeamInput has it; - is the standard input
  --dry-run  says what would happen, and imports nothing
  --after    begins behind this line. The whole file may also be sent again: every team and grant is imported once
  TOKEN      the token or API key for the gateway; without it one is made with the gateway's own secret`

/** `npm run -s import -- FILE`: imports the teams, page by page. Prints each problem as JSON, and fails if there are some. */
async function main(): Promise<boolean> {
  const string = { type: 'string' } as const
  const options = { 'dry-run': { type: 'boolean', default: false }, after: string, url: string } as const
  const { positionals, values } = parseArgs({ allowPositionals: true, options })
  const [file, ...others] = positionals
  const after = Number(values.after ?? 0)
  if (file === undefined || others.length > 0 || !Number.isSafeInteger(after) || after < 0) {
    process.stderr.write(`${usage}\n`)
    return false
  }
  if (isCsv(file) && !(await check(file, after))) return false
  return send(teamsOf(file, after), { url: values.url ?? gatewayAddress(), dryRun: values['dry-run'] })
}

const isCsv = (file: string): boolean => file.toLowerCase().endsWith('.csv')

/** Whether every line of the CSV file can be sent. A team with half of its grants could not be imported right afterwards. */
async function check(file: string, after: number): Promise<boolean> {
  let problems = 0
  for await (const one of csvTeams(createReadStream(file), after)) {
    if (!('problem' in one)) continue
    problems += 1
    process.stdout.write(`${JSON.stringify(one)}\n`)
  }
  if (problems > 0) process.stderr.write(`${problems} problems: correct the lines. Nothing was sent\n`)
  return problems === 0
}

async function* teamsOf(file: string, after: number): AsyncGenerator<TeamOfFile> {
  if (!isCsv(file)) {
    yield* jsonTeams(createInterface({ input: file === '-' ? process.stdin : createReadStream(file) }), after)
    return
  }
  for await (const one of csvTeams(createReadStream(file), after)) {
    if ('problem' in one) throw new Error(`${file} has changed since it was checked: start again`)
    yield one
  }
}

type Sending = { readonly url: string; readonly dryRun: boolean }

/** Whether every team was imported, or would be. */
async function send(teams: AsyncIterable<TeamOfFile>, { url, dryRun }: Sending): Promise<boolean> {
  const sums = { teams: 0, created: 0, grants: 0, problems: 0 }
  for await (const page of pagesOf(teams)) {
    const gateway = { url, token: await gatewayToken('import', 'PLATFORM') }
    const answers = await sendPage(gateway, page, dryRun)
    for (const [index, { created, grants, teamId, problem }] of answers.entries()) {
      sums.teams += 1
      sums.created += created ? 1 : 0
      sums.grants += grants
      const team = page.teams[index]
      if (problem === null || team === undefined) continue
      sums.problems += 1
      process.stdout.write(`${JSON.stringify(problemOf(team, teamId, problem))}\n`)
    }
    process.stderr.write(`through line ${page.last}: ${inWords(sums)}${dryRun ? ', as a dry run' : ''}\n`)
  }
  return sums.problems === 0
}

type Sums = Readonly<Record<'teams' | 'created' | 'grants' | 'problems', number>>

const inWords = ({ teams, created, grants, problems }: Sums) =>
  `${teams} teams, ${created} of them new, ${grants} grants, ${problems} problems`

await runProgram(main)
