import { waitBefore } from './waiting.ts'

/** How long the client waits for each thing, in milliseconds. The package does not export this type: only tests change the times. */
export type Timing = {
  /** A connection that takes longer counts as lost. */
  readonly openWithinMs: number
  readonly pingEveryMs: number
  /** A WebSocket that leaves a ping unanswered for longer counts as lost. */
  readonly pongWithinMs: number
  /** An event stream that is silent for longer counts as lost. The gateway sends at least an empty comment every 12 seconds. */
  readonly silentAfterMs: number
  readonly waitBefore: typeof waitBefore
}

export const timing: Timing = {
  openWithinMs: 10_000,
  pingEveryMs: 12_000,
  pongWithinMs: 6_000,
  silentAfterMs: 25_000,
  waitBefore,
}
