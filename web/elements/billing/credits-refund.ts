import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, LitElement, nothing } from 'lit'
import type { PostingController } from '../controllers/posting.ts'
import type { BillingMessages } from '../locales/billing.ts'
import type { Formats } from './formats.ts'
import { icon } from './icons.ts'
import { shared } from './styles.ts'

/** Gives credits of a charge back. It is shown to callers who may. */
export class CreditsRefund extends LitElement {
  static override properties = {
    controller: { attribute: false },
    charge: { attribute: false },
    formats: { attribute: false },
    text: { attribute: false },
    step: { state: true },
    message: { state: true },
  }
  static override styles = [shared, css`:host { margin-block-start: 1.5rem }`]
  declare controller: PostingController | null
  declare charge: { readonly id: string; readonly amount: string } | null
  declare formats: Formats | null
  declare text: BillingMessages | null
  declare step: 'closed' | 'form' | 'busy' | 'done'
  declare message: string
  /** One for each intended refund: a second try after a lost answer gives back once. */
  #key = ''

  constructor() {
    super()
    this.controller = null
    this.charge = null
    this.formats = null
    this.text = null
    this.step = 'closed'
    this.message = ''
  }

  #begin(): void {
    this.#key = crypto.randomUUID()
    this.message = ''
    this.step = 'form'
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const { controller, charge } = this
    if (controller === null || charge === null || this.step === 'busy') return
    const data = new FormData(event.target as HTMLFormElement)
    const amount = String(data.get('amount') ?? '').trim() || null
    this.step = 'busy'
    this.message = ''
    const outcome = await controller.refund({
      chargeId: charge.id,
      amount,
      reason: String(data.get('reason')),
      key: this.#key,
    })
    if (outcome.ok) {
      const given = (outcome.value as { readonly amount: string }).amount
      this.message = this.text?.['refund.done'](Number(given), { n: this.formats?.credits(given) ?? given }) ?? ''
      this.step = 'done'
    } else {
      this.message = outcome.message
      this.step = 'form'
      // A refused refund had no effect. Other input needs another key.
      if (outcome.code !== 'CONNECTION_LOST') this.#key = crypto.randomUUID()
    }
  }

  override render() {
    const { text } = this
    if (text === null) return nothing
    if (this.step === 'done') return html`<p class="done" role="status">${this.message}</p>`
    if (this.step === 'closed') {
      return html`<wa-button size="s" appearance="outlined" @click=${this.#begin}>${icon('undo', 'start')}${text['refund.open']}</wa-button>`
    }
    return html`
      <form class="form" @submit=${this.#submit}>
        <wa-input size="s" name="amount" inputmode="decimal" pattern="\\d+(\\.\\d{1,6})?" label=${text['refund.amount']} hint=${text['refund.amountHint']}
          placeholder=${this.charge?.amount ?? ''}></wa-input>
        <wa-input size="s" name="reason" required maxlength="500" label=${text.reason}></wa-input>
        ${this.message === '' ? nothing : html`<p class="fault" role="alert"><bdi>${this.message}</bdi></p>`}
        <div class="actions">
          <wa-button size="s" type="submit" variant="brand" ?loading=${this.step === 'busy'}>${text['refund.confirm']}</wa-button>
          <wa-button size="s" appearance="plain" @click=${() => (this.step = 'closed')}>${text.cancel}</wa-button>
        </div>
      </form>
    `
  }
}

customElements.define('credits-refund', CreditsRefund)
