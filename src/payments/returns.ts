import type { Pool } from 'pg'
import type { Purchase } from './purchase.ts'
import { readReturned, useReturnCode } from './purchase-rows.ts'

/** A customer who comes back from paying, by the code in the address that Stripe leads back to. */
export type Returns = {
  /** The purchase, the first time that its code is used; null: the code is none, or was used before. */
  open(code: string): Promise<Purchase | null>
  /** The purchase whose code was used in the last hour; null: there is none. */
  find(code: string): Promise<Purchase | null>
}

/** The path that customers come back to from paying. */
export const returnPath = '/payment'

const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A code shows no more than the state of one purchase. Text of another form does not reach the database. */
export function createReturns(pool: Pool): Returns {
  return {
    open: async (code) => (form.test(code) ? useReturnCode(pool, code) : null),
    find: async (code) => (form.test(code) ? readReturned(pool, code) : null),
  }
}

/** The address that the customer comes back to once the purchase is paid. */
export const returnUrl = (publicUrl: string, { returnCode }: Pick<Purchase, 'returnCode'>): string =>
  `${publicUrl}${returnPath}?outcome=success&code=${returnCode}`
