import { bodyOf, type SelectedFields, type SentEvent } from './body.ts'
import { type SignEd25519, signHere } from './ed25519.ts'
import type { SendingEndpoint } from './endpoint.ts'
import type { Attempt, Post } from './post.ts'
import { type SecretBox, type SigningSecret, signingSecretOf } from './signing-keys.ts'

const maxKnownSecrets = 10_000

/** Signs and sends single events. */
export class Deliverer {
  readonly #post: Post
  readonly #box: SecretBox
  readonly #signEd25519: SignEd25519
  /** The sealed text names a secret: after a rotation it is another one. */
  readonly #secrets = new Map<string, SigningSecret>()

  constructor(post: Post, box: SecretBox, signEd25519: SignEd25519 = signHere) {
    this.#post = post
    this.#box = box
    this.#signEd25519 = signEd25519
  }

  /** One attempt, signed with the present secret, and with the previous one while it still signs. Never rejects. */
  async attempt(endpoint: SendingEndpoint, event: SentEvent, selected: SelectedFields | null): Promise<Attempt> {
    const secrets = [endpoint.secret, ...(endpoint.previousSecret === null ? [] : [endpoint.previousSecret])]
    const signing = secrets.map((sealed) => this.#open(sealed)).filter((secret) => secret !== null)
    // An old secret that can't be opened is missed by few; without the present one nobody would believe the event.
    if (signing.length === 0) return unsigned
    const body = bodyOf(event, selected)
    const at = new Date()
    const signatures = await Promise.all(signing.map((secret) => secret.signatures(event.id, at, body)))
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'credits-gateway',
      'webhook-id': event.id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': signatures.join(' '),
    }
    return this.#post.send(endpoint.url, headers, body)
  }

  /** Null: the secret was sealed with another secret of the gateway. */
  #open(sealed: Buffer): SigningSecret | null {
    const name = sealed.toString('base64')
    const known = this.#secrets.get(name)
    if (known !== undefined) return known
    const opened = this.#box.open(sealed)
    if (opened === null) return null
    if (this.#secrets.size >= maxKnownSecrets) this.#secrets.clear()
    const secret = signingSecretOf(opened.seed, this.#signEd25519)
    this.#secrets.set(name, secret)
    return secret
  }
}

const unsigned: Attempt = {
  status: null,
  latencyMs: 0,
  answer: null,
  failure:
    'The gateway can not open the signing secret, because its AUTH_SECRET has changed: give it the old one as the second, or rotate the secret of the endpoint',
}
