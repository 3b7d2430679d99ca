import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import type { CreditsClient } from '../../../client/index.ts'
import type { Act } from '../acts/act.ts'
import { refundCharge } from '../acts/refund-charge.ts'
import { type ActivityQuery, SubjectDocument, type SubjectQuery } from '../contract.ts'
import { badge, frozenBadge, purchaseBadge } from '../parts/badges.ts'
import { counted, credits, money, time, words } from '../parts/formats.ts'
import { present, Reading } from '../parts/reading.ts'
import { missing } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'

type Activities = NonNullable<NonNullable<ActivityQuery['team']>['activity']>
export type Activity = Activities['nodes'][number]
type Subject = NonNullable<SubjectQuery['node']>
type Charge = Extract<Subject, { __typename: 'Charge' }>

/** `<operator-subject>`: the subject of one line of the activity. A charge can be refunded. */
export class OperatorSubject extends LitElement {
  static override properties = {
    client: { attribute: false },
    activity: { attribute: false },
    team: { attribute: false },
  }
  static override styles = [
    shared,
    css`
      :host { padding: 0.875rem 1rem; background: var(--wa-color-surface-lowered) }
      .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1rem 2rem }
      h3 { margin-block-end: 0.4rem; font-size: 0.75rem; font-weight: 500; color: var(--wa-color-text-quiet) }
      li { display: flex; justify-content: space-between; gap: 1rem; padding-block: 0.15rem; font-variant-numeric: tabular-nums }
      .acts { margin-block-start: 0.875rem }
    `,
  ]
  declare client: CreditsClient
  declare activity: Activity
  declare team: { readonly id: string; readonly name: string }

  readonly #subject = new Reading(this, async (signal) =>
    present((await this.client.request(SubjectDocument, { id: this.activity.subject?.id ?? '' }, { signal })).node),
  )

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.activity.subject !== null) void this.#subject.load()
  }

  override render() {
    const { at, member, reference, reason, revision } = this.activity
    const fact = (name: string, value: unknown) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing)
    return html`
      <div class="columns">
        <dl class="facts">
          ${fact('At', time(at))}
          ${fact('Position', `${revision}`)}
          ${fact('Member', member && (member.name === null ? member.memberId : `${member.name} (${member.memberId})`))}
          ${fact('Reference', reference && html`<span class="mono">${reference}</span>`)}
          ${fact('Reason', reason)}
        </dl>
        ${this.#lines()}
        ${this.activity.subject === null ? nothing : this.#subject.value === null ? missing(this.#subject, 2) : subjectOf(this.#subject.value)}
      </div>
      ${this.#refund()}
    `
  }

  #lines(): unknown {
    const { lines } = this.activity
    if (lines.length === 0) return nothing
    return html`
      <div>
        <h3>What was used</h3>
        <ul>${lines.map(
          ({ name, quantity, count, credits: amount, money: price }) => html`
            <li><span>${name} <span class="quiet">${amountOf(quantity, count)}</span></span><span>${price ? money(price) : credits(amount)}</span></li>
          `,
        )}</ul>
      </div>
    `
  }

  #refund(): unknown {
    const { value } = this.#subject
    if (value?.__typename !== 'Charge' || value.amount === '0') return nothing
    const ask = (charge: Charge) =>
      this.dispatchEvent(
        new CustomEvent<Act>('act', { detail: refundCharge(this.team, charge), bubbles: true, composed: true }),
      )
    return html`<p class="acts"><button class="button" @click=${() => ask(value)}>Refund</button></p>`
  }
}

/** `2 × 10`: two assets of ten units. */
const amountOf = (quantity: string, count: number): string =>
  [count > 1 || quantity === '1' ? `${count}` : '', quantity === '1' ? '' : credits(quantity)]
    .filter(Boolean)
    .join(' × ')

function subjectOf(subject: Subject): unknown {
  switch (subject.__typename) {
    case 'Charge':
      return html`
        <div>
          <h3>Paid by</h3>
          <ul>${subject.burn.map(({ kind, amount }) => html`<li><span>${words(kind)}</span><span>${credits(amount)}</span></li>`)}</ul>
          <p class="quiet mono">Prices of ${subject.rateCardVersion}</p>
        </div>
      `
    case 'Hold':
      return block(
        'Hold',
        html`${badge(words(subject.holdState))} ${credits(subject.captured)} of ${counted(Number(subject.amount), 'credit')} charged, until ${time(subject.deadline)}`,
      )
    case 'Refund':
      return block(
        'Refund',
        `${credits(subject.amount)} of a charge of ${credits(subject.charge.amount)}${subject.charge.reference ? ` for ${subject.charge.reference}` : ''}`,
      )
    case 'Purchase':
      return block(
        'Purchase',
        html`${purchaseBadge(subject.purchaseState)} ${money(subject.price)} <span class="mono quiet">${subject.paymentReference}</span>`,
      )
    case 'CreditGrant':
      return block(
        'Grant',
        html`${words(subject.kind)}: ${credits(subject.available)} of ${credits(subject.granted)} left ${subject.frozen ? frozenBadge() : nothing} <span class="mono quiet">${subject.source}</span>`,
      )
    default:
      return nothing
  }
}

const block = (title: string, content: unknown): TemplateResult => html`<div><h3>${title}</h3><p>${content}</p></div>`

customElements.define('operator-subject', OperatorSubject)
