import type { Role } from '../domain/role.ts'

/** The permissions of an API key. Each one includes those before it. */
export const keyScopes = ['READ', 'SPEND', 'BILLING', 'PLATFORM'] as const
export type KeyScope = (typeof keyScopes)[number]

const roleBy = { READ: 'VIEWER', SPEND: 'MEMBER', BILLING: 'ADMIN', PLATFORM: 'PLATFORM' } as const satisfies Record<
  KeyScope,
  Role
>

/** The scopes, each once, from the least to the most. */
export const inOrder = (given: readonly KeyScope[]): KeyScope[] => keyScopes.filter((scope) => given.includes(scope))

/** The role of a key with these scopes: the role of the highest scope. */
export function roleOf(given: readonly KeyScope[]): Role {
  const highest = inOrder(given).at(-1)
  if (highest === undefined) throw new Error('A key has at least one scope')
  return roleBy[highest]
}
