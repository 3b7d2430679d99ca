import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import { purchaseId, type TeamId } from '../domain/identity.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import { levelOf } from './outages.ts'
import type { Purchase } from './purchase.ts'
import { readPurchase } from './purchase-rows.ts'
import { nextAskAt } from './schedule.ts'
import type { PurchaseName } from './stripe-metadata.ts'

const most = 20
const maxSleepMs = 1_000
const minSleepMs = 10
const claimedMs = 60_000

// A claim lasts for a minute. After that another gateway may claim the purchase, too, which does no harm.
const claim = `
  update purchase p set ask_at = ledger_now() + ${claimedMs} * interval '1 millisecond', asks = p.asks + 1
  from (select team_id, id from purchase where ask_at <= ledger_now() order by ask_at limit $1
    for update skip locked) due
  where p.team_id = due.team_id and p.id = due.id
  returning p.team_id, p.id`

const rescheduled = `
  update purchase set ask_at = ${instant('$4::float8')} where team_id = $1 and id = $2 and facts = $3`

const readSleep = `select ${ms('min(ask_at) - ledger_now()', 'ms')} from purchase where ask_at is not null`

/**
 * Processes purchases that are due: asks Stripe about pending ones, posts known facts that are not posted, and makes
 * the invoices of paid ones. Several gateways share the work. Source: docs/payments.md, facts W10.
 */
export function startReconciler(
  { pool }: Pick<Database, 'pool'>,
  lookAfter: (purchase: PurchaseName) => Promise<Purchase>,
  log: Logger,
): BackgroundLoop {
  const underWay = new Set<Promise<void>>()

  /** A slow answer of Stripe for one purchase delays no other. */
  async function round(): Promise<number> {
    const free = most - underWay.size
    const due = await pool.query<{ team_id: TeamId; id: number }>({
      name: 'claim-purchases',
      text: claim,
      values: [free],
    })
    for (const { team_id, id } of due.rows) begin({ teamId: team_id, id: purchaseId(id) })
    if (due.rows.length < free) return untilNext()
    await Promise.race(underWay)
    return 0
  }

  function begin(purchase: PurchaseName): void {
    const mine = lookAfter(purchase)
      .then(reschedule)
      .catch((err) => {
        log[levelOf(err)]({ err, ...purchase }, 'A purchase could not be looked after; it is tried again')
        return postpone(purchase)
      })
      // The claim itself has already postponed the purchase.
      .catch((err) => log.warn({ err, ...purchase }, 'A purchase could not be put off'))
      .finally(() => underWay.delete(mine))
    underWay.add(mine)
  }

  /** Schedules the next look, unless new facts are known: those scheduled it themselves. */
  async function reschedule(purchase: Purchase): Promise<void> {
    const { teamId, id, facts } = purchase
    const next = nextAskAt(purchase, await readClock({ pool }))
    await pool.query({ name: 'reschedule-purchase', text: rescheduled, values: [teamId, id, facts, next] })
  }

  /** Like `reschedule`, but not before the claim is over. */
  async function postpone({ teamId, id }: PurchaseName): Promise<void> {
    const purchase = await readPurchase(pool, teamId, id)
    if (purchase === null) return
    const now = await readClock({ pool })
    const next = nextAskAt(purchase, now)
    if (next === null) log.error({ teamId, id }, 'A paid purchase gets no invoice: make one in Stripe')
    const at = next === null ? null : Math.max(next, now + claimedMs)
    await pool.query({ name: 'reschedule-purchase', text: rescheduled, values: [teamId, id, purchase.facts, at] })
  }

  async function untilNext(): Promise<number> {
    const { rows } = await pool.query<{ ms: number | null }>({ name: 'next-purchase', text: readSleep })
    return Math.min(maxSleepMs, Math.max(minSleepMs, rows[0]?.ms ?? maxSleepMs))
  }

  const loop = startBackgroundLoop(round, 'Purchases could not be looked after; trying again', log)
  return {
    poke: loop.poke,
    async stop() {
      await loop.stop()
      await Promise.all(underWay)
    },
  }
}
