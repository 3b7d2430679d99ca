import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg'
import { isConnectionLost } from '../../database/errors.ts'
import type { ReadingClient } from '../../database/readings.ts'

/**
 * A lane's way to the database: statements are executed in the order in which they were asked for, without waiting for
 * each other's answers. It borrows one connection while any is under way; a lost one is replaced at the next statement.
 */
export class LaneConnection {
  /** This connection, for readings. */
  readonly client = { query: (config: QueryConfig) => this.query(config) } as ReadingClient
  readonly #pool: Pool
  #client: Promise<PoolClient> | null = null
  #underWay = 0
  #lost = false

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async query(config: QueryConfig): Promise<QueryResult> {
    this.#client ??= this.#pool.connect()
    const client = this.#client
    this.#underWay += 1
    try {
      return await client.then((connected) => connected.query(config))
    } catch (error) {
      if (isConnectionLost(error)) this.#lost = true
      throw error
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#giveBack(client)
    }
  }

  #giveBack(client: Promise<PoolClient>): void {
    const lost = this.#lost
    this.#client = null
    this.#lost = false
    client.then(
      (connected) => connected.release(lost),
      () => undefined,
    )
  }
}
