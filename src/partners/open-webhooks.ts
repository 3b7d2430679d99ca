import type { Ledger } from '../ledger/ledger.ts'
import type { Hints } from '../live/hints/hints.ts'
import { Deliverer } from './deliver.ts'
import { resealSecrets } from './endpoint-rows.ts'
import { MeasuredPost, type SenderReport } from './measured-post.ts'
import { postOnDemand } from './post-on-demand.ts'
import { reportSender } from './report-sender.ts'
import { Sender, type SenderCalls } from './sender.ts'
import { type RunningSender, SenderOnDemand } from './sender-on-demand.ts'
import { createWebhooks, disabling, type Webhooks, type WebhooksOptions } from './webhooks.ts'

export type OpenWebhooksOptions = WebhooksOptions & {
  readonly ledger: Ledger
  /** Hints of teams that have changed, here or in another gateway. */
  readonly hints: Pick<Hints, 'listenToAll'>
  /** Starts the sender on a thread of its own; absent: it runs here. */
  readonly startThread?: (calls: SenderCalls) => RunningSender
  /** Hears what a sender here does, each second. */
  readonly report?: (report: SenderReport) => void
}

export type OpenWebhooks = {
  readonly webhooks: Webhooks
  /** Ends after the attempts that are under way. */
  close(): Promise<void>
}

/** Everything that sends events to partners. */
export function openWebhooks({
  ledger,
  hints,
  startThread,
  report = () => undefined,
  ...options
}: OpenWebhooksOptions): OpenWebhooks {
  const { database, box, views } = options
  const { pool, log } = database
  const webhooks = createWebhooks(options)
  const calls: SenderCalls = { select: views.select, disable: disabling({ pool, ledger, log }) }
  const sender = new SenderOnDemand({ pool, log }, () => startThread?.(calls) ?? startHere(options, calls, report))
  const unheard = hints.listenToAll((teamId) => sender.hint(teamId))
  webhooks.onChanged(() => sender.refresh())
  resealSecrets(pool, box).catch((error) =>
    log.warn(
      { err: error },
      'Webhook secrets could not be sealed anew: keep the second AUTH_SECRET until the next start',
    ),
  )
  return {
    webhooks,
    async close() {
      unheard()
      webhooks.close()
      await sender.stop()
    },
  }
}

function startHere(
  { database: { pool, log }, box, views, ...options }: WebhooksOptions,
  calls: SenderCalls,
  report: (report: SenderReport) => void,
): RunningSender {
  const post = new MeasuredPost(postOnDemand(options))
  const deliverer = new Deliverer(post, box)
  const sender = new Sender({ pool, log, deliverer, eventId: views.idOf, ...calls })
  const reported = reportSender(sender, post, report)
  return {
    hint: (teamId) => sender.hint(teamId),
    refresh: () => sender.refresh(),
    async stop() {
      const stopped = sender.stop()
      // The attempts that are under way end at once, and count for nothing.
      post.close()
      await stopped
      reported()
    },
  }
}
