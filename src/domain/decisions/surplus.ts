import type { Surplus, SurplusKind } from '../account.ts'
import type { Credits } from '../amounts/credits.ts'
import type { Instant } from '../identity.ts'
import type { Draft } from './draft.ts'

export function addSurplus(draft: Draft, surplus: Surplus, at: Instant): void {
  const running = draft.setting('surplus').filter(({ until }) => until > at)
  draft.set({ surplus: surplus.amount > 0n ? [...running, surplus] : running })
}

/** The surplus of these kinds that counts at `at`. */
export const surplusOf = (draft: Draft, kinds: readonly SurplusKind[], at: Instant): Credits =>
  draft
    .setting('surplus')
    .filter(({ of, until }) => kinds.includes(of) && until > at)
    .reduce((sum, { amount }) => sum + amount, 0n)

/** Uses up to `most` of the surplus, the part that ends soonest first. Returns the used amount. */
export function useSurplus(draft: Draft, kinds: readonly SurplusKind[], most: Credits, at: Instant): Credits {
  let left = most
  const running = draft
    .setting('surplus')
    .filter(({ until }) => until > at)
    .toSorted((one, other) => one.until - other.until)
    .map((surplus) => {
      if (!kinds.includes(surplus.of)) return surplus
      const used = surplus.amount < left ? surplus.amount : left
      left -= used
      return { ...surplus, amount: surplus.amount - used }
    })
  if (left < most) draft.set({ surplus: running.filter(({ amount }) => amount > 0n) })
  return most - left
}
