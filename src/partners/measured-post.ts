import type { Attempt, Post } from './post.ts'

/** DELIVERED; REFUSED: another status; UNANSWERED: none came in time, or nothing could be sent. */
export const deliveryOutcomes = ['DELIVERED', 'REFUSED', 'UNANSWERED'] as const
export type DeliveryOutcome = (typeof deliveryOutcomes)[number]

/** The work of a sender since its last report. */
export type SenderReport = {
  readonly attempts: Readonly<Record<DeliveryOutcome, number>>
  /** The time to each answer, in milliseconds. */
  readonly answeredInMs: readonly number[]
  /** When the oldest event that waits took effect; null: none waits here. */
  readonly oldestAt: number | null
}

const noAttempts = { DELIVERED: 0, REFUSED: 0, UNANSWERED: 0 }

const outcomeOf = ({ failure, status }: Attempt): DeliveryOutcome =>
  failure === null ? 'DELIVERED' : status === null ? 'UNANSWERED' : 'REFUSED'

/** A post that counts its attempts. Numbers gather between two reports, so that an attempt costs no message of its own. */
export class MeasuredPost implements Post {
  readonly #post: Post
  #attempts: Record<DeliveryOutcome, number> = { ...noAttempts }
  #answeredInMs: number[] = []

  constructor(post: Post) {
    this.#post = post
  }

  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempt> {
    const attempt = await this.#post.send(url, headers, body)
    this.#attempts[outcomeOf(attempt)] += 1
    if (attempt.status !== null) this.#answeredInMs.push(attempt.latencyMs)
    return attempt
  }

  close(): void {
    this.#post.close()
  }

  /** The attempts since the last call. */
  take(): Omit<SenderReport, 'oldestAt'> {
    const taken = { attempts: this.#attempts, answeredInMs: this.#answeredInMs }
    this.#attempts = { ...noAttempts }
    this.#answeredInMs = []
    return taken
  }
}
