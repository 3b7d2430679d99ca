/** The events that a candidate hears. */
export type Candidate = { elected(): void; deposed(): void }

/**
 * At most one leader for each name among the tabs of a browser, by Web Locks: where the leader's tab ends, however it does, the next in the
 * queue leads. Where there are no locks, each page leads for itself.
 */
export class Election {
  readonly #name: string
  readonly #candidate: Candidate
  #locks: LockManager | undefined = globalThis.navigator?.locks
  #abort = new AbortController()
  #release: (() => void) | null = null

  constructor(name: string, candidate: Candidate) {
    this.#name = name
    this.#candidate = candidate
  }

  get leads(): boolean {
    return this.#release !== null
  }

  stand(options: LockOptions = {}): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const lead = () =>
      new Promise<void>((release) => {
        // It was called off while it was granted.
        if (signal.aborted) return release()
        this.#release = release
        this.#candidate.elected()
      })
    if (this.#locks === undefined) {
      void lead()
      return
    }
    this.#locks.request(this.#name, options.steal ? options : { signal }, lead).catch((error: Error) => {
      if (signal.aborted) return
      if (error.name !== 'AbortError') {
        // A sandboxed frame may have no locks; nobody else sees its connection.
        this.#locks = undefined
        void lead()
        return
      }
      // Another tab took it, because this one was silent.
      this.#release = null
      this.#candidate.deposed()
      this.stand()
    })
  }

  /** Takes the lead from a tab that does not answer: browsers suspend tabs that nobody looks at. */
  seize(): void {
    if (!this.leads && this.#locks !== undefined) this.stand({ steal: true })
  }

  /** Leaves the lead to another tab where one waits; this one stands again behind it. */
  async pass(): Promise<void> {
    const { pending = [] } = (await this.#locks?.query()) ?? {}
    if (!this.leads || !pending.some(({ name }) => name === this.#name)) return
    this.resign()
    this.#candidate.deposed()
    this.stand()
  }

  resign(): void {
    this.#abort.abort()
    this.#release?.()
    this.#release = null
  }
}
