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
  /** The gateway does not know `after`, so it goes on from now; what happened between is not told: read what you show anew. */
  onGap?: (after: string) => void
}

/** A team's events: each once and in order, over reconnects, too. */
export class Events {
  readonly #line: Line
  readonly #variables: Readonly<Record<string, unknown>>
  #lastEventId: string | null = null
  #lastRevision = -1

  constructor(line: Line, variables: Readonly<Record<string, unknown>>) {
    this.#line = line
    this.#variables = variables
  }

  /** The id of the newest event that was delivered. Keep it, and give it as `after` in the next page or process. */
  get lastEventId(): string | null {
    return this.#lastEventId
  }

  /** @throws {CreditsClientError} CLIENT_CLOSED */
  subscribe = (listener: (event: AccountEvent) => unknown, options: EventsOptions = {}): Unsubscribe => {
    const { onGap = () => undefined, onError = unheard } = options
    const place = new Place(options.after ?? null)
    /** The gateway's refusal of a team that it does not know comes with the subscription itself. */
    let known = true
    let mended = false
    const operation = new Operation(this.#line, {
      step: () => (place.after === null && known ? this.#whereItEnds() : this.#behind(place.after)),
      next: (data) => {
        if ('team' in (data as object)) {
          const { team } = data as LastEventQuery
          known = team !== null
          place.begin(team?.lastEventId ?? null)
          return 'step'
        }
        const { accountEvents: event } = data as WatchEventsSubscription
        mended = false
        if (place.advance(event)) {
          if (event.revision >= this.#lastRevision) {
            this.#lastEventId = event.id
            this.#lastRevision = event.revision
          }
          tell(listener, event)
        }
        return 'more'
      },
      mend: ({ code }) => {
        const { after } = place
        if (code !== 'NOT_FOUND' || after === null || mended) return false
        mended = true
        place.begin(null)
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

/** How far events were told; `after` null: it is not known yet where to begin. */
class Place {
  #after: string | null
  #revision = -1
  /** Several events can happen at one revision. */
  readonly #told = new Set<string>()

  constructor(after: string | null) {
    this.#after = after
  }

  get after(): string | null {
    return this.#after
  }

  /** From here on, whatever came before. */
  begin(after: string | null): void {
    this.#after = after
    this.#revision = -1
    this.#told.clear()
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
}
