import { type Grant, isOpen } from '../../../domain/grant.ts'
import type { Instant } from '../../../domain/identity.ts'
import type { CreditGrantEntity } from '../../../entities/credit-grant.ts'
import { bigint, boolean, type Described, instant, integer, json, table, text, updated } from '../table.ts'

const description: Described<typeof CreditGrantEntity, Grant, Instant, 'teamId' | 'costAt'> = {
  id: bigint((grant) => grant.id),
  kind: text((grant) => grant.kind),
  priority: integer((grant) => grant.priority),
  startsAt: instant((grant) => grant.startsAt),
  expiresAt: instant((grant) => grant.expiresAt),
  granted: bigint((grant) => grant.granted),
  available: bigint((grant) => grant.available),
  held: bigint((grant) => grant.held),
  spent: bigint((grant) => grant.spent),
  expired: bigint((grant) => grant.expired),
  revoked: bigint((grant) => grant.revoked),
  clawedBack: bigint((grant) => grant.clawedBack),
  frozen: boolean((grant) => grant.frozen),
  lockAmount: bigint((grant) => grant.lock?.amount ?? null),
  unlocksAt: instant((grant) => grant.lock?.until ?? null),
  source: text((grant) => grant.source),
  allowanceId: text((grant) => grant.allowance?.id ?? null),
  allowancePeriod: integer((grant) => grant.allowance?.period ?? null),
  costAmount: bigint((grant) => grant.costBasis?.amount ?? null),
  costCurrency: text((grant) => grant.costBasis?.currency ?? null),
  open: boolean((grant, at) => isOpen(grant, at)),
  scope: json(
    (grant) => grant.scope,
    (scope) => scope,
  ),
}

/** New grants. Context: the instant of the batch. */
export const grant = table('credit_grant', description)

const { id, available, held, spent, expired, revoked, clawedBack, frozen, open } = description
/** The columns that move on existing grants. */
export const burnt = updated('credit_grant', { id, available, held, spent, expired, revoked, clawedBack, frozen, open })
