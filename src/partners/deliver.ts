import { bodyOf, type SelectedFields, type SentEvent } from './body.ts'
import type { SendingEndpoint } from './endpoint.ts'
import type { Attempt, Post } from './post.ts'
import { type SecretBox, type SigningSecret, signingSecretOf } from './signing-keys.ts'

/** The gateway can't open the endpoint's secret: it was sealed with another secret of the gateway. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}

const maxKnownSecrets = 10_000

/** Signs and sends single events. */
export class Deliverer {
  readonly #post: Post
  readonly #box: SecretBox
  /** By what is stored: a rotated secret is another one. */
  readonly #secrets = new Map<string, SigningSecret>()

  constructor(post: Post, box: SecretBox) {
    this.#post = post
    this.#box = box
  }

  /**
   * One attempt, signed with the present secret, and the previous one while it still signs.
   *
   * @throws {SecretUnreadable}
   */
  attempt(endpoint: SendingEndpoint, event: SentEvent, selected: SelectedFields | null): Promise<Attempt> {
    const body = bodyOf(event, selected)
    const at = new Date()
    const secrets = [endpoint.secret, ...(endpoint.previousSecret === null ? [] : [endpoint.previousSecret])]
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'credits-gateway',
      'webhook-id': event.id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': secrets.map((sealed) => this.#open(sealed).signatures(event.id, at, body)).join(' '),
    }
    return this.#post.send(endpoint.url, headers, body)
  }

  #open(sealed: Buffer): SigningSecret {
    const name = sealed.toString('base64')
    const known = this.#secrets.get(name)
    if (known !== undefined) return known
    const opened = this.#box.open(sealed)
    if (opened === null) {
      throw new SecretUnreadable(
        'The secret of the endpoint was sealed with another AUTH_SECRET: give that one as the second, or rotate the secret of the endpoint',
      )
    }
    if (this.#secrets.size >= maxKnownSecrets) this.#secrets.clear()
    const secret = signingSecretOf(opened.seed)
    this.#secrets.set(name, secret)
    return secret
  }
}
