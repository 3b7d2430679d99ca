import type { Role } from '../domain/role.ts'

/** What an API key may do. Each includes what stands before it. */
export const scopes = ['READ', 'SPEND', 'BILLING', 'PLATFORM'] as const
export type Scope = (typeof scopes)[number]

const roleBy = { READ: 'VIEWER', SPEND: 'MEMBER', BILLING: 'ADMIN', PLATFORM: 'PLATFORM' } as const satisfies Record<
  Scope,
  Role
>

/** Each once, from the least to the most. */
export const inOrder = (given: readonly Scope[]): Scope[] => scopes.filter((scope) => given.includes(scope))

/** The role that a key with these scopes has: that of the highest one. */
export function roleOf(given: readonly Scope[]): Role {
  const highest = inOrder(given).at(-1)
  if (highest === undefined) throw new Error('A key has at least one scope')
  return roleBy[highest]
}
