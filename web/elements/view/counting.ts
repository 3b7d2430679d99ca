const lastsMs = 650

/** Moves a shown number to its next value. It ends at exactly that value, however often it is given another on the way. */
export class Counting {
  readonly #show: (value: bigint) => void
  #shown: bigint | null = null
  #target: bigint | null = null
  #frame = 0

  constructor(show: (value: bigint) => void) {
    this.#show = show
  }

  to(value: bigint): void {
    if (value === this.#target) return
    this.stop()
    this.#target = value
    const from = this.#shown
    const still = document.visibilityState === 'hidden' || matchMedia('(prefers-reduced-motion: reduce)').matches
    if (from === null || from === value || still) {
      this.#set(value)
      return
    }
    const start = performance.now()
    const step = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - start) / lastsMs))
      const eased = 1 - (1 - part) ** 3
      this.#set(part === 1 ? value : from + BigInt(Math.round(Number(value - from) * eased)))
      if (part < 1) this.#frame = requestAnimationFrame(step)
    }
    this.#frame = requestAnimationFrame(step)
  }

  /** Nothing is shown any more. */
  forget(): void {
    this.stop()
    this.#shown = null
    this.#target = null
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
  }

  #set(value: bigint): void {
    this.#shown = value
    this.#show(value)
  }
}
