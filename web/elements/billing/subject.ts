import { css, html, nothing, type TemplateResult } from 'lit'
import type { Subject } from '../controllers/posting.ts'
import type { BillingMessages } from '../locales/billing.ts'
import type { ChargeDetailFragment, LineFragment } from './contract.ts'
import type { Formats } from './formats.ts'
import { personOf } from './names.ts'

export const subjectStyles = css`
  .facts > div, .price > div { display: flex; justify-content: space-between; gap: 1.25rem; padding-block: 0.45rem }
  .facts > div + div, .price > div + div { border-block-start: 1px solid var(--wa-color-surface-border) }
  .facts dd, .price dd { text-align: end; overflow-wrap: anywhere; min-inline-size: 0 }
  h3 { margin-block: 1.5rem 0.35rem }
  .price dt { min-inline-size: 0 }
  .price .sum { font-weight: 600 }
`

type Fact = readonly [string, unknown]

const factsOf = (facts: readonly Fact[]): TemplateResult => html`
  <dl class="facts">
    ${facts
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => html`<div><dt class="quiet">${name}</dt><dd>${value}</dd></div>`)}
  </dl>
`

const titled = (title: string, content: unknown): TemplateResult => html`<h3>${title}</h3>${content}`

/** The subject of a line of the activity. */
export function subjectOf(subject: Subject, formats: Formats, text: BillingMessages): TemplateResult {
  const { credits } = formats
  switch (subject.__typename) {
    case 'Charge':
      return chargeOf(subject, formats, text)
    case 'Refund':
      return html`${titled(text['posting.of'], nothing)}${chargeOf(subject.charge, formats, text)}`
    case 'Hold': {
      const { amount, captured, remaining, holdState, holdEndsAt } = subject
      const facts: Fact[] = [
        [text['posting.state'], text[`holdState.${holdState}`]],
        [text['posting.holdAmount'], credits(amount)],
        [text['posting.captured'], credits(captured)],
        [text['posting.left'], credits(remaining)],
        [text['posting.ends'], holdState === 'OPEN' ? formats.time(holdEndsAt) : null],
      ]
      return titled(text['posting.hold'], factsOf(facts))
    }
    case 'CreditGrant': {
      const { granted, available, spent, source, expiresAt, kind } = subject
      const facts: Fact[] = [
        [text['activity.kind'], text[`grantKind.${kind}`]],
        [text['posting.granted'], credits(granted)],
        [text['posting.available'], credits(available)],
        [text['posting.spent'], credits(spent)],
        [text['posting.expires'], expiresAt === null ? text['posting.never'] : formats.time(expiresAt)],
        [text['posting.source'], source],
      ]
      return titled(text['posting.grant'], factsOf(facts))
    }
    case 'Purchase': {
      const { state, price, package: bought, credits: amount, member, invoiceUrl, refunded } = subject
      const facts: Fact[] = [
        [text['posting.state'], text[`purchaseState.${state}`]],
        [bought?.name ?? text['posting.granted'], text.credits(Number(amount), { n: credits(amount) })],
        [text['posting.lines'], formats.money(price)],
        [text['purchaseState.REFUNDED'], Number(refunded.amount) > 0 ? formats.money(refunded) : null],
        [text.member, personOf(member)],
        [
          text['purchases.invoice'],
          invoiceUrl === null
            ? null
            : html`<a href=${invoiceUrl} target="_blank" rel="noopener">${text['purchases.invoice']}</a>`,
        ],
      ]
      return titled(text['posting.purchase'], factsOf(facts))
    }
    default:
      return html``
  }
}

function chargeOf(
  { lines, amount, burn, rateCardVersion, metered }: ChargeDetailFragment,
  formats: Formats,
  text: BillingMessages,
): TemplateResult {
  return html`
    ${titled(
      text['posting.lines'],
      html`
        <dl class="price">
          ${lines.map((line) => lineOf(line, formats, text))}
          <div class="sum"><dt>${text.total}</dt><dd class="number">${formats.credits(amount)}</dd></div>
          ${metered === null ? nothing : html`<div><dt class="quiet">${text['rates.metered']}</dt><dd class="number">${formats.money(metered)}</dd></div>`}
        </dl>
      `,
    )}
    ${
      burn.length === 0
        ? nothing
        : titled(
            text['posting.burn'],
            factsOf(
              burn.map(({ kind, amount: paid }) => [
                text[`grantKind.${kind}`],
                html`<span class="number">${formats.credits(paid)}</span>`,
              ]),
            ),
          )
    }
    <p class="small quiet" style="margin-block-start: 1rem; overflow-wrap: anywhere">${text['view.rates']} ${rateCardVersion}</p>
  `
}

function lineOf(
  { name, quantity, count, credits, money }: LineFragment,
  formats: Formats,
  text: BillingMessages,
): TemplateResult {
  const times =
    count === 1
      ? text['posting.once']({ quantity: formats.credits(quantity) })
      : text['posting.quantity']({ quantity: formats.credits(quantity), count: formats.number(count) })
  return html`
    <div>
      <dt>${name}<br><span class="small quiet number">${times}</span></dt>
      <dd class="number">${money === null ? formats.credits(credits) : formats.money(money)}</dd>
    </div>
  `
}
