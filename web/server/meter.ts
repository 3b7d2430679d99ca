import type { Credits } from './create-credits.ts'
import type { RecordOptions } from './recorded.ts'
import { type TokenCounts, type TokenRates, usageOf } from './tokens.ts'

/** Why an answer's tokens are not known: the answer says none, or it was broken off before it could. */
export type Unknown = 'NO_USAGE' | 'ABORTED'

/** One request to a model. */
export type ModelCall<Request> = {
  /** The id of the model, as the request names it. */
  readonly model: string
  readonly request: Request
}

type PerCall<Value, Request> = Value | ((call: ModelCall<Request>) => Value)

export type MeterOptions<Request> = {
  readonly credits: Pick<Credits, 'record'>
  readonly rates: PerCall<TokenRates, Request>
  /** Where the tokens are charged: the team, a reference, the hold that they settle. */
  readonly charge?: PerCall<RecordOptions, Request>
  /**
   * What is charged where the tokens are not known. `HELD`: all that the hold of `charge` reserves. A function decides for each answer; null:
   * nothing is charged, because the function says so.
   */
  readonly estimate: Estimate | ((call: ModelCall<Request>, why: Unknown) => Estimate | null)
}
type Estimate = TokenCounts | 'HELD'

/** Records the tokens of one answer, once. */
export class Meter<Request> {
  readonly #options: MeterOptions<Request>
  readonly #call: ModelCall<Request>
  #recorded: Promise<unknown> | null = null

  constructor(options: MeterOptions<Request>, call: ModelCall<Request>) {
    this.#options = options
    this.#call = call
  }

  /**
   * Resolves when the outbox has it. Later calls change nothing: an answer has one charge.
   *
   * @throws where the outbox can't be written, or `HELD` is without a hold.
   */
  record(counts: TokenCounts | null, why: Unknown = 'NO_USAGE'): Promise<unknown> {
    this.#recorded ??= this.#record(counts, why)
    return this.#recorded
  }

  async #record(counts: TokenCounts | null, why: Unknown): Promise<void> {
    const { credits, rates, charge, estimate } = this.#options
    const charged = counts ?? (typeof estimate === 'function' ? estimate(this.#call, why) : estimate)
    if (charged === null) return
    const where = typeof charge === 'function' ? charge(this.#call) : (charge ?? {})
    if (charged === 'HELD') await credits.record(null, where)
    else {
      const usage = usageOf(charged, typeof rates === 'function' ? rates(this.#call) : rates)
      if (usage.length > 0) await credits.record(usage, where)
    }
  }
}

/**
 * The same stream, with `seen` called for each part, and the end waits until the tokens are recorded. `counts` are those that were seen. A
 * reader that goes away, and a source that fails, break the answer off.
 */
export function metered<Part>(
  source: ReadableStream<Part>,
  seen: (part: Part) => void,
  counts: () => TokenCounts | null,
  meter: Pick<Meter<unknown>, 'record'>,
): ReadableStream<Part> {
  const reader = source.getReader()
  return new ReadableStream<Part>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          await meter.record(counts())
          controller.close()
        } else {
          seen(value)
          controller.enqueue(value)
        }
      } catch (error) {
        await meter.record(counts(), 'ABORTED')
        throw error
      }
    },
    async cancel(reason) {
      await Promise.all([meter.record(counts(), 'ABORTED'), reader.cancel(reason)])
    },
  })
}
