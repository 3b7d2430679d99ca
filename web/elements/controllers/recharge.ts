import type { CreditsClient, Unsubscribe } from '../../client/index.ts'
import {
  type AutoRechargeInput,
  ConfigureRechargeDocument,
  type RechargeChoiceFragment,
  RechargeNowDocument,
  RechargeTermsDocument,
} from '../buy/contract.ts'
import { Looking } from './looking.ts'

export type Recharge = RechargeChoiceFragment
/** `monthlyCap` null: no cap. */
export type RechargeTerms = {
  readonly threshold: string
  readonly packageId: string
  readonly monthlyCap: string | null
  /** The currency of the package's price and of the cap. */
  readonly currency: string
}

export type RechargeState = {
  readonly recharge: Recharge | null
  readonly isSaving: boolean
  /** The fault in the gateway's words, and the field where it knows which. */
  readonly problem: { readonly message: string; readonly path: readonly string[] } | null
  /** Where the customer saves a payment method first. The terms are sent again when the customer comes back. */
  readonly setupUrl: string | null
  /** The text that turning it on consents to, with the terms that were read last; null: it is not known. */
  readonly mandate: string | null
}

/** So long it waits after the last change of the terms. */
const mandateWaitMs = 200

/** Auto-recharge without a view. Nothing is charged by configuring it. */
export function createRecharge(options: Pick<CreditsClient, 'request'>): RechargeController {
  return new RechargeController(options)
}

export class RechargeController {
  readonly #client: Pick<CreditsClient, 'request'>
  readonly #listeners = new Set<() => void>()
  #state: RechargeState = { recharge: null, isSaving: false, problem: null, setupUrl: null, mandate: null }
  #wanted: AutoRechargeInput | null = null
  #terms = ''
  #mandateTimer: ReturnType<typeof setTimeout> | undefined
  readonly #looking = new Looking(() => this.#tryAgain())

  constructor(client: Pick<CreditsClient, 'request'>) {
    this.#client = client
  }

  subscribe = (changed: () => void): Unsubscribe => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  getSnapshot = (): RechargeState => this.#state

  /** Reads how it stands. Whoever may not know keeps null. */
  async load(): Promise<void> {
    try {
      const { team } = await this.#client.request(RechargeNowDocument)
      this.#set({ recharge: team?.autoRecharge ?? null })
    } catch {
      this.#set({ recharge: null })
    }
  }

  /** Reads the mandate of other terms than the last ones, a moment after they were typed. The latest win. */
  readMandate(terms: RechargeTerms): void {
    const key = JSON.stringify(terms)
    if (key === this.#terms) return
    this.#terms = key
    clearTimeout(this.#mandateTimer)
    this.#mandateTimer = setTimeout(async () => {
      const mandate = await this.#client.request(RechargeTermsDocument, terms).then(
        ({ rechargeMandate }) => rechargeMandate,
        () => null,
      )
      if (key === this.#terms) this.#set({ mandate })
    }, mandateWaitMs)
  }

  turnOn(terms: RechargeTerms): Promise<void> {
    return this.#save({ enabled: true, ...terms })
  }

  turnOff(): Promise<void> {
    return this.#save({ enabled: false })
  }

  stop(): void {
    this.#looking.stop()
    clearTimeout(this.#mandateTimer)
    this.#terms = ''
    this.#set({ setupUrl: null, problem: null })
  }

  async #save(input: AutoRechargeInput): Promise<void> {
    if (this.#state.isSaving) return
    this.#looking.stop()
    this.#wanted = input
    this.#set({ isSaving: true, problem: null })
    await this.#ask(input)
    this.#set({ isSaving: false })
  }

  /** The customer may have saved a payment method meanwhile. */
  async #tryAgain(): Promise<void> {
    if (this.#wanted !== null && this.#state.setupUrl !== null && !this.#state.isSaving) await this.#ask(this.#wanted)
  }

  async #ask(input: AutoRechargeInput): Promise<void> {
    try {
      const { configureAutoRecharge: answer } = await this.#client.request(ConfigureRechargeDocument, { input })
      if (answer.__typename === 'NoPaymentMethod') {
        this.#set({ setupUrl: answer.setupUrl })
        this.#looking.start()
        return
      }
      this.#looking.stop()
      if (answer.__typename === 'AutoRecharge') this.#set({ recharge: answer, setupUrl: null })
      else
        this.#set({ setupUrl: null, problem: { message: answer.message, path: 'path' in answer ? answer.path : [] } })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#set({ problem: { message, path: [] } })
    }
  }

  #set(part: Partial<RechargeState>): void {
    this.#state = { ...this.#state, ...part }
    for (const changed of [...this.#listeners]) changed()
  }
}
