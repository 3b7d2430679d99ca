import autocannon from 'autocannon'
import { Stripe } from 'stripe'
import { openSandbox, type Sandbox } from '../../packages/stripe-sandbox/src/sandbox.ts'
import type { PurchaseId, TeamId } from '../../src/domain/identity.ts'
import { metadataOf } from '../../src/payments/stripe-metadata.ts'
import { type Ground, makeTeams, submit, withGround } from '../bench-ledger.ts'
import { type Case, perSecond, type Run, rate } from '../figure.ts'
import { startProcess, stopProcess } from '../processes.ts'

const webhookSecret = 'whsec_for_benchmarks_alone'
const teamCount = 10_000
const maxPerSecond = 8_000
const connections = 256

/** Events that each pay another purchase, beside a handler that only checks their signature. */
export const webhooks: Case = {
  name: 'webhooks',
  run: (run) =>
    withGround(async (ground) => {
      const purchases = await begin(ground, Math.ceil((run.seconds + 2) * maxPerSecond), run)
      // The gateway asks Stripe once whose events are its own.
      const sandbox = await openSandbox({ dir: null })
      const on = { ...ground, sandbox }
      const before = await eventsPerSecond(run, 'bare', on, purchases)
      const real = await eventsPerSecond(run, 'real', on, purchases)
      const after = await eventsPerSecond(run, 'bare', on, purchases)
      await sandbox.close()
      const bare = (before + after) / 2
      return [
        {
          what: 'webhooks that pay a purchase each ÷ a handler that only checks the signature',
          measured: rate(real),
          baseline: rate(bare),
          ratio: real / bare,
          goal: { kind: 'at-least', floor: 0.25, aim: 0.5 },
        },
      ]
    }),
}

type Begun = { readonly teamId: TeamId; readonly id: PurchaseId; readonly createdAt: number }

/** Purchases that wait to be paid, and have their invoice already, so that no other call goes to Stripe meanwhile. */
async function begin({ ledger, database }: Ground, count: number, { progress }: Run): Promise<Begun[]> {
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

async function eventsPerSecond(
  { seconds, progress }: Run,
  mode: 'bare' | 'real',
  { url, dataDir, sandbox }: Ground & { readonly sandbox: Sandbox },
  purchases: readonly Begun[],
): Promise<number> {
  progress(`${mode}: starting`)
  const keys = {
    STRIPE_SECRET_KEY: sandbox.secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: sandbox.url,
  }
  // All events come from one address, whose budget would be measured else.
  const env = { ...keys, BUDGET_ANONYMOUS: '0', DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }
  const { child, first } = await startProcess<{ url: string }>('webhook-process.ts', [mode], env)
  let next = 0
  const request = () => {
    const purchase = purchases[mode === 'bare' ? next++ % purchases.length : next++]
    if (purchase === undefined) throw new Error(`More than ${purchases.length} events were asked for`)
    const body = JSON.stringify(paidEvent(purchase))
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: webhookSecret })
    return { body, headers: { 'content-type': 'application/json', 'stripe-signature': signature } }
  }
  try {
    const shoot = (duration: number) =>
      autocannon({
        url: `${first.url}/webhooks/stripe`,
        connections,
        duration,
        method: 'POST',
        requests: [{ setupRequest: (given) => ({ ...given, ...request() }) }],
      })
    await shoot(1)
    progress(`${mode}: measuring`)
    const { requests, non2xx, errors, duration } = await shoot(seconds)
    if (non2xx + errors > 0) throw new Error(`${non2xx + errors} events were refused`)
    return perSecond(requests.total, duration)
  } finally {
    await stopProcess(child)
  }
}

/** The event as Stripe sends it, with the same length. */
const paidEvent = (purchase: Begun) => {
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
