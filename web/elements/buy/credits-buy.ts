import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Unsubscribe } from '../../client/index.ts'
import { isOtherCurrency } from '../controllers/currency-choice.ts'
import { createPurchase, type PurchaseController, type PurchaseOptions } from '../controllers/purchase.ts'
import { chosenPack, chosenSale, isUnderWay, type PurchaseState } from '../controllers/purchase-state.ts'
import { createRecharge, type RechargeController, type RechargeState } from '../controllers/recharge.ts'
import { type BuyMessages, type BuyTexts, loadBuyTexts } from '../locales/buy.ts'
import { languageOf } from '../locales/languages.ts'
import { directionOf, knownLocale } from '../locales/locale.ts'
import { Wording } from '../locales/wording.ts'
import { Counting } from './counting.ts'
import { createFormat } from './format.ts'
import { icons } from './icons.ts'
import { openPaymentTab } from './payment-tab.ts'
import { choosing, controls, frame, outcome, recharging, tokens } from './styles.ts'
import { choosingBody, choosingFooter } from './views/choosing.ts'
import * as outcomes from './views/outcome.ts'
import { rechargeParts, termsOf } from './views/recharge.ts'
import type { RechargeDraft, View } from './views/view.ts'

export type BuyClient = PurchaseOptions['client']

/**
 * `<credits-buy>`: a dialog over the page that sells credits. Set `client`, then call `open()`. It needs no style and no script of the
 * page, and payment pages open in a tab of their own.
 *
 * @fires credits-dialog-open - cancelable: then it stays closed.
 * @fires credits-dialog-close
 * @fires credits-purchase-start - cancelable: then nothing is bought. `detail`: `{ package, pay }`.
 * @fires credits-purchase-success - `detail`: `{ package, balance }`.
 * @fires credits-purchase-error - `detail`: `{ package, problem }`.
 */
export class CreditsBuy extends LitElement {
  static override properties = {
    client: { attribute: false },
    locale: {},
    theme: { reflect: true },
    texts: { attribute: false },
  }
  static override styles = [tokens, frame, controls, choosing, outcome, recharging]

  declare client: BuyClient | null
  /** A BCP 47 tag. Default: `en`. */
  declare locale: string
  /** `light` or `dark`; anything else follows the reader's own choice. */
  declare theme: string
  /** The host's texts, which replace those of the language. */
  declare texts: Partial<BuyTexts> | undefined

  #purchase: PurchaseController | null = null
  #recharge: RechargeController | null = null
  #ends: Unsubscribe[] = []
  #last: PurchaseState | null = null
  #lastRecharge: Pick<RechargeState, 'recharge' | 'problem'> | null = null
  #isOpened = false
  #panel: 'buy' | 'recharge' = 'buy'
  #draft: RechargeDraft = {}
  readonly #counting = new Counting(this)
  readonly #wording = new Wording(this, loadBuyTexts)

  constructor() {
    super()
    this.client = null
    this.locale = 'en'
    this.theme = 'auto'
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  /**
   * Opens the dialog; false if `client` is missing or a listener of `credits-dialog-open` cancels it. A second call
   * leaves it open. `isFramed`: its frame was shown before, and the event was sent.
   */
  async open({ isFramed = false }: { readonly isFramed?: boolean } = {}): Promise<boolean> {
    const { client } = this
    if (client === null) return false
    await this.updateComplete
    if (this.#dialog?.open) return true
    if (!isFramed && !this.#tell('credits-dialog-open', {}, true)) return false
    this.#dialog?.toggleAttribute('data-framed', isFramed)
    if (this.#purchase === null) this.#connect(client)
    this.#dialog?.showModal()
    // Not on "close", which comes first: what is chosen gets it once it is there.
    this.#dialog?.focus()
    void this.#purchase?.start()
    return true
  }

  close(): void {
    this.#dialog?.close()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#disconnect()
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('client') && changed.get('client') !== undefined) this.#disconnect()
    this.#wording.want(this.#locale, this.texts)
  }

  override render(): TemplateResult {
    const { loaded } = this.#wording
    const { language = languageOf(this.#locale), direction = directionOf(language) } = loaded ?? {}
    return html`
      <dialog aria-labelledby="title" tabindex="-1" lang=${language} dir=${direction} @close=${this.#closed} @click=${this.#pressed}>
        <div class="sheet">${loaded === null ? blankSheet : this.#sheet(loaded.text)}</div>
      </dialog>
    `
  }

  #sheet(text: BuyMessages): TemplateResult {
    const view = this.#view(text)
    const isRecharge = this.#isAtRecharge
    return html`
      <header role="none">
        ${
          isRecharge
            ? html`<button type="button" class="icon turns" data-focus aria-label=${text.back} @click=${() => this.#turnTo('buy')}>${icons.back}</button>`
            : nothing
        }
        <div class="named">
          <h2 id="title">${isRecharge ? text.recharge : text.title}</h2>
          ${view?.state.offer ? html`<p class="team">${view.state.offer.team.name}</p>` : nothing}
        </div>
        <button type="button" class="icon" aria-label=${text.close} @click=${() => this.close()}>${icons.close}</button>
      </header>
      ${view === null ? nothing : contentOf(view, isRecharge)}
      <p class="sr" role="status">${view === null ? nothing : spokenOf(view)}</p>
    `
  }

  override updated(): void {
    this.#showMandate()
    const step = this.#purchase?.getSnapshot().step
    if (step === this.#focused || !this.#dialog?.open || this.#wording.loaded === null) return
    this.#focused = step
    const held = this.shadowRoot?.activeElement
    const isLost = held === null || held === undefined || held === this.#dialog
    if (step === 'choosing' && isLost) this.renderRoot.querySelector<HTMLElement>('input:checked')?.focus()
    else if (step !== 'loading' && step !== 'paying' && isLost) {
      this.renderRoot.querySelector<HTMLElement>('[data-focus]')?.focus()
    }
  }
  #focused: PurchaseState['step'] | undefined

  /** Reads the text that the typed terms of auto-recharge consent to. */
  #showMandate(): void {
    const offer = this.#purchase?.getSnapshot().offer ?? null
    const isOff = this.#recharge?.getSnapshot().recharge?.state === 'OFF'
    if (!this.#isAtRecharge || !isOff || offer === null) return
    const { pack, threshold, cap } = termsOf(this.#draft, this.#purchase?.getSnapshot().packageId ?? null, offer)
    this.#recharge?.readMandate({ threshold, packageId: pack.id, monthlyCap: cap, currency: offer.currency })
  }

  #connect(client: BuyClient): void {
    const purchase = createPurchase({ client })
    const recharge = createRecharge(client)
    this.#purchase = purchase
    this.#recharge = recharge
    this.#ends = [
      purchase.subscribe(() => this.#changed(purchase.getSnapshot())),
      recharge.subscribe(() => this.#recharged(recharge.getSnapshot())),
    ]
  }

  #disconnect(): void {
    for (const end of this.#ends) end()
    this.#purchase?.stop()
    this.#recharge?.stop()
    this.#ends = []
    this.#purchase = null
    this.#recharge = null
    this.#last = null
  }

  /** Turning auto-recharge on chooses the team's currency, and is refused where somebody else chose another one. */
  #recharged({ recharge, problem }: RechargeState): void {
    const isChoosing = (this.#purchase?.getSnapshot().offer?.team.currencies.length ?? 0) > 1
    const before = this.#lastRecharge
    this.#lastRecharge = { recharge, problem }
    const isChosen = before?.recharge?.state === 'OFF' && recharge?.state !== 'OFF'
    const isOther = problem !== null && problem !== before?.problem && isOtherCurrency(problem)
    if (isChoosing && (isChosen || isOther)) void this.#purchase?.start()
    this.requestUpdate()
  }

  #changed(state: PurchaseState): void {
    const before = this.#last
    this.#last = state
    // A cap is no cap in another currency.
    if (state.currency !== before?.currency) this.#draft = { ...this.#draft, monthlyCap: undefined }
    const detail = { package: chosenPack(state), credits: chosenSale(state)?.credits ?? null }
    if (state.step === 'choosing' && state.offer !== before?.offer) void this.#recharge?.load()
    if (state.step === 'waiting' && before?.step === 'paying') {
      this.#isOpened = state.why === 'checkout' && state.url !== null && openPaymentTab(state.url)
    }
    if (state.step === 'paid') {
      const isNew = before?.step !== 'paid'
      const from = isNew ? Number(state.before) : undefined
      this.#counting.count(Number(state.balance?.available ?? 0), from)
      if (isNew) this.#tell('credits-purchase-success', { ...detail, balance: state.balance?.available })
    }
    if (state.step === 'choosing' && state.problem !== null && before !== null && isUnderWay(before)) {
      this.#tell('credits-purchase-error', { ...detail, problem: state.problem })
    }
    if (!this.#dialog?.open && !isUnderWay(state)) this.#purchase?.stop()
    this.requestUpdate()
  }

  /** Whether the panel of auto-recharge is shown. It is beside the packages, and a payment hides it. */
  get #isAtRecharge(): boolean {
    return this.#panel === 'recharge' && this.#purchase?.getSnapshot().step === 'choosing'
  }

  async #turnTo(panel: 'buy' | 'recharge'): Promise<void> {
    this.#panel = panel
    if (panel === 'buy') this.#recharge?.stop()
    this.requestUpdate()
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(panel === 'buy' ? '[data-recharge]' : 'header [data-focus]')?.focus()
  }

  #buy(pay?: 'CHECKOUT'): void {
    const state = this.#purchase?.getSnapshot()
    const pack = state === undefined ? null : chosenPack(state)
    const credits = state === undefined ? null : (chosenSale(state)?.credits ?? null)
    if (!this.#tell('credits-purchase-start', { package: pack, credits, pay: pay ?? 'AUTO' }, true)) return
    void this.#purchase?.buy(pay)
  }

  /** Continues to follow a payment that is under way. */
  #closed(): void {
    const state = this.#purchase?.getSnapshot()
    this.#focused = undefined
    this.#panel = 'buy'
    this.#recharge?.stop()
    if (state !== undefined && !isUnderWay(state)) {
      if (state.step === 'paid') this.#purchase?.again()
      this.#purchase?.stop()
    }
    this.#tell('credits-dialog-close', {})
  }

  /** A press beside the dialog hits its backdrop, whose events come from the dialog itself. */
  #pressed(event: MouseEvent): void {
    const dialog = this.#dialog
    if (dialog === null || event.target !== dialog) return
    const { left, right, top, bottom } = dialog.getBoundingClientRect()
    const { clientX: x, clientY: y } = event
    if (x < left || x > right || y < top || y > bottom) this.close()
  }

  #tell(type: string, detail: object, cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, cancelable, detail }))
  }

  get #locale(): string {
    return knownLocale(this.locale)
  }

  #view(text: BuyMessages): View | null {
    if (this.#purchase === null || this.#recharge === null) return null
    const format = createFormat(this.#locale)
    return {
      state: this.#purchase.getSnapshot(),
      recharging: this.#recharge.getSnapshot(),
      text,
      format,
      shown: format.count(this.#counting.value),
      isOpened: this.#isOpened,
      purchase: this.#purchase,
      recharge: this.#recharge,
      buy: (pay) => this.#buy(pay),
      close: () => this.close(),
      openRecharge: () => void this.#turnTo('recharge'),
      draft: this.#draft,
      setDraft: (draft) => {
        this.#draft = draft
        this.requestUpdate()
      },
    }
  }
}

/** Shown until the texts are loaded. */
const blankSheet = html`
  <header role="none"><h2 id="title" class="blank name">…</h2></header>
  <div class="body"><div class="packs">${[1, 2, 3].map(() => html`<span class="blank row"></span>`)}</div></div>
`

function contentOf(view: View, isRecharge: boolean): TemplateResult {
  const { offer } = view.state
  const { recharge } = view.recharging
  const [body, footer] =
    isRecharge && offer !== null && recharge !== null ? rechargeParts(view, offer, recharge) : partsOf(view)
  return html`<div class="body">${body}</div>${footer && html`<footer role="none">${footer}</footer>`}`
}

function partsOf(view: View): readonly [body: TemplateResult, footer: TemplateResult | null] {
  const { state } = view
  switch (state.step) {
    case 'not-loaded':
      return [outcomes.notLoaded(view, state), outcomes.notLoadedFooter(view)]
    case 'not-allowed':
      return [outcomes.notAllowed(view, state), outcomes.notAllowedFooter(view, state)]
    case 'waiting':
      return [outcomes.waiting(view, state), outcomes.waitingFooter(view, state)]
    case 'paid':
      return [outcomes.paid(view), outcomes.paidFooter(view, state)]
    case 'choosing':
    case 'paying':
      if (state.offer !== null) return [choosingBody(view, state.offer), choosingFooter(view)]
  }
  return [outcomes.loading(view), null]
}

/** The text that a screen reader speaks when the step changes. */
function spokenOf({ state, text, format }: View): string {
  if (state.step === 'paying') return text.paying
  if (state.step === 'waiting') {
    if (state.why === 'confirmation') return text.confirmTitle
    return state.why === 'bank' ? text.bankTitle : text.underWay
  }
  const sale = state.step === 'paid' ? chosenSale(state) : null
  if (sale === null) return ''
  return text.paidTitle(Number(sale.credits), { amount: format.credits(sale.credits) })
}

if (customElements.get('credits-buy') === undefined) customElements.define('credits-buy', CreditsBuy)

declare global {
  interface HTMLElementTagNameMap {
    'credits-buy': CreditsBuy
  }
}
