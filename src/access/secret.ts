import { hash, randomBytes } from 'node:crypto'

const shape = /^cg_[\w-]{43}$/
const prefixShape = /^cg_[\w-]{8}$/
const prefixLength = 'cg_'.length + 8

export type Secret = {
  readonly text: string
  /** Its beginning, by which people tell keys apart; 208 bits stay unknown. */
  readonly prefix: string
  readonly hash: Buffer
}

/** A new secret of 256 random bits: too many to guess, so a plain hash of it tells nothing. */
export function newSecret(): Secret {
  const text = `cg_${randomBytes(32).toString('base64url')}`
  return { text, prefix: text.slice(0, prefixLength), hash: hashOf(text) }
}

/** Whether it has the shape of an API key; anything else is a token. */
export const isSecret = (text: string): boolean => shape.test(text)

/** Whether it has the shape of a key's prefix, which is what the key acts as. */
export const isPrefix = (text: string): boolean => prefixShape.test(text)

/** Secrets are looked up by this: how long a look-up takes tells of the hash alone, from which none can be made. */
export const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer')
