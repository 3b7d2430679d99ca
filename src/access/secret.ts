import { hash, randomBytes } from 'node:crypto'

/** How secrets begin: those of API keys, and those of pill tokens. */
const heads = { KEY: 'cg_', PILL: 'pill_' } as const
export type SecretKind = keyof typeof heads

const randomPart = /^[\w-]{43}$/
const prefixShape = /^(cg|pill)_[\w-]{8}$/

export type Secret = {
  readonly text: string
  /** Its beginning, by which people tell credentials apart; 208 bits stay unknown. */
  readonly prefix: string
  readonly hash: Buffer
}

/** A new secret of 256 random bits: too many to guess, so a plain hash of it tells nothing. */
export function newSecret(kind: SecretKind): Secret {
  const text = `${heads[kind]}${randomBytes(32).toString('base64url')}`
  return { text, prefix: text.slice(0, heads[kind].length + 8), hash: hashOf(text) }
}

/** Another secret with the same prefix, by which people go on telling the key. */
export function renewedSecret(prefix: string): Secret {
  const text = `${prefix}${newSecret('KEY').text.slice(prefix.length)}`
  return { text, prefix, hash: hashOf(text) }
}

/** The kind of a credential, by its first characters; null: it is a token of the identity provider. */
export const kindOf = (text: string): SecretKind | null =>
  text.startsWith(heads.KEY) ? 'KEY' : text.startsWith(heads.PILL) ? 'PILL' : null

/** Whether it has the shape of a secret of its kind. */
export const isSecret = (text: string, kind: SecretKind): boolean =>
  text.startsWith(heads[kind]) && randomPart.test(text.slice(heads[kind].length))

/** Whether it has the shape of a secret's prefix: a key acts as its own. */
export const isPrefix = (text: string): boolean => prefixShape.test(text)

/** Secrets are looked up by this: how long a look-up takes tells of the hash alone, from which none can be made. */
export const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer')
