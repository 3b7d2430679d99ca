import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import {
  type BillingDetails,
  type BillingDetailsController,
  createBillingDetails,
} from '../controllers/billing-details.ts'
import type { Outcome } from '../controllers/outcome.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { choice, choices } from './choice.ts'
import { countriesIn } from './countries.ts'
import { icon } from './icons.ts'
import { BillingPart } from './part.ts'
import { missing, named, outdated } from './states.ts'
import { shared } from './styles.ts'

const texts = ['name', 'email', 'line1', 'line2', 'postalCode', 'city', 'state', 'purchaseOrder'] as const
const maxLengths = { email: 512, purchaseOrder: 140 } as const
const maxLength = 200
const maxTaxIds = 5
const autocompletes = {
  name: 'organization',
  email: 'email',
  line1: 'address-line1',
  line2: 'address-line2',
  postalCode: 'postal-code',
  city: 'address-level2',
  state: 'address-level1',
  purchaseOrder: 'off',
} as const

/** `<credits-billing-details>`: the team as its invoices name it, for admins. A refused part says so at its field. */
export class CreditsBillingDetails extends BillingPart<BillingDetailsController> {
  static override properties = { draft: { state: true }, outcome: { state: true }, busy: { state: true } }
  static override styles = [
    shared,
    choices,
    css`
      .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0.85rem; align-items: start }
      .tax-id { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.4fr) auto; gap: 0.5rem 0.85rem; align-items: start }
      .tax-id wa-button { margin-block-start: 1.45rem }
      .tax-id .fault { grid-column: 1 / -1 }
      @media (max-width: 30rem) { .tax-id { grid-template-columns: minmax(0, 1fr) auto } .tax-id .number-field { grid-row: 2; grid-column: 1 / -1 } }
    `,
  ]
  /** The form's values, before they are saved. */
  declare draft: BillingDetails | null
  declare outcome: Outcome<unknown> | null
  declare busy: boolean

  constructor() {
    super()
    this.draft = null
    this.outcome = null
    this.busy = false
  }

  protected override open(scope: TeamScope): BillingDetailsController {
    return createBillingDetails(scope)
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('outcome') || this.outcome?.ok !== false) return
    this.renderRoot.querySelector<HTMLElement>('[data-refused]')?.focus()
  }

  protected override content(): TemplateResult {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['details.title']}</h2>
            <p class="small quiet">${this.text['details.hint']}</p>
          </div>
        </div>
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 4, retry) : html`<div class="body">${this.#form(this.draft ?? reading.value)}</div>`}
      </section>
    `
  }

  #change(details: BillingDetails): void {
    this.draft = details
    this.outcome = null
  }

  /** The message about a part that the gateway refused. */
  #faultAt(name: string): string | null {
    const { outcome } = this
    return outcome?.ok === false && outcome.path[0] === name ? outcome.message : null
  }

  #form(details: BillingDetails): TemplateResult {
    return html`
      <form class="form" @submit=${(event: SubmitEvent) => this.#save(event, details)}>
        <div class="fields">
          ${texts.slice(0, -1).map((name) => this.#field(details, name))}
          ${this.#country(details)}
          ${this.#field(details, 'purchaseOrder')}
        </div>
        ${details.taxIds.map((_, index) => this.#taxId(details, index))}
        ${this.#answer()}
        <div class="actions">
          ${
            this.draft === null
              ? nothing
              : html`<wa-button size="s" type="submit" variant="brand" ?loading=${this.busy}>${this.text.save}</wa-button>`
          }
          ${
            details.taxIds.length < maxTaxIds
              ? html`<wa-button size="s" appearance="outlined" @click=${() => this.#change({ ...details, taxIds: [...details.taxIds, { type: '', value: '' }] })}>${icon('plus', 'start')}${this.text['details.addTaxId']}</wa-button>`
              : nothing
          }
        </div>
      </form>
    `
  }

  #field(details: BillingDetails, name: (typeof texts)[number]): TemplateResult {
    const fault = this.#faultAt(name)
    const most = name === 'email' || name === 'purchaseOrder' ? maxLengths[name] : maxLength
    return html`
      <wa-input size="s" name=${name} maxlength=${most} autocomplete=${autocompletes[name]} label=${this.text[`details.${name}`]} ?data-refused=${fault !== null}
        .value=${details[name] ?? ''} @input=${(event: Event) => this.#change({ ...details, [name]: typedIn(event) || null })}>
        ${fault === null ? nothing : html`<span slot="hint" class="fault" role="alert"><bdi>${fault}</bdi></span>`}
      </wa-input>
    `
  }

  #country(details: BillingDetails): TemplateResult {
    const fault = this.#faultAt('country')
    return html`
      <div ?data-refused=${fault !== null} tabindex=${fault === null ? nothing : -1}>
        ${choice({
          label: this.text['details.country'],
          name: 'country',
          values: [['', this.text['details.noCountry']], ...countriesIn(this.formats.locale)],
          chosen: details.country ?? '',
          choose: (country) => this.#change({ ...details, country: country || null }),
        })}
        ${fault === null ? nothing : html`<p class="fault small" role="alert"><bdi>${fault}</bdi></p>`}
      </div>
    `
  }

  #taxId(details: BillingDetails, index: number): TemplateResult {
    const { taxIds } = details
    const { type = '', value = '' } = taxIds[index] ?? {}
    const n = this.formats.number(index + 1)
    const put = (part: Partial<(typeof taxIds)[number]>) =>
      this.#change({ ...details, taxIds: taxIds.with(index, { type, value, ...part }) })
    const remove = () => this.#change({ ...details, taxIds: taxIds.toSpliced(index, 1) })
    return html`
      <div class="tax-id">
        <wa-input size="s" required maxlength="20" pattern="[a-z0-9_]+" autocapitalize="off" label=${this.text['details.taxIdType']({ n })} hint=${this.text['details.taxIdHint']}
          .value=${type} @input=${(event: Event) => put({ type: typedIn(event) })}></wa-input>
        <wa-input size="s" class="number-field" required maxlength="40" label=${this.text['details.taxId']({ n })}
          .value=${value} @input=${(event: Event) => put({ value: typedIn(event) })}></wa-input>
        <wa-button size="s" appearance="plain" @click=${remove}>${named('✕', this.text['details.removeTaxId']({ n }))}</wa-button>
      </div>
    `
  }

  /** The refusals that are not about one field; those of tax ids are told together. */
  #answer(): unknown {
    const { outcome } = this
    if (outcome === null) return nothing
    if (outcome.ok) return html`<p class="done small" role="status">${this.text.saved}</p>`
    const [at = ''] = outcome.path
    const isAtField = at === 'country' || (texts as readonly string[]).includes(at)
    return isAtField ? nothing : html`<p class="fault small" role="alert"><bdi>${outcome.message}</bdi></p>`
  }

  async #save(event: SubmitEvent, details: BillingDetails): Promise<void> {
    event.preventDefault()
    if (this.controller === null || this.busy) return
    this.busy = true
    const outcome = await this.controller.save(details)
    this.outcome = outcome
    if (outcome.ok) this.draft = null
    this.busy = false
  }
}

const typedIn = (event: Event): string => (event.target as HTMLInputElement).value.trim()

customElements.define('credits-billing-details', CreditsBillingDetails)
