import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { operatorId } from '../access/viewer.ts'
import { Lane } from '../concurrency/lane.ts'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import { isConnectionLost } from '../database/errors.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import { pauseAfter } from './back-off.ts'
import type { SelectedFields } from './body.ts'
import type { Deliverer } from './deliver.ts'
import { clearLog, type Passed, recordPassed } from './delivery-rows.ts'
import { receives, type SendingEndpoint } from './endpoint.ts'
import { EndpointQueue } from './endpoint-queue.ts'
import { readActiveEndpoints } from './endpoint-rows.ts'
import { Passage } from './passage.ts'
import type { StreamEvent, StreamKey, StreamPage } from './position-rows.ts'
import * as positions from './position-rows.ts'
import type { Attempt } from './post.ts'
import { SenderLease } from './sender-lease.ts'

/** The sender's calls to the gateway, wherever it runs. */
export type SenderCalls = {
  /** The selected fields of each event, for an endpoint whose bodies are full. */
  readonly select: (
    selection: string,
    teamId: TeamId,
    events: readonly EventPosition[],
  ) => Promise<readonly SelectedFields[]>
  /** The endpoint receives nothing any more; its owner is told. */
  readonly disable: (endpoint: DisabledEndpoint, failure: LastFailure) => Promise<void>
}

/** Why an endpoint is to be disabled, and the delivery that has failed. */
export type LastFailure = positions.FailedDelivery & { readonly failure: string }

export type DisabledEndpoint = Pick<SendingEndpoint, 'id' | 'teamId' | 'url'>

export type SenderParts = SenderCalls & {
  readonly pool: Pool
  readonly log: Logger
  readonly deliverer: Deliverer
  /** The id of an event in `accountEvents`. */
  readonly eventId: (teamId: TeamId, position: EventPosition) => string
}

/** The events of a stream that are read at once. So many may be sent again after a gateway was killed. */
const pageSize = 100
/** Streams that are under way in all. */
const maxStreams = 2_000
/** Streams of one endpoint that one look finds. */
const maxFound = 500
const roundMs = 1_000
/** A stream that has had its place for so long gives it to another that waits. */
const maxTurnMs = 1_000
/** Looks take at most a tenth of the time, however many teams there are. */
const restFactor = 10
const clearEveryMs = 60_000
const gone = 410

/**
 * Sends the events of every endpoint, in the gateway that has the lease. A hint begins the streams of a team at once;
 * what no hint tells is found in the database within seconds.
 */
export class Sender {
  readonly #parts: SenderParts
  readonly #lease: SenderLease
  readonly #loop: BackgroundLoop
  readonly #pages: Lane<StreamKey, StreamPage | null>
  readonly #records: Lane<Passed, boolean>
  #queues = new Map<number, EndpointQueue>()
  #byTeam = new Map<TeamId, EndpointQueue[]>()
  /** Queues in which a stream waits for another to end. */
  readonly #hungry = new Set<EndpointQueue>()
  readonly #streams = new Set<Promise<void>>()
  readonly #timers = new Map<EndpointQueue, NodeJS.Timeout>()
  #isStale = true
  #lookAt = 0
  /** When a change may be looked for: looks take at most half of the time, however many changes there are. */
  #lookSoonestAt = 0
  #clearAt = 0
  #stopped = false

  constructor(parts: SenderParts) {
    this.#parts = parts
    const { pool, log } = parts
    this.#lease = new SenderLease(pool, randomUUID())
    this.#pages = new Lane(async (streams) => settled(await positions.readStreamPages(pool, streams, pageSize)), {
      batch: maxStreams,
      parallel: 1,
      capacity: Infinity,
    })
    this.#records = new Lane((passed) => this.#record(passed), { batch: maxStreams, parallel: 1, capacity: Infinity })
    this.#loop = startBackgroundLoop(() => this.#round(), 'Webhooks could not be sent; trying again', log)
  }

  /** A team has changed. */
  hint(teamId: TeamId): void {
    if (!this.#lease.isMine) return
    for (const queue of [...(this.#byTeam.get(teamId) ?? []), ...(this.#byTeam.get(operatorId) ?? [])]) {
      queue.hint(teamId)
      this.#begin(queue)
    }
  }

  /** Endpoints, or their positions, were changed. */
  refresh(): void {
    this.#isStale = true
    this.#lookAt = Math.min(this.#lookAt, this.#lookSoonestAt)
    this.#loop.poke()
  }

  /** When the oldest event took effect that waits for its delivery, as far as this sender has read; null: none does. */
  get oldestAt(): Instant | null {
    if (!this.#lease.isMine) return null
    const oldest = [...this.#queues.values()].flatMap((queue) => queue.oldestAt ?? [])
    return oldest.length === 0 ? null : oldest.reduce((first, at) => Math.min(first, at))
  }

  /** Ends after the attempts that are under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await this.#loop.stop()
    await Promise.all(this.#streams)
    await this.#lease.giveBack().catch(() => undefined)
  }

  async #round(): Promise<number> {
    const { pool } = this.#parts
    const had = this.#lease.isMine
    if (!(await this.#lease.take())) return roundMs
    const began = performance.now()
    const isDue = began >= this.#lookAt
    if (this.#isStale || isDue || !had) {
      this.#isStale = false
      this.#adopt(await readActiveEndpoints(pool))
    }
    if (isDue || !had) {
      await this.#look()
      const ended = performance.now()
      const tookMs = ended - began
      this.#lookSoonestAt = ended + tookMs
      this.#lookAt = this.#isStale ? this.#lookSoonestAt : began + Math.max(roundMs, tookMs * restFactor)
    }
    if (began >= this.#clearAt) {
      const isMore = await clearLog(pool)
      this.#clearAt = isMore ? began : began + clearEveryMs
    }
    return Math.min(roundMs, Math.max(0, this.#lookAt - performance.now()))
  }

  #adopt(endpoints: readonly SendingEndpoint[]): void {
    const queues = new Map<number, EndpointQueue>()
    for (const endpoint of endpoints) {
      const queue = this.#queues.get(endpoint.id) ?? new EndpointQueue(endpoint)
      if (!queue.endpoint.secret.equals(endpoint.secret)) queue.rotations += 1
      queue.endpoint = endpoint
      queues.set(endpoint.id, queue)
    }
    this.#queues = queues
    this.#byTeam = Map.groupBy(queues.values(), ({ endpoint }) => endpoint.teamId)
  }

  /** Finds the streams that no hint began: after a start, a lost hint, a pause, a replay. */
  async #look(): Promise<void> {
    const { pool } = this.#parts
    const endpoints = [...this.#queues.values()].filter((queue) => queue.pauseMs === 0).map(({ endpoint }) => endpoint)
    if (endpoints.length === 0) return
    const due = await positions.findDueStreams(pool, endpoints, maxFound)
    const young = due.filter(({ isYoung }) => isYoung)
    if (young.length > 0) await positions.beginStreams(pool, young)
    for (const { endpointId, teamId } of due) this.#queues.get(endpointId)?.add(teamId)
    for (const queue of this.#queues.values()) this.#begin(queue)
  }

  #begin(queue: EndpointQueue): void {
    while (this.#maySend(queue)) {
      if (this.#streams.size >= maxStreams) {
        this.#hungry.add(queue)
        return
      }
      const teamId = queue.next()
      if (teamId === null) break
      const stream = this.#run(queue, teamId).finally(() => {
        this.#streams.delete(stream)
        queue.ended(teamId)
        const [other] = this.#hungry
        if (other !== undefined) {
          this.#hungry.delete(other)
          this.#begin(other)
        }
        this.#begin(queue)
      })
      this.#streams.add(stream)
    }
    this.#beginLater(queue)
  }

  /** A queue that pauses begins again by itself. */
  #beginLater(queue: EndpointQueue): void {
    const { pauseMs } = queue
    if (pauseMs === 0 || queue.waiting === 0 || this.#stopped || this.#timers.has(queue)) return
    const begin = () => {
      this.#timers.delete(queue)
      this.#begin(queue)
    }
    this.#timers.set(queue, setTimeout(begin, pauseMs + 1))
  }

  async #run(queue: EndpointQueue, teamId: TeamId): Promise<void> {
    const endsAt = performance.now() + maxTurnMs
    const isOver = () => this.#hungry.size > 0 && performance.now() > endsAt
    try {
      while (await this.#deliverPage(queue, teamId, isOver)) {
        if (isOver()) {
          queue.hint(teamId)
          return
        }
      }
    } catch (error) {
      queue.pause(roundMs)
      if (this.#stopped) return
      const { id } = queue.endpoint
      const level = isConnectionLost(error) ? 'debug' : 'warn'
      this.#parts.log[level]({ err: error, endpoint: id, team: teamId }, 'Events could not be sent; trying again')
    }
  }

  /** Whether there may be more. */
  async #deliverPage(queue: EndpointQueue, teamId: TeamId, isOver: () => boolean): Promise<boolean> {
    const key = { endpointId: queue.endpoint.id, teamId }
    queue.takeAgain(teamId)
    let page = await this.#pages.one(key)
    if (page === null) {
      await positions.beginStreams(this.#parts.pool, [key])
      page = await this.#pages.one(key)
    }
    queue.waitsSince(teamId, page?.events[0]?.at ?? null)
    if (page === null || page.events.length === 0) return queue.takeAgain(teamId)
    if (page.failing !== null && page.failing.retryInMs > 0) return false
    const delivered = await this.#deliverEvents(queue, key, page, isOver)
    if (delivered) queue.waitsSince(teamId, null)
    return delivered && (page.events.length === pageSize || queue.takeAgain(teamId))
  }

  /** Delivers the events of a page one after the other. False: one failed, or the position was moved. */
  async #deliverEvents(
    queue: EndpointQueue,
    key: StreamKey,
    page: StreamPage,
    isOver: () => boolean,
  ): Promise<boolean> {
    const endpoint = { ...queue.endpoint, ...page.secrets }
    const { rotations } = queue
    const wanted = page.events.filter(({ type }) => receives(endpoint, type))
    const selected = await this.#selectedFor(endpoint, key.teamId, wanted)
    const passage = new Passage(this.#records, key, page.position)
    let { failing } = page
    for (const [index, event] of page.events.entries()) {
      if (!receives(endpoint, event.type)) {
        passage.skip(event)
        continue
      }
      if (!this.#maySend(queue) || !passage.isValid) break
      if (queue.rotations !== rotations || (index > 0 && isOver())) {
        queue.hint(key.teamId)
        break
      }
      const attempt = await this.#attempt(endpoint, key.teamId, event, selected.get(event) ?? null)
      if (attempt === null) break
      if (attempt.failure !== null) {
        queue.failed()
        const from = await passage.end()
        if (passage.isValid) await this.#failed(queue, { ...key, from, event, attempt, failing })
        return false
      }
      queue.succeeded()
      if (failing === null) passage.sent(event, attempt)
      else {
        const failed = { ...key, from: page.position, event, attempt, failing }
        if (!(await positions.recordRecovered(this.#parts.pool, failed))) return false
        failing = null
        passage.restart(event)
      }
    }
    await passage.end()
    return passage.isValid
  }

  /** False: the sender ends, or the endpoint was deleted or disabled. */
  #maySend(queue: EndpointQueue): boolean {
    return !this.#stopped && this.#lease.isMine && this.#queues.get(queue.endpoint.id) === queue
  }

  /** Null: the sender was stopped meanwhile, and the attempt counts for nothing. */
  async #attempt(
    endpoint: SendingEndpoint,
    teamId: TeamId,
    event: StreamEvent,
    selected: SelectedFields | null,
  ): Promise<Attempt | null> {
    const { deliverer, eventId } = this.#parts
    const sent = { id: eventId(teamId, event), type: event.type, at: event.at, teamId, revision: event.revision }
    const attempt = await deliverer.attempt(endpoint, sent, selected)
    return this.#stopped && attempt.failure !== null ? null : attempt
  }

  async #selectedFor(
    { selection }: SendingEndpoint,
    teamId: TeamId,
    events: readonly StreamEvent[],
  ): Promise<ReadonlyMap<StreamEvent, SelectedFields>> {
    if (selection === null || events.length === 0) return new Map()
    const fields = await this.#parts.select(selection, teamId, events)
    return new Map(events.flatMap((event, index) => (fields[index] === undefined ? [] : [[event, fields[index]]])))
  }

  async #failed(queue: EndpointQueue, failed: Omit<positions.FailedAttempt, 'pauseMs'>): Promise<void> {
    const { attempt, failing } = failed
    const pauseMs = attempt.status === gone ? null : pauseAfter((failing?.attempts ?? 0) + 1, attempt.retryAfterMs)
    const delivery = await positions.recordFailed(this.#parts.pool, { ...failed, pauseMs })
    if (delivery === null) return
    queue.block(failed.teamId, pauseMs ?? 0)
    if (pauseMs !== null) return
    const { id, teamId, url } = queue.endpoint
    const last = { teamId: failed.teamId, delivery, failure: attempt.failure ?? '' }
    await this.#parts.disable({ id, teamId, url }, last)
    this.refresh()
  }

  /** Positions that were moved meanwhile stay where they are. */
  async #record(passed: readonly Passed[]): Promise<PromiseSettledResult<boolean>[]> {
    const moved = await recordPassed(this.#parts.pool, passed)
    const known = new Set(moved.map(keyOf))
    return settled(passed.map((one) => known.has(keyOf(one))))
  }
}

const keyOf = ({ endpointId, teamId }: StreamKey): string => `${endpointId} ${teamId}`

const settled = <T>(values: readonly T[]): PromiseSettledResult<T>[] =>
  values.map((value) => ({ status: 'fulfilled', value }))
