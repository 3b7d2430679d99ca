import { hash, randomBytes } from 'node:crypto'
import type { Space } from '../domain/space.ts'

/** How secrets begin: those of API keys, and those of pill tokens, in each space. */
const heads = {
  PRODUCTION: { KEY: 'cg_', PILL: 'pill_' },
  TEST: { KEY: 'cg_test_', PILL: 'pill_test_' },
} as const
export type SecretKind = keyof (typeof heads)[Space]

const randomCharacters = 43
const prefixCharacters = 8
const randomPart = new RegExp(`^[\\w-]{${randomCharacters}}$`)
const prefixShape = new RegExp(`^(cg|pill)_(test_)?[\\w-]{${prefixCharacters}}$`)
const testPrefixShape = new RegExp(`^(cg|pill)_test_[\\w-]{${prefixCharacters}}$`)

export type Secret = {
  readonly text: string
  /** Its beginning, by which people tell credentials apart; 208 bits stay unknown. */
  readonly prefix: string
  readonly hash: Buffer
}

/** A new secret of 256 random bits: too many to guess, so a plain hash of it tells nothing. */
export function newSecret(kind: SecretKind, space: Space): Secret {
  const head = heads[space][kind]
  const text = `${head}${randomBytes(32).toString('base64url')}`
  return { text, prefix: text.slice(0, head.length + prefixCharacters), hash: hashOf(text) }
}

/** Another secret with the same prefix, by which people go on telling the key. */
export function renewedSecret(prefix: string): Secret {
  const text = `${prefix}${newSecret('KEY', spaceOfPrefix(prefix)).text.slice(prefix.length)}`
  return { text, prefix, hash: hashOf(text) }
}

/** The kind of a credential, by its first characters; null: it is a token of the identity provider. */
export const kindOf = (text: string): SecretKind | null =>
  text.startsWith(heads.PRODUCTION.KEY) ? 'KEY' : text.startsWith(heads.PRODUCTION.PILL) ? 'PILL' : null

/** Whether it has the shape of a secret of its kind and space. No text has the shape of two spaces: the lengths differ. */
export const isSecret = (text: string, kind: SecretKind, space: Space): boolean =>
  text.startsWith(heads[space][kind]) && randomPart.test(text.slice(heads[space][kind].length))

/** Whether the credential has the shape of one of the test space. */
export const isOfTestSpace = (text: string): boolean => isSecret(text, 'KEY', 'TEST') || isSecret(text, 'PILL', 'TEST')

/** Whether it has the shape of a secret's prefix: a key acts as its own. */
export const isPrefix = (text: string): boolean => prefixShape.test(text)

/** The space of a key, by its prefix. Prefixes of production are shorter. */
export const spaceOfPrefix = (prefix: string): Space => (testPrefixShape.test(prefix) ? 'TEST' : 'PRODUCTION')

/** Secrets are looked up by this: how long a look-up takes tells of the hash alone, from which none can be made. */
export const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer')
