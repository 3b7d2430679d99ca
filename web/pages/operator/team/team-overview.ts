import { css, html, nothing, type TemplateResult } from 'lit'
import { releaseHold } from '../acts/release-hold.ts'
import { frozenBadge } from '../parts/badges.ts'
import { about, credits, day, distance, money, share, time, words } from '../parts/formats.ts'
import { shared } from '../parts/styles.ts'
import { type Team, TeamPart } from './team-part.ts'

type Hold = NonNullable<Team['holds']>['nodes'][number]

/** `<operator-team-overview>`: the balance, what it is made of, and what is reserved. */
export class OperatorTeamOverview extends TeamPart {
  static override styles = [
    shared,
    css`
      .figures { grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)) }
      .figures .first dd:nth-of-type(1) { font-size: 1.5rem; line-height: 1.2; letter-spacing: -0.025em }
      .period { display: grid; gap: 0.5rem; padding: 0.875rem 1rem; border-block-start: 1px solid var(--line) }
      .period p { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 1rem; font-variant-numeric: tabular-nums }
      .left { inline-size: 5rem; display: inline-block; vertical-align: middle }
    `,
  ]

  override render() {
    const { grants, holds } = this.team
    return html`${this.#balance()}${this.#grants(grants)}${this.#holds(holds?.nodes ?? [])}`
  }

  #balance(): TemplateResult {
    const { balance, creditLine, forecast, lowBalanceThreshold } = this.team
    const { period, nextExpiry, nextUnlock } = balance
    const now = Date.parse(balance.asOf)
    const figure = (name: string, value: unknown, under: unknown = nothing, kind = '') =>
      html`<div class=${kind}><dt>${name}</dt><dd>${value}</dd>${under === nothing ? nothing : html`<dd><small>${under}</small></dd>`}</div>`
    const runsOut = forecast.runsOutAt
    return html`
      <section class="card" aria-label="Balance">
        <dl class="figures">
          ${figure('Available', credits(balance.available), html`low below ${credits(lowBalanceThreshold)}`, 'first')}
          ${figure('Held', credits(balance.held))}
          ${nextUnlock === null ? nothing : figure('Locked', credits(balance.locked), html`${credits(nextUnlock.amount)} usable ${distance(nextUnlock.at, now)}`)}
          ${figure('Included', credits(balance.included), nextExpiry ? html`${credits(nextExpiry.amount)} end ${distance(nextExpiry.at, now)}` : nothing)}
          ${figure('Additional', credits(balance.additional))}
          ${balance.owed === '0' ? nothing : figure('Owed', html`<span class="fault">${credits(balance.owed)}</span>`, 'the next grant pays it')}
          ${creditLine === null ? nothing : figure('Credit line left', credits(creditLine.left), lentOf(creditLine))}
          ${figure('Spent a day', about(forecast.perDay), runsOut === null ? 'no end in sight' : html`runs out ${distance(runsOut, now)}`)}
        </dl>
        ${
          period === null
            ? nothing
            : html`
              <div class="period">
                <p><span>${credits(period.used)} of ${credits(period.allowance)} of the allowance used</span><span class="quiet">resets ${time(period.resetsAt)}</span></p>
                <span class="bar" aria-hidden="true"><span style="inline-size: ${100 * share(period.used, period.allowance)}%"></span></span>
              </div>
            `
        }
      </section>
    `
  }

  #grants(grants: Team['grants']): TemplateResult {
    return html`
      <section class="card" aria-labelledby="grants">
        <div class="head"><h2 id="grants">Open grants</h2><span class="quiet">in the order in which they burn</span></div>
        ${
          grants.length === 0
            ? html`<p class="body quiet">None. The next allowance, purchase or grant opens one.</p>`
            : html`
              <div class="scroll" tabindex="0" role="group" aria-label="Open grants">
                <table>
                  <thead><tr>
                    <th scope="col">Kind</th><th scope="col" class="number">Available</th><th scope="col" class="wide">Left</th><th scope="col" class="number wide">Held</th>
                    <th scope="col" class="number wide">Spent</th><th scope="col">Expires</th><th scope="col" class="wide">Source</th>
                  </tr></thead>
                  <tbody>${grants.map(grantRow)}</tbody>
                </table>
              </div>
            `
        }
      </section>
    `
  }

  #holds(holds: readonly Hold[]): TemplateResult {
    const now = Date.parse(this.team.balance.asOf)
    const row = (hold: Hold) => html`
      <tr>
        <td class="mono">${hold.reference ?? html`<span class="quiet">no reference</span>`}</td>
        <td class="number">${credits(hold.remaining)}</td>
        <td class="number wide">${credits(hold.captured)}</td>
        <td title=${hold.expiresAt}>${distance(hold.expiresAt, now)}</td>
        <td class="acts"><button class="button small" aria-label="Release ${hold.reference ?? 'the hold'}" @click=${() => this.ask(releaseHold(hold))}>Release</button></td>
      </tr>
    `
    return html`
      <section class="card" aria-labelledby="holds">
        <div class="head"><h2 id="holds">Open holds</h2></div>
        ${
          holds.length === 0
            ? html`<p class="body quiet">Nothing is reserved.</p>`
            : html`<table>
                <thead><tr>
                  <th scope="col">Reference</th><th scope="col" class="number">Held</th><th scope="col" class="number wide">Captured</th>
                  <th scope="col">Ends</th><th><span class="hidden">What to do</span></th>
                </tr></thead>
                <tbody>${holds.map(row)}</tbody>
              </table>`
        }
      </section>
    `
  }
}

const lentOf = ({ credits: limit, owed, billedAt, perCredit }: NonNullable<Team['creditLine']>): unknown =>
  billedAt === null
    ? html`of ${credits(limit)}`
    : html`of ${credits(limit)}; ${credits(owed)} owed, billed ${day(billedAt)} at ${money(perCredit)} each`

const grantRow = ({
  kind,
  granted,
  available,
  held,
  spent,
  expiresAt,
  source,
  frozen,
}: Team['grants'][number]): TemplateResult => html`
  <tr>
    <td>${words(kind)}${frozen ? html` ${frozenBadge()}` : nothing}</td>
    <td class="number">${credits(available)}<span class="under">of ${credits(granted)}</span></td>
    <td class="wide"><span class="bar left" aria-hidden="true"><span style="inline-size: ${100 * share(available, granted)}%"></span></span></td>
    <td class="number wide ${held === '0' ? 'quiet' : ''}">${credits(held)}</td>
    <td class="number wide ${spent === '0' ? 'quiet' : ''}">${credits(spent)}</td>
    <td>${expiresAt === null ? html`<span class="quiet">never</span>` : day(expiresAt)}</td>
    <td class="wide mono">${source}</td>
  </tr>
`

customElements.define('operator-team-overview', OperatorTeamOverview)
