import type { Work } from '../api/work.ts'
import { openSecrets } from '../store/secrets.ts'

type PaidOut = { readonly payout: string }
type Contents = { readonly transactions: readonly string[] }

/** Remembers which transactions a payout contains; the API shows it only as a filter. */
export function putIntoPayout(work: Work, payout: string, transactions: readonly string[]): void {
  openSecrets<Contents>(work.database).set(payout, { transactions })
  for (const id of transactions) openSecrets<PaidOut>(work.database).set(id, { payout })
}

export const isPaidOut = (work: Work, transaction: string): boolean =>
  openSecrets<PaidOut>(work.database).get(transaction) !== undefined

export const transactionsOf = (work: Work, payout: string): readonly string[] =>
  openSecrets<Contents>(work.database).get(work.need('payout', payout, 'payout').id)?.transactions ?? []
