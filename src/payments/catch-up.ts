import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import { readEvents } from './event-list.ts'
import { levelOf } from './outages.ts'
import { handledTypes, type StripeEvents } from './stripe-events.ts'

const everyMs = 20_000
const everyWholeMs = 3_600_000
const retryMs = 300_000

/** One reading of the list: when it is due, and through when it was done. */
const readings = {
  /** The events that Stripe has not delivered to every endpoint: mostly none. */
  undelivered: { due: 'asked_at', done: 'through', everyMs },
  /** All events of our types: an endpoint that lacks a type is told nothing that is undelivered. */
  whole: { due: 'whole_asked_at', done: 'whole_through', everyMs: everyWholeMs },
} as const
type Reading = keyof typeof readings

const claimOf = ({ due, done, everyMs }: (typeof readings)[Reading]) => `
  update stripe_catch_up set ${due} = clock_timestamp()
  where ${due} <= clock_timestamp() - ${everyMs} * interval '1 millisecond'
  returning ${ms(done, 'through')}`
const reachedOf = ({ done }: (typeof readings)[Reading]) =>
  `update stripe_catch_up set ${done} = greatest(${done}, ${instant('$1::float8')})`
/** A reading that failed is due again in five minutes at the latest. */
const sooner = ({ due, everyMs }: (typeof readings)[Reading]) => `
  update stripe_catch_up set ${due} = ${due} - ${Math.max(0, everyMs - retryMs)} * interval '1 millisecond'`
const knownOf = 'select id from stripe_event where id = any($1)'

/** Events may appear in Stripe's list a little after their time. */
const overlapSeconds = 300
const limit = 100
const maxTypes = 20
/** How far back the first reading goes. Anything older that could matter is checked without the list. */
const firstLookSeconds = 3_600

const isHandled: ReadonlySet<string> = new Set(handledTypes)

/**
 * Reads Stripe's own list of events, all gateways together, and handles those that no webhook brought: refunds, disputes
 * and renewals are not missed either. What Stripe could not deliver is read three times a minute, the whole list each
 * hour. Source: docs/payments.md, facts W10.
 */
export function startCatchUp(
  { pool }: Pick<Database, 'pool'>,
  stripe: Stripe,
  events: StripeEvents,
  log: Logger,
): BackgroundLoop {
  async function round(): Promise<number> {
    const isRead = [await readIfDue('whole'), await readIfDue('undelivered')]
    return isRead.includes(true) ? everyMs : everyMs / 4
  }

  async function readIfDue(reading: Reading): Promise<boolean> {
    const { rows } = await pool.query<{ through: number | null }>(claimOf(readings[reading]))
    const [claim] = rows
    if (claim === undefined) return false
    let isComplete = false
    try {
      isComplete = await read(reading, claim)
    } finally {
      if (!isComplete) await pool.query(sooner(readings[reading]))
    }
    return true
  }

  /** Whether all that was listed is kept. */
  async function read(reading: Reading, claim: { readonly through: number | null }): Promise<boolean> {
    const begun = performance.now()
    const from = claim.through ?? Date.now() - (firstLookSeconds - overlapSeconds) * 1000
    const since = Math.floor(from / 1000) - overlapSeconds
    let newest = 0
    let failed = 0
    for (const query of queriesOf(reading)) {
      const list = (page: object) => stripe.events.list({ ...query, ...page, limit })
      for await (const slice of readEvents(list, since)) {
        newest = Math.max(newest, slice.at(-1)?.created ?? 0)
        failed += await handleUnknown(slice.filter(({ type }) => isHandled.has(type)))
      }
    }
    if (newest === 0 || failed > 0) return failed === 0
    // Events that came while a long list was read are read again.
    await pool.query(reachedOf(readings[reading]), [newest * 1000 - Math.ceil(performance.now() - begun)])
    return true
  }

  /** Returns how many could not be kept; those hold up no others. */
  async function handleUnknown(listed: readonly Stripe.Event[]): Promise<number> {
    if (listed.length === 0) return 0
    const { rows } = await pool.query<{ id: string }>(knownOf, [listed.map(({ id }) => id)])
    const known = new Set(rows.map(({ id }) => id))
    let failed = 0
    for (const event of listed) {
      if (known.has(event.id)) continue
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
    return failed
  }

  return startBackgroundLoop(round, "Stripe's events could not be read; trying again", log)
}

/** The undelivered ones are few, so that their types are looked at here. */
function queriesOf(reading: Reading): Stripe.EventListParams[] {
  if (reading === 'undelivered') return [{ delivery_success: false }]
  const batches = Math.ceil(handledTypes.length / maxTypes)
  return Array.from({ length: batches }, (_, index) => ({
    types: handledTypes.slice(index * maxTypes, (index + 1) * maxTypes),
  }))
}
