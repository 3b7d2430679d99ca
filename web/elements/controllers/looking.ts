/** How long to wait before each look; the last counts for all further ones. */
const waitsMs = [2_000, 3_000, 5_000, 8_000, 13_000, 20_000, 30_000]
/** Looks by time alone end after about half an hour. */
const maxLooks = 60

/**
 * Looks again and again whether something has happened elsewhere, such as in another tab: less and less often, and whenever the customer
 * comes back to the page.
 */
export class Looking {
  readonly #look: () => Promise<void>
  #looks = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isRunning = false

  constructor(look: () => Promise<void>) {
    this.#look = look
  }

  /** Again: it goes on. */
  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#looks = 0
    globalThis.document?.addEventListener('visibilitychange', this.#seen)
    globalThis.window?.addEventListener('focus', this.#seen)
    this.#wait()
  }

  stop(): void {
    this.#isRunning = false
    clearTimeout(this.#timer)
    globalThis.document?.removeEventListener('visibilitychange', this.#seen)
    globalThis.window?.removeEventListener('focus', this.#seen)
  }

  readonly #seen = (): void => {
    if (document.visibilityState === 'visible') void this.#look()
  }

  #wait(): void {
    if (this.#looks >= maxLooks) return
    const waitMs = waitsMs[Math.min(this.#looks++, waitsMs.length - 1)]
    this.#timer = setTimeout(() => void this.#lookAndWait(), waitMs)
  }

  async #lookAndWait(): Promise<void> {
    await this.#look()
    if (this.#isRunning) this.#wait()
  }
}
