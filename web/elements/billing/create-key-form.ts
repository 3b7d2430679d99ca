import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, LitElement, nothing } from 'lit'
import type { ApiKeysController } from '../controllers/api-keys.ts'
import type { BillingMessages } from '../locales/billing.ts'
import { choice, choices } from './choice.ts'
import type { Scope } from './contract.ts'
import { fieldOf } from './plan-form.ts'
import { shared } from './styles.ts'

const scopes: readonly Scope[] = ['READ', 'SPEND', 'BILLING']

/** Makes an API key and shows its secret, once. It fires `closed`. */
export class CreditsCreateKey extends LitElement {
  static override properties = {
    controller: { attribute: false },
    text: { attribute: false },
    secret: { state: true },
    copied: { state: true },
    fault: { state: true },
    busy: { state: true },
  }
  static override styles = [
    shared,
    choices,
    css`
      .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0.75rem; align-items: start }
      .secret { display: grid; gap: 0.6rem; padding: 0.9rem 1rem; border-radius: 0.625rem; background: var(--wa-color-surface-lowered); border: 1px solid var(--wa-color-surface-border) }
      .line { display: flex; gap: 0.5rem; align-items: center }
      code { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; font: 0.8125rem/1.5 var(--mono, ui-monospace, monospace); user-select: all }
    `,
  ]
  declare controller: ApiKeysController | null
  declare text: BillingMessages | null
  declare secret: string | null
  declare copied: boolean
  declare fault: string
  declare busy: boolean

  constructor() {
    super()
    this.controller = null
    this.text = null
    this.secret = null
    this.copied = false
    this.fault = ''
    this.busy = false
  }

  #close(): void {
    this.secret = null
    this.dispatchEvent(new CustomEvent('closed'))
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (this.controller === null || this.busy) return
    const day = fieldOf(event, 'expires')
    const expiresAt = day === '' ? null : new Date(`${day}T00:00:00`).toISOString()
    this.busy = true
    const outcome = await this.controller.create({
      name: fieldOf(event, 'name'),
      scope: fieldOf(event, 'scope') as Scope,
      expiresAt,
    })
    this.busy = false
    this.fault = outcome.ok ? '' : outcome.message
    if (outcome.ok) this.secret = outcome.value.secret
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.secret ?? '')
    this.copied = true
  }

  override render() {
    const { text } = this
    if (text === null) return nothing
    if (this.secret !== null) {
      return html`
        <div class="secret" role="status">
          <h3>${text['keys.secretTitle']}</h3>
          <p class="small quiet">${text['keys.secretHint']}</p>
          <div class="line">
            <code data-part="secret">${this.secret}</code>
            <wa-button size="s" appearance="outlined" @click=${this.#copy}>${text[this.copied ? 'keys.copied' : 'keys.copy']}</wa-button>
          </div>
          <div><wa-button size="s" variant="brand" @click=${this.#close}>${text['keys.done']}</wa-button></div>
        </div>
      `
    }
    return html`
      <form class="form" @submit=${this.#submit}>
        <div class="fields">
          <wa-input size="s" name="name" required maxlength="200" autocomplete="off" label=${text['keys.name']} hint=${text['keys.nameHint']}></wa-input>
          ${choice({
            label: text['keys.scope'],
            name: 'scope',
            values: scopes.map((scope) => [scope, text[`scope.${scope}`]] as const),
            chosen: 'SPEND',
          })}
          <wa-input size="s" name="expires" type="date" label=${text['keys.expires']} hint=${text['keys.expiresHint']}></wa-input>
        </div>
        ${this.fault === '' ? nothing : html`<p class="fault small" role="alert"><bdi>${this.fault}</bdi></p>`}
        <div class="actions">
          <wa-button size="s" type="submit" variant="brand" ?loading=${this.busy}>${text['keys.create']}</wa-button>
          <wa-button size="s" appearance="plain" @click=${this.#close}>${text.cancel}</wa-button>
        </div>
      </form>
    `
  }
}

customElements.define('credits-create-key', CreditsCreateKey)
