import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gatewayAddress, gatewayToken } from './gateway-token.ts'
import { pagesOf } from './import/pages.ts'
import { sendPage } from './import/send-page.ts'
import { runProgram } from './run-program.ts'

const usage = `npm run -s import -- FILE [--dry-run] [--after LINE] [--url http://127.0.0.1:4000]
  FILE       JSON Lines: one team a line, as ImportTeamInput has it; - is the standard input
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
  const dryRun = values['dry-run']
  const url = values.url ?? gatewayAddress()
  const input = file === '-' ? process.stdin : createReadStream(file)
  const sums = { teams: 0, created: 0, grants: 0, problems: 0 }
  for await (const page of pagesOf(createInterface({ input }), after)) {
    const gateway = { url, token: await gatewayToken('import', 'PLATFORM') }
    for (const { teamId, created, grants, problem } of await sendPage(gateway, page, dryRun)) {
      sums.teams += 1
      sums.created += created ? 1 : 0
      sums.grants += grants
      if (problem === null) continue
      sums.problems += 1
      process.stdout.write(`${JSON.stringify({ teamId, problem })}\n`)
    }
    process.stderr.write(`through line ${page.last}: ${inWords(sums)}${dryRun ? ', as a dry run' : ''}\n`)
  }
  return sums.problems === 0
}

const inWords = ({
  teams,
  created,
  grants,
  problems,
}: {
  teams: number
  created: number
  grants: number
  problems: number
}) => `${teams} teams, ${created} of them new, ${grants} grants, ${problems} problems`

await runProgram(main)
