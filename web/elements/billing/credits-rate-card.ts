import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import {
  createRateCard,
  type Rate,
  type RateCard,
  type RateCardController,
  searchRates,
} from '../controllers/rate-card.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { icon } from './icons.ts'
import { BillingPart } from './part.ts'
import { empty, missing, outdated } from './states.ts'
import { shared } from './styles.ts'

/** `<credits-rate-card>`: all prices, by category, with a search. */
export class CreditsRateCard extends BillingPart<RateCardController> {
  static override properties = { wanted: { state: true } }
  static override styles = [
    shared,
    css`
      wa-input { inline-size: min(18rem, 100%) }
      .category { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0 1.5rem; padding: 1rem 1.25rem; border-block-start: 1px solid var(--wa-color-surface-border) }
      .category h3 { padding-block: 0.5rem }
      .category li { display: flex; gap: 0.25rem 1rem; align-items: center; padding-block: 0.5rem }
      .category li:first-child { border-block-start: 0 }
      .what { flex: 1; min-inline-size: 0; display: flex; flex-wrap: wrap; gap: 0.2rem 0.5rem; align-items: center }
      .price { text-align: end }
      .price strong { font-weight: 550 }
      @media (max-width: 44rem) { .category { grid-template-columns: minmax(0, 1fr); padding-inline: 1rem } wa-input { inline-size: 100% } }
    `,
  ]
  declare wanted: string

  constructor() {
    super()
    this.wanted = ''
  }

  protected override open(scope: TeamScope): RateCardController {
    return createRateCard(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['view.rates']}</h2>
            ${
              reading.value === null
                ? nothing
                : html`<p class="small quiet">${this.text['rates.since']({ date: this.formats.date(reading.value.effectiveFrom) })}</p>`
            }
          </div>
          ${
            reading.value === null
              ? nothing
              : html`
                <wa-input class="bare" size="s" type="search" id="search" with-clear lang=${this.formats.locale} label=${this.text['rates.search']} placeholder=${this.text['rates.search']}
                  .value=${this.wanted} @input=${(event: Event) => {
                    this.wanted = (event.target as HTMLInputElement).value
                  }}>${icon('search', 'start')}</wa-input>
              `
          }
        </div>
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 6, retry) : this.#categories(reading.value)}
      </section>
    `
  }

  #categories(card: RateCard): TemplateResult {
    const found = searchRates(card.categories, this.wanted)
    if (found.length === 0)
      return empty('search', this.text['rates.none']({ text: this.wanted.trim() }), this.text['rates.noneHint'])
    return html`
      ${repeat(
        found,
        ({ code }) => code,
        ({ name, rates }) => html`
          <div class="category">
            <h3>${name}</h3>
            <ul class="rows">${repeat(
              rates,
              ({ code }) => code,
              (rate) => this.#rate(rate),
            )}</ul>
          </div>
        `,
      )}
    `
  }

  #rate(rate: Rate): TemplateResult {
    const badges = [
      ...rate.requires.map((requirement) => this.text[`requirement.${requirement}`]),
      rate.role === 'ADMIN' ? this.text['role.ADMIN'] : '',
      rate.charge === 'AT_START' ? this.text['rates.atStart'] : '',
      rate.settlement === 'METERED' ? this.text['rates.metered'] : '',
      rate.roundsUp ? this.text['rates.roundsUp'] : '',
      rate.illustrative ? this.text['rates.illustrative'] : '',
    ]
    return html`
      <li>
        <span class="what" title=${rate.code}>
          <span>${rate.name}</span>
          ${badges.filter(Boolean).map((badge) => html`<span class="badge">${badge}</span>`)}
        </span>
        <span class="price number">
          ${this.#price(rate)}
        </span>
      </li>
    `
  }

  #price({ credits, money, settlement, free, per, unit }: Rate): TemplateResult {
    const { formats } = this
    if (free) return html`<strong>${this.text['rates.free']}</strong>`
    if (credits === null && money === null) return html`<span class="quiet small">${this.text['rates.byEngine']}</span>`
    const inMoney = money !== null && (settlement === 'METERED' || credits === null)
    const price = inMoney ? formats.money(money) : this.creditsOf(credits ?? '0')
    const units = this.text[`rateUnit.${unit}`](Number(per), { n: formats.credits(per) })
    return html`<strong>${price}</strong> <span class="quiet small">${units}</span>`
  }
}

customElements.define('credits-rate-card', CreditsRateCard)
