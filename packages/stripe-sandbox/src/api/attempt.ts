import { Failure } from './failure.ts'
import type { Work } from './work.ts'

/** The result of `run`, or the refusal that it throws. A refusal undoes its effects, unless it says that they stay. */
export function attempt<T>(work: Work, run: () => T): T | Failure {
  try {
    return work.database.attempt(() => {
      try {
        return run()
      } catch (error) {
        if (error instanceof Failure && error.fate === 'done') return error
        throw error
      }
    })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
