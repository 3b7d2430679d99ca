import { type AnswerError, errorOf, isTemporary } from './errors.ts'
import { type EventSubscription, eventIdKey, eventSubscription } from './event-subscription.ts'
import { iteratorOf } from './iterator.ts'
import { waitAfterRefusal } from './waiting.ts'

type Variables = Record<string, unknown>
type Payload = {
  readonly query: string
  readonly operationName?: string | null
  readonly variables?: Variables | null
}
type Answer = { readonly data?: unknown; readonly errors?: readonly AnswerError[] }
type Sink = { next(answer: Answer): void; error(error: unknown): void; complete(): void }
type Subscribe = (payload: Payload, sink: Sink, ...rest: unknown[]) => () => void

/** The client of graphql-ws or graphql-sse, or one with the same `subscribe`. */
export type Subscriber = { subscribe(payload: never, sink: never, ...rest: never[]): () => void }

/**
 * The client of graphql-ws, or of graphql-sse, whose subscriptions of `accountEvents` lose no event, repeat none and keep the order, however
 * often the connection is cut. Other operations are passed on as they are. Apollo's `GraphQLWsLink`, urql and Relay use it like the client
 * itself.
 *
 * Without `after` a subscription begins behind the newest event of the moment, which is read once (`Team.lastEventId`); so a connection that
 * is cut before the first event loses nothing either. After each event, its id is the `after` of the next attempt.
 *
 * Limits: the client reconnects, so give it `retryAttempts: Infinity` and a `shouldRetry`. Temporary refusals of the subscription
 * (`OVERLOADED`, `RATE_LIMITED`, `LEDGER_UNAVAILABLE`, `INTERNAL_SERVER_ERROR`) are retried after 0 to 30 seconds. Every other error is
 * final for its subscription: subscribe again with the id of the last event as `after`. An `after` that the gateway does not know is
 * `NOT_FOUND`. Another `subscribe` knows nothing of the first one.
 *
 * @throws {TypeError} from `subscribe`, where a document has several subscriptions or selects `accountEvents` several times.
 */
export function resuming<Client extends Subscriber>(client: Client): Client {
  const original = client.subscribe.bind(client) as unknown as Subscribe
  const subscribe: Subscribe = (payload, sink, ...rest) => {
    const found = eventSubscription(payload.query, payload.operationName)
    if (found === null) return original(payload, sink, ...rest)
    const resumption = new Resumption((again, own) => original(again, own, ...rest), found, payload, sink)
    resumption.start()
    return () => resumption.stop()
  }
  const iterate = (payload: Payload, ...rest: unknown[]) => iteratorOf((sink) => subscribe(payload, sink, ...rest))
  return Object.assign(Object.create(client), { subscribe, iterate })
}

/** One subscription: first its place is read, then it runs; each temporary refusal is followed by another attempt. */
class Resumption {
  readonly #subscribe: (payload: Payload, sink: Sink) => () => void
  readonly #found: EventSubscription
  readonly #payload: Payload
  readonly #sink: Sink
  /** Both clients write the payload anew at each connection, so these are always the variables of the next attempt. */
  readonly #variables: Variables
  #end: () => void = () => undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  /** Changes with each attempt, so that answers to an earlier one are known. */
  #current = {}

  constructor(
    subscribe: (payload: Payload, sink: Sink) => () => void,
    found: EventSubscription,
    payload: Payload,
    sink: Sink,
  ) {
    this.#subscribe = subscribe
    this.#found = found
    this.#payload = payload
    this.#sink = sink
    this.#variables = { ...payload.variables }
    if (found.writtenAfter !== undefined) this.#variables[found.after] = found.writtenAfter
  }

  start(): void {
    const { after, hasDefault } = this.#found
    const given = this.#variables[after]
    if (given === null || (given === undefined && !hasDefault)) this.#readPlace()
    else this.#watch()
  }

  stop(): void {
    clearTimeout(this.#again)
    this.#current = {}
    this.#end()
  }

  /** The place is read over the same client; the subscription begins before this query ends, so that the connection stays. */
  #readPlace(): void {
    const { placeQuery, teamVariable } = this.#found
    const variables = teamVariable === null ? {} : { [teamVariable]: this.#variables[teamVariable] }
    this.#begin({ query: placeQuery, variables }, (answer) => {
      const { team } = answer.data as { team: { lastEventId: string } | null }
      // The gateway's refusal of an unknown team comes with the subscription itself.
      this.#variables[this.#found.after] = team?.lastEventId ?? null
      this.#watch()
    })
  }

  #watch(): void {
    const payload = { ...this.#payload, query: this.#found.query, variables: this.#variables }
    this.#begin(payload, (answer) => {
      this.#attempt = 0
      this.#sink.next(this.#noted(answer))
    })
  }

  #begin(payload: Payload, next: (answer: Answer) => void): void {
    const current = {}
    this.#current = current
    const isCurrent = () => this.#current === current
    const end = this.#subscribe(payload, {
      next: (answer) => {
        if (!isCurrent()) return
        const { data, errors } = answer
        if (data == null && errors !== undefined && errors.length > 0) this.#refused(errors, payload, answer)
        else next(answer)
      },
      error: (error) => {
        if (!isCurrent()) return
        if (Array.isArray(error)) this.#refused(error as AnswerError[], payload, null)
        else this.#sink.error(error)
      },
      complete: () => {
        if (isCurrent()) this.#sink.complete()
      },
    })
    if (isCurrent()) this.#end = end
  }

  /** Before the sink hears of an event, the event is the place of the next attempt. */
  #noted(answer: Answer): Answer {
    const { field, after } = this.#found
    const data = answer.data as Record<string, Record<string, unknown> | null> | null | undefined
    const event = data?.[field]
    if (!event) return answer
    const { [eventIdKey]: id, ...rest } = event
    this.#variables[after] = id
    return { ...answer, data: { ...data, [field]: rest } }
  }

  #refused(errors: readonly AnswerError[], payload: Payload, answer: Answer | null): void {
    const error = errorOf(errors)
    if (isTemporary(error)) {
      const end = this.#end
      this.#current = {}
      end()
      this.#again = setTimeout(() => this.start(), waitAfterRefusal(error.code, this.#attempt++, Math.random()))
    } else if (answer !== null && payload.query === this.#found.query) this.#sink.next(answer)
    else this.#sink.error(errors)
  }
}
