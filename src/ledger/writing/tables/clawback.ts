import type { Clawback } from '../../../domain/grant.ts'
import type { ClawbackEntity } from '../../../entities/clawback.ts'
import { bigint, boolean, type Described, instant, table } from '../table.ts'

const description: Described<typeof ClawbackEntity, Clawback, null, 'teamId'> = {
  grantId: bigint((clawback) => clawback.grantId),
  revision: bigint((clawback) => clawback.revision),
  total: bigint((clawback) => clawback.total),
  frozen: boolean((clawback) => clawback.frozen),
  effectiveAt: instant((clawback) => clawback.at),
}

export const clawback = table('clawback', description)
