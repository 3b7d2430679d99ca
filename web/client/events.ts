import {
  LastEventDocument,
  type LastEventQuery,
  WatchEventsDocument,
  type WatchEventsSubscription,
} from './contract.ts'
import { type FeedOptions, unheard } from './feed.ts'
import type { Line } from './line.ts'
import { tell, type Unsubscribe } from './listeners.ts'
import { Operation, type Step } from './operation.ts'

export type AccountEvent = WatchEventsSubscription['accountEvents']

export type EventsOptions = FeedOptions & {
  /** The id of the last event that was dealt with; what came behind it is told first. Without one: from now on. */
  after?: string | null
  /** What happened between can't be told: read what you show anew. `after`: the id that the gateway no longer knows, if any. */
  onGap?: (after: string | null) => void
}

/** A team's events: each once and in order, over reconnects, too. */
export class Events {
  readonly #line: Line
  readonly #variables: Readonly<Record<string, unknown>>
  #lastEventId: string | null = null

  constructor(line: Line, variables: Readonly<Record<string, unknown>>) {
    this.#line = line
    this.#variables = variables
  }

  /** Of the event that was told last; to be kept, and given as `after` by the next page or process. */
  get lastEventId(): string | null {
    return this.#lastEventId
  }

  /** @throws {CreditsClientError} CLIENT_CLOSED */
  subscribe = (listener: (event: AccountEvent) => unknown, options: EventsOptions = {}): Unsubscribe => {
    const { onGap = () => undefined, onError = unheard } = options
    const place = new Place(options.after ?? null)
    const operation = new Operation(this.#line, {
      step: () => (place.known ? this.#behind(place.leave()) : this.#whereItEnds()),
      next: (data) => {
        if ('team' in (data as object)) {
          const { team } = data as LastEventQuery
          if (!place.begin(team?.lastEventId ?? null)) tell(onGap, null)
          return 'step'
        }
        const { accountEvents: event } = data as WatchEventsSubscription
        if (place.advance(event)) {
          this.#lastEventId = event.id
          tell(listener, event)
        }
        return 'more'
      },
      mend: ({ code }) => {
        const { after } = place
        if (code !== 'NOT_FOUND' || after === null) return false
        place.forget()
        tell(onGap, after)
        return true
      },
      over: (error) => {
        if (error !== null) tell(onError, error)
      },
    })
    operation.start()
    return () => operation.stop()
  }

  /** From now on means: behind the newest event; so nothing is lost either if the line breaks before the first one. */
  #whereItEnds(): Step {
    return { payload: { query: String(LastEventDocument), variables: this.#variables }, confirmedBy: 'nothing' }
  }

  #behind(after: string | null): Step {
    const variables = { ...this.#variables, after }
    return { payload: { query: String(WatchEventsDocument), variables }, confirmedBy: 'start' }
  }
}

/** How far events were told. */
class Place {
  #after: string | null
  #revision = -1
  /** Several events can happen at one revision. */
  readonly #told = new Set<string>()
  /** There was no event yet that one could begin behind. */
  #beforeAll: 'no' | 'next' | 'left' = 'no'

  constructor(after: string | null) {
    this.#after = after
  }

  get after(): string | null {
    return this.#after
  }

  /** Whether one can go on from it; otherwise it is to be found out where events end now. */
  get known(): boolean {
    return this.#after !== null || this.#beforeAll === 'next'
  }

  /** From here it goes on. */
  leave(): string | null {
    if (this.#beforeAll === 'next') this.#beforeAll = 'left'
    return this.#after
  }

  /** Whether nothing can have happened since it was left before the team's first event. */
  begin(after: string | null): boolean {
    const complete = this.#beforeAll === 'no' || after === null
    this.#beforeAll = after === null ? 'next' : 'no'
    this.#after = after
    return complete
  }

  /** Whether it is a new one. */
  advance({ id, revision }: AccountEvent): boolean {
    if (revision < this.#revision || this.#told.has(id)) return false
    if (revision > this.#revision) this.#told.clear()
    this.#told.add(id)
    this.#revision = revision
    this.#after = id
    return true
  }

  forget(): void {
    this.#after = null
    this.#beforeAll = 'no'
    this.#revision = -1
    this.#told.clear()
  }
}
