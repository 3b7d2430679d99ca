import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { maxTimerMs } from '../concurrency/pauses.ts'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { TeamId } from '../domain/identity.ts'

/** A sender, wherever it runs. */
export type RunningSender = {
  /** A team has changed. */
  hint(teamId: TeamId): void
  /** Endpoints, or their positions, were changed. */
  refresh(): void
  stop(): Promise<void>
}

const lookEveryMs = 5_000
// A deleted endpoint counts until the sender has cleared its log.
const anyEndpoint = 'select exists (select from webhook_endpoint) as exists'

/** Starts the sender once there is an endpoint: a gateway without partners pays nothing for it. */
export class SenderOnDemand implements RunningSender {
  readonly #start: () => RunningSender
  readonly #loop: BackgroundLoop
  #sender: RunningSender | null = null
  #stopped = false

  constructor({ pool, log }: { readonly pool: Pool; readonly log: Logger }, start: () => RunningSender) {
    this.#start = start
    this.#loop = startBackgroundLoop(
      () => this.#look(pool),
      'Whether there are webhook endpoints could not be read; trying again',
      log,
    )
  }

  hint(teamId: TeamId): void {
    this.#sender?.hint(teamId)
  }

  refresh(): void {
    if (this.#sender === null) this.#loop.poke()
    else this.#sender.refresh()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#loop.stop()
    await this.#sender?.stop()
  }

  async #look(pool: Pool): Promise<number> {
    if (this.#sender !== null) return maxTimerMs
    const { rows } = await pool.query({ name: 'webhook-any', text: anyEndpoint })
    if (!rows[0].exists || this.#stopped) return lookEveryMs
    this.#sender = this.#start()
    return maxTimerMs
  }
}
