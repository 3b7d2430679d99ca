import type { Account } from '../../domain/account.ts'
import type { Grant } from '../../domain/grant.ts'
import type { Revision } from '../../domain/identity.ts'

/**
 * The rows of a team contradict each other. No command is decided on them and no balance is read from them, because the
 * answer would be a guess. Other teams are not affected. `npm run verify-ledger` lists every contradiction.
 */
export class InconsistentTeam extends Error {
  override readonly name = 'InconsistentTeam'
}

/**
 * Why an account that was read can't be right; null: its rows agree. These are the rules that each write keeps, checked
 * again because a database can be restored, edited or damaged. The cost is one pass over the grants that were read.
 * `checkpoint`: the last revision that has one.
 */
export function contradictionIn(account: Account, checkpoint: Revision): string | null {
  const { revision, lastEvent } = account
  let available = 0n
  let held = 0n
  for (const grant of account.grants) {
    if (!isConserved(grant)) return `grant ${grant.id} does not have the amount that was granted`
    if (grant.id > revision) return `grant ${grant.id} is newer than revision ${revision}`
    if (grant.scope === null) available += grant.available
    held += grant.held
  }
  if (account.available !== available) return `available is ${account.available}, and its grants have ${available}`
  if (account.held !== held) return `held is ${account.held}, and its grants have ${held}`
  if (account.owed < 0n) return `owed is ${account.owed}`
  if (lastEvent.revision > revision) return `the last event is at ${lastEvent.revision}, after revision ${revision}`
  if (checkpoint > revision) return `the last checkpoint is at ${checkpoint}, after revision ${revision}`
  return null
}

/** The locked credits are the rest of the grant, so a wrong sum would show as a wrong lock. */
function isConserved({ granted, available, locked, held, spent, expired, revoked, clawedBack, lock }: Grant): boolean {
  if (locked !== 0n && (lock === null || locked < 0n || locked !== lock.amount - revoked)) return false
  if (available < 0n || held < 0n || spent < 0n || expired < 0n || revoked < 0n) return false
  return granted === available + locked + held + spent + expired + revoked && clawedBack >= 0n && clawedBack <= granted
}
