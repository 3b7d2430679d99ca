import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import { levelOf } from './outages.ts'
import { handledTypes, type StripeEvents } from './stripe-events.ts'

const everyMs = 20_000
const claimed = `
  update stripe_catch_up set asked_at = clock_timestamp()
  where asked_at <= clock_timestamp() - ${everyMs} * interval '1 millisecond'
  returning ${ms('through')}`
const reached = `update stripe_catch_up set through = greatest(through, ${instant('$1::float8')})`
const knownOf = 'select id from stripe_event where id = any($1)'

/** Events may appear in Stripe's list a little after their time. */
const overlapSeconds = 300
const maxTypes = 20
/** How far back the first reading goes. Anything older that could matter is checked without the list. */
const firstLookSeconds = 3_600

/**
 * Reads Stripe's own list of events, all gateways together three times a minute, and handles those that no webhook brought:
 * refunds, disputes and renewals are not missed either. Source: docs/payments.md, facts W10.
 */
export function startCatchUp(
  { pool }: Pick<Database, 'pool'>,
  stripe: Stripe,
  events: StripeEvents,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    const { rows } = await pool.query<{ through: number | null }>(claimed)
    const [claim] = rows
    if (claim === undefined) return everyMs / 4
    const since = claim.through === null ? null : Math.floor(claim.through / 1000) - overlapSeconds
    const listed = await list(since)
    const newest = listed.at(-1)
    if (newest === undefined) return everyMs
    const { rows: known } = await pool.query<{ id: string }>(knownOf, [listed.map(({ id }) => id)])
    const seen = new Set(known.map(({ id }) => id))
    let failed = 0
    for (const event of listed) {
      if (seen.has(event.id)) continue
      const name = { event: event.id, type: event.type }
      log.debug(name, 'An event of Stripe came by no webhook')
      try {
        await events.handle(event)
      } catch (error) {
        failed += 1
        log[levelOf(error)](
          { err: error, ...name },
          'An event of Stripe could not be kept; it is tried again, others go on',
        )
      }
    }
    if (failed === 0) await pool.query(reached, [newest.created * 1000])
    return everyMs
  }

  /** Oldest first. */
  async function list(since: number | null): Promise<Stripe.Event[]> {
    const found: Stripe.Event[] = []
    const created = { gte: since ?? Math.floor(Date.now() / 1000) - firstLookSeconds }
    for (let from = 0; from < handledTypes.length; from += maxTypes) {
      const types = handledTypes.slice(from, from + maxTypes)
      for await (const event of stripe.events.list({ types, created, limit: 100 })) found.push(event)
    }
    return found.sort((one, other) => one.created - other.created)
  }

  return startBackgroundLoop(round, "Stripe's events could not be read; trying again", log)
}
