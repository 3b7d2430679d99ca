import { Failure } from './failure.ts'
import type { Work } from './work.ts'

/** What it returns, or the refusal it throws: then its effects are undone, unless the refusal says that they stay. */
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
