import type { Watcher } from '../../../src/live/watcher.ts'

/** A watcher with a line that a test fills, frees and cuts. It keeps the texts that it received. */
export class ScriptedWatcher implements Watcher {
  readonly told: string[] = []
  readonly failures: unknown[] = []
  /** Whether each text fills its line. */
  slow: boolean
  /** The texts received after the watcher had left, or after the stream had failed. */
  late = 0
  #full = false
  #gone = false
  #leave: (() => void) | null = null
  #waiting: ((free: boolean) => void)[] = []

  constructor(slow: boolean) {
    this.slow = slow
  }

  get free(): boolean {
    return !this.#full && !this.#gone
  }

  /** Whether it still watches. */
  get stays(): boolean {
    return !this.#gone && this.failures.length === 0
  }

  joined(leave: () => void): void {
    this.#leave = leave
  }

  send(text: string): void {
    if (!this.stays) this.late += 1
    this.told.push(text)
    if (this.slow) this.#full = true
  }

  async freed(): Promise<boolean> {
    if (this.free || this.#gone) return this.free
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  fail(error: unknown): void {
    if (!this.stays) this.late += 1
    this.failures.push(error)
  }

  fill(): void {
    this.#full = true
  }

  drain(): void {
    this.#full = false
    for (const waiting of this.#waiting.splice(0)) waiting(this.free)
  }

  /** Cuts the line: it takes nothing any more. */
  leave(): void {
    this.#gone = true
    this.drain()
    this.#leave?.()
  }
}
