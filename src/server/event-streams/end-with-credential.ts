import type { ExecutionResult } from 'graphql'
import { RequestFault } from '../../access/faults.ts'
import type { Ended } from '../../access/watches.ts'

const ended: IteratorResult<ExecutionResult> = { done: true, value: undefined }

/**
 * The results until the caller's credential has ended, then one UNAUTHENTICATED error, then the end. So a client learns
 * that it needs a new credential, and no stream continues without one. `watch` calls at that moment, until the function
 * that it returns is called.
 */
export function endWithCredential(
  results: AsyncIterable<ExecutionResult>,
  watch: (ended: Ended) => () => void,
): AsyncIterableIterator<ExecutionResult> {
  const source = results[Symbol.asyncIterator]()
  let state: 'running' | 'ended' | 'over' = 'running'
  let why = ''
  let wake: (() => void) | null = null
  const callOff = watch((reason) => {
    if (state === 'running') state = 'ended'
    why = reason
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
    const fault = new RequestFault('UNAUTHENTICATED', `${why}: subscribe again with one that is valid.`)
    return { done: false, value: { errors: [fault] } }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (state === 'over') return ended
      if (state === 'ended') return lastWord()
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
