import type { Lane } from '../concurrency/lane.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import type { Passed, Sent } from './delivery-rows.ts'
import type { StreamEvent, StreamKey } from './position-rows.ts'
import type { Attempt } from './post.ts'

/** Records what a stream has passed, while it delivers more: one record is under way, and the next one gathers. */
export class Passage {
  readonly #records: Lane<Passed, boolean>
  readonly #key: StreamKey
  #from: EventPosition
  #to: EventPosition
  #sent: Sent[] = []
  #underWay: Promise<void> | null = null
  #fault: unknown = null
  #isMoved = false

  constructor(records: Lane<Passed, boolean>, key: StreamKey, from: EventPosition) {
    this.#records = records
    this.#key = key
    this.#from = from
    this.#to = from
  }

  /** False: the position was moved meanwhile, or nothing can be recorded, so nothing more is to be sent. */
  get isValid(): boolean {
    return !this.#isMoved && this.#fault === null
  }

  skip({ revision, number }: StreamEvent): void {
    this.#to = { revision, number }
  }

  sent({ revision, number, type }: StreamEvent, { status, latencyMs, answer }: Attempt): void {
    this.#to = { revision, number }
    this.#sent.push({ revision, number, type, status, latencyMs, answer })
    this.#begin()
  }

  /** The position has been moved to this event by somebody else's record. */
  restart({ revision, number }: StreamEvent): void {
    this.#from = { revision, number }
    this.#to = this.#from
  }

  /** The position when everything is recorded. @throws what kept it from being recorded. */
  async end(): Promise<EventPosition> {
    this.#begin()
    while (this.#underWay !== null) {
      await this.#underWay
      this.#begin()
    }
    if (this.#fault !== null) throw this.#fault
    return this.#from
  }

  #begin(): void {
    if (this.#underWay !== null || this.#from === this.#to || !this.isValid) return
    const passed = { ...this.#key, from: this.#from, to: this.#to, sent: this.#sent }
    this.#sent = []
    this.#from = this.#to
    const recorded = this.#records.one(passed).then(
      (isPassed) => {
        this.#isMoved ||= !isPassed
      },
      (fault) => {
        this.#fault = fault
      },
    )
    this.#underWay = recorded.then(() => {
      this.#underWay = null
      if (this.#sent.length > 0) this.#begin()
    })
  }
}
