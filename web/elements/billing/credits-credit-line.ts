import { css, html, nothing, type TemplateResult } from 'lit'
import { numberOf, shareOf } from '../controllers/amounts.ts'
import { type CreditLine, type CreditLineController, createCreditLine } from '../controllers/credit-line.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { BillingPart } from './part.ts'
import { shared } from './styles.ts'

/** `<credits-credit-line>`: how much the team may owe beyond its balance, what it owes, and when that is billed. */
export class CreditsCreditLine extends BillingPart<CreditLineController> {
  static override styles = [
    shared,
    css`
      :host { display: contents }
      .bar { margin-block-end: 0.9rem }
      .bar > span { background: var(--wa-color-warning-50) }
      dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.75rem 1.25rem }
      dd { font-size: 1.0625rem; font-weight: 550; font-variant-numeric: tabular-nums }
      .billed { margin-block-start: 0.9rem }
    `,
  ]

  protected override open(scope: TeamScope): CreditLineController {
    return createCreditLine(scope)
  }

  get #line(): CreditLine | null {
    return this.controller?.getSnapshot().value?.line ?? null
  }

  /** Nothing while it loads: most teams have no credit line. */
  protected override render(): TemplateResult {
    return this.#line === null ? html`` : super.render()
  }

  protected override content(): TemplateResult {
    const line = this.#line
    if (line === null) return html``
    const { formats, text } = this
    const { credits, owed, left, billedAt, perCredit } = line
    const fact = (name: string, amount: string, part: string) =>
      html`<div><dt class="quiet small">${name}</dt><dd data-part=${part}>${formats.credits(amount)}</dd></div>`
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${text['line.title']}</h2>
            <p class="small quiet">${text['line.hint']}</p>
          </div>
        </div>
        <div class="body">
          <div class="bar" aria-hidden="true"><span style="inline-size: ${100 * shareOf(owed, credits)}%"></span></div>
          <dl>
            ${fact(text['line.limit'], credits, 'line-limit')}
            ${fact(text['line.owed'], owed, 'line-owed')}
            ${fact(text['line.left'], left, 'line-left')}
          </dl>
          ${
            billedAt === null || numberOf(owed) === 0
              ? nothing
              : html`<p class="billed small quiet" data-part="line-billed">${text['line.billed']({ date: formats.date(billedAt) })}, ${text['line.price']({ price: formats.money(perCredit) })}</p>`
          }
        </div>
      </section>
    `
  }
}

customElements.define('credits-credit-line', CreditsCreditLine)
