import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from './pages.ts'

/** The gateway refused a page, or can't be reached; the message says which lines, and what to do. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped'
}

export type Imported = {
  readonly teamId: string
  readonly created: boolean
  readonly grants: number
  readonly problem: string | null
}
export type Gateway = { readonly url: string; readonly token: string; readonly pauseMs?: number }
type Body = {
  data?: { importTeams?: readonly Imported[] | null } | null
  errors?: readonly { message: string; extensions?: { code?: string } }[]
}

const text = `mutation ($input: ImportTeamsInput!) {
  importTeams(input: $input) { teamId created grants problem } }`
const tries = 6
/** Refusals that the same request does not have later. */
const temporary = new Set(['LEDGER_UNAVAILABLE', 'OVERLOADED', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR'])

/** Sends a page until it is answered: a page that was imported before is answered as a repetition. */
export async function sendPage(gateway: Gateway, page: Page, dryRun: boolean): Promise<readonly Imported[]> {
  const body = JSON.stringify({
    query: text,
    variables: { input: { dryRun, teams: page.teams.map(({ team }) => team) } },
  })
  for (let count = 1; ; count += 1) {
    const answer = await post(gateway, body).catch(
      (error: unknown) => `${error instanceof Error ? error.message : error}`,
    )
    if (typeof answer !== 'string') {
      const [error] = answer.errors ?? []
      const imported = answer.data?.importTeams
      if (error === undefined && imported != null) return imported
      if (error !== undefined && !temporary.has(error.extensions?.code ?? '')) throw stoppedAt(page, error.message)
    }
    if (count === tries) {
      const reason = typeof answer === 'string' ? answer : answer.errors?.[0]?.message
      throw stoppedAt(page, `${reason ?? 'no answer'} (after ${tries} tries)`)
    }
    await delay((gateway.pauseMs ?? 1_000) * 2 ** (count - 1))
  }
}

const stoppedAt = ({ first, last }: Page, reason: string) =>
  new ImportStopped(`Lines ${first} to ${last} were not imported: ${reason}\nContinue with --after ${first - 1}`)

async function post({ url, token }: Gateway, body: string): Promise<Body> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
  if (response.status === 404) {
    return {
      errors: [{ message: `There is no gateway at ${url}: give --url without /graphql, as http://127.0.0.1:4000` }],
    }
  }
  return (await response.json()) as Body
}
