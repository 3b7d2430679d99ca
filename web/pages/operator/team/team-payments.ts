import { html, nothing, type TemplateResult } from 'lit'
import { turnOffRecharge } from '../acts/turn-off-recharge.ts'
import { PurchasesDocument, type PurchasesQuery } from '../contract.ts'
import { purchaseBadge, rechargeBadge } from '../parts/badges.ts'
import { credits, money, person, time } from '../parts/formats.ts'
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

/** `<operator-team-payments>`: the team's auto-recharge and its purchases. */
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
    return html`${this.#recharge()}${this.#list()}`
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
        <div class="head"><h2 id="purchases">Purchases</h2></div>
        ${
          value === null
            ? missing(this.#purchases, 4)
            : value.nodes.length === 0
              ? empty('inbox', 'No purchases yet', 'What members and auto-recharge buy shows here, in every state.')
              : html`<table>
                <thead><tr>
                  <th scope="col">Package</th><th scope="col">State</th><th scope="col" class="number">Price</th>
                  <th scope="col" class="wide">By</th><th scope="col" class="wide">Payment</th><th scope="col" class="wide">At</th>
                </tr></thead>
                <tbody>${value.nodes.map(row)}</tbody>
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
}

function boughtBy({ package: pack, targetBalance }: Team['autoRecharge']): string {
  if (targetBalance !== null) return `Up to a balance of ${credits(targetBalance)} credits`
  return pack === null ? 'A package that is sold no more' : `${pack.name}, ${credits(pack.credits)} credits`
}

const row = ({
  package: pack,
  credits: amount,
  state,
  failure,
  price,
  refunded,
  cause,
  member,
  paymentReference,
  invoiceUrl,
  createdAt,
}: Purchase) => html`
  <tr>
    <td>${pack?.name ?? 'Any amount'}<span class="under">${credits(amount)} credits</span></td>
    <td>${purchaseBadge(state)}${failure === null ? nothing : html`<span class="under fault">${failure}</span>`}</td>
    <td class="number">${money(price)}${refunded.amount === '0' ? nothing : html`<span class="under">${money(refunded)} refunded</span>`}</td>
    <td class="wide">${cause === 'RECHARGE' ? 'Auto-recharge' : person(member)}</td>
    <td class="wide mono">${paymentReference}${invoiceUrl === null ? nothing : html`<span class="under"><a href=${invoiceUrl} target="_blank" rel="noreferrer">Invoice</a></span>`}</td>
    <td class="wide quiet">${time(createdAt)}</td>
  </tr>
`

customElements.define('operator-team-payments', OperatorTeamPayments)
