import type { Logger } from 'pino'
import type { Database } from '../database/open.ts'
import type { Act } from '../domain/audit.ts'
import { memberId } from '../domain/identity.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { levelOf } from './outages.ts'
import { type Purchase, totalOf } from './purchase.ts'
import { readWarned } from './purchase-rows.ts'
import type { Refunds } from './refunds.ts'

export type RefundingWarned = {
  readonly database: Pick<Database, 'pool'>
  readonly catalogs: Pick<Catalogs, 'inForce'>
  readonly refunds: Pick<Refunds, 'refund'>
  readonly log: Logger
}

/**
 * Gives back small purchases of which the bank warns: a refund in time spares the dispute and its fee. Each is given back
 * once, by the path of `refundPurchase`. What Stripe refuses is told once, and left to the operator.
 */
export function createRefundWarned({ database, catalogs, refunds, log }: RefundingWarned): () => Promise<void> {
  const refused = new Set<string>()

  async function refund(purchase: Purchase): Promise<void> {
    const { teamId, id, warning } = purchase
    const key = `warning:${warning}`
    const reason = 'the bank warned that the payment is fraud'
    const request = { teamId, key, fingerprint: key, purchaseId: id, amount: totalOf(purchase), reason }
    const result = await refunds.refund({ ...request, cause: 'fraudulent' }, { ...gateway, reference: warning })
    if (result.kind === 'refunded') return
    refused.add(nameOf(purchase))
    log.error(
      { team: teamId, purchase: id, warning },
      'A purchase of which the bank warns can not be refunded by itself',
    )
  }

  return async () => {
    const catalog = catalogs.inForce()
    const bounds = [catalog, ...catalog.others].flatMap(({ fraud }) => fraud.refundWarnedBelow ?? [])
    const warned = await Promise.all(bounds.map((below) => readWarned(database.pool, below)))
    for (const purchase of warned.flat()) {
      if (refused.has(nameOf(purchase))) continue
      try {
        await refund(purchase)
      } catch (error) {
        const { teamId: team, id } = purchase
        log[levelOf(error)](
          { err: error, team, purchase: id },
          'A refund of a purchase was not made; it is tried again',
        )
      }
    }
  }
}

const nameOf = ({ teamId, id }: Purchase): string => `${teamId}\n${id}`

const gateway: Omit<Act, 'reference'> = {
  mutation: 'refundPurchase',
  caller: { id: memberId('gateway'), role: 'PLATFORM' },
  credential: 'GATEWAY',
  address: null,
  traceId: null,
}
