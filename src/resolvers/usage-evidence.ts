import { creditsInWords, grouped } from '../catalog/words.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { formatDecimal } from '../domain/amounts/decimal.ts'
import type { Charge } from '../domain/charge.ts'
import type { Mandate } from '../domain/mandate.ts'
import { readBuyersAddress, readChargesOfGrant, readMandateAt } from '../ledger/history/purchase-evidence.ts'
import { priceLines } from './charges.ts'
import { findPurchase } from './purchases.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { decodeIdOf } from './request/ids.ts'
import { reachable } from './request/inputs.ts'
import { readSnapshot } from './request/reading.ts'
import type { ChargeView, PurchaseView } from './request/results.ts'

export type UsageEvidence = {
  readonly purchase: PurchaseView
  /** Null: nobody asked for it, or it was bought before such addresses were kept. */
  readonly customerPurchaseIp: string | null
  readonly mandate: Mandate | null
  readonly used: Credits
  readonly charges: readonly ChargeView[]
  readonly accessActivityLog: string
}

/** The longest text that Stripe takes as a part of the evidence. */
const maxLogLength = 20_000

/** The facts that a dispute about a payment needs: what was bought, by whom, and what the credits were used for. Null: there is no such purchase. */
export async function usageEvidence(
  _: unknown,
  { purchaseId }: { purchaseId: string },
  context: GatewayContext,
): Promise<UsageEvidence | null> {
  const decoded = decodeIdOf('Purchase', purchaseId)
  const teamId = decoded === null ? null : reachable(requireCaller(context, 'PLATFORM'), decoded.teamId)
  const view = decoded === null || teamId === null ? null : await findPurchase(context, teamId, decoded.number)
  if (view === null || teamId === null) return null
  const { purchase, grant } = view
  const [charges, customerPurchaseIp, mandate] = await readSnapshot(context, async (client) => [
    grant === null ? [] : await readChargesOfGrant(client, teamId, grant.id),
    await readBuyersAddress(client, teamId, purchase.id),
    purchase.cause === 'RECHARGE' ? await readMandateAt(client, teamId, purchase.createdAt) : null,
  ])
  return {
    purchase: view,
    customerPurchaseIp,
    mandate,
    used: grant?.spent ?? 0n,
    charges: charges.map((charge) => ({ type: 'Charge', teamId, charge, team: null })),
    accessActivityLog: await logOf(charges, context),
  }
}

/** A line a charge, the oldest first: when, for whom, how many credits, for what. */
async function logOf(charges: readonly Charge[], { services }: GatewayContext): Promise<string> {
  let log = ''
  for (const charge of charges) {
    const { at, memberId, amount, reference } = charge
    const lines = await priceLines(charge.lines, charge.rateCardVersion, services)
    const used = lines.map(
      ({ name, quantity, count }) => `${name}: ${grouped(formatDecimal(quantity * BigInt(count)))}`,
    )
    const told = [new Date(at).toISOString(), memberId, creditsInWords(amount), used.join(', '), reference]
    const line = `${told.filter((one) => one !== null).join(' | ')}\n`
    if (log.length + line.length > maxLogLength) break
    log += line
  }
  return log
}
