import type { Revision, TeamId } from '../../domain/identity.ts'

export const channel = 'credits_hints'

/** PostgreSQL accepts payloads of fewer than 8,000 bytes. */
const maxBytes = 7_900

export type HintedTeams = readonly (readonly [TeamId, Revision])[] | 'all'
export type HintPayload = { readonly from: string; readonly teams: HintedTeams; readonly revoked: boolean }

/** The teams in as few payloads as possible; a team id that is too long for any payload makes them 'all'. */
export function payloadsOf(from: string, teams: HintedTeams): string[] {
  if (teams === 'all') return [JSON.stringify({ from, teams })]
  const empty = Buffer.byteLength(JSON.stringify({ from, teams: [] }))
  const payloads: string[] = []
  let pairs: string[] = []
  let bytes = empty
  const close = () => {
    payloads.push(`{"from":${JSON.stringify(from)},"teams":[${pairs.join(',')}]}`)
    pairs = []
    bytes = empty
  }
  for (const team of teams) {
    const pair = JSON.stringify(team)
    const size = Buffer.byteLength(pair) + 1
    if (empty + size > maxBytes) return payloadsOf(from, 'all')
    if (bytes + size > maxBytes) close()
    pairs.push(pair)
    bytes += size
  }
  if (pairs.length > 0) close()
  return payloads
}

/** The payload after credentials were revoked; the database says which ones. */
export const revocationPayload = (from: string): string => JSON.stringify({ from, teams: [], revoked: true })

/**
 * The payload of another gateway. Any other text counts as 'everything': anybody with access may write to the channel.
 */
export function readPayload(payload: string): HintPayload {
  try {
    const { from, teams, revoked = false } = JSON.parse(payload)
    if (typeof from === 'string' && (teams === 'all' || isPairs(teams)) && typeof revoked === 'boolean') {
      return { from, teams, revoked }
    }
  } catch {
    // Falls through: reading again is never wrong.
  }
  return { from: '', teams: 'all', revoked: true }
}

const isPairs = (teams: unknown): teams is [TeamId, Revision][] =>
  Array.isArray(teams) && teams.every((pair) => Array.isArray(pair) && typeof pair[0] === 'string')
