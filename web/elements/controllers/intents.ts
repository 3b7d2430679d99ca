import type { PayWith } from '../buy/contract.ts'

/** The wish to buy one package once. Its key stays the same until it is known what became of the purchase. */
export type Intent = {
  readonly key: string
  readonly packageId: string
  readonly pay: PayWith
  /** The gateway answered that the purchase is there; asking again only looks. */
  readonly begun: boolean
  /** The customer turned away from it; it is not shown again by itself. */
  readonly left: boolean
  /** When it was made, by `Date.now()`. */
  readonly at: number
}

/** Where intents survive a reload: `sessionStorage` fits. */
export type IntentStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The gateway gives up a purchase that was not paid within a day. Source: docs/payments.md. */
const lastsMs = 24 * 3_600_000

/** The open intents of one team in one tab, at most one a package. They outlast a reload where `storage` works. */
export class Intents {
  readonly #storage: IntentStorage | null
  readonly #name: string
  #open: readonly Intent[]

  constructor(storage: IntentStorage | null, team: string, now: number) {
    this.#storage = storage
    this.#name = `credits.purchases:${team}`
    this.#open = this.#kept().filter(({ at }) => now - at < lastsMs)
  }

  of(packageId: string): Intent | null {
    return this.#open.find((intent) => intent.packageId === packageId) ?? null
  }

  /** The newest purchase whose end the customer waits for. */
  get awaited(): Intent | null {
    return this.#open.findLast(({ begun, left }) => begun && !left) ?? null
  }

  /** In place of the one that the package had. */
  put(intent: Intent): void {
    this.#keep([...this.#without(intent.packageId), intent])
  }

  drop(packageId: string): void {
    this.#keep(this.#without(packageId))
  }

  #without(packageId: string): Intent[] {
    return this.#open.filter((intent) => intent.packageId !== packageId)
  }

  #keep(open: readonly Intent[]): void {
    this.#open = open
    try {
      if (open.length === 0) this.#storage?.removeItem(this.#name)
      else this.#storage?.setItem(this.#name, JSON.stringify(open))
    } catch {
      // Full, or forbidden in this frame: the intents last as long as the page.
    }
  }

  #kept(): Intent[] {
    try {
      const kept: unknown = JSON.parse(this.#storage?.getItem(this.#name) ?? '[]')
      return Array.isArray(kept) ? kept.filter(isIntent) : []
    } catch {
      return []
    }
  }
}

const isIntent = (given: Partial<Intent> | null): given is Intent =>
  typeof given?.key === 'string' && typeof given.packageId === 'string' && typeof given.at === 'number'

/** The tab's own storage; null where a frame may not use it. */
export function tabStorage(): IntentStorage | null {
  try {
    return globalThis.sessionStorage ?? null
  } catch {
    return null
  }
}
