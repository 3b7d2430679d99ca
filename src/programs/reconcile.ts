import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import type { Database } from '../database/open.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import type { Difference } from '../payments/differences.ts'
import { reconciledDays } from '../payments/nightly-reconciliation.ts'
import { Reconciliation } from '../payments/reconciliation.ts'
import { createStripe } from '../payments/stripe.ts'
import { NothingThere, onExistingLedger } from './existing-ledger.ts'
import { runProgram } from './run-program.ts'

const maxDays = 400
/** A person may run it again. */
const settleMs = 2_000
const usage = `npm run -s reconcile -- [--days ${reconciledDays}]: 1 to ${maxDays} days`

/** `npm run -s reconcile`: a line for each difference between payments and purchases; exits with 1 where there is one. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { days: { type: 'string', default: `${reconciledDays}` } } })
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1 || days > maxDays) {
    process.stderr.write(`--days is '${values.days}'. ${usage}\n`)
    return false
  }
  const { payments, differences } = await onExistingLedger('reconcile', (database) => reconcile(database, days))
  for (const difference of differences) console.log(lineOf(difference))
  console.log(`${payments} payments of the last ${days} days, ${differences.length} differences`)
  return differences.length === 0
}

async function reconcile(database: Database, days: number) {
  const { stripe: access } = readConfig(process.env)
  if (access === undefined) {
    throw new NothingThere('No payments are known: set STRIPE_SECRET_KEY as for the gateway, then run this again')
  }
  const { signal } = new AbortController()
  const parts = { database, stripe: createStripe(access), signal, settleMs }
  return new Reconciliation(parts).run(await readClock(database), days)
}

const lineOf = ({ kind, payment, teamId, purchase, stripe, here }: Difference): string =>
  `${kind} ${payment}, purchase ${purchase} of ${teamId}. Stripe: ${stripe}. Here: ${here}`

await runProgram(main)
