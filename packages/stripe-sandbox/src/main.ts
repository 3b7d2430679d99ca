import { join } from 'node:path'
import { openSandbox } from './sandbox.ts'

const { SANDBOX_PORT = '0', DATA_DIR = './data', SANDBOX_WEBHOOK_URL, SANDBOX_EVENT_VERSION } = process.env

const sandbox = await openSandbox({
  dir: join(DATA_DIR, 'sandbox'),
  port: Number(SANDBOX_PORT),
  eventVersion: SANDBOX_EVENT_VERSION,
})
if (SANDBOX_WEBHOOK_URL !== undefined) sandbox.deliverTo(SANDBOX_WEBHOOK_URL)

const stop = () => sandbox.close().then(() => process.exit())
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, stop)
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)

process.stdout.write(`The payments sandbox is at ${sandbox.url}
  STRIPE_API_URL=${sandbox.url}
  STRIPE_SECRET_KEY=${sandbox.secretKey}
  STRIPE_WEBHOOK_SECRET=${sandbox.webhookSecret}
  Webhooks: ${SANDBOX_WEBHOOK_URL ?? 'none yet (SANDBOX_WEBHOOK_URL); events wait'}
`)
