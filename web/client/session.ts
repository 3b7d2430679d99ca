import type { AnswerError } from './errors.ts'

/** Why a session ended, and with it all that ran over it. */
export type Ending = {
  /**
   * `token`: it has ended or is refused · `restart`: the gateway goes and another comes · `overload`: later, please ·
   * `lost`: the line is gone · `refused`: trying again would change nothing.
   */
  readonly why: 'token' | 'restart' | 'overload' | 'lost' | 'refused'
  readonly code: string
  readonly message: string
  /** When it was last certain that the gateway is there, by `Date.now()`. */
  readonly heardAt: number
  /** The gateway says when to come back. */
  readonly retryAfterMs?: number
}

export type Answer = { readonly data?: unknown; readonly errors?: readonly AnswerError[] }

/** One operation over a session. Nothing is called any more once the session has ended. */
export type Sink = {
  /** The gateway has, or will have before anything else, been asked. */
  started(): void
  next(answer: Answer): void
  /** The gateway ended it, though the session goes on; without `errors`: for no reason. */
  ended(errors: readonly AnswerError[]): void
}

export type Payload = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }

/** A line to the gateway that is made once and, once it has ended, is never made again. */
export type Session = {
  subscribe(payload: Payload, sink: Sink): () => void
  /** Asks whether the gateway is still there; silence ends the session within seconds. */
  probe(): void
  end(): void
}

export type SessionEvents = {
  /** The gateway answered and took the token. */
  connected(): void
  /** At most once, and not after `end`. `opened`: whether the line was ever made. */
  ended(ending: Ending, opened: boolean): void
}

export type Transport = (authorization: string, events: SessionEvents) => Session
