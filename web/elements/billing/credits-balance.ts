import { css, html, nothing, type TemplateResult } from 'lit'
import type { Balance } from '../../client/index.ts'
import { shareOf } from '../controllers/amounts.ts'
import { type BalanceController, type BalanceReading, createBalance } from '../controllers/balance.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { BillingPart } from './part.ts'
import { missing } from './states.ts'
import { shared } from './styles.ts'

/**
 * `<credits-balance>`: the available credits with their two parts, and the running period of the plan's allowance.
 * Updates live.
 */
export class CreditsBalance extends BillingPart<BalanceController> {
  static override styles = [
    shared,
    css`
      .split { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr) }
      section { padding: 1.25rem }
      section + section { border-inline-start: 1px solid var(--wa-color-surface-border) }
      .title { display: flex; align-items: center; gap: 0.5rem; min-block-size: 1.5rem }
      .live { margin-inline-start: auto; display: inline-flex; align-items: center; gap: 0.4rem }
      .dot { inline-size: 0.4375rem; block-size: 0.4375rem; border-radius: 50%; background: var(--wa-color-text-quiet) }
      .live[data-state='live'] .dot { background: var(--wa-color-success-50) }
      .live[data-state='reconnecting'] .dot, .live[data-state='stale'] .dot { background: var(--wa-color-warning-50) }
      .live[data-state='closed'] .dot { background: var(--wa-color-danger-50) }
      .figure { margin-block: 0.35rem 0.15rem; font-size: 2.5rem; font-weight: 600; line-height: 1.15; letter-spacing: -0.035em; font-variant-numeric: tabular-nums }
      .bar { block-size: 0.5rem; margin-block: 1.1rem 0.9rem }
      .swatch.included, .bar > .included { background: var(--wa-color-brand-50) }
      .swatch.additional, .bar > .additional { background: #119b9b }
      dl.parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem 1.25rem }
      .parts dt { display: flex; align-items: center; gap: 0.45rem }
      .parts dd { font-size: 1.0625rem; font-weight: 550; font-variant-numeric: tabular-nums; letter-spacing: -0.01em }
      .swatch { inline-size: 0.5rem; block-size: 0.5rem; border-radius: 2px }
      .notes { display: grid; gap: 0.2rem; margin-block-start: 0.9rem }
      dl.lines > div { display: flex; justify-content: space-between; gap: 1rem; padding-block: 0.4rem }
      dl.lines > div + div { border-block-start: 1px solid var(--wa-color-surface-border) }
      dl.lines dd { font-weight: 500 }
      .allowance .bar { margin-block: 0.85rem 0.6rem }
      @media (max-width: 44rem) {
        .split { grid-template-columns: minmax(0, 1fr) }
        section { padding: 1rem }
        section + section { border-inline-start: 0; border-block-start: 1px solid var(--wa-color-surface-border) }
      }
    `,
  ]

  protected override open(scope: TeamScope): BalanceController {
    return createBalance(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot()
    if (!reading?.value) {
      const problem = reading ?? { phase: 'loading', error: null }
      return html`<div class="card"><div class="head"><h2>${this.text['balance.title']}</h2></div>${missing(this.text, problem, 4, () => this.controller?.retry())}</div>`
    }
    return html`<div class="card split">${this.#balance(reading.value, reading.state)}${this.#allowance(reading.value)}</div>`
  }

  #balance(balance: Balance, state: BalanceReading['state']): TemplateResult {
    const { formats } = this
    const { available, included, additional, held, owed, nextExpiry } = balance
    const now = Date.parse(balance.asOf)
    return html`
      <section aria-labelledby="balance">
        <div class="title">
          <h2 id="balance">${this.text['balance.title']}</h2>
          ${balance.state === 'OK' ? nothing : html`<span class="badge ${balance.state === 'LOW' ? 'warn' : 'bad'}">${this.text[`balance.${balance.state}`]}</span>`}
          <span class="live small quiet" data-state=${state}><span class="dot"></span>${this.text[`live.${state === 'idle' ? 'connecting' : state}`]}</span>
        </div>
        <p class="figure" data-part="available">${formats.wholeCredits(available)}</p>
        <p class="quiet">${this.text['balance.available']}</p>
        <div class="bar" aria-hidden="true">
          <span class="included" style="inline-size: ${100 * shareOf(included, available)}%"></span>
          <span class="additional" style="inline-size: ${100 * shareOf(additional, available)}%"></span>
        </div>
        <dl class="parts">
          <div>
            <dt class="quiet small"><span class="swatch included"></span>${this.text['balance.included']}</dt>
            <dd data-part="included">${formats.credits(included)}</dd>
            <dd class="quiet small" style="font-size: 0.8125rem; font-weight: 400">${this.text['balance.includedHint']}</dd>
          </div>
          <div>
            <dt class="quiet small"><span class="swatch additional"></span>${this.text['balance.additional']}</dt>
            <dd data-part="additional">${formats.credits(additional)}</dd>
            <dd class="quiet small" style="font-size: 0.8125rem; font-weight: 400">${this.text['balance.additionalHint']}</dd>
          </div>
        </dl>
        <div class="notes small quiet">
          ${held === '0' ? nothing : html`<p>${this.text['balance.held']}: <span class="number">${formats.credits(held)}</span></p>`}
          ${owed === '0' ? nothing : html`<p>${this.text['balance.owed']}: <span class="number">${formats.credits(owed)}</span></p>`}
          ${
            balance.runwaySeconds === null
              ? nothing
              : html`<p>${this.text['balance.runway']({ duration: formats.duration(balance.runwaySeconds) })}</p>`
          }
          ${
            nextExpiry === null
              ? nothing
              : html`<p>${this.text['balance.nextExpiry']({ amount: formats.credits(nextExpiry.amount), when: formats.relative(nextExpiry.at, now) })}</p>`
          }
        </div>
      </section>
    `
  }

  #allowance({ period, asOf }: Balance): TemplateResult {
    const { formats } = this
    const name = period === null ? this.text['allowance.title'] : this.text[`allowance.${cadenceOf(period)}`]
    const title = html`<div class="title"><h2 id="allowance">${name}</h2></div>`
    if (period === null)
      return html`<section aria-labelledby="allowance">${title}<p class="quiet">${this.text['allowance.none']}</p></section>`
    const { allowance, used, remaining, resetsAt } = period
    const share = shareOf(used, allowance)
    const line = (name: string, value: unknown, part: string) =>
      html`<div><dt class="quiet">${name}</dt><dd class="number" data-part=${part}>${value}</dd></div>`
    return html`
      <section class="allowance" aria-labelledby="allowance">
        ${title}
        <div class="bar" aria-hidden="true"><span style="inline-size: ${100 * share}%"></span></div>
        <p class="small quiet">${this.text['allowance.usedShare']({ share: formats.percent(share) })}</p>
        <dl class="lines" style="margin-block-start: 0.6rem">
          ${line(this.text['allowance.grant'], formats.credits(allowance), 'grant')}
          ${line(this.text['allowance.used'], formats.credits(used), 'used')}
          ${line(this.text['allowance.remaining'], formats.credits(remaining), 'remaining')}
          ${line(
            this.text['allowance.resets'],
            html`${formats.weekday(resetsAt)} <span class="quiet">· ${formats.relative(resetsAt, Date.parse(asOf))}</span>`,
            'resets',
          )}
        </dl>
      </section>
    `
  }
}

/** The cadence that fits the period's length: a month has 28 to 31 days, more or less an hour of summer time. */
function cadenceOf({ startsAt, resetsAt }: NonNullable<Balance['period']>): 'WEEK' | 'MONTH' | 'YEAR' {
  const days = (Date.parse(resetsAt) - Date.parse(startsAt)) / 86_400_000
  return days < 14 ? 'WEEK' : days < 60 ? 'MONTH' : 'YEAR'
}

customElements.define('credits-balance', CreditsBalance)
