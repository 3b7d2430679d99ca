import type { PayWith } from '../buy/contract.ts'

/** A package, or an amount of one's own in credits, and the currency of its price. Without package and credits, nothing is chosen. */
export type Choice = {
  readonly packageId: string | null
  readonly credits: string | null
  /** Null: in an intent that was kept before there were several currencies, and before the offer is there. */
  readonly currency: string | null
}

/** The wish to buy once. Its key stays the same until it is known what became of the purchase. */
export type Intent = Choice & {
  readonly key: string
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

/** The open intents of one team in one tab, at most one a package or amount. They outlast a reload where `storage` works. */
export class Intents {
  readonly #storage: IntentStorage | null
  readonly #name: string
  #open: readonly Intent[]

  constructor(storage: IntentStorage | null, team: string, now: number) {
    this.#storage = storage
    this.#name = `credits.purchases:${team}`
    this.#open = this.#kept().filter(({ at }) => now - at < lastsMs)
  }

  of(choice: Choice): Intent | null {
    return this.#open.find((intent) => isSame(intent, choice)) ?? null
  }

  /** The newest purchase whose end the customer waits for. */
  get awaited(): Intent | null {
    return this.#open.findLast(({ begun, left }) => begun && !left) ?? null
  }

  /** In place of the one that the package or amount had. */
  put(intent: Intent): void {
    this.#keep([...this.#without(intent), intent])
  }

  drop(choice: Choice): void {
    this.#keep(this.#without(choice))
  }

  #without(choice: Choice): Intent[] {
    return this.#open.filter((intent) => !isSame(intent, choice))
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
      return Array.isArray(kept) ? kept.filter(isIntent).map(complete) : []
    } catch {
      return []
    }
  }
}

export const isSame = (one: Choice, other: Choice): boolean =>
  one.packageId === other.packageId && one.credits === other.credits && isSameCurrency(one.currency, other.currency)

const isSameCurrency = (one: string | null, other: string | null): boolean =>
  one === null || other === null || one === other

const isIntent = (given: Partial<Intent> | null): given is Intent =>
  typeof given?.key === 'string' &&
  (typeof given.packageId === 'string' || typeof given.credits === 'string') &&
  typeof given.at === 'number'

/** An intent that was kept by an earlier version may have a package alone. */
const complete = ({ packageId = null, credits = null, currency = null, ...rest }: Intent): Intent => ({
  ...rest,
  packageId,
  credits,
  currency,
})

/** The tab's own storage; null where a frame may not use it. */
export function tabStorage(): IntentStorage | null {
  try {
    return globalThis.sessionStorage ?? null
  } catch {
    return null
  }
}
