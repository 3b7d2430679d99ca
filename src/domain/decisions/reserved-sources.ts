import { reservedSources } from '../allowance.ts'
import { lentSource } from '../credit-line.ts'
import { paymentSource } from '../purchase.ts'
import { restoredSource } from './claw-back.ts'

/** The prefix of grants and charges by which a team takes up the balance of another system. */
export const movedSource = 'moved:'

/** Whose sources begin how: a name taken by hand would stop a deposit of theirs. */
const owners = [
  ...reservedSources.map((prefix) => [prefix, "the allowances'"] as const),
  [paymentSource, "the payments'"],
  [restoredSource, "the clawbacks'"],
  [lentSource, "the credit lines'"],
  [movedSource, "the moves'"],
] as const

/** Why nobody may grant by this source, and what to do, without a full stop; null: it is free. */
export function reservation(source: string): string | null {
  const [prefix, owner] = owners.find(([prefix]) => source.startsWith(prefix)) ?? []
  return prefix === undefined ? null : `sources that begin with ${prefix} are ${owner} own: choose another`
}
