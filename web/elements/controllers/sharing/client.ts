import { FirstLookDocument, type FirstLookQuery } from '../../../client/contract.ts'
import { CreditsClientError, messageOf } from '../../../client/errors.ts'
import type {
  AccountEvent,
  Balance,
  ClientState,
  CreditsClient,
  EventsOptions,
  StateListener,
  TokenSource,
} from '../../../client/index.ts'
import { tell, type Unsubscribe } from '../../../client/listeners.ts'
import { type HttpLine, request } from '../../../client/request.ts'
import { storeOf } from '../../../client/store.ts'
import { Token } from '../../../client/token.ts'
import { waitBefore } from '../../../client/waiting.ts'
import type { Heard } from './hub.ts'
import { identityOf } from './identity.ts'
import type { Member, Room } from './room.ts'
import { Tokens } from './tokens.ts'

export type SharedClientOptions = {
  /** The gateway's `/graphql`. */
  readonly url: string
  readonly token: TokenSource
  /** Only for PLATFORM tokens. */
  readonly teamId?: string | undefined
  /** In which the first balance is written, too. */
  readonly locale?: string | undefined
  /** From how many milliseconds without a connection on what is shown counts as `stale`. Default: 10,000. */
  readonly staleAfterMs?: number | undefined
}

const staleAfterMs = 10_000
/** Changes with what tabs tell each other, so that pages of two releases share nothing. */
const protocol = 1

type Listener<Value> = (value: Value) => unknown

/** The gateway's answer, which is asked for once. */
type FirstLook = () => Promise<FirstLookQuery>

/** The code of the connection, which the first number does not wait for. */
const loadRoom = () => import('./room.ts')

/**
 * A client of the gateway whose connection is shared by all tabs of a browser, and everything on a page, with the same caller. It connects
 * at once, and until `close`.
 */
export class SharedClient implements Omit<CreditsClient, 'alerts'> {
  readonly #options: SharedClientOptions
  readonly #tokens: Tokens
  readonly #own: Token
  readonly #states = new Set<StateListener>()
  readonly #balances = new Set<Listener<Balance>>()
  readonly #events = new Set<Listener<AccountEvent>>()
  readonly #member: Member
  #room: Room | null = null
  #name = ''
  /** Asked once for each token. */
  #identified = { token: '', name: '' }
  #first: FirstLook | null = null
  #again: ReturnType<typeof setTimeout> | undefined
  #patience: ReturnType<typeof setTimeout> | undefined
  #current: Balance | null = null
  #lastEventId: string | null = null
  #state: ClientState = 'connecting'
  #error: CreditsClientError | null = null
  /** When the balance arrived, by `Date.now()`. */
  balanceAt = 0
  /** `2,341 Credits`, as the gateway writes the present balance in `locale`; null: it did not say. */
  written: string | null = null

  constructor(options: SharedClientOptions) {
    this.#options = options
    this.#tokens = new Tokens(options.token)
    this.#own = new Token(() => this.#tokens.take())
    this.#member = { hear: (message) => this.#hear(message), token: () => this.#token() }
    loadRoom().catch(() => {})
    this.#wait()
    void this.#enter(0)
  }

  get state(): ClientState {
    return this.#state
  }

  get error(): CreditsClientError | null {
    return this.#error
  }

  readonly onState = (listener: StateListener): Unsubscribe => listen(this.#states, listener)

  readonly balance: CreditsClient['balance'] = (() => {
    const client = this
    const feed = {
      get current() {
        return client.#current
      },
      subscribe(listener: Listener<Balance>) {
        if (client.#current !== null) queueMicrotask(() => client.#current !== null && tell(listener, client.#current))
        return listen(client.#balances, listener)
      },
    }
    return Object.assign(feed, { store: storeOf(client, feed) })
  })()

  /** From now on; all who share the connection share one subscription, so it begins nowhere else. */
  readonly events: CreditsClient['events'] = (() => {
    const client = this
    return {
      get lastEventId() {
        return client.#lastEventId
      },
      subscribe(listener: Listener<AccountEvent>, { after }: EventsOptions = {}) {
        if (after != null)
          throw new TypeError('A shared client has events from now on: use createCreditsClient for `after`')
        client.#room?.hub.watchEvents()
        return listen(client.#events, listener)
      },
    }
  })()

  readonly request: CreditsClient['request'] = (document, ...[variables, how]) =>
    request(this.#reachedWith(this.#own), String(document), variables, how) as Promise<never>

  #reachedWith(token: Token): HttpLine {
    return { http: this.#options.url, fetchFn: fetch, token }
  }

  /** Takes tokens from there from now on. Where they are for somebody else, nothing is known until the gateway tells it. */
  async renew(token: TokenSource): Promise<void> {
    this.#tokens.source = token
    await this.#enter(0)
    this.#room?.hub.hurry()
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#leave()
    this.#first = null
    clearTimeout(this.#patience)
    this.#become('closed', null)
    for (const listeners of [this.#states, this.#balances, this.#events]) listeners.clear()
  }

  /** Enters the room of whomever the token is for, once there is one. */
  async #enter(attempt: number): Promise<void> {
    clearTimeout(this.#again)
    const { url, teamId } = this.#options
    let fault: readonly [code: string, what: string] = ['TOKEN_UNAVAILABLE', '`token` failed']
    try {
      const token = await this.#tokens.peek()
      const look = this.#look(token)
      if (this.#current === null) look().catch(() => {})
      const name = await this.#identity(token, look)
      if (this.#state === 'closed') return
      if (name !== this.#name) {
        this.#leave()
        if (this.#name !== '') this.#forget()
        this.#name = name
      }
      if (this.#room !== null) return
      void this.#showFirst(look)
      fault = ['CONNECTION_LOST', 'The code of the connection was not loaded']
      const { Room } = await loadRoom()
      if (this.state === 'closed' || this.#room !== null || name !== this.#name) return
      this.#room = Room.enter(
        { name: `credits ${protocol} ${name}`, url, teamId, staleAfterMs: this.#options.staleAfterMs ?? staleAfterMs },
        this.#member,
      )
      if (this.#events.size > 0) this.#room.hub.watchEvents()
    } catch (error) {
      this.#tokens.drop()
      if (this.#state === 'closed') return
      const [code, what] = fault
      this.#become(this.#state, new CreditsClientError(code, `${what}: ${messageOf(error)}`, {}, error))
      const ending = { why: 'lost', code: '', message: '', heardAt: 0 } as const
      this.#again = setTimeout(() => this.#enter(attempt + 1), waitBefore(ending, attempt, Math.random()))
    }
  }

  /** Reads the token's caller and the balance over HTTP: the number is there before the connection is. */
  #look(token: string): FirstLook {
    const { teamId, locale: writtenIn } = this.#options
    let answer: Promise<unknown> | undefined
    return () => {
      answer ??= request(this.#reachedWith(new Token(token)), String(FirstLookDocument), { teamId, writtenIn })
      return answer as Promise<FirstLookQuery>
    }
  }

  /** The connection's answer is newer. */
  async #showFirst(look: FirstLook): Promise<void> {
    this.#first = look
    const { team } = await look().catch(() => ({ team: null }))
    if (team === null || this.#first !== look || this.#current !== null) return
    const { written, ...balance } = team.balance
    this.#show(balance, Date.now(), this.#options.locale === undefined ? null : written)
  }

  /** For a first balance, but not for ever without a word. */
  #wait(): void {
    clearTimeout(this.#patience)
    this.#patience = setTimeout(() => this.#become('stale', this.#error), this.#options.staleAfterMs ?? staleAfterMs)
  }

  #leave(): void {
    clearTimeout(this.#again)
    this.#room?.leave(this.#member)
    this.#room = null
  }

  #forget(): void {
    this.#current = null
    this.#first = null
    this.#wait()
    this.#become('connecting', null)
  }

  /** For the connection. A token of somebody else is never used for what is shown now. */
  async #token(): Promise<string> {
    try {
      const token = await this.#tokens.peek()
      const name = await this.#identity(token, this.#look(token))
      if (name === this.#name) return await this.#tokens.take()
    } catch (error) {
      this.#tokens.drop()
      throw error
    }
    void this.#enter(0)
    throw new Error('The new token is for somebody else')
  }

  async #identity(token: string, look: FirstLook): Promise<string> {
    const { url, teamId } = this.#options
    if (token !== this.#identified.token) {
      const name = await identityOf(url, teamId, token, async () => (await look()).viewer)
      this.#identified = { token, name }
    }
    return this.#identified.name
  }

  #hear(message: Heard): void {
    if (message.type === 'event') {
      this.#lastEventId = message.event.id
      announce(this.#events, message.event)
    } else if (message.type === 'balance') {
      clearTimeout(this.#patience)
      this.#show(message.balance, message.at)
    } else {
      const { state, code, text } = message
      if (state !== 'connecting' || this.#state !== 'stale') {
        this.#become(state, code === '' ? null : new CreditsClientError(code, text))
      }
    }
  }

  /** Never an older one than what is shown. */
  #show(balance: Balance, at: number, written: string | null = null): void {
    if (balance.revision < (this.#current?.revision ?? 0)) return
    this.#current = balance
    this.balanceAt = at
    this.written = written
    announce(this.#balances, balance)
  }

  #become(state: ClientState, error: CreditsClientError | null): void {
    this.#state = state
    this.#error = error
    for (const listener of [...this.#states]) tell(listener, state, error)
  }
}

function listen<Value>(listeners: Set<Value>, listener: Value): Unsubscribe {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function announce<Value>(listeners: ReadonlySet<Listener<Value>>, value: Value): void {
  for (const listener of [...listeners]) tell(listener, value)
}
