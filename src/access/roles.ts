import { type Role, roles } from '../domain/role.ts'

/** The names by which tokens state a role. */
export type RoleNames = {
  /** The role of the name; undefined: no role has it. */
  roleOf(name: string): Role | undefined
  /** A name of the role; undefined: it has none. */
  nameOf(role: Role): string | undefined
  /** For people: what a token has to state. */
  readonly expected: string
}

const ascii = /^[a-z]+$/i

/** The role of the gateway's own name for it, in ASCII letters of any case: `'ı'.toUpperCase()` is `'I'`. */
export const readRole = (text: string): Role | undefined =>
  ascii.test(text) ? roles.find((role) => role === text.toUpperCase()) : undefined

export const ownRoleNames: RoleNames = {
  roleOf: readRole,
  nameOf: (role) => role.toLowerCase(),
  expected: `one of ${roles.join(', ').toLowerCase()}`,
}

/**
 * The role names of a host product, or the gateway's own without a mapping. Mapped names replace the gateway's own: a
 * host's 'platform' must not become the operator by its name alone.
 */
export function roleNamesOf(mapped: ReadonlyMap<string, Role> | undefined): RoleNames {
  if (mapped === undefined) return ownRoleNames
  return {
    roleOf: (name) => mapped.get(name),
    nameOf: (role) => [...mapped].find(([, one]) => one === role)?.[0],
    expected: 'a role that AUTH_ROLES lists: add its name there, or get a token with another role',
  }
}
