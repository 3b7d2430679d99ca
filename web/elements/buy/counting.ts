import type { ReactiveController, ReactiveControllerHost } from 'lit'

const lastsMs = 900

/** A number that counts up to the one that was given last. Without motion it is there at once. */
export class Counting implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #from = 0
  #to = 0
  #startedAt = 0
  #frame = 0
  value = 0

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame)
  }

  /** `from`: where it begins; absent: where it is. */
  count(to: number, from = this.value): void {
    if (to === this.#to && from === this.value) return
    cancelAnimationFrame(this.#frame)
    this.#from = from
    this.#to = to
    const isStill = document.visibilityState === 'hidden' || matchMedia('(prefers-reduced-motion: reduce)').matches
    this.#startedAt = performance.now()
    this.#show(isStill ? to : from)
    if (!isStill) this.#frame = requestAnimationFrame((now) => this.#step(now))
  }

  #step(now: number): void {
    const part = Math.min(1, Math.max(0, (now - this.#startedAt) / lastsMs))
    this.#show(part === 1 ? this.#to : this.#from + (this.#to - this.#from) * (1 - (1 - part) ** 4))
    if (part < 1) this.#frame = requestAnimationFrame((next) => this.#step(next))
  }

  #show(value: number): void {
    this.value = value
    this.#host.requestUpdate()
  }
}
