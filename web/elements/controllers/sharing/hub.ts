import type { AccountEvent, Balance, ClientState, CreditsClientError } from '../../../client/index.ts'
import { Election } from './election.ts'
import { type Leader, type LeaderOptions, lead } from './leader.ts'

/** The messages between tabs. `hello` comes from those who follow, everything else from the one that leads. */
type Message =
  | { readonly type: 'hello'; readonly events: boolean; readonly look: boolean }
  | { readonly type: 'leading' }
  | Heard

export type Heard =
  | { readonly type: 'state'; readonly state: ClientState; readonly code: string; readonly text: string }
  /** `at`: when it arrived, by the clock of the device. */
  | { readonly type: 'balance'; readonly balance: Balance; readonly at: number }
  | { readonly type: 'event'; readonly event: AccountEvent }

export type HubOptions = Pick<LeaderOptions, 'url' | 'teamId' | 'token'> & {
  readonly staleAfterMs: number
  /** Names the lock and the channel. */
  readonly name: string
  hear(message: Heard): void
}

/** A leader in another tab that says nothing for so long is suspended. */
const answerWithinMs = 3_000
const askEveryMs = 10_000
const tokenFailures: ReadonlySet<string> = new Set(['TOKEN_UNAVAILABLE', 'UNAUTHENTICATED'])

/** This page's part in what the tabs of a browser share: it leads, with the one connection, or follows the page that does. */
export class Hub {
  readonly #options: HubOptions
  readonly #election: Election
  #channel: BroadcastChannel | undefined
  #asking: ReturnType<typeof setInterval> | undefined
  #leader: Leader | null = null
  #events = false
  #state: Extract<Heard, { type: 'state' }> | null = null
  #balance: Extract<Heard, { type: 'balance' }> | null = null
  #lastEventId: string | null = null
  #silence: ReturnType<typeof setTimeout> | undefined
  #takeover: ReturnType<typeof setTimeout> | undefined

  constructor(options: HubOptions) {
    this.#options = options
    this.#election = new Election(options.name, { elected: () => this.#lead(), deposed: () => this.#follow() })
    document.addEventListener('visibilitychange', this.#looked)
    // A page that is left may be kept for the way back; what it shares goes on elsewhere meanwhile.
    window.addEventListener('pagehide', this.#leave)
    window.addEventListener('pageshow', this.#return)
    this.#enter()
  }

  watchEvents(): void {
    this.#events = true
    if (this.#leader === null) this.#ask(false)
    else this.#leader.watchEvents()
  }

  /** There is reason to believe that the next attempt succeeds, such as another token, or somebody who looks. */
  hurry(): void {
    if (this.#leader === null) return
    if (this.#state?.state === 'closed') this.#lead()
    else this.#leader.hurry()
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#looked)
    window.removeEventListener('pagehide', this.#leave)
    window.removeEventListener('pageshow', this.#return)
    this.#leave()
  }

  #enter(): void {
    const Channel = globalThis.BroadcastChannel
    this.#channel = Channel && new Channel(this.#options.name)
    this.#channel?.addEventListener('message', ({ data }) => this.#receive(data as Message))
    this.#asking = setInterval(() => this.#ask(false), askEveryMs)
    this.#election.stand()
    this.#ask(false)
  }

  #leave = () => {
    clearInterval(this.#asking)
    clearTimeout(this.#silence)
    clearTimeout(this.#takeover)
    this.#leader?.close()
    this.#leader = null
    this.#channel?.close()
    this.#channel = undefined
    this.#election.resign()
  }

  #return = ({ persisted }: PageTransitionEvent) => {
    if (persisted) this.#enter()
  }

  #looked = () => this.#ask(true)

  /** Where somebody looks at this page, the leader has to prove that it is there. */
  #ask(look: boolean): void {
    if (this.#leader !== null || document.visibilityState === 'hidden') return
    this.#send({ type: 'hello', events: this.#events, look })
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#election.seize(), answerWithinMs)
  }

  #receive(message: Message): void {
    if (message.type === 'hello') this.#welcome(message)
    else if (this.#leader === null) {
      clearTimeout(this.#silence)
      if (message.type === 'leading') this.#ask(false)
      else this.#hear(message)
    }
  }

  #welcome({ events, look }: Extract<Message, { type: 'hello' }>): void {
    if (this.#leader === null) return
    if (events) this.watchEvents()
    if (look) this.hurry()
    else this.#leader.probe()
    for (const known of [this.#state, this.#balance]) if (known !== null) this.#send(known)
  }

  #lead(): void {
    clearTimeout(this.#silence)
    this.#leader = lead({
      ...this.#options,
      lastEventId: this.#lastEventId,
      onState: (state, error) => {
        clearTimeout(this.#takeover)
        this.#tell(state, error)
        if (state === 'stale' && tokenFailures.has(error?.code ?? '')) void this.#election.pass()
      },
      onBalance: (balance) => this.#publish({ type: 'balance', balance, at: Date.now() }),
      onEvent: (event) => this.#publish({ type: 'event', event }),
    })
    if (this.#events) this.#leader.watchEvents()
    this.#send({ type: 'leading' })
  }

  /** The last values of the former leader stay on the page until this one knows better, but passes for right only so long. */
  #tell(state: ClientState, error: CreditsClientError | null): void {
    const said = { code: error?.code ?? '', text: error?.message ?? '' }
    const isTakeover = state === 'connecting' && this.#balance !== null
    this.#publish({ type: 'state', state: isTakeover ? 'reconnecting' : state, ...said })
    if (!isTakeover) return
    const stale = () => this.#publish({ type: 'state', state: 'stale', ...said })
    this.#takeover = setTimeout(stale, this.#options.staleAfterMs)
  }

  #follow(): void {
    clearTimeout(this.#takeover)
    this.#leader?.close()
    this.#leader = null
    this.#ask(false)
  }

  #publish(message: Heard): void {
    if (this.#hear(message)) this.#send(message)
  }

  /** Whether it is news. A new leader's first value may be older than the last one of the leader before. */
  #hear(message: Heard): boolean {
    if (message.type === 'balance') {
      if (message.balance.revision < (this.#balance?.balance.revision ?? -1)) return false
      this.#balance = message
    } else if (message.type === 'event') this.#lastEventId = message.event.id
    else this.#state = message
    this.#options.hear(message)
    return true
  }

  #send(message: Message): void {
    this.#channel?.postMessage(message)
  }
}
