import type { Logger } from 'pino'
import { pause, pauseBefore } from '../../concurrency/pauses.ts'

/**
 * How often a connection must prove that it is alive, and how long an attempt to connect or a proof may take. A
 * connection can die without a close; a regular proof is the only way to notice, within 10 seconds.
 */
export const proofMs = 4_000

const steadyAfterMs = 5_000

export type HintConnection = {
  /** Resolves when the connection is over, whichever side ended it. */
  readonly over: Promise<unknown>
  /** Rejects where the other end does not answer in time. */
  prove(): Promise<unknown>
  close(): Promise<void>
}

export type KeepOptions<Kept extends HintConnection> = {
  /** Rejects where nobody answers in time. */
  open(): Promise<Kept>
  /** There is a connection. `missed`: there was none for a while, and what was sent meanwhile was not heard. */
  opened?(connection: Kept, missed: boolean): void
  /** Advice for the log of a connection that can't be made: what to check. */
  readonly check: string
  readonly log: Logger
  readonly proofMs?: number
}

export type KeptConnection<Kept extends HintConnection> = {
  /** Null while there is none. */
  readonly current: Kept | null
  close(): Promise<void>
}

/**
 * A connection to whatever carries hints, made anew with growing pauses of at most two seconds whenever it is lost; one
 * that hangs is noticed within ten. Resolves after the first attempt, whether it succeeded or not.
 */
export async function keepConnected<Kept extends HintConnection>(
  options: KeepOptions<Kept>,
): Promise<KeptConnection<Kept>> {
  const { open, opened, check, log } = options
  const closing = new AbortController()
  const { signal } = closing
  let failures = 0
  let told = false
  let current = await attempt()
  if (current !== null) opened?.(current, false)

  async function attempt(): Promise<Kept | null> {
    try {
      const connection = await open()
      told = false
      return connection
    } catch (error) {
      log[told ? 'debug' : 'warn']({ err: error }, `Other gateways can't be heard; trying again. ${check}`)
      told = true
      failures += 1
      return null
    }
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      if (current !== null) {
        const since = performance.now()
        await untilLost(current, options.proofMs ?? proofMs, signal)
        if (signal.aborted) break
        // A server that accepts and closes at once must not cause a loop of attempts, nor of readings of all watched teams.
        failures = performance.now() - since < steadyAfterMs ? failures + 1 : 0
        log.warn('The connection that hears other gateways is lost; making it again')
        current.close().catch(() => undefined)
        current = null
      }
      await pause(pauseBefore(failures), signal)
      if (signal.aborted) break
      current = await attempt()
      if (current === null || signal.aborted) continue
      log.info('Other gateways are heard again')
      opened?.(current, true)
    }
    await current?.close().catch(() => undefined)
    current = null
  }
  const kept = keep()
  return {
    get current() {
      return current
    },
    async close() {
      closing.abort()
      await kept
    },
  }
}

async function untilLost(connection: HintConnection, everyMs: number, signal: AbortSignal): Promise<void> {
  const { promise: lost, resolve } = Promise.withResolvers<unknown>()
  connection.over.then(resolve)
  signal.addEventListener('abort', resolve, { once: true })
  const proof = setInterval(() => {
    connection.prove().catch(resolve)
  }, everyMs)
  await lost
  clearInterval(proof)
  signal.removeEventListener('abort', resolve)
}
