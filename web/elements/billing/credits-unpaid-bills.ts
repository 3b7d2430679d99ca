import '@awesome.me/webawesome/dist/components/button/button.js'
import { css, html, nothing, type TemplateResult } from 'lit'
import { type Bill, type BillsController, createBills } from '../controllers/bills.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { icon } from './icons.ts'
import { BillingPart } from './part.ts'
import { named } from './states.ts'
import { shared } from './styles.ts'

/** `<credits-unpaid-bills>`: a banner for each bill that waits to be paid, with what happens if it is not. For admins. */
export class CreditsUnpaidBills extends BillingPart<BillsController> {
  static override styles = [
    shared,
    css`
      .banner {
        display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.85rem; margin-block-end: 1rem; padding: 0.8rem 1rem; border-radius: 0.875rem;
        color: var(--wa-color-warning-on-quiet); background: var(--wa-color-warning-fill-quiet); border: 1px solid var(--wa-color-warning-border-quiet, transparent);
      }
      .banner.overdue { color: var(--wa-color-danger-on-quiet); background: var(--wa-color-danger-fill-quiet); border-color: var(--wa-color-danger-border-quiet, transparent) }
      .banner > div { flex: 1; min-inline-size: 14rem }
      .banner strong { display: block; font-weight: 600 }
    `,
  ]

  protected override open(scope: TeamScope): BillsController {
    return createBills(scope)
  }

  /** Nothing while it loads: most teams have no unpaid bill. */
  protected override render(): TemplateResult {
    const bills = this.controller?.getSnapshot().value ?? []
    return bills.some(({ isUnpaid }) => isUnpaid) ? super.render() : html``
  }

  protected override content(): TemplateResult {
    const bills = this.controller?.getSnapshot().value ?? []
    return html`${bills.filter(({ isUnpaid }) => isUnpaid).map((bill) => this.#banner(bill))}`
  }

  #banner({ month: name, total, isOverdue, overdueAt, invoiceUrl }: Bill): TemplateResult {
    const { formats, text } = this
    const [month, amount] = [formats.month(name), formats.money(total)]
    const then = overdueAt === null ? '' : text['bills.payBy']({ date: formats.date(overdueAt) })
    return html`
      <section class="banner ${isOverdue ? 'overdue' : ''}" role=${isOverdue ? 'alert' : 'status'} data-bill=${name}>
        ${icon('warning')}
        <div>
          <strong>${text[isOverdue ? 'bills.overdue' : 'bills.open']({ month, amount })}</strong>
          <span class="small">${isOverdue ? text['bills.paused'] : then}</span>
        </div>
        ${
          invoiceUrl === null
            ? nothing
            : html`<wa-button size="s" variant=${isOverdue ? 'danger' : 'neutral'} href=${invoiceUrl} target="_blank" rel="noopener">${named(text['bills.pay'], `${text['bills.pay']}: ${month}`)}${icon('externalLink', 'end')}</wa-button>`
        }
      </section>
    `
  }
}

customElements.define('credits-unpaid-bills', CreditsUnpaidBills)
