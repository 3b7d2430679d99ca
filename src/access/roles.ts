import { type Role, roles } from '../domain/role.ts'

/** The role that a token names, in any case; undefined for any other text. */
export const readRole = (text: string): Role | undefined => roles.find((role) => role === text.toUpperCase())
