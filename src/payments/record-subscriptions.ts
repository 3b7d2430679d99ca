import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { Answer, FollowSubscription } from '../domain/decisions/command.ts'
import { NotFound, UnknownPlan } from '../domain/errors.ts'
import type { TeamId } from '../domain/identity.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { retryLostConnection } from '../ledger/retry-lost-connection.ts'

/** The state of a customer's subscriptions, as one reading of Stripe gave it. */
export type SubscriptionReading = {
  readonly customer: string
  readonly teamId: TeamId
  /** The number of the reading: a later one knows better. */
  readonly number: number
  readonly command: FollowSubscription
}

const limits = { batch: 100, parallel: 1, capacity: 20_000 }

const lockTold = 'select id, told::float8 from customer where id = any($1) order by team_id for update'
const writeTold = `
  update customer c set told = t.told, follow_after_cut_over = t.ignored
  from unnest($1::text[], $2::bigint[], $3::boolean[]) t(id, told, ignored) where c.id = t.id`

type Results = ReadonlyMap<string, PromiseSettledResult<Answer>>

/**
 * Submits readings to the ledger, with the customer's row locked. A reading with an earlier number than one that the
 * ledger has changes nothing.
 */
export class SubscriptionRecorder {
  readonly #database: Database
  readonly #ledger: Pick<Ledger, 'submitAll'>
  readonly #log: Logger
  readonly #lane: Lane<SubscriptionReading, boolean>

  constructor(database: Database, ledger: Pick<Ledger, 'submitAll'>, log: Logger) {
    this.#database = database
    this.#ledger = ledger
    this.#log = log
    this.#lane = new Lane((batch) => this.#work(batch), limits)
  }

  /** Resolves after commit, to whether the reading is about a plan that is known. */
  record(reading: SubscriptionReading): Promise<boolean> {
    return this.#lane.one(reading)
  }

  idle(): Promise<void> {
    return this.#lane.idle()
  }

  async #work(batch: readonly SubscriptionReading[]): Promise<PromiseSettledResult<boolean>[]> {
    const newest = new Map<string, SubscriptionReading>()
    for (const one of batch) if (one.number > (newest.get(one.customer)?.number ?? 0)) newest.set(one.customer, one)
    const results = await retryLostConnection(() =>
      this.#database.transaction((client) => this.#submit(client, newest)),
    )
    return batch.map((reading) => this.#resultOf(reading, results))
  }

  async #submit(client: PoolClient, newest: ReadonlyMap<string, SubscriptionReading>): Promise<Results> {
    const { rows } = await client.query<{ id: string; told: number }>(lockTold, [[...newest.keys()]])
    const due = rows.flatMap(({ id, told }) => {
      const one = newest.get(id)
      return one === undefined || one.number <= told ? [] : [one]
    })
    const results = await this.#ledger.submitAll(due.map(({ teamId, command }) => keyless(teamId, command)))
    const known = due.flatMap((one, index) => {
      const result = results[index]
      return result?.status === 'fulfilled' ? [{ ...one, isIgnored: isIgnored(result.value) }] : []
    })
    await client.query(writeTold, [
      known.map(({ customer }) => customer),
      known.map(({ number }) => number),
      known.map((one) => one.isIgnored),
    ])
    return new Map(
      due.flatMap(({ customer }, index) => {
        const result = results[index]
        return result === undefined ? [] : [[customer, result] as const]
      }),
    )
  }

  #resultOf({ customer, teamId, command }: SubscriptionReading, results: Results): PromiseSettledResult<boolean> {
    const result = results.get(customer)
    if (result === undefined) return { status: 'fulfilled', value: true }
    if (result.status === 'rejected') return result
    const { outcome } = result.value
    if (outcome.kind !== 'refused') return { status: 'fulfilled', value: true }
    // A team that never began has nothing that could end.
    if (outcome.failure instanceof NotFound) return { status: 'fulfilled', value: true }
    const hint = outcome.failure instanceof UnknownPlan ? planMarks : outcome.failure.message
    this.#log.error({ customer, team: teamId, plan: command.planId }, `A subscription can't be followed: ${hint}`)
    return { status: 'fulfilled', value: false }
  }
}

/** The team is not cut over yet: its subscription changes nothing, and must be read again. */
const isIgnored = ({ account }: Answer): boolean => account?.move?.stage === 'FOLLOWED'

/** The setting by which a subscription names its plan. */
export const planMarks =
  "set metadata.plan of its price, or its product, to the id of a plan in the catalog (metadata.add_on, for an add-on's)"
