import '@awesome.me/webawesome/dist/components/drawer/drawer.js'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import type { CreditsClient } from '../../client/index.ts'
import { createPosting, type PostingController, type PostingDetail } from '../controllers/posting.ts'
import './credits-refund.ts'
import type { BillingMessages } from '../locales/billing.ts'
import type { Formats } from './formats.ts'
import { icon } from './icons.ts'
import { iconOf, personOf, titleOf } from './names.ts'
import { missing } from './states.ts'
import { shared } from './styles.ts'
import { subjectOf, subjectStyles } from './subject.ts'

/** `<credits-posting>`: a drawer with one line of the activity and what it is about. `show(id)` opens it. */
export class CreditsPosting extends LitElement {
  static override properties = {
    client: { attribute: false },
    team: {},
    formats: { attribute: false },
    text: { attribute: false },
    isOpen: { state: true },
  }
  static override styles = [
    shared,
    subjectStyles,
    css`
      wa-drawer { --size: min(27rem, 100vw) }
      wa-drawer::part(dialog) { background: var(--wa-color-surface-raised); border-inline-start: 1px solid var(--wa-color-surface-border) }
      wa-drawer::part(title) { font-size: 1rem; font-weight: 600; letter-spacing: -0.011em }
      .amount { display: flex; align-items: center; gap: 0.75rem; padding-block-end: 1rem }
      .amount strong { font-size: 1.75rem; font-weight: 600; letter-spacing: -0.03em; font-variant-numeric: tabular-nums }
      .amount .icon { inline-size: 2.25rem; block-size: 2.25rem; border-radius: 0.7rem; background: var(--wa-color-surface-lowered); border: 1px solid var(--wa-color-surface-border); color: var(--wa-color-text-quiet) }
    `,
  ]
  declare client: CreditsClient | null
  declare team: string
  declare formats: Formats | null
  declare text: BillingMessages | null
  declare isOpen: boolean
  #controller: PostingController | null = null
  #stop: () => void = () => undefined

  constructor() {
    super()
    this.client = null
    this.team = ''
    this.formats = null
    this.text = null
    this.isOpen = false
  }

  show(id: string): void {
    if (this.client === null) return
    this.#stop()
    this.#controller = createPosting({ client: this.client, teamId: this.team || undefined }, id)
    this.#stop = this.#controller.subscribe(() => this.requestUpdate())
    this.isOpen = true
    this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  #hidden(event: Event): void {
    if (event.target !== event.currentTarget) return
    this.isOpen = false
    this.#stop()
    this.#controller = null
  }

  override render() {
    const { text, formats } = this
    if (text === null || formats === null) return nothing
    const reading = this.#controller?.getSnapshot()
    const title = reading?.value ? titleOf(reading.value.posting, text) : text['view.activity']
    return html`
      <wa-drawer lang=${formats.locale} label=${title} .open=${this.isOpen} light-dismiss @wa-after-hide=${this.#hidden}>
        ${reading === undefined ? nothing : reading.value ? this.#detail(reading.value, formats, text) : missing(text, reading, 6, () => this.#controller?.retry())}
      </wa-drawer>
    `
  }

  #detail({ posting, mayRefund }: PostingDetail, formats: Formats, text: BillingMessages): TemplateResult {
    const { subject } = posting
    const line = (name: string, value: unknown) =>
      value === '' || value === null ? nothing : html`<div><dt class="quiet">${name}</dt><dd>${value}</dd></div>`
    return html`
      <div class="amount">${icon(iconOf(posting))}<strong data-part="amount">${formats.signed(posting.amount)}</strong></div>
      <dl class="facts">
        ${line(text['posting.balance'], html`<span class="number">${formats.credits(posting.balanceAfter)}</span>`)}
        ${line(text.time, formats.time(posting.at))}
        ${line(text.member, personOf(posting.member))}
        ${line(text['posting.reference'], posting.reference)}
        ${line(text.reason, posting.reason)}
      </dl>
      ${subject === null ? nothing : subjectOf(subject, formats, text)}
      ${
        mayRefund && subject?.__typename === 'Charge' && this.#controller
          ? html`<credits-refund .controller=${this.#controller} .charge=${subject} .formats=${formats} .text=${text}></credits-refund>`
          : nothing
      }
    `
  }
}

customElements.define('credits-posting', CreditsPosting)
