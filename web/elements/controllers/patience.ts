import { CreditsClientError } from '../../client/index.ts'

const maxAttempts = 5

/** Tries again where the gateway asks to wait, as long as it says. */
export async function pausesFor<Value>(act: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act()
    } catch (error) {
      const waits = error instanceof CreditsClientError && ['RATE_LIMITED', 'OVERLOADED'].includes(error.code)
      if (!waits || attempt >= maxAttempts) throw error
      const seconds = Number(error.details.retryAfterSeconds ?? 1)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
    }
  }
}
