import type { Instant, TeamId } from '../domain/identity.ts'
import { isBehindTime } from '../ledger/due.ts'
import { keyless } from '../ledger/team-state.ts'
import type { Services } from './context.ts'

/**
 * Posts what time has brought about, so that what is read of postings doesn't depend on when somebody last looked. Where
 * the ledger's clock has passed the instant `passed`, nothing effective before it is posted afterwards.
 */
export async function catchUp({ database, ledger }: Services, teamId: TeamId, passed?: Instant): Promise<void> {
  if (!(await isBehindTime(database, teamId, passed))) return
  await ledger.submit(keyless(teamId, { kind: 'roll-forward' }))
}
