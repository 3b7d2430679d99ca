import { formatCredits } from '../domain/amounts/credits.ts'
import { type Hold, remainingOf } from '../domain/hold.ts'
import type { Instant } from '../domain/identity.ts'
import { balanceState } from '../domain/low-balance.ts'
import type { Activity } from '../ledger/history/activity.ts'
import type { TeamNow } from '../ledger/team-reader.ts'

export type TeamReport = TeamNow & {
  /** The newest first. */
  readonly openHolds: readonly Hold[]
  readonly lastPostings: readonly Activity[]
}

export type ReportTable = { readonly title: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }

const time = (at: Instant | null) => (at === null ? 'never' : new Date(at).toISOString())

/** How a team stands, as tables for a terminal: the account, its grants in the order in which they are used, holds and postings. */
export function tablesOf({ account, at, openHolds, lastPostings }: TeamReport): ReportTable[] {
  const { name, planId: plan, seats, revision, version, available, held, owed, lowThreshold } = account
  const state = balanceState(available, lowThreshold)
  const amounts = { available: formatCredits(available), held: formatCredits(held), owed: formatCredits(owed) }
  return [
    {
      title: `Team ${account.teamId} at ${time(at)}`,
      rows: [{ name, plan, seats, ...amounts, state, lowBelow: formatCredits(lowThreshold), revision, version }],
    },
    {
      title: 'Open grants, in the order in which they are used',
      rows: account.grants.map((grant) => ({
        id: grant.id,
        kind: grant.kind,
        available: formatCredits(grant.available),
        held: formatCredits(grant.held),
        locked: formatCredits(grant.locked),
        granted: formatCredits(grant.granted),
        from: time(grant.startsAt),
        until: time(grant.expiresAt),
        source: grant.source,
        paysFor: grant.scope === null ? 'everything' : [...grant.scope.categories, ...grant.scope.rates].join(', '),
      })),
    },
    {
      title: 'Open holds',
      rows: openHolds.map((hold) => ({
        id: hold.id,
        remaining: formatCredits(remainingOf(hold)),
        captured: formatCredits(hold.captured),
        placed: time(hold.placedAt),
        until: time(hold.expiresAt),
        member: hold.memberId,
        reference: hold.reference,
      })),
    },
    {
      title: 'Last postings',
      rows: lastPostings.map((posting) => ({
        revision: posting.revision,
        at: time(posting.at),
        type: posting.type,
        amount: formatCredits(posting.amount),
        after: formatCredits(posting.balanceAfter),
        member: posting.memberId,
        reference: posting.reference ?? posting.reason,
      })),
    },
  ]
}
