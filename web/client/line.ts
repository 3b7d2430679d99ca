import { CreditsClientError } from './errors.ts'
import { tell, type Unsubscribe } from './listeners.ts'
import type { Ending, Session, Transport } from './session.ts'
import { timing } from './timing.ts'
import type { Token } from './token.ts'
import { failedAttempts } from './waiting.ts'

/**
 * `idle`: nobody listens, so nothing runs · `connecting`: no value yet · `live`: what is shown is what is · `reconnecting`: the
 * connection was lost a moment ago · `stale`: for so long that what is shown may be wrong · `closed`: for good.
 */
export type ClientState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'stale' | 'closed'
export type StateListener = (state: ClientState, error: CreditsClientError | null) => void

/** An operation that runs over the line, each time over another session. */
export type Subscriber = {
  /** The gateway's answers arrive. */
  readonly confirmed: boolean
  /** They did once, and do not now. */
  readonly lapsed: boolean
  onSession(session: Session): void
  /** The session is over; another follows. */
  onSessionLost(): void
  /** No other follows. */
  onClosed(error: CreditsClientError | null): void
}

/** So often a way may fail before the other is tried, too. */
const patience = 2
const asFunction = '. Give `token` as a function, so that a new one can be fetched'

/**
 * One connection to the gateway as long as anybody subscribes, made again for ever unless that is pointless. Where WebSockets do
 * not get through, every second attempt takes the other way, and the way that got through is kept.
 */
export class Line {
  readonly #token: Token
  readonly #ways: readonly [Transport, ...Transport[]]
  readonly #staleAfterMs: number
  readonly #waitBefore: typeof timing.waitBefore
  readonly #subscribers = new Set<Subscriber>()
  readonly #listeners = new Set<StateListener>()
  #state: ClientState = 'idle'
  #error: CreditsClientError | null = null
  #session: Session | null = null
  #connectedAt: number | null = null
  /** Changes with each session, so that what belongs to an earlier one is known. */
  #journey = {}
  #attempt = 0
  #tokenEndedAt = -Infinity
  #way = 0
  #unopened = 0
  #lapsedAt: number | null = null
  #again: ReturnType<typeof setTimeout> | undefined
  #impatient = false
  #staleness: ReturnType<typeof setTimeout> | undefined

  constructor(
    token: Token,
    ways: readonly [Transport, ...Transport[]],
    staleAfterMs: number,
    waitBefore = timing.waitBefore,
  ) {
    this.#token = token
    this.#ways = ways
    this.#staleAfterMs = staleAfterMs
    this.#waitBefore = waitBefore
  }

  get state(): ClientState {
    return this.#state
  }

  /** Why it is not live, where that is known. */
  get error(): CreditsClientError | null {
    return this.#error
  }

  onState(listener: StateListener): Unsubscribe {
    const own: StateListener = (state, error) => listener(state, error)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  /** @throws {CreditsClientError} CLIENT_CLOSED */
  join(subscriber: Subscriber): void {
    if (this.#state === 'closed') throw this.#closedError()
    const first = this.#subscribers.size === 0
    this.#subscribers.add(subscriber)
    if (first) this.#open()
    else if (this.#session !== null) subscriber.onSession(this.#session)
    this.changed()
  }

  leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber)
    if (this.#subscribers.size === 0) this.#rest()
    this.changed()
  }

  /** A subscriber's answers have begun or ceased to arrive. */
  changed(): void {
    if (this.#state === 'closed') return
    clearTimeout(this.#staleness)
    const subscribers = [...this.#subscribers]
    const lapsed = subscribers.some((subscriber) => subscriber.lapsed)
    const arrived = subscribers.every(({ confirmed }) => confirmed)
    if (subscribers.length === 0) this.#become('idle')
    // Who joins what is live takes nothing from it.
    else if (arrived || (this.#state === 'live' && !lapsed)) this.#become('live')
    else if (!lapsed) this.#become('connecting')
    else {
      this.#lapsedAt ??= Date.now()
      const leftMs = this.#lapsedAt + this.#staleAfterMs - Date.now()
      this.#become(leftMs > 0 ? 'reconnecting' : 'stale')
      if (leftMs > 0) this.#staleness = setTimeout(() => this.changed(), leftMs)
    }
  }

  /** A subscriber heard that the token is none any more. */
  tokenEnded(message: string): void {
    this.#session?.end()
    this.#over({ why: 'token', code: 'UNAUTHENTICATED', message, heardAt: Date.now() }, true)
  }

  /** The line may have come or gone: finds out now, instead of when it is due. */
  hurry(): void {
    if (this.#session !== null) this.#session.probe()
    else if (this.#impatient) this.#open()
  }

  /** Whether the gateway is still there: silence ends the session. Opens nothing. */
  probe(): void {
    this.#session?.probe()
  }

  /** For good; `error` says why, if nobody asked for it. */
  close(error: CreditsClientError | null): void {
    if (this.#state === 'closed') return
    this.#rest()
    clearTimeout(this.#staleness)
    this.#error = error
    this.#state = 'closed'
    const subscribers = [...this.#subscribers]
    this.#subscribers.clear()
    for (const subscriber of subscribers) subscriber.onClosed(error)
    this.#announce()
  }

  #open(): void {
    clearTimeout(this.#again)
    this.#impatient = false
    const journey = {}
    this.#journey = journey
    const current = () => this.#journey === journey
    const start = (authorization: string) => {
      if (!current()) return
      const session = this.#nextWay()(authorization, {
        connected: () => {
          if (current()) this.#connectedAt = Date.now()
        },
        ended: (ending, opened) => {
          if (current()) this.#over(ending, opened)
        },
      })
      this.#session = session
      for (const subscriber of [...this.#subscribers]) subscriber.onSession(session)
    }
    this.#token.fresh().then(start, ({ code, message }: CreditsClientError) => {
      if (current()) this.#over({ why: 'lost', code, message, heardAt: Date.now() }, null)
    })
  }

  #nextWay(): Transport {
    const other = this.#unopened >= patience && this.#unopened % 2 === 0
    return this.#ways[(this.#way + (other ? 1 : 0)) % this.#ways.length] ?? this.#ways[0]
  }

  /** `opened`: whether the way got through; null: it was not tried. */
  #over(ending: Ending, opened: boolean | null): void {
    if (opened) this.#way = this.#ways.indexOf(this.#nextWay())
    if (opened !== null) this.#unopened = opened ? 0 : this.#unopened + 1
    const now = Date.now()
    const livedMs = this.#connectedAt === null ? null : now - this.#connectedAt
    this.#attempt = failedAttempts(this.#attempt, ending.why, livedMs, now - this.#tokenEndedAt)
    if (ending.why === 'token') this.#tokenEndedAt = now
    this.#journey = {}
    this.#session = null
    this.#connectedAt = null
    const advice = ending.why === 'token' && !this.#token.renewable ? asFunction : ''
    const error = new CreditsClientError(ending.code, `${ending.message}${advice}`)
    if (ending.why === 'refused' || advice !== '') {
      this.close(error)
      return
    }
    this.#error = error
    this.#lapsedAt ??= ending.heardAt
    this.#impatient = ending.why !== 'overload'
    this.#again = setTimeout(() => this.#open(), this.#waitBefore(ending, this.#attempt++, Math.random()))
    for (const subscriber of [...this.#subscribers]) subscriber.onSessionLost()
    this.changed()
  }

  #rest(): void {
    clearTimeout(this.#again)
    this.#impatient = false
    this.#journey = {}
    this.#session?.end()
    this.#session = null
    this.#connectedAt = null
    this.#attempt = 0
  }

  #become(state: ClientState): void {
    if (state === 'live' || state === 'idle') {
      this.#lapsedAt = null
      this.#error = null
    }
    if (state === this.#state) return
    this.#state = state
    this.#announce()
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) tell(listener, this.#state, this.#error)
  }

  #closedError(): CreditsClientError {
    return this.#error ?? new CreditsClientError('CLIENT_CLOSED', 'This client is closed: make a new one')
  }
}
