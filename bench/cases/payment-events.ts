import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Stripe } from 'stripe'
import { createFactRecorder } from '../../src/payments/record-facts.ts'
import { StripeEvents, type StripeEventsOptions } from '../../src/payments/stripe-events.ts'
import { type Ground, log, withGround } from '../bench-ledger.ts'
import type { Case, Figure } from '../figure.ts'
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
      // An event as it is sent over HTTP; the recorder reads no other part of its type.
      const payments = purchases.map((purchase) => paidEvent(purchase) as unknown as Stripe.Event)
      // PostgreSQL plans each statement a few times before it keeps the plan.
      const [warm, measured] = [payments.slice(0, teamCount), payments.slice(teamCount)]
      await tell(events, warm)
      const first = await costOf(ground, measured.length, () => tell(events, measured))
      const again = await costOf(ground, measured.length, () => tell(events, measured))
      return [...figures('an event that pays a purchase', first), ...figures('the same event again', again)]
    }),
}

/** The cost of one event: processor time in µs, and statements. */
type Cost = { readonly postgresUs: number; readonly gatewayUs: number; readonly statements: number }

const figures = (what: string, { postgresUs, gatewayUs, statements }: Cost): Figure[] => [
  {
    what: `${what}: processor time of PostgreSQL ÷ of the gateway`,
    measured: `${postgresUs.toFixed(0)} µs`,
    baseline: `${gatewayUs.toFixed(0)} µs`,
    ratio: postgresUs / gatewayUs,
    goal: null,
  },
  {
    what: `${what}: statements ÷ events, ${inFlight} in flight`,
    measured: `${(statements * 64).toFixed(1)}`,
    baseline: '64',
    ratio: statements,
    goal: null,
  },
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
  const postmaster = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  const counted = countStatements()
  const [before, cpu] = [postgresMs(postmaster), process.cpuUsage()]
  await run()
  const { user, system } = process.cpuUsage(cpu)
  const postgresUs = ((postgresMs(postmaster) - before) * 1000) / count
  return { postgresUs, gatewayUs: (user + system) / count, statements: counted.end() / count }
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

/** Counts the statements of all connections of this process until `end`. */
function countStatements() {
  const { prototype } = pg.Client
  const { query } = prototype
  let count = 0
  prototype.query = function (this: pg.Client, ...given: unknown[]) {
    count += 1
    return Reflect.apply(query, this, given)
  } as typeof query
  return {
    end() {
      prototype.query = query
      return count
    },
  }
}
