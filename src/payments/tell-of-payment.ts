import { hash } from 'node:crypto'
import type { TellOfPayment } from '../domain/decisions/command.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Submission } from '../ledger/deciding/team-state.ts'

/** Tells the team of a payment, once for each notice of it, however often it is said. */
export function tellOfPayment(teamId: TeamId, intent: string, told: Omit<TellOfPayment, 'kind'>): Submission {
  const fingerprint = hash('sha256', told.notice, 'hex').slice(0, 32)
  return { teamId, key: `stripe:${intent}:${told.notice}`, fingerprint, command: { kind: 'tell-of-payment', ...told } }
}
