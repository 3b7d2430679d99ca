import { Alarm } from './alarm.ts'

/**
 * A stream that hears its alarm from before its first reading on. `return` ends it also while it waits: a generator
 * alone would let its return wait for the next value.
 */
export function closable<T>(
  stream: (alarm: Alarm) => AsyncGenerator<T>,
  watch: (alarm: Alarm) => () => void,
): AsyncIterableIterator<T> {
  const alarm = new Alarm()
  const unwatch = watch(alarm)
  const values = stream(alarm)
  const end = () => {
    alarm.end()
    unwatch()
  }
  return {
    async next() {
      try {
        const result = await values.next()
        if (result.done) end()
        return result
      } catch (error) {
        end()
        throw error
      }
    },
    async return() {
      end()
      return values.return(undefined)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
