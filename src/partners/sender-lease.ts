import type { PoolClient } from 'pg'

type Client = Pick<PoolClient, 'query'>

/** How long a gateway that falls silent keeps others from sending. */
export const leaseMs = 5_000

const take = `
  update lease set holder = $1::uuid, until = clock_timestamp() + interval '${leaseMs} ms'
  where name = 'webhooks' and (holder = $1::uuid or until <= clock_timestamp()
    -- The database's clock was set back.
    or until > clock_timestamp() + interval '${leaseMs} ms')
  returning 1`
const giveBack = `update lease set until = '-infinity' where name = 'webhooks' and holder = $1`

/**
 * The right of one gateway to send, by the clock of the database. It is politeness: a gateway that was frozen and goes
 * on without it sends an event again, and moves no position.
 */
export class SenderLease {
  readonly #client: Client
  readonly #holder: string
  #until = -Infinity

  constructor(client: Client, holder: string) {
    this.#client = client
    this.#holder = holder
  }

  get isMine(): boolean {
    return performance.now() < this.#until
  }

  /** Takes or renews it. Whether it is ours. */
  async take(): Promise<boolean> {
    const began = performance.now()
    const { rowCount } = await this.#client.query({ name: 'webhook-lease', text: take, values: [this.#holder] })
    this.#until = rowCount === 1 ? began + leaseMs : -Infinity
    return this.isMine
  }

  async giveBack(): Promise<void> {
    this.#until = -Infinity
    await this.#client.query({ text: giveBack, values: [this.#holder] })
  }
}
