import { type CreditsClientError, errorOf, isTemporary } from './errors.ts'
import type { Line, Subscriber } from './line.ts'
import type { Answer, Payload, Session, Sink } from './session.ts'
import { waitAfterRefusal } from './waiting.ts'

/** The next request. `confirmedBy`: the proof that answers arrive: a first one, or that the gateway has been asked. */
export type Step = { readonly payload: Payload; readonly confirmedBy: 'answer' | 'start' | 'nothing' }

export type OperationOptions = {
  /** Asked each time it is begun. */
  step(): Step
  /** `step`: this answer was all that was wanted; the next step follows at once. */
  next(data: unknown): 'step' | 'more'
  /** The gateway refuses it. Whether it is worth another attempt, with the step that is next then. */
  mend?(error: CreditsClientError): boolean
  /** It is over: refused, or the client is closed (`null`: by its user). */
  over(error: CreditsClientError | null): void
}

/** A subscription that goes on over one session after another until it is stopped or refused. */
export class Operation implements Subscriber {
  readonly #line: Line
  readonly #options: OperationOptions
  #session: Session | null = null
  #end: (() => void) | null = null
  #again: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #wasConfirmed = false
  confirmed = false

  constructor(line: Line, options: OperationOptions) {
    this.#line = line
    this.#options = options
  }

  get lapsed(): boolean {
    return this.#wasConfirmed && !this.confirmed
  }

  /** @throws {CreditsClientError} CLIENT_CLOSED */
  start(): void {
    this.#line.join(this)
  }

  stop(): void {
    this.#halt()
    this.#line.leave(this)
  }

  onSession(session: Session): void {
    this.#session = session
    let current = true
    const { payload, confirmedBy } = this.#options.step()
    const end = session.subscribe(
      payload,
      this.#sink(confirmedBy, () => current),
    )
    this.#end = () => {
      current = false
      end()
    }
  }

  onSessionLost(): void {
    this.#halt()
    this.#session = null
  }

  onClosed(error: CreditsClientError | null): void {
    this.#halt()
    this.#options.over(error)
  }

  #sink(confirmedBy: Step['confirmedBy'], current: () => boolean): Sink {
    return {
      started: () => {
        if (current() && confirmedBy === 'start') this.#confirm()
      },
      next: ({ data, errors }: Answer) => {
        if (!current()) return
        if (errors !== undefined && errors.length > 0) {
          this.#failed(errorOf(errors))
          return
        }
        this.#attempt = 0
        const wanted = this.#options.next(data)
        // Its listeners may have stopped it.
        if (!current()) return
        if (wanted === 'more') this.#confirm()
        else {
          this.#halt()
          this.#boardAgain()
        }
      },
      ended: (errors) => {
        if (current()) this.#failed(errors.length > 0 ? errorOf(errors) : null)
      },
    }
  }

  #confirm(): void {
    if (this.confirmed) return
    this.confirmed = true
    this.#wasConfirmed = true
    this.#line.changed()
  }

  #failed(error: CreditsClientError | null): void {
    this.#halt()
    if (error?.code === 'UNAUTHENTICATED') this.#line.tokenEnded(error.message)
    else if (error === null || isTemporary(error)) this.#tryAgain(error)
    else if (this.#options.mend?.(error)) this.#boardAgain()
    else {
      this.#line.leave(this)
      this.#options.over(error)
    }
    this.#line.changed()
  }

  #tryAgain(error: CreditsClientError | null): void {
    this.#again = setTimeout(
      () => this.#boardAgain(),
      waitAfterRefusal(error?.code ?? '', this.#attempt++, Math.random()),
    )
  }

  #boardAgain(): void {
    if (this.#session !== null) this.onSession(this.#session)
  }

  #halt(): void {
    clearTimeout(this.#again)
    this.#end?.()
    this.#end = null
    this.confirmed = false
  }
}
