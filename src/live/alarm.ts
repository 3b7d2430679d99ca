/**
 * What a stream sleeps on. Rings before anybody waits are kept as one, and `end` wakes for good: so a stream that
 * clears the alarm before it reads misses no change, and one that is closed while it sleeps ends at once.
 */
export class Alarm {
  #rung = false
  #ended = false
  #wake: (() => void) | null = null

  get ended(): boolean {
    return this.#ended
  }

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** What rang so far is answered by the reading that follows. */
  clear(): void {
    this.#rung = false
  }

  /** Resolves to true when it rang, to false when it ended. One may wait at a time. */
  async rings(): Promise<boolean> {
    if (!this.#rung && !this.#ended) await this.#woken()
    return !this.#ended
  }

  /** Resolves after `ms`, or when it ended. */
  async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = performance.now() + ms
    while (!this.#ended && performance.now() < over) {
      await this.#woken((wake) => {
        timer = setTimeout(wake, Math.max(1, over - performance.now()))
      })
      clearTimeout(timer)
    }
  }

  async #woken(also?: (wake: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      also?.(resolve)
    })
    this.#wake = null
  }
}
