import { isStripeFailure } from './stripe-faults.ts'

export type Key = { readonly idempotencyKey: string }

/** A second key for steps that are harmless when they are repeated: every few seconds another one. */
export const laterKey = (): string => `${Math.floor(Date.now() / 5_000)}`

/**
 * Takes one step at Stripe, under its key. Stripe repeats a failure under the same key for a day. After a failure every
 * process therefore reads whether the step was `done` all the same. If it was not, the step is taken under a second key,
 * which ends in `again`.
 */
export async function step<Made, Done>(
  idempotencyKey: string,
  take: (key: Key) => Promise<Made>,
  done: () => Promise<Done | null>,
  again = 'again',
): Promise<Made | Done> {
  try {
    return await take({ idempotencyKey })
  } catch (error) {
    if (!isStripeFailure(error)) throw error
    return (await done()) ?? take({ idempotencyKey: `${idempotencyKey}:${again}` })
  }
}
