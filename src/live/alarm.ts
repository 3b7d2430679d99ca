/**
 * The alarm that a stream sleeps on. Rings before a stream waits count as one ring, and `end` wakes it for good. So a
 * stream that clears the alarm before it reads misses no change, and a stream that is closed while it sleeps ends at
 * once.
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

  /** Forgets earlier rings: the reading that follows covers them. */
  clear(): void {
    this.#rung = false
  }

  /** Resolves to true when the alarm rings, to false when it has ended. Only one caller may wait at a time. */
  async rings(): Promise<boolean> {
    if (!this.#rung && !this.#ended) await this.#woken()
    return !this.#ended
  }

  /** Resolves after `ms`, or when the alarm has ended. */
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
