import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { icon } from '../parts/icon.ts'
import { shared } from '../parts/styles.ts'

export type Choice = readonly [value: string, text: string]

/** A field of the form in a chip, and how its value is shown outside of it. */
export type ConditionField = {
  readonly label: TemplateResult | string
  readonly input: Readonly<Record<string, string>>
  readonly shown: (value: string) => string
}

/**
 * `<operator-condition>`: one condition of a list. Its button opens the choices or the field; when it is set, a second button
 * removes it. It fires `set` with the value; empty: the condition is removed.
 */
export class OperatorCondition extends LitElement {
  static override properties = {
    label: {},
    value: {},
    choices: { attribute: false },
    field: { attribute: false },
  }
  static override styles = [
    shared,
    css`
      :host { display: inline-block; max-inline-size: 100% }
      .chip { display: inline-flex; max-inline-size: 100%; block-size: 1.75rem; border: 1px dashed var(--wa-form-control-border-color); border-radius: 999px; color: var(--wa-color-text-quiet) }
      .chip.set { border-style: solid; border-color: transparent; color: var(--wa-color-brand-on-quiet); background: var(--wa-color-brand-fill-quiet) }
      .chip > button { display: inline-flex; align-items: center; gap: 0.3rem; min-inline-size: 0; padding: 0 0.625rem 0 0.5rem; border: 0; border-radius: 999px; background: none; color: inherit; font: 500 0.75rem/1 var(--wa-font-family-body); cursor: pointer }
      .chip.set > .open { padding-inline: 0.75rem 0.25rem }
      .chip > .remove { flex: none; padding: 0 0.5rem 0 0.25rem }
      .chip > button:hover { color: var(--wa-color-text-normal) }
      .text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1.4 }
      .icon svg { inline-size: 0.8125rem; block-size: 0.8125rem }
      [popover] {
        inset: auto; margin: 0.375rem 0; position-area: block-end span-inline-end; position-try-fallbacks: flip-inline, flip-block; inline-size: max-content; min-inline-size: 11rem;
        max-inline-size: calc(100vw - 2rem); max-block-size: 20rem; overflow: auto; padding: 0.3rem; border: 1px solid var(--wa-form-control-border-color); border-radius: 0.625rem;
        background: var(--wa-color-surface-raised); color: var(--wa-color-text-normal); box-shadow: 0 12px 40px rgb(0 0 0 / 0.2);
      }
      @supports not (position-area: block-end) { [popover] { inset: 0; margin: auto; block-size: fit-content } }
      .choice { display: flex; align-items: center; justify-content: space-between; gap: 1.5rem; inline-size: 100%; padding: 0.4rem 0.6rem; border: 0; border-radius: 0.4rem; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer }
      .choice:is(:hover, :focus-visible) { background: var(--wa-color-surface-lowered) }
      .choice:focus-visible { outline-offset: -2px }
      .choice .icon { color: var(--wa-color-brand-on-quiet) }
      form { display: grid; gap: 0.5rem; inline-size: 15rem; max-inline-size: 100%; padding: 0.45rem }
      label { font-weight: 500 }
      label small { font: inherit; font-weight: 400; color: var(--wa-color-text-quiet) }
      hr { margin: 0.3rem 0; border: 0; border-block-start: 1px solid var(--line) }
    `,
  ]
  declare label: string
  declare value: string
  declare choices: readonly Choice[]
  declare field: ConditionField | null

  constructor() {
    super()
    this.label = ''
    this.value = ''
    this.choices = []
    this.field = null
  }

  get #popover(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('[popover]')
  }

  #set(value: string): void {
    this.#popover?.hidePopover()
    this.renderRoot.querySelector<HTMLElement>('.open')?.focus()
    this.dispatchEvent(new CustomEvent<string>('set', { detail: value }))
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    this.#set(String(new FormData(event.target as HTMLFormElement).get('value') ?? '').trim())
  }

  /** A text that was typed and not applied is gone when the form opens again. */
  #toggle({ newState }: ToggleEvent): void {
    const input = this.renderRoot.querySelector('input')
    if (newState === 'open' && input !== null) input.value = this.value
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.stopPropagation()
    if (event.target instanceof HTMLInputElement) return
    event.preventDefault()
    const choices = [...this.renderRoot.querySelectorAll<HTMLElement>('.choice')]
    const at = choices.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement)
    choices[Math.min(Math.max(at + step, 0), choices.length - 1)]?.focus()
  }

  #text(): string {
    const { field, value } = this
    return field === null ? (this.choices.find(([code]) => code === value)?.[1] ?? value) : field.shown(value)
  }

  override render() {
    const { label, value, field } = this
    const isSet = value !== ''
    const text = isSet ? this.#text() : ''
    return html`
      <span class="chip ${isSet ? 'set' : ''}">
        <button type="button" class="open" popovertarget="choose" aria-haspopup="dialog">
          ${isSet ? nothing : icon('plus')}<span class="text">${isSet ? `${label}: ${text}` : label}</span>
        </button>
        ${
          isSet
            ? html`<button type="button" class="remove" aria-label="Remove ${label}: ${text}" @click=${() => this.#set('')}>${icon('close')}</button>`
            : nothing
        }
      </span>
      <div id="choose" popover role="dialog" aria-label=${label} @beforetoggle=${this.#toggle} @keydown=${this.#keys}>
        ${field === null ? nothing : this.#form(field)}
        ${field === null || this.choices.length === 0 ? nothing : html`<hr>`}
        ${this.choices.map((choice, index) => this.#choice(choice, index))}
      </div>
    `
  }

  #choice([value, text]: Choice, index: number): TemplateResult {
    const isChosen = value === this.value
    const isFirst = this.field === null && (isChosen || (index === 0 && this.value === ''))
    return html`
      <button type="button" class="choice" aria-pressed=${isChosen} ?autofocus=${isFirst} @click=${() => this.#set(value)}>
        ${text}${isChosen ? icon('check') : nothing}
      </button>
    `
  }

  #form({ label, input }: ConditionField): TemplateResult {
    const { type = 'text', pattern, title, min, max, inputmode, placeholder } = input
    return html`
      <form @submit=${this.#submit}>
        <label for="value">${label}</label>
        <input id="value" name="value" type=${type} required autofocus autocomplete="off" pattern=${pattern ?? nothing} title=${title ?? nothing}
          min=${min ?? nothing} max=${max ?? nothing} inputmode=${inputmode ?? nothing} placeholder=${placeholder ?? nothing}>
        <button class="button main">Apply</button>
      </form>
    `
  }
}

customElements.define('operator-condition', OperatorCondition)
