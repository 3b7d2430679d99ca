import './usage-chart.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shareOf } from '../controllers/amounts.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { createUsage, type UsageController, type UsageReading } from '../controllers/usage.ts'
import { groupName } from './chart-tip.ts'
import { BillingPart } from './part.ts'
import { empty, missing, outdated, segments } from './states.ts'
import { shared } from './styles.ts'
import { colorOf } from './usage-colors.ts'

/** `<credits-usage>`: the usage by day, and by feature or member, with the forecast. */
export class CreditsUsage extends BillingPart<UsageController> {
  static override styles = [
    shared,
    css`
      .figures { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; padding: 0 1.25rem 1rem }
      .figures dd { font-size: 1.1875rem; font-weight: 600; letter-spacing: -0.015em; font-variant-numeric: tabular-nums }
      .figures dd small { font-size: 0.8125rem; font-weight: 400; letter-spacing: 0; color: var(--wa-color-text-quiet) }
      .chart { padding: 0 1.25rem 0.75rem }
      .groups li { display: grid; grid-template-columns: minmax(0, 1fr) 6rem 6.5rem 3rem; gap: 0.25rem 1rem; align-items: center; padding: 0.55rem 1.25rem }
      .name { display: flex; align-items: center; gap: 0.6rem; min-inline-size: 0 }
      .name span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
      .swatch { flex: none; inline-size: 0.625rem; block-size: 0.625rem; border-radius: 3px }
      details { border-block-start: 1px solid var(--wa-color-surface-border); padding: 0.7rem 1.25rem; font-size: 0.8125rem }
      summary { cursor: pointer; color: var(--wa-color-text-quiet) }
      .scroll { overflow-x: auto; margin-block-start: 0.75rem; max-block-size: 20rem }
      table { border-collapse: collapse; inline-size: 100% }
      th, td { padding: 0.3rem 0.75rem 0.3rem 0; text-align: start; white-space: nowrap; font-variant-numeric: tabular-nums }
      th { font-weight: 500; color: var(--wa-color-text-quiet) }
      .busy { opacity: 0.55; transition: opacity 150ms ease 150ms }
      @media (max-width: 40rem) {
        .figures, .chart { padding-inline: 1rem }
        .groups li { grid-template-columns: minmax(0, 1fr) auto 2.75rem; padding-inline: 1rem }
        .uses { display: none }
      }
    `,
  ]
  #busy = false

  protected override open(scope: TeamScope): UsageController {
    return createUsage(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <h2 id="title" class="grow">${this.text['usage.title']}</h2>
          ${reading.value === null ? nothing : this.#choices(reading.value)}
        </div>
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 6, retry) : this.#usage(reading.value)}
      </section>
    `
  }

  #choices({ choice }: UsageReading): TemplateResult {
    const { formats } = this
    return html`
      ${segments({
        label: this.text['usage.by'],
        values: [
          ['feature', this.text['usage.feature']],
          ['member', this.text.member],
        ] as const,
        chosen: choice.view,
        choose: (view) => this.#choose({ view }),
      })}
      ${segments({
        label: this.text.period,
        values: [7, 30, 90].map((days) => [days, formats.days(days)] as const),
        chosen: choice.days,
        choose: (days) => this.#choose({ days }),
      })}
    `
  }

  async #choose(change: Parameters<UsageController['choose']>[0]): Promise<void> {
    this.#busy = true
    this.requestUpdate()
    await this.controller?.choose(change)
    this.#busy = false
    this.requestUpdate()
  }

  #usage(reading: UsageReading): TemplateResult {
    const label = this.text[reading.choice.view === 'feature' ? 'usage.chartByFeature' : 'usage.chartByMember']
    return html`
      ${this.#figures(reading)}
      ${
        reading.groups.length === 0
          ? empty('clock', this.text['usage.none'], this.text['usage.noneHint'])
          : html`
            <div class=${this.#busy ? 'busy' : ''}>
              <div class="chart">
                <credits-usage-chart .reading=${reading} .formats=${this.formats} .text=${this.text} label=${label}></credits-usage-chart>
              </div>
              ${this.#groups(reading)}
              ${this.#table(reading)}
            </div>
          `
      }
    `
  }

  #figures({ choice, total, perDay, runsOutAt }: UsageReading): TemplateResult {
    const { formats } = this
    const used = Number(perDay) > 0
    return html`
      <dl class="figures">
        <div>
          <dt class="small quiet">${this.text['usage.total']({ days: formats.days(choice.days) })}</dt>
          <dd data-part="total">${formats.credits(total)}</dd>
        </div>
        <div>
          <dt class="small quiet">${this.text['usage.perDay']}</dt>
          <dd data-part="per-day">${formats.short(perDay)} <small>${this.text['usage.forecastHint']}</small></dd>
        </div>
        <div>
          <dt class="small quiet">${this.text['usage.runsOut']}</dt>
          <dd data-part="runs-out">
            ${runsOutAt !== null ? this.text['usage.until']({ date: formats.date(runsOutAt) }) : this.text[used ? 'usage.lasts' : 'usage.noUse']}
          </dd>
        </div>
      </dl>
    `
  }

  #groups({ groups, total }: UsageReading): TemplateResult {
    const { formats } = this
    return html`
      <ul class="rows groups">
        ${repeat(
          groups,
          ({ key }) => key,
          (group, index) => html`
            <li>
              <span class="name">
                <span class="swatch" style="background: ${colorOf(index)}"></span>
                <span>${groupName(group, this.text)}</span>
              </span>
              <span class="small quiet end uses">
                ${this.text['usage.uses'](group.count, { n: formats.number(group.count) })}
              </span>
              <span class="number end">${formats.credits(group.total)}</span>
              <span class="small quiet number end">${formats.percent(shareOf(group.total, total))}</span>
            </li>
          `,
        )}
      </ul>
    `
  }

  #table({ days, groups }: UsageReading): TemplateResult {
    const { formats } = this
    const used = days
      .map((day, index) => ({ day, index }))
      .filter(({ index }) => groups.some(({ perDay }) => perDay[index]))
    return html`
      <details>
        <summary>${this.text['usage.table']}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${this.text['usage.title']}>
          <table>
            <thead>
              <tr><th scope="col">${this.text['usage.day']}</th>${groups.map((group) => html`<th scope="col" class="end">${groupName(group, this.text)}</th>`)}</tr>
            </thead>
            <tbody>
              ${used.reverse().map(
                ({ day, index }) => html`
                  <tr>
                    <th scope="row">${formats.calendarDay(day)}</th>
                    ${groups.map(({ perDay }) => html`<td class="end">${formats.number(perDay[index] ?? 0)}</td>`)}
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
      </details>
    `
  }
}

customElements.define('credits-usage', CreditsUsage)
