import { keepNewest } from '../concurrency/bounded-map.ts'
import { sharing } from '../concurrency/sharing.ts'
import type { TeamId } from '../domain/identity.ts'
import { keyless } from './deciding/team-state.ts'
import type { Ledger } from './ledger.ts'
import type { TeamReader } from './team-reader.ts'

export type EnsuredTeams = {
  /** Whether the team is known here to have begun. */
  hasBegun(teamId: TeamId): boolean
  /** Begins a team that does not exist on the catalog's default plan, once, however many ask wherever. */
  open(teamId: TeamId): Promise<void>
}

const maxKnown = 50_000

export function createEnsuredTeams(teams: TeamReader, ledger: Ledger): EnsuredTeams {
  const begun = new Map<TeamId, true>()
  const once = sharing<TeamId, void>()

  async function open(teamId: TeamId): Promise<void> {
    if ((await teams.read(teamId)) === null) {
      const { account } = await ledger.submit(keyless(teamId, { kind: 'open-team' }))
      if (account === null) return
    }
    begun.set(teamId, true)
    keepNewest(begun, maxKnown)
  }

  return {
    hasBegun: (teamId) => begun.has(teamId),
    open: (teamId) => once(teamId, () => open(teamId)),
  }
}
