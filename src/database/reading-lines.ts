/** Too many readings of one caller wait already. */
export class ReadingLineFull extends Error {
  override readonly name = 'ReadingLineFull'
}

export type LineLimits = {
  /** Readings of one caller that may run at once. */
  readonly maxRunningReadings: number
  /** Readings of one caller that may wait for their turn. */
  readonly maxWaitingReadings: number
}

type Line = { running: number; readonly waiting: Set<() => void> }

/** One line for each caller: its readings run a few at once, in the order in which they came. */
export class ReadingLines {
  readonly #limits: LineLimits
  readonly #lines = new Map<string, Line>()

  constructor(limits: LineLimits) {
    this.#limits = limits
  }

  /**
   * Runs `run` when it is the caller's turn.
   *
   * @throws {ReadingLineFull} at once, or the signal's reason where it aborts first.
   */
  async inTurn<T>(caller: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const line = this.#lines.get(caller) ?? { running: 0, waiting: new Set() }
    this.#lines.set(caller, line)
    if (line.running < this.#limits.maxRunningReadings) line.running += 1
    else await this.#turn(line, signal)
    try {
      return await run()
    } finally {
      this.#next(caller, line)
    }
  }

  async #turn(line: Line, signal: AbortSignal): Promise<void> {
    if (line.waiting.size >= this.#limits.maxWaitingReadings) {
      throw new ReadingLineFull(`${line.waiting.size} readings of this caller wait already`)
    }
    await new Promise<void>((resolve, reject) => {
      const give = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        line.waiting.delete(give)
        reject(signal.reason)
      }
      line.waiting.add(give)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** The turn passes to the first that waits, without becoming free in between. */
  #next(caller: string, line: Line): void {
    const [give] = line.waiting
    if (give !== undefined) {
      line.waiting.delete(give)
      give()
      return
    }
    line.running -= 1
    if (line.running === 0) this.#lines.delete(caller)
  }
}
