import { rolloverOf } from '../allowance.ts'
import type { ImportedGrant } from '../decisions/command.ts'
import type { Grant } from '../grant.ts'
import { type Shadow, sourceHere } from './shadow.ts'

/** The grants by which the shadow's team is imported. Credits that were carried over are no rest of the period's own deposit. */
export const grantsOf = ({ account }: Shadow): ImportedGrant[] =>
  account.grants
    .filter(({ available }) => available > 0n)
    .map((grant) => ({
      ...{ source: sourceHere(grant.source), amount: grant.available },
      ...{ startsAt: grant.startsAt, expiresAt: grant.expiresAt },
      kind: isCarriedOver(grant) ? 'ADJUSTMENT' : grant.kind,
    }))

const isCarriedOver = ({ allowance }: Grant): boolean => allowance?.id.endsWith(rolloverOf('')) ?? false
