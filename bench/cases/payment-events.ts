import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Stripe } from 'stripe'
import { createFactRecorder } from '../../src/payments/record-facts.ts'
import { StripeEvents, type StripeEventsOptions } from '../../src/payments/stripe-events.ts'
import { type Ground, log, withGround } from '../bench-ledger.ts'
import { type Case, type Figure, rate } from '../figure.ts'
import { beginPurchases, paidEvent } from '../payment-event.ts'

const teamCount = 2_000
const inFlight = 256

/** The statements and the processor time of an event that pays a purchase, and of the same event again, without HTTP. */
export const paymentEvents: Case = {
  name: 'payment-events',
  run: (run) =>
    withGround(async (ground) => {
      const purchases = await beginPurchases(ground, teamCount, teamCount * Math.ceil(run.seconds), run)
      const events = eventsOn(ground)
      const payments = purchases.map((purchase) => paidEvent(purchase) as unknown as Stripe.Event)
      // PostgreSQL plans each statement a few times before it keeps the plan.
      const [warm, measured] = [payments.slice(0, teamCount), payments.slice(teamCount)]
      await tell(events, warm)
      const first = await costOf(ground, measured.length, () => tell(events, measured))
      const again = await costOf(ground, measured.length, () => tell(events, measured))
      return [...figures('an event that pays a purchase', first), ...figures('the same event again', again)]
    }),
}

type Cost = { readonly postgresUs: number; readonly nodeUs: number; readonly statements: number; readonly batches: number; readonly perSecond: number }

const figures = (what: string, { postgresUs, nodeUs, statements, perSecond }: Cost): Figure[] => [
  { what: `${what}: processor time of PostgreSQL ÷ of the gateway`, measured: `${postgresUs.toFixed(0)} µs`, baseline: `${nodeUs.toFixed(0)} µs`, ratio: postgresUs / nodeUs, goal: null },
  { what: `${what}: statements of a batch of 64 ÷ 1`, measured: (statements * 64).toFixed(1), baseline: '1', ratio: statements * 64, goal: null },
  { what: `${what}: events, ${inFlight} in flight ÷ 1/s`, measured: rate(perSecond), baseline: '1/s', ratio: perSecond, goal: null },
]

function eventsOn({ database, ledger }: Ground): StripeEvents {
  const stripe = new Stripe('sk_test_of_no_account')
  const recorder = createFactRecorder(database, ledger, log)
  // A payment of a purchase needs nothing else.
  const options = { database, ledger, stripe, recorder, scope: { includes: async () => true }, log }
  return new StripeEvents(options as unknown as StripeEventsOptions)
}

async function tell(events: StripeEvents, payments: readonly Stripe.Event[]): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let event = payments[next++]; event !== undefined; event = payments[next++]) await events.handle(event)
    }),
  )
}

async function costOf({ dataDir }: Ground, count: number, run: () => Promise<void>): Promise<Cost> {
  const counted = countStatements()
  const postmaster = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  const [before, cpu, started] = [postgresMs(postmaster), process.cpuUsage(), performance.now()]
  await run()
  const { user, system } = process.cpuUsage(cpu)
  const took = performance.now() - started
  const postgresUs = ((postgresMs(postmaster) - before) * 1000) / count
  return { postgresUs, nodeUs: (user + system) / count, statements: counted.end() / count, batches: 0, perSecond: (count / took) * 1000 }
}

/** The processor time of a server and its processes, in milliseconds. Linux counts it in hundredths of a second. */
function postgresMs(postmaster: number): number {
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').map(Number) ?? []
      const [, parent, , , , , , , , , , user = 0, system = 0, ofEndedUser = 0, ofEndedSystem = 0] = fields
      if (Number(pid) === postmaster) ticks += user + system + ofEndedUser + ofEndedSystem
      else if (parent === postmaster) ticks += user + system
    } catch {
      // The process has ended meanwhile.
    }
  }
  return ticks * 10
}

function countStatements() {
  const { prototype } = pg.Client
  const { query } = prototype
  const counts = new Map<string, number>()
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [config] = args as [{ name?: string; text?: string } | string]
    const name = typeof config === 'string' ? config : (config.name ?? config.text ?? '')
    counts.set(name, (counts.get(name) ?? 0) + 1)
    return Reflect.apply(query, this, args)
  } as typeof query
  return {
    end() {
      prototype.query = query
      if (process.env.COUNTS) console.error(Object.fromEntries(counts))
      return [...counts.values()].reduce((sum, one) => sum + one, 0)
    },
  }
}
