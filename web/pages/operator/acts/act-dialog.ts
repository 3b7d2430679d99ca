import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import type { CreditsClient, CreditsClientError } from '../../../client/index.ts'
import { errorOf } from '../parts/reading.ts'
import { shared } from '../parts/styles.ts'
import type { Act, Values } from './act.ts'
import { type Failure, faultyField } from './failures.ts'
import { fieldOf } from './fields.ts'
import { Intent } from './intent.ts'
import { problemOf } from './problem.ts'

/** So long it waits after the last key before it asks for a preview. */
const previewWaitMs = 200

/** `<operator-act>`: asks once for an act, names its effect, carries it out, and says what it came to. It fires `acted`. */
export class OperatorActDialog extends LitElement {
  static override properties = {
    client: { attribute: false },
    act: { state: true },
    values: { state: true },
    previewed: { state: true },
    busy: { state: true },
    failure: { state: true },
    error: { state: true },
  }
  static override styles = [
    shared,
    css`
      dialog {
        inline-size: min(30rem, calc(100vw - 2rem)); max-block-size: calc(100dvh - 2rem); padding: 0; border: 1px solid var(--line); border-radius: 0.875rem;
        background: var(--wa-color-surface-raised); color: var(--wa-color-text-normal); box-shadow: 0 24px 64px rgb(0 0 0 / 0.28); overflow: auto;
      }
      dialog::backdrop { background: rgb(10 10 14 / 0.45) }
      header { padding: 1.125rem 1.25rem 0 }
      h2 { font-size: 1rem }
      form { display: grid; gap: 0.875rem; padding: 1rem 1.25rem 1.25rem }
      .field { display: grid; gap: 0.3rem }
      .name { font-weight: 500 }
      .hint { font-size: 0.75rem }
      select { inline-size: 100% }
      .effect { padding: 0.625rem 0.75rem; border-radius: 0.5rem; background: var(--wa-color-surface-lowered); border: 1px solid var(--line); text-wrap: pretty; overflow-wrap: anywhere }
      .effect.danger { background: var(--wa-color-danger-fill-quiet); border-color: transparent; color: var(--wa-color-danger-on-quiet) }
      .refused { display: grid; gap: 0.2rem; padding-inline-start: 0.75rem; border-inline-start: 3px solid var(--wa-color-danger-on-quiet); overflow-wrap: anywhere }
      .acts { display: flex; justify-content: flex-end; gap: 0.5rem; margin-block-start: 0.25rem }
    `,
  ]
  declare client: CreditsClient
  declare act: Act | null
  declare values: Values
  /** The effect that the gateway foresees for the values; null: it is not known. */
  declare previewed: string | null
  declare busy: boolean
  declare failure: Failure | null
  declare error: CreditsClientError | null
  #intent = new Intent()
  #previewTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.act = null
    this.values = {}
    this.previewed = null
    this.busy = false
    this.failure = null
    this.error = null
  }

  async open(act: Act): Promise<void> {
    this.act = act
    this.previewed = null
    this.failure = null
    this.error = null
    this.#intent = new Intent()
    await this.updateComplete
    this.#readValues()
    void this.#preview()
    this.#dialog?.showModal()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  get #form(): HTMLFormElement | null {
    return this.renderRoot.querySelector('form')
  }

  #readValues(): void {
    if (this.#form === null) return
    const entries = [...new FormData(this.#form)].map(([name, value]) => [name, String(value).trim()])
    this.values = Object.fromEntries(entries)
  }

  readonly #typed = (): void => {
    this.#readValues()
    this.previewed = null
    clearTimeout(this.#previewTimer)
    this.#previewTimer = setTimeout(() => void this.#preview(), previewWaitMs)
  }

  /** Where the gateway foresees nothing, such as for half a number, the act's own words stay. */
  async #preview(): Promise<void> {
    const { act, values } = this
    if (act?.preview === undefined) return
    const previewed = await act.preview(this.client.request, values).catch(() => null)
    if (this.act === act && this.values === values) this.previewed = previewed
  }

  #keepOpenWhileBusy(event: Event): void {
    if (this.busy) event.preventDefault()
  }

  /** The next act has fields of its own. */
  #closed(): void {
    this.act = null
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const { act } = this
    if (act === null || this.busy) return
    this.#readValues()
    this.busy = true
    this.failure = null
    this.error = null
    try {
      const outcome = await act.send(this.client.request, this.values, this.#intent.keyFor(this.values))
      if ('shown' in outcome) this.#dialog?.close()
      else if ('done' in outcome) {
        this.#dialog?.close()
        this.dispatchEvent(new CustomEvent('acted', { detail: outcome.done, bubbles: true, composed: true }))
      } else this.failure = outcome
    } catch (thrown) {
      this.error = errorOf(thrown)
    }
    this.busy = false
  }

  override render() {
    const { act } = this
    return html`
      <dialog aria-labelledby="title" @cancel=${this.#keepOpenWhileBusy} @close=${this.#closed}>
        ${act === null ? nothing : this.#content(act)}
      </dialog>
    `
  }

  #content(act: Act): TemplateResult {
    const { values, failure, busy } = this
    const faulty = failure && faultyField(failure)
    const fields = act.fields.filter(({ shownIf }) => shownIf === undefined || shownIf(values))
    return html`
      <header><h2 id="title">${act.title}</h2></header>
      <form @submit=${this.#submit} @input=${this.#typed} @change=${this.#typed}>
        ${fields.map((field) => fieldOf(field, field.name === faulty))}
        <p class="effect ${act.isDangerous ? 'danger' : ''}" aria-live="polite">${this.previewed ?? act.effect(values)}</p>
        ${problemOf(this.failure, this.error)}
        <div class="acts">
          <button type="button" class="button" ?disabled=${busy} @click=${() => this.#dialog?.close()}>Cancel</button>
          <button type="submit" class="button ${act.isDangerous ? 'danger' : 'main'}" aria-disabled=${busy}>${busy ? 'Sending …' : act.confirm}</button>
        </div>
      </form>
    `
  }
}

customElements.define('operator-act', OperatorActDialog)
