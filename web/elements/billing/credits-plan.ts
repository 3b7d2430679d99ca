import './add-on-form.ts'
import './credits-limits.ts'
import './low-threshold-form.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { type Contract, createPlan, type PlanController, type PlanReading } from '../controllers/plan.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { BillingPart } from './part.ts'
import { empty, missing, outdated } from './states.ts'
import { shared } from './styles.ts'

const tones = { RUNNING: 'good', UPCOMING: 'brand', ENDED: '' } as const

/** `<credits-plan>`: the plan, add-on units, contracts, the warning threshold and spending limits. Admins change what a team may. */
export class CreditsPlan extends BillingPart<PlanController> {
  static override styles = [
    shared,
    css`
      .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem }
      .name { font-size: 1.25rem; font-weight: 600; letter-spacing: -0.02em }
      li { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; align-items: baseline; padding: 0.65rem 1.25rem }
      li .grow { flex: 1; min-inline-size: 12rem }
      li strong { font-weight: 550 }
      @media (max-width: 40rem) { li { padding-inline: 1rem } li .end { text-align: start } }
    `,
  ]

  protected override open(scope: TeamScope): PlanController {
    return createPlan(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    if (reading.value === null || this.controller === null) {
      return html`<section class="card" aria-labelledby="title"><div class="head"><h2 id="title">${this.text['plan.title']}</h2></div>${missing(this.text, reading, 5, retry)}</section>`
    }
    const { value } = reading
    return html`
      <div class="stack">
        ${this.#plan(value)}
        ${outdated(this.text, reading, retry)}
        ${value.contracts.length === 0 ? nothing : this.#contracts(value.contracts)}
        <credits-low-threshold .controller=${this.controller} .reading=${value} .formats=${this.formats} .text=${this.text}></credits-low-threshold>
        <credits-limits .controller=${this.controller} .reading=${value} .formats=${this.formats} .text=${this.text}></credits-limits>
      </div>
    `
  }

  #plan(reading: PlanReading): TemplateResult {
    const { plan, seats } = reading
    const { formats } = this
    if (plan === null) {
      return html`<section class="card" aria-labelledby="title"><div class="head"><h2 id="title">${this.text['plan.title']}</h2></div>${empty('lock', this.text['plan.none'], this.text['plan.noneHint'])}</section>`
    }
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['plan.title']}</h2>
            <p class="name" data-part="plan">${plan.name}</p>
          </div>
          <span class="quiet">${this.text['plan.seats'](seats, { n: formats.number(seats) })}</span>
        </div>
        <ul class="rows">
          ${plan.allowances.map((allowance) => {
            const { credits, every, perSeat, rollover, rolloverUpTo, illustrative } = allowance
            return html`
              <li>
                <span class="grow">
                  <strong>${this.creditsOf(credits)}</strong>
                  ${perSeat ? this.text['plan.perSeat'] : nothing} ${this.text[`cadence.${every}`]}
                  ${illustrative ? html`<span class="badge">${this.text['plan.illustrative']}</span>` : nothing}
                </span>
                <span class="small quiet">${this.#rollover({ rollover, rolloverUpTo })}</span>
              </li>
            `
          })}
          ${
            plan.addOn === null
              ? nothing
              : html`<li><credits-add-on class="grow" .controller=${this.controller} .reading=${reading} .formats=${formats} .text=${this.text}></credits-add-on></li>`
          }
          ${
            plan.topUp || plan.contact === null
              ? nothing
              : html`<li class="quiet">${this.text['plan.noTopUp']({ contact: plan.contact })}</li>`
          }
        </ul>
      </section>
    `
  }

  #rollover({ rollover, rolloverUpTo }: Pick<Contract, 'rollover' | 'rolloverUpTo'>): string {
    if (rollover !== 'CAPPED') return this.text[`rollover.${rollover}`]
    return this.text['rollover.CAPPED']({ credits: this.creditsOf(rolloverUpTo ?? '0') })
  }

  #contracts(contracts: readonly Contract[]): TemplateResult {
    const { formats } = this
    return html`
      <section class="card" aria-labelledby="contracts">
        <div class="head"><h2 id="contracts">${this.text['contracts.title']}</h2></div>
        <ul class="rows">
          ${contracts.map(
            ({ reference, credits, every, state, endsAt, nextGrantAt, rollover, rolloverUpTo }) => html`
              <li>
                <span class="grow">
                  <strong>${reference}</strong> <span class="badge ${tones[state]}">${this.text[`contractState.${state}`]}</span><br>
                  <span class="small quiet">
                    ${this.creditsOf(credits)} ${this.text[`cadence.${every ?? 'once'}`]}
                    ${endsAt === null ? nothing : this.text['contracts.until']({ date: formats.date(endsAt) })}
                  </span>
                </span>
                <span class="small quiet end">
                  ${nextGrantAt === null ? nothing : html`${this.text['contracts.next']({ date: formats.date(nextGrantAt) })}<br>`}
                  ${every === null ? nothing : this.#rollover({ rollover, rolloverUpTo })}
                </span>
              </li>
            `,
          )}
        </ul>
      </section>
    `
  }
}

customElements.define('credits-plan', CreditsPlan)
