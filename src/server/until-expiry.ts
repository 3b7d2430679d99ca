import type { ExecutionResult } from 'graphql'
import { RequestFault } from '../access/faults.ts'
import { atInstant } from './deadline.ts'

const ended: IteratorResult<ExecutionResult> = { done: true, value: undefined }

/**
 * The results until the instant (of the wall clock), then one UNAUTHENTICATED error, then the end; so a client hears that
 * it needs a new token, and no watching goes on without one.
 */
export function untilExpiry(
  results: AsyncIterable<ExecutionResult>,
  expiresAt: number,
): AsyncIterableIterator<ExecutionResult> {
  const source = results[Symbol.asyncIterator]()
  let state: 'running' | 'expired' | 'over' = 'running'
  let wake: (() => void) | null = null
  const callOff = atInstant(expiresAt, () => {
    if (state === 'running') state = 'expired'
    wake?.()
  })
  const finish = async () => {
    state = 'over'
    callOff()
    await source.return?.()
  }
  const lastWord = (): IteratorResult<ExecutionResult> => {
    // A source that waits for its next event may end only after that.
    finish().catch(() => undefined)
    const fault = new RequestFault('UNAUTHENTICATED', 'The token has expired: subscribe again with a new one.')
    return { done: false, value: { errors: [fault] } }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (state === 'over') return ended
      if (state === 'expired') return lastWord()
      // Not a race with one promise of the expiry: that would collect a reaction for each event of a long stream.
      const result = await new Promise<IteratorResult<ExecutionResult> | null>((resolve, reject) => {
        wake = () => resolve(null)
        source.next().then(resolve, reject)
      })
      wake = null
      if (result === null) return lastWord()
      if (result.done) {
        state = 'over'
        callOff()
      }
      return result
    },
    async return() {
      await finish()
      return ended
    },
  }
}
