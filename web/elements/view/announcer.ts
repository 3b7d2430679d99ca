const quietMs = 10_000

/** Says changes to screen readers: the latest at most every 10 seconds, what is urgent at once. */
export class Announcer {
  readonly #say: (text: string) => void
  #next: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  tell(text: string, urgent: boolean): void {
    this.#next = text
    if (urgent) this.stop()
    if (this.#timer === undefined) this.#speak()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #speak(): void {
    if (this.#next === null) {
      this.#timer = undefined
      return
    }
    this.#say(this.#next)
    this.#next = null
    this.#timer = setTimeout(() => this.#speak(), quietMs)
  }
}
