import type { Ledger } from '../ledger/ledger.ts'
import type { Hints } from '../live/hints/hints.ts'
import { Deliverer } from './deliver.ts'
import { createPost } from './post.ts'
import { Sender } from './sender.ts'
import { createWebhooks, disabling, type Webhooks, type WebhooksOptions } from './webhooks.ts'

export type OpenWebhooksOptions = WebhooksOptions & {
  readonly ledger: Ledger
  /** Hints of teams that have changed, here or in another gateway. */
  readonly hints: Pick<Hints, 'listenToAll'>
}

export type OpenWebhooks = {
  readonly webhooks: Webhooks
  /** Ends after the attempts that are under way. */
  close(): Promise<void>
}

/** Everything that sends events to partners. */
export function openWebhooks({ ledger, hints, ...options }: OpenWebhooksOptions): OpenWebhooks {
  const { database, box, views } = options
  const { pool, log } = database
  const webhooks = createWebhooks(options)
  const post = createPost(options)
  const sender = new Sender({
    pool,
    log,
    deliverer: new Deliverer(post, box),
    eventId: views.idOf,
    select: views.select,
    disable: disabling({ pool, ledger, log }),
  })
  const unheard = hints.listenToAll((teamId) => sender.hint(teamId))
  webhooks.onChanged(() => sender.refresh())
  return {
    webhooks,
    async close() {
      unheard()
      webhooks.close()
      post.close()
      await sender.stop()
    },
  }
}
