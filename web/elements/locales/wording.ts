import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Loaded, TextLoader } from './texts.ts'

type Own<En> = Parameters<TextLoader<En>>[1]

/** Loads the texts of an element's locale, and renders the element when they are there. Those of another locale stay until then. */
export class Wording<En> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #load: TextLoader<En>
  #locale: string | null = null
  #own: Own<En>
  loaded: Loaded<En> | null = null

  constructor(host: ReactiveControllerHost, load: TextLoader<En>) {
    this.#host = host
    this.#load = load
    host.addController(this)
  }

  hostConnected(): void {}

  /** `own`: texts of the host. */
  want(locale: string, own: Own<En>): void {
    if (locale === this.#locale && own === this.#own) return
    this.#locale = locale
    this.#own = own
    const found = this.#load(locale, own)
    if (found instanceof Promise) void found.then((loaded) => this.#show(loaded, locale, own))
    else this.loaded = found
  }

  #show(loaded: Loaded<En>, locale: string, own: Own<En>): void {
    if (locale !== this.#locale || own !== this.#own) return
    this.loaded = loaded
    this.#host.requestUpdate()
  }
}
