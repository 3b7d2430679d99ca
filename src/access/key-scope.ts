import type { Role } from '../domain/role.ts'

/** What an API key may do. Each includes what stands before it. */
export const keyScopes = ['READ', 'SPEND', 'BILLING', 'PLATFORM'] as const
export type KeyScope = (typeof keyScopes)[number]

const roleBy = { READ: 'VIEWER', SPEND: 'MEMBER', BILLING: 'ADMIN', PLATFORM: 'PLATFORM' } as const satisfies Record<
  KeyScope,
  Role
>

/** Each once, from the least to the most. */
export const inOrder = (given: readonly KeyScope[]): KeyScope[] => keyScopes.filter((scope) => given.includes(scope))

/** The role that a key with these scopes has: that of the highest one. */
export function roleOf(given: readonly KeyScope[]): Role {
  const highest = inOrder(given).at(-1)
  if (highest === undefined) throw new Error('A key has at least one scope')
  return roleBy[highest]
}
