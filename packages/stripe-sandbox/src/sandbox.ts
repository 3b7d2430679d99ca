import Stripe from 'stripe'
import { randomText } from './api/ids.ts'
import { beginWork, type Origin, type Work, type WorkParts } from './api/work.ts'
import { billingControl } from './control/billing.ts'
import { control } from './control/control.ts'
import type { Controlled } from './control/controlled.ts'
import { bankControl } from './control/payments.ts'
import { requestFaults } from './http/faults.ts'
import { openIdempotencyKeys } from './http/idempotency.ts'
import { listen } from './http/server.ts'
import { type Log, logToStderr } from './log.ts'
import { plannedDeclines } from './payments/planned-declines.ts'
import { alarmHandlers, includes, intentWatchers, pages, routes } from './routes.ts'
import { openAlarms } from './store/alarms.ts'
import { openClock } from './store/clock.ts'
import { openDatabase } from './store/database.ts'
import { openObjects } from './store/objects.ts'
import { openSettings } from './store/settings.ts'
import { startDeliverer } from './webhooks/deliverer.ts'
import { openDeliveries } from './webhooks/deliveries.ts'
import { openLease } from './webhooks/lease.ts'

export type SandboxOptions = {
  /** The directory of the state; null: in memory, gone when closed. */
  readonly dir: string | null
  /** 0 or absent: the port of the last start, or a free one. */
  readonly port?: number
  /** The API version of objects and events; absent: the one that the SDK pins. */
  readonly apiVersion?: string
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

/** Opens the sandbox, which is created on first use. Throws in production, where the real Stripe is used. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('The payments sandbox is not for production: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET')
  }
  const database = openDatabase(options.dir)
  const settings = openSettings(database)
  const secretKey = settings.once('secret_key', () => `sk_test_${randomText(48)}`)
  const webhookSecret = settings.once('webhook_secret', () => `whsec_${randomText(32)}`)
  const apiVersion = options.apiVersion ?? Stripe.API_VERSION
  const log = options.log ?? logToStderr
  const objects = openObjects(database)
  const clock = openClock(settings)
  const alarms = openAlarms(database)
  const deliveries = openDeliveries(database)
  const faults = requestFaults()
  const declines = plannedDeclines()
  const lease = openLease(database, settings)
  const deliverer = startDeliverer({ objects, deliveries, clock, lease, secret: webhookSecret, log })
  let url = ''

  const parts: WorkParts = {
    database,
    objects,
    alarms,
    deliveries,
    apiVersion,
    url: () => url,
    watchers: intentWatchers,
    nextDecline: declines.take,
  }
  const work = (nowMs: number, origin: Origin | null): Work => beginWork(parts, nowMs, origin)
  const ringOne = (now: number) =>
    database.transaction(() => {
      const alarm = alarms.take(now)
      if (alarm !== undefined) alarmHandlers[alarm.kind]?.(work(alarm.at * 1000, null), alarm.id)
    })
  const ring = () => {
    const now = Math.floor(clock.nowMs() / 1000)
    if (!alarms.isDue(now)) return
    while (alarms.isDue(now)) ringOne(now)
    deliverer.wake()
  }
  const transact = <T>(origin: Origin | null, run: (work: Work) => T): T => {
    ring()
    const result = database.transaction(() => run(work(clock.nowMs(), origin)))
    deliverer.wake()
    return result
  }

  const keys = openIdempotencyKeys(database)
  const api = { routes, includes, keys, faults, secretKey, apiVersion, log, transact }
  const server = await listen(
    {
      api,
      pages,
      transact: (run) => transact(null, run),
      control: (...request) => control(sandbox, ...request),
    },
    options.port ?? 0,
    Number(settings.get('port') ?? 0),
  )
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  settings.set('port', String(port))
  url = `http://127.0.0.1:${port}`
  const timer = setInterval(() => {
    try {
      ring()
    } catch (error) {
      log(error)
    }
  }, alarmsEveryMs)
  timer.unref()

  const sandbox: Sandbox = {
    url,
    secretKey,
    webhookSecret,
    deliverTo: deliverer.deliverTo,
    idle: deliverer.idle,
    faults: {
      add: faults.add,
      clear() {
        faults.clear()
        declines.clear()
      },
    },
    webhooks: deliverer,
    billing: billingControl(database),
    banks: bankControl((run) => transact(null, run), declines),
    clock: {
      now: clock.nowMs,
      advance(seconds) {
        clock.advance(seconds)
        ring()
        deliverer.wake()
      },
    },
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
