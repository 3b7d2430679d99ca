import { type CreditsClient, CreditsClientError, type Unsubscribe } from '../../client/index.ts'
import {
  BuyDocument,
  OfferDocument,
  type PayWith,
  PreviewDocument,
  type PurchaseCreditsInput,
} from '../buy/contract.ts'
import { CurrencyChoice, isOtherCurrency } from './currency-choice.ts'
import { type Choice, type Intent, type IntentStorage, Intents, isSame, tabStorage } from './intents.ts'
import { Looking } from './looking.ts'
import {
  type Answer,
  hasChoice,
  initial,
  isOffered,
  isPriced,
  isUnderWay,
  next,
  type Offer,
  type PurchaseEvent,
  type PurchaseState,
} from './purchase-state.ts'

export type PurchaseOptions = {
  readonly client: Pick<CreditsClient, 'request' | 'balance' | 'events'>
  /** Where Checkout leads after the payment: of an origin in ALLOWED_ORIGINS. Default: the gateway's `/payment`. */
  readonly successUrl?: string
  readonly cancelUrl?: string
  /** Default: the tab's `sessionStorage`; null: intents do not outlast the page. */
  readonly storage?: IntentStorage | null
}

/** Between two previews of the same choice while the balance moves. */
const previewEveryMs = 1_000
/** Between two previews while the choice moves, as a slider does. */
const choiceEveryMs = 100

/**
 * A purchase as a state machine without a view. However often `buy` is called, and across reloads, one wish is one purchase: its idempotency
 * key is kept until the gateway has told what became of it.
 */
export function createPurchase(options: PurchaseOptions): PurchaseController {
  return new PurchaseController(options)
}

export class PurchaseController {
  readonly #options: PurchaseOptions
  readonly #listeners = new Set<() => void>()
  #state: PurchaseState = initial
  #intents: Intents | null = null
  readonly #currency: CurrencyChoice
  #following: Unsubscribe | null = null
  #watching: Unsubscribe | null = null
  readonly #looking = new Looking(() => this.look())
  #isAsking = false
  #previewTimer: ReturnType<typeof setTimeout> | undefined
  #previewedAt = 0

  constructor(options: PurchaseOptions) {
    this.#options = options
    const { client, storage } = options
    this.#currency = new CurrencyChoice({
      client,
      storage: () => (storage === undefined ? tabStorage() : storage),
      changed: (currency) => {
        if (currency !== null) this.#send({ type: 'choose-currency', currency })
        void this.#reprice()
      },
    })
  }

  /** `changed` hears of each change of the state from now on. */
  subscribe = (changed: () => void): Unsubscribe => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  getSnapshot = (): PurchaseState => this.#state

  /** Follows the balance, reads what is sold, and goes on with a purchase that is under way. Again: reads anew. */
  async start(): Promise<void> {
    this.#follow()
    this.#send({ type: 'load' })
    if (isUnderWay(this.#state)) return this.look()
    try {
      await this.#loaded(await this.#readOffer())
    } catch (error) {
      this.#send({ type: 'not-loaded', error: faultOf(error) })
    }
  }

  choose(packageId: string): void {
    this.#choose({ packageId, credits: null, currency: this.#state.currency })
  }

  /** Chooses an amount of one's own, as `Query.customTopUp` sells it. */
  chooseCredits(credits: string): void {
    this.#choose({ packageId: null, credits, currency: this.#state.currency })
  }

  /**
   * Chooses the currency of all prices, one of the offer's `team.currencies`. The page remembers it, and the first purchase
   * chooses it for the team.
   */
  chooseCurrency(currency: string): void {
    if (this.#state.offer?.team.currencies.includes(currency) !== true) return
    this.#currency.choose(currency)
    this.#send({ type: 'choose-currency', currency })
    if (isPriced(this.#state)) this.#preview()
    else void this.#reprice()
  }

  /** Reads the prices of the chosen currency, or of the team's where it has another one by now. */
  async #reprice(): Promise<void> {
    if (this.#state.step !== 'choosing') return
    try {
      const offer = await this.#readOffer()
      if (offer === null) return
      this.#send({ type: 'repriced', offer })
      this.#preview()
    } catch (error) {
      this.#send({ type: 'not-loaded', error: faultOf(error) })
    }
  }

  /** Reads what is sold, in the team's currency, or in the one that a team without any chooses. */
  async #readOffer(): Promise<Offer | null> {
    const { client } = this.#options
    const { team, ...rest } = await client.request(OfferDocument, {})
    if (team === null) return null
    const offer = { ...rest, team, currency: team.currency }
    const wanted = await this.#currency.wanted(team)
    if (wanted === team.currency) return offer
    const { team: now, ...other } = await client.request(OfferDocument, { currency: wanted })
    return now?.currencies.includes(wanted) ? { ...other, team: now, currency: wanted } : offer
  }

  #choose(choice: Choice): void {
    this.#send({ type: 'choose', choice })
    this.#preview()
  }

  /**
   * Buys the choice: by the saved method where there is one, else at the `url` of the state `waiting`. Resolves when the gateway
   * has answered. Ignored while a payment is under way.
   */
  async buy(pay: PayWith = 'AUTO'): Promise<void> {
    const choice = this.#choice
    if (!hasChoice(choice) || this.#intents === null) return
    const before = this.#state
    this.#send({ type: 'pay' })
    if (this.#state === before) return
    const known = this.#intents.of(choice)
    const isOther = known?.begun === true && known.pay !== pay
    const intent = known === null || isOther ? newIntent(choice, pay) : { ...known, left: false }
    this.#intents.put(intent)
    await this.#ask(intent)
  }

  /** Asks what became of a payment that is under way. Never begins one. */
  async look(): Promise<void> {
    if (this.#state.step !== 'waiting' || this.#isAsking) return
    const intent = this.#intents?.of(this.#choice)
    if (intent?.begun) await this.#ask(intent)
  }

  /** Back to the packages: after a purchase, or away from a payment that is not finished and can be taken up again. */
  again(): void {
    const intent = this.#intents?.of(this.#choice)
    if (this.#state.step === 'waiting' && intent) this.#intents?.put({ ...intent, left: true })
    this.#send({ type: 'again' })
    this.#preview()
  }

  /** Follows nothing any more. A payment that is under way is taken up by the next `start`. */
  stop(): void {
    this.#following?.()
    this.#following = null
    this.#watch(false)
    clearTimeout(this.#previewTimer)
    this.#currency.close()
  }

  async #loaded(offer: Offer | null): Promise<void> {
    if (offer !== null) {
      const { team } = offer
      const { storage = tabStorage() } = this.#options
      this.#intents = new Intents(storage, team.id, Date.now())
      const awaited = this.#intents.awaited
      const resumed = awaited !== null && isOffered(offer, awaited) ? choiceOf(awaited) : null
      this.#send({ type: 'loaded', offer, resumed })
    } else this.#send({ type: 'loaded', offer, resumed: null })
    const state = this.#state
    if (state.step === 'choosing') this.#preview()
    else if (state.step === 'waiting') await this.look()
    else if (state.step === 'not-allowed' && state.why === 'role') await this.#askForAdmins()
  }

  /**
   * The refusal of a purchase names the admins. The package does not exist, so that nothing is bought even if the member has become an
   * admin meanwhile.
   */
  async #askForAdmins(): Promise<void> {
    const input = { packageId: 'whom-to-ask', idempotencyKey: crypto.randomUUID() }
    try {
      const { purchaseCredits: answer } = await this.#options.client.request(BuyDocument, { input })
      this.#send({ type: 'admins', admins: answer.__typename === 'PurchaseNotAllowed' ? answer.admins : [] })
    } catch {
      this.#send({ type: 'admins', admins: [] })
    }
  }

  async #ask(intent: Intent): Promise<void> {
    this.#isAsking = true
    try {
      const { purchaseCredits: answer } = await this.#options.client.request(BuyDocument, {
        input: this.#input(intent),
      })
      if (isOver(answer)) this.#intents?.drop(intent)
      else if (isBegun(answer)) this.#intents?.put({ ...(this.#intents.of(intent) ?? intent), begun: true })
      if (isSame(intent, this.#state)) this.#send({ type: 'answered', answer })
      if (isOtherCurrency(answer)) await this.#reprice()
    } catch (error) {
      this.#send({ type: 'unanswered', error: faultOf(error) })
    } finally {
      this.#isAsking = false
    }
  }

  #input({ packageId, credits, currency, key: idempotencyKey, pay }: Intent): PurchaseCreditsInput {
    const { successUrl, cancelUrl } = this.#options
    return { packageId, credits, currency, idempotencyKey, pay, successUrl, cancelUrl }
  }

  #follow(): void {
    this.#following ??= this.#options.client.balance.subscribe(
      (balance) => {
        this.#send({ type: 'balance', balance })
        this.#preview()
      },
      { onError: () => undefined },
    )
    this.#watch(this.#state.step === 'waiting')
  }

  /** Follows a payment that is under way, and no longer. */
  #watch(isWaiting: boolean): void {
    if (!isWaiting) {
      this.#looking.stop()
      this.#watching?.()
      this.#watching = null
      return
    }
    this.#looking.start()
    this.#watching ??= this.#options.client.events.subscribe(
      ({ type }) => (type === 'CREDITS_ADDED' ? void this.look() : undefined),
      { onError: () => undefined },
    )
  }

  get #choice(): Choice {
    return choiceOf(this.#state)
  }

  /** Soon where there is none yet, else after a while: the balance of a live session moves all the time. */
  #preview(): void {
    const { step, preview } = this.#state
    const choice = this.#choice
    if (step !== 'choosing' || !hasChoice(choice) || !isPriced(this.#state)) return
    clearTimeout(this.#previewTimer)
    const everyMs = preview === null ? choiceEveryMs : previewEveryMs
    const waitMs = Math.max(0, this.#previewedAt + everyMs - Date.now())
    this.#previewTimer = setTimeout(() => void this.#readPreview(choice), waitMs)
  }

  async #readPreview(choice: Choice): Promise<void> {
    this.#previewedAt = Date.now()
    try {
      const { purchasePreview: preview } = await this.#options.client.request(PreviewDocument, choice)
      if (preview !== null && this.#state.step === 'choosing') this.#send({ type: 'previewed', choice, preview })
    } catch (error) {
      // Without it, the purchase shows no projection and can be made all the same.
      if (isOtherCurrency(faultOf(error)) && this.#state.step === 'choosing') await this.#reprice()
    }
  }

  #send(event: PurchaseEvent): void {
    const before = this.#state
    this.#state = next(before, event)
    if (this.#state === before) return
    if (this.#state.step !== before.step) this.#watch(this.#state.step === 'waiting')
    for (const changed of [...this.#listeners]) changed()
  }
}

const choiceOf = ({ packageId, credits, currency }: Choice): Choice => ({ packageId, credits, currency })

const newIntent = (choice: Choice, pay: PayWith): Intent => ({
  ...choiceOf(choice),
  key: crypto.randomUUID(),
  pay,
  begun: false,
  left: false,
  at: Date.now(),
})

/** The gateway has the purchase, and it is not decided yet. */
const isBegun = (answer: Answer): boolean =>
  answer.__typename === 'PaymentActionRequired' || (answer.__typename === 'Purchase' && answer.state === 'PENDING')

/** Nothing more comes under this key; PaymentUnavailable is tried again with it. */
const isOver = (answer: Answer): boolean => !isBegun(answer) && answer.__typename !== 'PaymentUnavailable'

/** Compared by name: the host's client may come from another copy of the package. */
const faultOf = (thrown: unknown): CreditsClientError =>
  thrown instanceof Error && thrown.name === 'CreditsClientError'
    ? (thrown as CreditsClientError)
    : new CreditsClientError('UNKNOWN', thrown instanceof Error ? thrown.message : String(thrown))
