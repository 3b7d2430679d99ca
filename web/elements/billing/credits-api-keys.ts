import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import './create-key-form.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { type ApiKey, type ApiKeysController, createApiKeys } from '../controllers/api-keys.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { icon } from './icons.ts'
import { BillingPart } from './part.ts'
import { empty, missing, named, outdated } from './states.ts'
import { shared } from './styles.ts'

/** `<credits-api-keys>`: the team's API keys, for its admins. A new key's secret is shown once. */
export class CreditsApiKeys extends BillingPart<ApiKeysController> {
  static override properties = {
    creates: { state: true },
    revokes: { state: true },
    fault: { state: true },
    busy: { state: true },
  }
  static override styles = [
    shared,
    css`
      li { display: grid; grid-template-columns: minmax(0, 1fr) 10rem 11rem 5.5rem; gap: 0.125rem 1rem; align-items: center; padding: 0.65rem 1.25rem }
      .what > span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
      code { font: 0.8125rem/1.4 var(--mono, ui-monospace, monospace) }
      .gone .name { color: var(--wa-color-text-quiet); text-decoration: line-through }
      wa-dialog { --width: 26rem }
      wa-dialog::part(title) { font-size: 1rem; font-weight: 600 }
      @media (max-width: 44rem) {
        li { grid-template-columns: minmax(0, 1fr) auto; padding-inline: 1rem }
        .scope, .used { grid-column: 1 }
        .act { grid-column: 2; grid-row: 1 }
      }
    `,
  ]
  declare creates: boolean
  declare revokes: ApiKey | null
  declare fault: string
  declare busy: boolean

  constructor() {
    super()
    this.creates = false
    this.revokes = null
    this.fault = ''
    this.busy = false
  }

  protected override open(scope: TeamScope): ApiKeysController {
    return createApiKeys(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['view.keys']}</h2>
            <p class="small quiet">${this.text['keys.hint']}</p>
          </div>
          ${
            reading.value === null || this.creates
              ? nothing
              : html`<wa-button id="create" size="s" variant="brand" @click=${() => (this.creates = true)}>${icon('plus', 'start')}${this.text['keys.create']}</wa-button>`
          }
        </div>
        ${this.creates && this.controller ? html`<credits-create-key class="body" .controller=${this.controller} .text=${this.text} @closed=${() => (this.creates = false)}></credits-create-key>` : nothing}
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 3, retry) : this.#list(reading.value)}
      </section>
      ${this.#question()}
    `
  }

  #list(keys: readonly ApiKey[]): TemplateResult {
    if (keys.length === 0)
      return this.creates ? html`` : empty('key', this.text['keys.none'], this.text['keys.noneHint'])
    return html`<ul class="rows">${repeat(
      keys,
      ({ id }) => id,
      (key) => this.#row(key),
    )}</ul>`
  }

  #row(key: ApiKey): TemplateResult {
    const { formats } = this
    const ended = endOf(key)
    const used =
      key.lastUsedAt === null
        ? this.text['keys.unused']
        : this.text['keys.used']({ when: formats.relative(key.lastUsedAt, Date.now()) })
    const until =
      key.expiresAt === null || ended !== null ? '' : this.text.expires({ date: formats.date(key.expiresAt) })
    return html`
      <li class=${ended === null ? '' : 'gone'}>
        <span class="what">
          <span class="name" style="font-weight: 500">${key.name}</span>
          <span class="small quiet"><code>${key.prefix}…</code> · ${this.text['keys.created']({ date: formats.date(key.createdAt) })}</span>
        </span>
        <span class="scope"><span class="badge">${key.scopes.map((scope) => this.text[`scope.${scope}`]).join(', ')}</span></span>
        <span class="used small quiet">${used}${until === '' ? nothing : html`<br>${until}`}</span>
        <span class="act end">
          ${
            ended === null
              ? html`<wa-button size="s" appearance="plain" variant="danger" @click=${() => (this.revokes = key)}>${named(this.text['keys.revoke'], this.text['keys.revokeOf']({ name: key.name }))}</wa-button>`
              : html`<span class="badge">${this.text[ended]}</span>`
          }
        </span>
      </li>
    `
  }

  #question(): TemplateResult {
    const name = this.revokes?.name ?? ''
    const close = () => {
      this.revokes = null
      this.fault = ''
    }
    return html`
      <wa-dialog lang=${this.formats.locale} label=${this.text['keys.revokeTitle']({ name })} .open=${this.revokes !== null} @wa-after-hide=${close}>
        <p>${this.text['keys.revokeHint']}</p>
        ${this.fault === '' ? nothing : html`<p class="fault" role="alert"><bdi>${this.fault}</bdi></p>`}
        <wa-button slot="footer" size="s" appearance="outlined" @click=${close}>${this.text.cancel}</wa-button>
        <wa-button slot="footer" size="s" variant="danger" ?loading=${this.busy} @click=${this.#revoke}>${this.text['keys.revoke']}</wa-button>
      </wa-dialog>
    `
  }

  async #revoke(): Promise<void> {
    if (this.revokes === null || this.controller === null || this.busy) return
    this.busy = true
    const outcome = await this.controller.revoke(this.revokes.id)
    this.busy = false
    this.fault = outcome.ok ? '' : outcome.message
    if (outcome.ok) this.revokes = null
  }
}

/** Keys expire by the real clock. */
function endOf({ revokedAt, expiresAt }: ApiKey): 'keys.revoked' | 'keys.expired' | null {
  if (revokedAt !== null) return 'keys.revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'keys.expired' : null
}

customElements.define('credits-api-keys', CreditsApiKeys)
