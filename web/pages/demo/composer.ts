import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/slider/slider.js'
import '@awesome.me/webawesome/dist/components/switch/switch.js'
import { css, html, LitElement, nothing } from 'lit'
import type { CreditsClient } from '../../client/index.ts'
import { formatsFor } from '../../elements/billing/formats.ts'
import { selects } from '../shell/select.ts'
import { type Action, amountOf, type Choice, canBeLive, type Usage, usageOf } from './actions.ts'
import { EstimateDocument, type EstimateQuery } from './contract.ts'

/** The work to do. `live`: as a conversation that is charged while it continues. */
export type Order = {
  readonly text: string
  readonly choice: Choice
  readonly usage: readonly Usage[]
  readonly fails: boolean
  readonly live: boolean
}

const estimateAfterMs = 150
const prompts: Readonly<Record<string, string>> = {
  IMAGE: 'A lighthouse in the fog, long exposure',
  SECOND: 'A slow pan over a harbour at dawn',
  MINUTE: 'Talk me through the new plan',
  CHARACTER: 'Read the release notes aloud',
  TOKEN: 'Summarise last week’s support tickets',
  USE: 'What changed in our pricing this month?',
}

/** `<demo-composer>`: chooses an action, shows what it will cost, and fires `order`. */
export class DemoComposer extends LitElement {
  static override properties = {
    actions: { attribute: false },
    request: { attribute: false },
    disabled: { type: Boolean },
    action: { state: true },
    choice: { state: true },
    amount: { state: true },
    fails: { state: true },
    estimate: { state: true },
  }
  static override styles = [
    selects,
    css`
    :host { display: block; border: 1px solid var(--wa-color-surface-border); border-radius: 1rem; background: var(--wa-color-surface-raised); box-shadow: 0 1px 2px rgb(0 0 0 / 0.04), 0 8px 24px rgb(0 0 0 / 0.04) }
    .tabs { display: flex; gap: 0.125rem; padding: 0.5rem 0.5rem 0; overflow-x: auto }
    .tabs button {
      padding: 0.3rem 0.7rem; border: 0; border-radius: 0.5rem; background: none; color: var(--wa-color-text-quiet); cursor: pointer;
      font: 500 0.8125rem/1.4 var(--wa-font-family-body); white-space: nowrap;
    }
    .tabs button:hover { color: var(--wa-color-text-normal) }
    .tabs button[aria-selected='true'] { background: var(--wa-color-brand-fill-quiet); color: var(--wa-color-brand-on-quiet) }
    button:focus-visible, textarea:focus-visible { outline: 2px solid var(--wa-color-focus); outline-offset: 1px }
    textarea {
      box-sizing: border-box; inline-size: 100%; min-block-size: 4.25rem; padding: 0.75rem 1rem; border: 0; resize: none; background: none;
      color: inherit; font: 400 0.9375rem/1.5 var(--wa-font-family-body); outline-offset: -2px;
    }
    textarea::placeholder { color: var(--wa-color-text-quiet) }
    .controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.25rem; padding: 0 1rem 0.75rem }
    select { inline-size: 13.5rem }
    wa-slider { inline-size: 11rem }
    .foot { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; padding: 0.625rem 0.75rem 0.625rem 1rem; border-block-start: 1px solid var(--wa-color-surface-border) }
    .estimate { flex: 1 1 12rem; min-inline-size: 0; font-size: 0.8125rem; color: var(--wa-color-text-quiet); font-variant-numeric: tabular-nums }
    .estimate strong { color: var(--wa-color-text-normal); font-weight: 600 }
    .estimate .blocked { color: var(--wa-color-danger-on-quiet) }
    .go { display: flex; gap: 0.5rem }
  `,
  ]
  declare actions: readonly Action[]
  declare request: CreditsClient['request']
  declare disabled: boolean
  declare action: Action | undefined
  declare choice: Choice | undefined
  declare amount: number
  declare fails: boolean
  declare estimate: EstimateQuery['estimate'] | null
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0

  constructor() {
    super()
    this.actions = []
    this.amount = 1
    this.fails = false
    this.disabled = false
    this.estimate = null
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const [first] = this.actions
    if (changed.has('actions') && first !== undefined) this.#choose(first)
  }

  /** Reads the price again: it may have changed with the balance. */
  refresh(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), estimateAfterMs)
  }

  #choose(action: Action, choice: Choice | undefined = action.choices[0]): void {
    this.action = action
    this.choice = choice
    this.amount = (choice && amountOf(choice.unit)?.start) ?? 1
    this.refresh()
  }

  get #text(): string {
    const typed = this.renderRoot.querySelector('textarea')?.value ?? ''
    return typed || (prompts[this.choice?.unit ?? ''] ?? '')
  }

  async #ask(): Promise<void> {
    if (this.choice === undefined) return
    this.#asked += 1
    const asked = this.#asked
    const usage = usageOf(this.choice, this.amount, this.#text)
    const { estimate } = await this.request(EstimateDocument, { usage })
    if (asked === this.#asked) this.estimate = estimate
  }

  #order(live: boolean): void {
    const { choice, fails } = this
    if (choice === undefined || this.disabled) return
    const text = this.#text
    const detail: Order = { text, choice, usage: usageOf(choice, this.amount, text), fails, live }
    this.dispatchEvent(new CustomEvent('order', { detail }))
    const box = this.renderRoot.querySelector('textarea')
    if (box) box.value = ''
  }

  #keys(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    this.#order(false)
  }

  #arrow(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined || this.action === undefined) return
    const next = this.actions.at((this.actions.indexOf(this.action) + step) % this.actions.length)
    if (next) this.#choose(next)
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus(),
    )
  }

  #cost() {
    const { estimate } = this
    if (estimate === null) return html`Estimating …`
    if (estimate.__typename !== 'Estimate') return html`<span class="blocked">${estimate.message}</span>`
    const { low, high, balanceAfter, blockers, metered } = estimate
    if (blockers[0]) return html`<span class="blocked">${blockers[0].message}</span>`
    if (metered) {
      return html`<strong>${formats.money(metered)}</strong>, billed with the month`
    }
    if (Number(high) === 0) return html`<strong>Free</strong>`
    const cost = low === high ? credits(high) : `${credits(low)} to ${credits(high)}`
    return html`<strong>${cost} Credits</strong> · ${credits(balanceAfter)} after`
  }

  override render() {
    const { choice, action } = this
    const amount = choice && amountOf(choice.unit)
    return html`
      <div class="tabs" role="tablist" aria-label="What to do" @keydown=${this.#arrow}>
        ${this.actions.map(
          (each) => html`
            <button type="button" role="tab" aria-selected=${each === action} tabindex=${each === action ? 0 : -1} @click=${() => this.#choose(each)}>
              ${each.name}
            </button>
          `,
        )}
      </div>
      <textarea
        aria-label="Message" rows="2" placeholder=${prompts[choice?.unit ?? ''] ?? 'Ask for something'}
        @keydown=${this.#keys} @input=${() => choice?.unit === 'TOKEN' && this.refresh()}
      ></textarea>
      <div class="controls">
        <select aria-label="Model" @change=${this.#changeChoice}>
          ${action?.choices.map(({ code, name }) => html`<option value=${code} ?selected=${code === choice?.code}>${name}</option>`)}
        </select>
        ${
          amount
            ? html`<wa-slider size="s" label=${`${amount.label}: ${this.amount}`} min=${amount.min} max=${amount.max} .value=${this.amount} @input=${this.#changeAmount}></wa-slider>`
            : nothing
        }
        <wa-switch size="s" ?checked=${this.fails} @change=${this.#changeFails}>Let it fail</wa-switch>
      </div>
      <div class="foot">
        <div class="estimate" aria-live="polite">${this.#cost()}</div>
        <div class="go">
          ${
            choice && canBeLive(choice)
              ? html`<wa-button size="s" appearance="outlined" ?disabled=${this.disabled} @click=${() => this.#order(true)}>Go live</wa-button>`
              : nothing
          }
          <wa-button size="s" variant="brand" ?disabled=${this.disabled} @click=${() => this.#order(false)}>Send</wa-button>
        </div>
      </div>
    `
  }

  #changeChoice(event: Event): void {
    const { value } = event.target as HTMLSelectElement
    if (this.action)
      this.#choose(
        this.action,
        this.action.choices.find(({ code }) => code === value),
      )
  }

  #changeAmount(event: Event): void {
    this.amount = (event.target as HTMLElement & { value: number }).value
    this.refresh()
  }

  #changeFails(event: Event): void {
    this.fails = (event.target as HTMLElement & { checked: boolean }).checked
  }
}

const formats = formatsFor('en')
const { credits } = formats

customElements.define('demo-composer', DemoComposer)
