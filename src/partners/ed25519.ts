import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** Signs a text. The private key has 32 bytes; key and signature are in base64. */
export type SignEd25519 = (privateKey: string, text: string) => Promise<string>

/** The beginning of an Ed25519 private key in PKCS #8, before its 32 bytes. Source: RFC 8410, section 7. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')
/** The length of an Ed25519 public key, which ends its SPKI form. */
const publicKeyBytes = 32

/** Takes longer than a signature. */
export const openPrivateKey = (privateKey: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([pkcs8Head, Buffer.from(privateKey, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  })

/** Takes some 40 µs of the thread that calls it. */
export const signatureOf = (key: KeyObject, text: string): string =>
  sign(null, Buffer.from(text), key).toString('base64')

/** Signs on the thread that calls it: for single events. */
export const signHere: SignEd25519 = async (privateKey, text) => signatureOf(openPrivateKey(privateKey), text)

/** The public key, in base64. */
export function publicKeyOf(privateKey: string): string {
  const spki = createPublicKey(openPrivateKey(privateKey)).export({ format: 'der', type: 'spki' })
  return spki.subarray(-publicKeyBytes).toString('base64')
}
