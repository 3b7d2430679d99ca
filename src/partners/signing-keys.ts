import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'

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
/** The beginning of an Ed25519 private key in PKCS #8, before its 32 bytes. Source: RFC 8410, section 7. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')
/** The length of an Ed25519 public key, which ends its SPKI form. */
const publicKeyBytes = 32

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
export function signingSecretOf(seed: Buffer): SigningSecret {
  const shared = derived(seed, 'v1')
  // Node.js opens the bytes of a key anew for each signature, which takes longer than to sign.
  const sharedKey = createSecretKey(shared)
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Head, derived(seed, 'v1a')]),
    format: 'der',
    type: 'pkcs8',
  })
  return {
    symmetric: `whsec_${shared.toString('base64')}`,
    get publicKey() {
      return publicKeyOf(privateKey)
    },
    async signatures(id, at, body) {
      const signed = Buffer.from(`${id}.${Math.floor(at.getTime() / 1000)}.${body}`)
      const asymmetric = await signElsewhere(signed, privateKey)
      const symmetric = createHmac('sha256', sharedKey).update(signed).digest('base64')
      return `v1,${symmetric} v1a,${asymmetric.toString('base64')}`
    },
  }
}

/** An Ed25519 signature takes some 30 µs: another thread makes it. */
function signElsewhere(data: Buffer, privateKey: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(null, data, privateKey, (error, signature) => (error === null ? resolve(signature) : reject(error)))
  })
}

function publicKeyOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return `whpk_${spki.subarray(-publicKeyBytes).toString('base64')}`
}
