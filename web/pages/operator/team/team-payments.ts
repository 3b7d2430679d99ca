import { html, nothing, type TemplateResult } from 'lit'
import { refundPurchase } from '../acts/refund-purchase.ts'
import { turnOffRecharge } from '../acts/turn-off-recharge.ts'
import { PurchasesDocument, type PurchasesQuery } from '../contract.ts'
import { badge, billBadge, frozenBadge, purchaseBadge, rechargeBadge } from '../parts/badges.ts'
import { credits, instant, money, person, time } from '../parts/formats.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { Pages } from '../parts/pages.ts'
import { present } from '../parts/reading.ts'
import { empty, missing, outdated } from '../parts/states.ts'
import type { Team } from './team-part.ts'

type Purchase = NonNullable<NonNullable<PurchasesQuery['team']>['purchases']>['nodes'][number]

const meanings: Readonly<Record<Team['autoRecharge']['state'], string>> = {
  OFF: 'The team buys nothing by itself.',
  ARMED: 'It buys when the balance falls below the threshold.',
  CHARGING: 'A payment is under way.',
  CAPPED: 'Another purchase would pass the monthly cap, or the limit of the day. It goes on when that is over.',
  PAUSED: 'Payments failed. It goes on with another payment method, or when an admin configures it again.',
  ACTION_REQUIRED: 'The customer must confirm a payment.',
}

/** `<operator-team-payments>`: the team's monthly bills, its auto-recharge and its purchases, which can be refunded. */
export class OperatorTeamPayments extends OperatorPart {
  static override properties = { team: { attribute: false } }
  declare team: Team

  readonly #purchases = new Pages<Purchase>(this, async (after, signal) => {
    const { team } = await this.client.request(PurchasesDocument, { team: this.team.id, after }, { signal })
    return present(present(team).purchases)
  })

  protected override read(): void {
    void this.#purchases.load()
  }

  override render() {
    return html`${this.#bills()}${this.#recharge()}${this.#list()}`
  }

  #bills(): unknown {
    const bills = this.team.meteredBills ?? []
    if (bills.length === 0) return nothing
    return html`
      <section class="card" aria-labelledby="bills">
        <div class="head"><h2 id="bills">Monthly bills</h2></div>
        <table>
          <thead><tr>
            <th scope="col">Month</th><th scope="col">State</th><th scope="col" class="number">Total</th>
            <th scope="col" class="wide">Overdue from</th><th scope="col" class="wide">Invoice</th>
          </tr></thead>
          <tbody>${bills.map(billRow)}</tbody>
        </table>
      </section>
    `
  }

  #recharge(): TemplateResult {
    const { autoRecharge } = this.team
    const { state, enabled, threshold, monthlyCap, spentThisMonth, lastFailure, actionUrl } = autoRecharge
    const { maxPerDay, rechargesToday } = autoRecharge
    return html`
      <section class="card" aria-labelledby="recharge">
        <div class="head">
          <h2 id="recharge">Auto-recharge</h2>${rechargeBadge(state)}
          ${enabled ? html`<button class="button small" @click=${() => this.ask(turnOffRecharge(this.team))}>Turn off</button>` : nothing}
        </div>
        <dl class="facts body">
          <dt>State</dt><dd>${meanings[state]}</dd>
          ${threshold === null ? nothing : html`<dt>Buys</dt><dd>${boughtBy(autoRecharge)}, below ${credits(threshold)}</dd>`}
          <dt>Spent this month</dt><dd>${money(spentThisMonth)}${monthlyCap === null ? '' : ` of ${money(monthlyCap)}`}</dd>
          ${maxPerDay === null ? nothing : html`<dt>Recharges today</dt><dd>${rechargesToday} of ${maxPerDay}</dd>`}
          ${lastFailure === null ? nothing : html`<dt>Last failure</dt><dd class="fault">${lastFailure}</dd>`}
          ${actionUrl === null ? nothing : html`<dt>To confirm</dt><dd><a href=${actionUrl} target="_blank" rel="noreferrer">The customer's page</a></dd>`}
        </dl>
      </section>
    `
  }

  #list(): TemplateResult {
    const { value } = this.#purchases
    return html`
      <section class="card" aria-labelledby="purchases">
        <div class="head"><h2 id="purchases">Purchases</h2><span class="quiet">${paysIn(this.team)}</span></div>
        ${
          value === null
            ? missing(this.#purchases, 4)
            : value.nodes.length === 0
              ? empty('inbox', 'No purchases yet', 'What members and auto-recharge buy shows here, in every state.')
              : html`<table>
                <thead><tr>
                  <th scope="col">Package</th><th scope="col">State</th><th scope="col" class="number">Price</th>
                  <th scope="col" class="wide">By</th><th scope="col" class="wide">Payment</th><th scope="col" class="wide">At</th>
                  <th><span class="hidden">What to do</span></th>
                </tr></thead>
                <tbody>${value.nodes.map((purchase) => this.#row(purchase))}</tbody>
              </table>`
        }
        ${
          value?.pageInfo.hasNextPage
            ? html`<div class="foot"><span></span><button class="button small" @click=${() => this.#purchases.more()}>Older</button></div>`
            : nothing
        }
        ${outdated(this.#purchases)}
      </section>
    `
  }

  #row(purchase: Purchase): TemplateResult {
    const { package: pack, credits: amount, state, failure, isUnderWay, createdAt, grant } = purchase
    const { cause, member, paymentReference, invoiceUrl } = purchase
    return html`
      <tr>
        <td>${pack?.name ?? 'Any amount'}<span class="under">${credits(amount)} credits</span></td>
        <td>${isUnderWay ? badge('Under way', 'brand') : purchaseBadge(state)}${grant?.frozen ? html` ${frozenBadge()}` : nothing}${failure === null ? nothing : html`<span class="under fault">${failure}</span>`}</td>
        <td class="number">${priceOf(purchase)}</td>
        <td class="wide">${cause === 'RECHARGE' ? 'Auto-recharge' : person(member)}</td>
        <td class="wide mono">${paymentReference}${invoiceUrl === null ? nothing : html`<span class="under"><a href=${invoiceUrl} target="_blank" rel="noreferrer">Invoice</a></span>`}</td>
        <td class="wide quiet">${time(createdAt)}</td>
        <td class="acts">${
          state === 'PAID'
            ? html`<button class="button small" aria-label="Refund ${pack?.name ?? 'any amount'} of ${instant(createdAt)}" @click=${() => this.ask(refundPurchase(this.team, purchase))}>Refund</button>`
            : nothing
        }</td>
      </tr>
    `
  }
}

const paysIn = ({ currency, currencies }: Team): string =>
  currencies.length > 1 ? `Its first purchase chooses ${currencies.join(' or ')}` : `Pays in ${currency}`

function boughtBy({ package: pack, targetBalance }: Team['autoRecharge']): string {
  if (targetBalance !== null) return `Up to a balance of ${credits(targetBalance)} credits`
  return pack === null ? 'A package that is sold no more' : `${pack.name}, ${credits(pack.credits)} credits`
}

const priceOf = ({ net, tax, total, discount, refunded }: Purchase): TemplateResult => html`
  ${money(total)}
  ${tax === null ? nothing : html`<span class="under">net ${money(net)}, tax ${money(tax)}</span>`}
  ${discount === null ? nothing : html`<span class="under">${money(discount)} off by promotion code</span>`}
  ${refunded.amount === '0' ? nothing : html`<span class="under">${money(refunded)} refunded</span>`}
`

type Bill = NonNullable<Team['meteredBills']>[number]

const billRow = ({ month, state, total, carried, carriedTo, overdueAt, invoiceUrl }: Bill): TemplateResult => html`
  <tr>
    <td>${month}${carriedTo === null ? nothing : html`<span class="under">billed with ${carriedTo}</span>`}</td>
    <td>${billBadge(state)}</td>
    <td class="number">${money(total)}${carried.amount === '0' ? nothing : html`<span class="under">with ${money(carried)} of earlier months</span>`}</td>
    <td class="wide quiet">${overdueAt === null ? nothing : time(overdueAt)}</td>
    <td class="wide">${invoiceUrl === null ? nothing : html`<a href=${invoiceUrl} target="_blank" rel="noreferrer">Invoice</a>`}</td>
  </tr>
`

customElements.define('operator-team-payments', OperatorTeamPayments)
