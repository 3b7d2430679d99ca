import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import { publicKeyOf, type SignEd25519, signHere } from './ed25519.ts'

/** The secrets of one endpoint, made from one random seed: knowing the one tells nothing of the other. */
export type SigningSecret = {
  /** Signs and verifies `v1` signatures: `whsec_…`. */
  readonly symmetric: string
  /** Verifies `v1a` signatures: `whpk_…`. */
  readonly publicKey: string
  /** The signatures of one attempt, for the header `webhook-signature`. */
  signatures(id: string, at: Date, body: string): Promise<string>
}

/** Seals the seeds of endpoints, so that the database alone signs nothing. */
export type SecretBox = {
  /** Whether it opens what a previous secret of the gateway sealed. */
  readonly hasPrevious: boolean
  seal(seed: Buffer): Buffer
  /** The seed; null: it was sealed with another secret of the gateway. `isOld`: with the previous one. */
  open(sealed: Buffer): { readonly seed: Buffer; readonly isOld: boolean } | null
}

const seedBytes = 32
const nonceBytes = 12
const tagBytes = 16

export const newSeed = (): Buffer => randomBytes(seedBytes)

const keyOf = (secret: string) => createHmac('sha256', secret).update('credits-gateway webhook 1').digest()

/** A box whose key is derived from the gateway's own secret. What the previous secret sealed is opened, too. */
export function createSecretBox(secret: string, previousSecret?: string): SecretBox {
  const key = keyOf(secret)
  const previousKey = previousSecret === undefined ? null : keyOf(previousSecret)
  return {
    hasPrevious: previousKey !== null,
    seal(seed) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      return Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed) {
      const seed = opened(sealed, key)
      if (seed !== null) return { seed, isOld: false }
      const old = previousKey && opened(sealed, previousKey)
      return old && { seed: old, isOld: true }
    },
  }
}

function opened(sealed: Buffer, key: Buffer): Buffer | null {
  if (sealed.length !== nonceBytes + seedBytes + tagBytes) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch {
    return null
  }
}

const derived = (seed: Buffer, use: string) => Buffer.from(hkdfSync('sha256', seed, '', `webhook ${use}`, 32))

/** Source: Standard Webhooks, "Signature scheme": `v1` is HMAC-SHA256, `v1a` Ed25519. */
export function signingSecretOf(seed: Buffer, signEd25519: SignEd25519 = signHere): SigningSecret {
  const shared = derived(seed, 'v1')
  // Node.js opens the bytes of a key anew for each signature, which takes longer than to sign.
  const sharedKey = createSecretKey(shared)
  const privateKey = derived(seed, 'v1a').toString('base64')
  return {
    symmetric: `whsec_${shared.toString('base64')}`,
    get publicKey() {
      return `whpk_${publicKeyOf(privateKey)}`
    },
    async signatures(id, at, body) {
      const signed = `${id}.${Math.floor(at.getTime() / 1000)}.${body}`
      const asymmetric = await signEd25519(privateKey, signed)
      return `v1,${createHmac('sha256', sharedKey).update(signed).digest('base64')} v1a,${asymmetric}`
    },
  }
}
