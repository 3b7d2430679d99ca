import { type Role, roles } from '../domain/role.ts'

const ascii = /^[a-z]+$/i

/** The role that a token names, in ASCII letters of any case; undefined for any other text: `'ı'.toUpperCase()` is `'I'`. */
export const readRole = (text: string): Role | undefined =>
  ascii.test(text) ? roles.find((role) => role === text.toUpperCase()) : undefined
