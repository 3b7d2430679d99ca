import autocannon from 'autocannon'
import { Stripe } from 'stripe'
import { openSandbox, type Sandbox } from '../../packages/stripe-sandbox/src/sandbox.ts'
import { type Ground, withGround } from '../bench-ledger.ts'
import { type Case, perSecond, type Run, rate } from '../figure.ts'
import { type Begun, beginPurchases, paidEvent } from '../payment-event.ts'
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
      const purchases = await beginPurchases(ground, teamCount, Math.ceil((run.seconds + 2) * maxPerSecond), run)
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
