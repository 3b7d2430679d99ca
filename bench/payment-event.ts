import { Stripe } from 'stripe'
import type { PurchaseId, TeamId } from '../src/domain/identity.ts'
import { metadataOf } from '../src/payments/stripe-metadata.ts'
import { type Ground, makeTeams, submit } from './bench-ledger.ts'
import type { Run } from './figure.ts'

export type Begun = { readonly teamId: TeamId; readonly id: PurchaseId; readonly createdAt: number }

/** Purchases that wait to be paid, and have their invoice already, so that no other call goes to Stripe meanwhile. */
export async function beginPurchases(
  { ledger, database }: Ground,
  teamCount: number,
  count: number,
  { progress }: Run,
): Promise<Begun[]> {
  progress(`beginning ${count} purchases`)
  const teams = await makeTeams(ledger, teamCount)
  const terms = { packageId: 'starter', pay: 'CHECKOUT', successUrl: null, cancelUrl: null, memberId: null } as const
  const command = { kind: 'begin-purchase', ...terms, caller: { id: null, role: 'ADMIN' } } as const
  const begun: Begun[] = []
  while (begun.length < count) {
    const answers = await Promise.all(teams.map(async (team) => ({ team, ...(await submit(ledger, team, command)) })))
    for (const { team, outcome } of answers) {
      if (outcome.kind === 'purchase') begun.push({ teamId: team, ...outcome.purchase })
    }
  }
  await database.pool.query(`update purchase set invoice_url = 'https://invoice.example'`)
  await database.pool.query('vacuum (analyze) purchase')
  return begun
}

/** The event of a payment that succeeded, as Stripe sends it, with the same length. */
export const paidEvent = (purchase: Begun) => {
  const id = `pi_${purchase.teamId}_${purchase.id}`
  return {
    id: `evt_${purchase.teamId}_${purchase.id}`,
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1000),
    type: 'payment_intent.succeeded',
    livemode: false,
    pending_webhooks: 1,
    request: { id: 'req_bench', idempotency_key: 'bench' },
    data: {
      object: {
        id,
        object: 'payment_intent',
        amount: 500,
        amount_received: 500,
        currency: 'usd',
        status: 'succeeded',
        customer: 'cus_bench',
        latest_charge: `ch_${purchase.id}`,
        last_payment_error: null,
        next_action: null,
        metadata: metadataOf(purchase),
        description: 'Starter, 5,000 credits',
        client_secret: `${id}_secret`.padEnd(60, 'x'),
        payment_method_options: { card: { installments: null, network: null, request_three_d_secure: 'automatic' } },
        payment_method_types: ['card', 'link', 'klarna', 'us_bank_account', 'cashapp', 'amazon_pay'],
        statement_descriptor: 'x'.repeat(600),
      },
    },
  }
}
