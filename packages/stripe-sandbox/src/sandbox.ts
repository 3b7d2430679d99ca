import type { Server } from 'node:http'
import Stripe from 'stripe'
import { randomText } from './api/ids.ts'
import { beginWork, type WorkParts } from './api/work.ts'
import { billingControl } from './control/billing.ts'
import { control } from './control/control.ts'
import type { Controlled } from './control/controlled.ts'
import { bankControl } from './control/payments.ts'
import { type RequestFaults, requestFaults } from './http/faults.ts'
import { openIdempotencyKeys } from './http/idempotency.ts'
import { maxRequestsPerSecond, openRateLimits } from './http/rate-limits.ts'
import { listen } from './http/server.ts'
import { type Log, logToStderr } from './log.ts'
import { type PlannedDeclines, plannedDeclines } from './payments/planned-declines.ts'
import { alarmHandlers, includes, intentWatchers, pages, routes } from './routes.ts'
import { openAccount } from './store/account.ts'
import type { Clock } from './store/clock.ts'
import type { Settings } from './store/settings.ts'
import { openStore } from './store/store.ts'
import { openTransactions } from './transactions.ts'
import { startDeliverer } from './webhooks/deliverer.ts'
import { openDeliveries } from './webhooks/deliveries.ts'
import { openLease } from './webhooks/lease.ts'

export type SandboxOptions = {
  /** The directory of the state; null: in memory, gone when closed. */
  readonly dir: string | null
  /** 0 or absent: the port of the last start, or a free one. */
  readonly port?: number
  /** The API version of answers; absent: the one that the SDK pins. */
  readonly apiVersion?: string
  /** The API version of the account, which events have; absent: that of the last start, or the one that the SDK pins. */
  readonly eventVersion?: string
  /** Requests a second to one endpoint, and four times as many in all; absent: 25, as at Stripe. */
  readonly maxRequestsPerSecond?: number
  /** Whether it may run where NODE_ENV is `production`: it is for the test space, beside the real Stripe. */
  readonly besideProduction?: boolean
  /** Absent: to the standard error output. */
  readonly log?: Log
}

/** A stand-in for Stripe's HTTP API on loopback. Times of its clock are milliseconds since 1970. */
export type Sandbox = Controlled & {
  readonly url: string
  readonly webhookSecret: string
  close(): Promise<void>
}

const alarmsEveryMs = 1000

/** Opens the sandbox, which is created on first use. Throws in production, unless it runs beside the real Stripe. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (process.env.NODE_ENV === 'production' && options.besideProduction !== true) {
    throw new Error('The payments sandbox is not for production: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET')
  }
  const { apiVersion = Stripe.API_VERSION, log = logToStderr } = options
  const store = openStore(options.dir)
  const { database, settings, objects, clock, alarms } = store
  const { secretKey, webhookSecret } = keysOf(settings)
  const deliveries = openDeliveries(database)
  const [faults, declines] = [requestFaults(), plannedDeclines()]
  const lease = openLease(database, settings)
  const deliverer = startDeliverer({ objects, deliveries, clock, lease, secret: webhookSecret, log })
  const account = openAccount(settings, apiVersion)
  if (options.eventVersion !== undefined) account.setEventVersion(options.eventVersion)
  let url = ''

  const parts: WorkParts = {
    database,
    objects,
    alarms,
    deliveries,
    eventVersion: account.eventVersion,
    url: () => url,
    watchers: intentWatchers,
    nextDecline: declines.take,
  }
  const { transact, ring } = openTransactions({
    store,
    beginWork: (nowMs, origin) => beginWork(parts, nowMs, origin),
    alarmHandlers,
    committed: deliverer.wake,
  })
  const keys = openIdempotencyKeys(database)
  const limits = openRateLimits(options.maxRequestsPerSecond ?? maxRequestsPerSecond)
  const api = { routes, includes, keys, faults, limits, secretKey, apiVersion, log, transact }
  const server = await listen(
    { api, pages, transact: (run) => transact(null, run), control: (call) => control(sandbox, call) },
    options.port ?? 0,
    Number(settings.get('port') ?? 0),
  )
  url = `http://127.0.0.1:${rememberPort(server, settings)}`
  const timer = ringRegularly(ring, log)

  const sandbox: Sandbox = {
    url,
    secretKey,
    webhookSecret,
    deliverTo: deliverer.deliverTo,
    idle: deliverer.idle,
    faults: clearedTogether(faults, declines),
    webhooks: { ...deliverer, version: account.setEventVersion },
    billing: billingControl(database),
    banks: bankControl((run) => transact(null, run), declines),
    clock: ringingClock(clock, () => {
      ring()
      deliverer.wake()
    }),
    async close() {
      clearInterval(timer)
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, deliverer.close()])
      database.sql.close()
    },
  }
  return sandbox
}

const ringingClock = (clock: Clock, advanced: () => void): Sandbox['clock'] => ({
  now: clock.nowMs,
  advance(seconds) {
    clock.advance(seconds)
    advanced()
  },
})

const keysOf = (settings: Settings) => ({
  secretKey: settings.once('secret_key', () => `sk_test_${randomText(48)}`),
  webhookSecret: settings.once('webhook_secret', () => `whsec_${randomText(32)}`),
})

/** The port of the server, which the next start prefers. */
function rememberPort(server: Server, settings: Settings): number {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  settings.set('port', String(port))
  return port
}

function ringRegularly(ring: () => void, log: Log): NodeJS.Timeout {
  const timer = setInterval(() => {
    try {
      ring()
    } catch (error) {
      log(error)
    }
  }, alarmsEveryMs)
  return timer.unref()
}

const clearedTogether = (faults: RequestFaults, declines: PlannedDeclines) => ({
  add: faults.add,
  clear() {
    faults.clear()
    declines.clear()
  },
})
