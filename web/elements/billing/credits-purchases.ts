import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import {
  createPurchases,
  type PurchaseRow,
  type PurchasesController,
  type PurchasesReading,
} from '../controllers/purchases.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { icon } from './icons.ts'
import { personOf } from './names.ts'
import { BillingPart } from './part.ts'
import { dotted, empty, missing, outdated } from './states.ts'
import { shared } from './styles.ts'

const tones: Readonly<Record<PurchaseRow['state'], string>> = {
  PAID: 'good',
  PENDING: 'warn',
  FAILED: 'bad',
  CANCELED: '',
  REFUNDED: '',
  DISPUTED: 'bad',
}

/** `<credits-purchases>`: the purchases of people and of auto-recharge, with invoices and refunds. */
export class CreditsPurchases extends BillingPart<PurchasesController> {
  static override properties = { loadsMore: { state: true }, fault: { state: true } }
  static override styles = [
    shared,
    css`
      li { display: grid; grid-template-columns: minmax(0, 1fr) 7rem 7.5rem 6rem 6.5rem; gap: 0.125rem 1rem; align-items: center; padding: 0.65rem 1.25rem }
      .what { min-inline-size: 0 }
      .what > span { display: block; overflow-wrap: anywhere; text-wrap: pretty }
      .link { display: inline-flex; align-items: center; gap: 0.3rem; font-weight: 500; text-decoration: none }
      .link:hover { text-decoration: underline }
      .link .icon svg { inline-size: 0.8125rem; block-size: 0.8125rem }
      .foot { display: grid; justify-items: center; padding: 0.9rem; border-block-start: 1px solid var(--wa-color-surface-border) }
      @media (max-width: 44rem) {
        li { grid-template-columns: minmax(0, 1fr) auto; padding-inline: 1rem }
        li > :not(.what) { grid-column: 2; justify-self: end }
        .what { grid-row: 1 / span 3; align-self: start }
        .date { display: none }
      }
    `,
  ]
  declare loadsMore: boolean
  declare fault: string

  constructor() {
    super()
    this.loadsMore = false
    this.fault = ''
  }

  protected override open(scope: TeamScope): PurchasesController {
    return createPurchases(scope)
  }

  async #try(act: () => Promise<unknown> | undefined): Promise<void> {
    this.loadsMore = true
    this.fault = ''
    try {
      await act()
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error)
    }
    this.loadsMore = false
  }

  #openPortal(): Promise<void> {
    return this.#try(async () => {
      const url = await this.controller?.portalUrl(location.href)
      if (url) location.assign(url)
    })
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <h2 id="title" class="grow">${this.text['view.purchases']}</h2>
          ${
            reading.value?.mayPay && reading.value.rows.length > 0
              ? html`<wa-button size="s" appearance="outlined" @click=${this.#openPortal}>${this.text['purchases.portal']}${icon('externalLink', 'end')}</wa-button>`
              : nothing
          }
        </div>
        ${this.fault === '' ? nothing : html`<p class="fault small body" role="alert"><bdi>${this.fault}</bdi></p>`}
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 4, retry) : this.#list(reading.value)}
      </section>
    `
  }

  #list({ rows, hasMore, mayPay }: PurchasesReading): TemplateResult {
    if (rows.length === 0) return empty('creditCard', this.text['purchases.none'], this.text['purchases.noneHint'])
    return html`
      <ul class="rows">${repeat(
        rows,
        ({ id }) => id,
        (row) => this.#row(row, mayPay),
      )}</ul>
      ${
        hasMore
          ? html`
            <div class="foot">
              <wa-button size="s" appearance="outlined" ?loading=${this.loadsMore} @click=${() => this.#try(() => this.controller?.loadMore())}>
                ${this.text.more}
              </wa-button>
            </div>
          `
          : nothing
      }
    `
  }

  #row(row: PurchaseRow, mayPay: boolean): TemplateResult {
    const { formats } = this
    const { state, cause, failure, refunded, createdAt, net, tax, discount, isUnderWay, grant } = row
    const who = cause === 'RECHARGE' ? this.text['recharge.title'] : personOf(row.member)
    const notes = [
      row.package === null ? '' : this.creditsOf(row.credits),
      who,
      tax === null ? '' : this.text['purchases.netAndTax']({ net: formats.money(net), tax: formats.money(tax) }),
      discount === null ? '' : this.text['purchases.discount']({ amount: formats.money(discount) }),
      grant?.frozen ? this.text['grants.frozen'] : '',
      grant?.unlocksAt ? this.#lockOf(grant.locked, grant.unlocksAt) : '',
      isUnderWay ? this.text['purchases.underWay'] : '',
      Number(refunded.amount) > 0 ? this.text['purchases.refunded']({ amount: formats.money(refunded) }) : '',
      state === 'FAILED' ? failure : '',
      row.paymentReference,
    ]
    return html`
      <li>
        <span class="what">
          <span style="font-weight: 500">${this.#nameOf(row)}</span>
          <span class="small quiet">${dotted(notes.filter(Boolean))}</span>
        </span>
        <span><span class="badge ${tones[state]}">${this.text[`purchaseState.${isUnderWay ? 'UNDER_WAY' : state}`]}</span></span>
        <span class="small quiet number end date">${formats.date(createdAt)}</span>
        <span class="number end">${formats.money(row.total)}</span>
        <span class="end">${this.#link(row, mayPay)}</span>
      </li>
    `
  }

  #lockOf(locked: string, unlocksAt: string): string {
    const { formats } = this
    return this.text['grants.locked']({ amount: formats.credits(locked), time: formats.time(unlocksAt) })
  }

  /** The package's name; the credits of an amount of one's own. */
  #nameOf({ package: bought, credits }: PurchaseRow): string {
    return bought?.name ?? this.creditsOf(credits)
  }

  #link(row: PurchaseRow, mayPay: boolean): unknown {
    const { invoiceUrl, confirmUrl, checkoutUrl, state, createdAt } = row
    if (state === 'PENDING' && mayPay) {
      const [url, name] = confirmUrl ? [confirmUrl, this.text.confirm] : [checkoutUrl, this.text['purchases.pay']]
      if (url) return html`<a class="link small" href=${url}>${name}</a>`
    }
    if (invoiceUrl === null) return nothing
    const label = this.text['purchases.invoiceOf']({ name: this.#nameOf(row), date: this.formats.date(createdAt) })
    return html`<a class="link small" href=${invoiceUrl} target="_blank" rel="noopener" aria-label=${label}>${this.text['purchases.invoice']}${icon('externalLink')}</a>`
  }
}

customElements.define('credits-purchases', CreditsPurchases)
