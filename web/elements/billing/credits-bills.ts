import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { type Bill, type BillsController, createBills } from '../controllers/bills.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { icon } from './icons.ts'
import { BillingPart } from './part.ts'
import { dotted, missing, outdated } from './states.ts'
import { shared } from './styles.ts'

const tones: Readonly<Record<Bill['state'], string>> = {
  CARRIED: '',
  DUE: '',
  OPEN: 'warn',
  OVERDUE: 'bad',
  PAID: 'good',
  REFUNDED: '',
  UNCOLLECTIBLE: 'bad',
  VOID: '',
}

/** `<credits-bills>`: the monthly bills in money, for admins. A team without one sees nothing. */
export class CreditsBills extends BillingPart<BillsController> {
  static override styles = [
    shared,
    css`
      :host { display: contents }
      li { display: grid; grid-template-columns: minmax(0, 1fr) 7rem 6rem 6.5rem; gap: 0.125rem 1rem; align-items: center; padding: 0.65rem 1.25rem }
      .link { display: inline-flex; align-items: center; gap: 0.3rem; font-weight: 500; text-decoration: none }
      .link:hover { text-decoration: underline }
      .link .icon svg { inline-size: 0.8125rem; block-size: 0.8125rem }
      @media (max-width: 44rem) {
        li { grid-template-columns: minmax(0, 1fr) auto; padding-inline: 1rem }
        li > :not(.what) { grid-column: 2; justify-self: end }
        .what { grid-row: 1 / span 3; align-self: start }
      }
    `,
  ]

  protected override open(scope: TeamScope): BillsController {
    return createBills(scope)
  }

  /** Nothing while it loads: most teams have no bill. */
  protected override render(): TemplateResult {
    const reading = this.controller?.getSnapshot()
    const isShown = reading?.phase === 'failed' || (reading?.value?.length ?? 0) > 0
    return isShown ? super.render() : html``
  }

  protected override content(): TemplateResult {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    const key = ({ month }: Bill) => month
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['bills.title']}</h2>
            <p class="small quiet">${this.text['bills.hint']}</p>
          </div>
        </div>
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${
          reading.value === null
            ? missing(this.text, reading, 2, retry)
            : html`<ul class="rows">${repeat(reading.value, key, (bill) => this.#row(bill))}</ul>`
        }
      </section>
    `
  }

  #row(bill: Bill): TemplateResult {
    const { formats, text } = this
    const { state, isUnpaid, isOverdue, carried, carriedTo, overdueAt, total } = bill
    const notes = [
      isUnpaid && !isOverdue && overdueAt !== null ? text['bills.payBy']({ date: formats.date(overdueAt) }) : '',
      isOverdue ? text['bills.paused'] : '',
      carried.amount === '0' ? '' : text['bills.carried']({ amount: formats.money(carried) }),
      carriedTo === null ? '' : text['bills.carriedTo']({ month: formats.month(carriedTo) }),
    ]
    return html`
      <li>
        <span class="what">
          <span style="font-weight: 500">${formats.month(bill.month)}</span>
          <span class="small quiet" style="display: block">${dotted(notes.filter(Boolean))}</span>
        </span>
        <span><span class="badge ${tones[state]}">${text[`billState.${state}`]}</span></span>
        <span class="number end">${formats.money(total)}</span>
        <span class="end">${this.#link(bill)}</span>
      </li>
    `
  }

  #link({ invoiceUrl, isUnpaid, month: name }: Bill): unknown {
    if (invoiceUrl === null) return nothing
    const { formats, text } = this
    const month = formats.month(name)
    const label = isUnpaid ? `${text['bills.pay']}: ${month}` : text['bills.invoiceOf']({ month })
    const shown = isUnpaid ? text['bills.pay'] : text['purchases.invoice']
    return html`<a class="link small" href=${invoiceUrl} target="_blank" rel="noopener" aria-label=${label}>${shown}${icon('externalLink')}</a>`
  }
}

customElements.define('credits-bills', CreditsBills)
