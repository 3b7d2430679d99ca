import type { ChargeId, HoldId, PurchaseId, TeamId } from '../../domain/identity.ts'
import { currencyChosenBy, type PostedFacts, type Submission } from './team-state.ts'
import type { LimitOfTeam } from './usage-before-limit.ts'

/** The objects that a batch refers to, beside its teams. */
export type References = {
  readonly teams: readonly TeamId[]
  readonly keys: readonly { teamId: TeamId; key: string }[]
  readonly holds: readonly { teamId: TeamId; id: HoldId }[]
  readonly charges: readonly { teamId: TeamId; id: ChargeId }[]
  readonly sources: readonly { teamId: TeamId; source: string }[]
  /** Teams whose usage of the last 30 days is needed, whatever their threshold is now. */
  readonly usageOf: readonly TeamId[]
  readonly limits: readonly LimitOfTeam[]
  /** Teams whose renewals may have been paid late. */
  readonly renewed: readonly TeamId[]
  /** Teams whose recharge lands: extensions of their live sessions may wait for it. */
  readonly recharged: readonly TeamId[]
  /** Teams that are cut back: all of their open holds count. */
  readonly cutBack: readonly TeamId[]
  /** Teams that choose a currency. */
  readonly choosing: readonly TeamId[]
  /** Purchases whose facts are posted. */
  readonly posting: readonly { teamId: TeamId; id: PurchaseId }[]
}

export function referencesOf(batch: readonly Submission[]): References {
  const holds: References['holds'][number][] = []
  const charges: References['charges'][number][] = []
  const sources: References['sources'][number][] = []
  const limits: References['limits'][number][] = []
  const posting = new Map<PostedFacts, TeamId>()
  for (const { teamId, command, posts } of batch) {
    if (posts !== undefined) posting.set(posts, teamId)
    if ('holdId' in command) holds.push({ teamId, id: command.holdId })
    if (command.kind === 'refund-charge') charges.push({ teamId, id: command.chargeId })
    if ('source' in command) sources.push({ teamId, source: command.source })
    if (command.kind === 'import-team') sources.push(...command.grants.map(({ source }) => ({ teamId, source })))
    if (command.kind === 'set-spending-limit') limits.push({ teamId, limit: command })
  }
  return {
    teams: [...new Set(batch.map(({ teamId }) => teamId))].sort(),
    keys: batch.flatMap(({ teamId, key }) => (key === null ? [] : [{ teamId, key }])),
    holds,
    charges,
    sources,
    limits,
    renewed: batch.flatMap(({ teamId, command }) => (command.kind === 'follow-subscription' ? [teamId] : [])),
    recharged: batch.flatMap(({ teamId, command }) =>
      command.kind === 'land-purchase' && command.cause === 'RECHARGE' ? [teamId] : [],
    ),
    cutBack: batch.flatMap(({ teamId, command }) => (command.kind === 'cut-back' ? [teamId] : [])),
    choosing: batch.flatMap(({ teamId, command }) => (currencyChosenBy(command) === null ? [] : [teamId])),
    posting: [...posting].map(([{ purchase }, teamId]) => ({ teamId, id: purchase })),
    usageOf: batch.flatMap(({ teamId, command }) =>
      command.kind === 'set-low-threshold' || command.kind === 'set-alert-levels' ? [teamId] : [],
    ),
  }
}
