import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, nothing, type TemplateResult } from 'lit'
import { shareOf } from '../controllers/amounts.ts'
import type { SpendingLimit } from '../controllers/plan.ts'
import type { BillingMessages } from '../locales/billing.ts'
import { choice, choices } from './choice.ts'
import type { LimitPeriod } from './contract.ts'
import { icon } from './icons.ts'
import { personOf } from './names.ts'
import { decimalPattern, fieldOf, PlanForm } from './plan-form.ts'
import { empty, named } from './states.ts'
import { shared } from './styles.ts'

const periods: readonly LimitPeriod[] = ['DAY', 'WEEK', 'MONTH']

/**
 * The spending limits of members for a day, week or month. Admins see and change all of the team's limits; others see
 * their own.
 */
export class CreditsLimits extends PlanForm {
  static override properties = { adds: { state: true } }
  static override styles = [
    shared,
    choices,
    css`
      li { display: grid; grid-template-columns: minmax(0, 1fr) minmax(8rem, 14rem) 5.5rem; gap: 0.25rem 1.25rem; align-items: center; padding: 0.65rem 1.25rem }
      form { display: grid; grid-template-columns: minmax(12rem, 1.4fr) minmax(7rem, 1fr) minmax(7rem, 0.8fr); gap: 0.75rem; align-items: start; padding: 0 1.25rem 1.25rem }
      .last { grid-column: 1 / -1 }
      .used { display: grid; gap: 0.35rem }
      @media (max-width: 44rem) {
        form { grid-template-columns: minmax(0, 1fr); padding-inline: 1rem }
        li { grid-template-columns: minmax(0, 1fr) auto; padding-inline: 1rem }
        .used { grid-row: 2; grid-column: 1 / -1 }
      }
    `,
  ]
  declare adds: boolean

  constructor() {
    super()
    this.adds = false
  }

  override render() {
    const { reading, text } = this
    if (reading === null || text === null) return nothing
    const limits = reading.spendingLimits ?? []
    return html`
      <section class="card" aria-labelledby="limits">
        <div class="head">
          <div class="grow">
            <h2 id="limits">${text['limits.title']}</h2>
            <p class="small quiet">${text[reading.mayConfigure ? 'limits.hint' : 'limits.mine']}</p>
          </div>
          ${
            reading.mayConfigure && !this.adds
              ? html`<wa-button size="s" appearance="outlined" @click=${() => (this.adds = true)}>${icon('plus', 'start')}${text['limits.add']}</wa-button>`
              : nothing
          }
        </div>
        ${this.adds ? this.#form(text) : this.outcome?.ok === false ? html`<div class="body">${this.answer('')}</div>` : nothing}
        ${
          limits.length === 0
            ? this.adds
              ? nothing
              : empty('hourglass', text['limits.none'], text['limits.noneHint'])
            : html`<ul class="rows">${limits.map((limit) => this.#row(limit, text, reading.mayConfigure))}</ul>`
        }
      </section>
    `
  }

  #form(text: BillingMessages): TemplateResult {
    return html`
      <form @submit=${this.#submit}>
        <wa-input size="s" name="member" required maxlength="200" autocomplete="off" label=${text.member} hint=${text['limits.memberHint']}></wa-input>
        <wa-input size="s" name="credits" inputmode="decimal" pattern=${decimalPattern} required autocomplete="off" label=${text.unit}></wa-input>
        ${choice({
          label: text['limits.per'],
          name: 'per',
          values: periods.map((per) => [per, text[`limitPeriod.${per}`]] as const),
          chosen: 'WEEK',
        })}
        <div class="actions last">
          <wa-button size="s" type="submit" variant="brand" ?loading=${this.busy}>${text['limits.save']}</wa-button>
          <wa-button size="s" appearance="plain" @click=${() => (this.adds = false)}>${text.cancel}</wa-button>
          ${this.answer('')}
        </div>
      </form>
    `
  }

  #row(
    { member, callerId, group, per, credits, used, resetsAt }: SpendingLimit,
    text: BillingMessages,
    mayConfigure: boolean,
  ): TemplateResult {
    const { formats, reading } = this
    const name = group?.name ?? (member === null ? (callerId ?? '') : personOf(member))
    const limited = { memberId: member?.memberId, callerId: callerId ?? undefined, groupId: group?.groupId }
    const amounts = { used: formats?.credits(used) ?? used, credits: formats?.credits(credits) ?? credits }
    const lift = () => this.send((controller) => controller.setLimit({ ...limited, per, credits: null }))
    return html`
      <li>
        <span>
          <strong style="font-weight: 500">${name}</strong>
          <span class="quiet">${text[`limitPer.${per}`]}</span><br>
          <span class="small quiet">${text['limits.resets']({ when: formats?.date(resetsAt) ?? resetsAt })}</span>
        </span>
        <span class="used">
          <span class="small number end">${text['limits.used'](amounts)}</span>
          <span class="bar" aria-hidden="true"><span style="inline-size: ${100 * shareOf(used, credits)}%"></span></span>
        </span>
        <span class="end">
          ${
            mayConfigure && reading
              ? html`<wa-button size="s" appearance="plain" @click=${lift}>${named(text['limits.lift'], text['limits.liftOf']({ name }))}</wa-button>`
              : nothing
          }
        </span>
      </li>
    `
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const [memberId, credits, per] = ['member', 'credits', 'per'].map((name) => fieldOf(event, name))
    const change = { memberId, credits: credits ?? null, per: (per || 'WEEK') as LimitPeriod }
    if (await this.send((controller) => controller.setLimit(change))) this.adds = false
  }
}

customElements.define('credits-limits', CreditsLimits)
