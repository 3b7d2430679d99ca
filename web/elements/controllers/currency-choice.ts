import { type CreditsClient, CreditsClientError } from '../../client/index.ts'
import { BillingCountryDocument } from '../buy/contract.ts'
import type { IntentStorage } from './intents.ts'
import { currencyOfRegion, regionOf } from './region-currency.ts'

const open = new Set<CurrencyChoice>()

export type CurrencyChoiceOptions = {
  readonly client: Pick<CreditsClient, 'request'>
  /** Only for PLATFORM tokens. */
  readonly teamId?: string | undefined
  readonly storage: () => IntentStorage | null
  /** Another part of the page chose this; null: it has read that the team has a currency by now. */
  readonly changed: (currency: string | null) => void
}

type PayingTeam = { readonly id: string; readonly currency: string; readonly currencies: readonly string[] }

/**
 * The currency that somebody chose for a team that has none yet. All parts of a page share it, and it outlasts a reload
 * where the storage works.
 */
export class CurrencyChoice {
  readonly #options: CurrencyChoiceOptions
  #team: string | null = null
  #chosen: string | null = null
  #proposed: string | null = null
  /** Whether the team had none when it was read last. */
  #isOpen = false

  constructor(options: CurrencyChoiceOptions) {
    this.#options = options
  }

  /** The currency in which to show prices: the team's, else what was chosen, else what is proposed, else the main one. */
  async wanted({ id, currency, currencies }: PayingTeam): Promise<string> {
    open.add(this)
    if (this.#team !== id) {
      this.#team = id
      this.#chosen = this.#kept()
    }
    this.#isOpen = currencies.length > 1
    if (!this.#isOpen) {
      if (this.#chosen !== null) this.#keep(null)
      for (const other of this.#others()) if (other.#isOpen) other.#options.changed(null)
      return currency
    }
    const { client, teamId } = this.#options
    if (this.#chosen === null) this.#proposed ??= await proposedCurrency(client, currencies, teamId)
    return [this.#chosen, this.#proposed].find((one) => one !== null && currencies.includes(one)) ?? currency
  }

  choose(currency: string): void {
    this.#keep(currency)
    for (const other of this.#others()) other.#hear(currency)
  }

  /** Hears of the other parts no more, until `wanted` is called again. */
  close(): void {
    open.delete(this)
    this.#team = null
  }

  #others(): CurrencyChoice[] {
    return [...open].filter((other) => other !== this && other.#team === this.#team)
  }

  #hear(currency: string): void {
    if (this.#chosen === currency) return
    this.#chosen = currency
    this.#options.changed(currency)
  }

  #keep(currency: string | null): void {
    this.#chosen = currency
    const storage = this.#options.storage()
    try {
      if (currency === null) storage?.removeItem(this.#name)
      else storage?.setItem(this.#name, currency)
    } catch {
      // Full, or forbidden in this frame: the choice lasts as long as the page.
    }
  }

  #kept(): string | null {
    try {
      return this.#options.storage()?.getItem(this.#name) ?? null
    } catch {
      return null
    }
  }

  get #name(): string {
    return `credits.currency:${this.#team}`
  }
}

/**
 * The currency to propose to a team that has none: that of the country in its billing details, else of the browser's
 * region; null: the catalog has neither.
 */
async function proposedCurrency(
  client: Pick<CreditsClient, 'request'>,
  currencies: readonly string[],
  teamId?: string,
): Promise<string | null> {
  const country = await client.request(BillingCountryDocument, { teamId }).then(
    ({ billingDetails }) => billingDetails?.country ?? null,
    // A pill token may not read the details.
    () => null,
  )
  const region = regionOf(globalThis.navigator?.language ?? '')
  return currencyOfRegion(currencies, country) ?? currencyOfRegion(currencies, region)
}

/** Whether the gateway refused a currency: the team has another one. */
export const isOtherCurrency = (answer: object): boolean => pathOf(answer)[0] === 'currency'

function pathOf(answer: object): readonly unknown[] {
  const { path } = (answer instanceof CreditsClientError ? answer.details : answer) as { readonly path?: unknown }
  return Array.isArray(path) ? path : []
}
