import { css, html, LitElement, nothing } from 'lit'
import { type Prices, readPrices } from './prices.ts'
import { allowanceIn, amountOf, inCredits, inMoney, measureOf } from './words.ts'

const anyAmount = ({ least, most, step, tiers }: NonNullable<Prices['customTopUp']>) => html`
  <li class="card">
    <h3>Any amount</h3>
    <div class="big">${inCredits(least)} to ${inCredits(most)} Credits</div>
    <p>In steps of ${inCredits(step)}</p>
    ${tiers.map(({ from, perCredit }) => html`<p>${inMoney(perCredit)} a credit from ${inCredits(from)} on</p>`)}
  </li>
`

/** `<pricing-page>`: plans, packages and the rate card. */
export class PricingPage extends LitElement {
  static override properties = {
    prices: { state: true },
    fault: { state: true },
    search: { state: true },
  }
  static override styles = css`
    :host { display: grid; gap: 3rem }
    h1 { margin: 0 0 0.375rem; font-size: 2rem; line-height: 1.15; letter-spacing: -0.03em; font-weight: 650 }
    h2 { margin: 0 0 1rem; font-size: 1.0625rem; letter-spacing: -0.015em }
    h3 { margin: 0; font-size: 0.9375rem; font-weight: 600 }
    p { margin: 0; color: var(--wa-color-text-quiet) }
    .lead { max-inline-size: 36rem; font-size: 1.0625rem }
    ul { margin: 0; padding: 0; list-style: none }
    .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 1rem }
    .card { display: grid; gap: 0.25rem; align-content: start; padding: 1.125rem 1.25rem; border: 1px solid var(--wa-color-surface-border); border-radius: 0.875rem; background: var(--wa-color-surface-raised) }
    .big { font-size: 1.375rem; font-weight: 600; letter-spacing: -0.025em; color: var(--wa-color-text-normal); font-variant-numeric: tabular-nums }
    .card p, .small { font-size: 0.8125rem }
    .best { justify-self: start; padding: 0.1rem 0.5rem; border-radius: 1rem; font-size: 0.75rem; font-weight: 500; background: var(--wa-color-brand-fill-quiet); color: var(--wa-color-brand-on-quiet) }
    .row { display: flex; align-items: center; justify-content: space-between; gap: 0.5rem }
    .head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; margin-block-end: 1rem }
    .head h2 { margin: 0 }
    input {
      box-sizing: border-box; inline-size: 16rem; max-inline-size: 100%; block-size: 2.125rem; padding-inline: 0.75rem; border: 1px solid var(--wa-form-control-border-color); border-radius: 0.5rem;
      background: var(--wa-color-surface-default); color: inherit; font: 400 0.8125rem/1.4 var(--wa-font-family-body);
    }
    input:focus-visible { outline: 2px solid var(--wa-color-focus); outline-offset: 1px }
    table { inline-size: 100%; border-collapse: collapse; font-size: 0.875rem }
    caption { padding: 1.25rem 0 0.5rem; text-align: start; font-size: 0.8125rem; font-weight: 600; color: var(--wa-color-text-quiet) }
    th, td { padding: 0.5rem 0; border-block-start: 1px solid var(--wa-color-surface-border); text-align: start; font-weight: 400 }
    td { padding-inline-start: 0.75rem; text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap }
    td.measure { inline-size: 10rem; color: var(--wa-color-text-quiet) }
    .note { font-size: 0.75rem; color: var(--wa-color-text-quiet) }
    a { color: var(--wa-color-text-link) }
    @media (max-width: 40rem) { h1 { font-size: 1.625rem } td.measure { inline-size: auto; padding-inline-start: 0.75rem } }
  `
  declare prices: Prices | null | undefined
  declare fault: string
  declare search: string

  constructor() {
    super()
    this.fault = ''
    this.search = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#load()
  }

  async #load(): Promise<void> {
    try {
      this.prices = await readPrices()
      this.fault = ''
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error)
    }
  }

  override render() {
    return html`
      <header>
        <h1>Pricing</h1>
        <p class="lead">Everything is paid in credits, and only what succeeded is charged. Included credits are used first.</p>
      </header>
      ${this.#content()}
    `
  }

  #content() {
    const { prices, fault } = this
    if (fault) return html`<p role="alert">${fault} <button @click=${this.#load}>Try again</button></p>`
    if (prices === undefined) return html`<p role="status">Loading …</p>`
    if (prices === null) {
      return html`<p>These prices are not public. <a href="/billing">Sign in</a> to see them.</p>`
    }
    return html`${this.#plans(prices)}${this.#packages(prices)}${this.#rates(prices)}`
  }

  #plans({ plans }: Prices) {
    return html`
      <section aria-labelledby="plans">
        <h2 id="plans">Plans</h2>
        <ul class="grid">
          ${plans.map(
            ({ name, allowances, topUp, contact, addOn }) => html`
              <li class="card">
                <h3>${name}</h3>
                ${
                  allowances.length === 0
                    ? html`<p>No credits included</p>`
                    : allowances.map(
                        (allowance) =>
                          html`<div class="big">${inCredits(allowance.credits)}</div><p>${allowanceIn(allowance).replace(/^[\d,.]+ /, '')}</p>`,
                      )
                }
                ${addOn ? html`<p>${inCredits(addOn.credits)} more for ${inMoney(addOn.price)} each</p>` : nothing}
                <p>${topUp ? 'Packages can be bought' : contact ? `Contact ${contact}` : 'Without packages'}</p>
              </li>
            `,
          )}
        </ul>
      </section>
    `
  }

  #packages({ packages, customTopUp }: Prices) {
    if (packages.length === 0 && customTopUp === null) return nothing
    const cheapest = Math.min(...packages.map(({ pricePer1000 }) => Number(pricePer1000.amount)))
    const differ = packages.some(({ pricePer1000 }) => Number(pricePer1000.amount) !== cheapest)
    return html`
      <section aria-labelledby="packages">
        <h2 id="packages">Packages</h2>
        <ul class="grid">
          ${packages.map(
            ({ name, credits, price, pricePer1000, approxMessages }) => html`
              <li class="card">
                <div class="row"><h3>${name}</h3>${differ && Number(pricePer1000.amount) === cheapest ? html`<span class="best">Best value</span>` : nothing}</div>
                <div class="big">${inCredits(credits)} Credits</div>
                <p>${inMoney(price)} · ${inMoney(pricePer1000)} per 1,000</p>
                ${approxMessages === null ? nothing : html`<p>About ${approxMessages.toLocaleString('en')} messages. Never expires.</p>`}
              </li>
            `,
          )}
          ${customTopUp === null ? nothing : anyAmount(customTopUp)}
        </ul>
      </section>
    `
  }

  #rates({ rateCard }: Prices) {
    const wanted = this.search.trim().toLowerCase()
    const found = rateCard.categories
      .map(({ id, name, rates }) => ({
        id,
        name,
        rates: rates.filter((rate) => `${name} ${rate.name}`.toLowerCase().includes(wanted)),
      }))
      .filter(({ rates }) => rates.length > 0)
    return html`
      <section aria-labelledby="rates">
        <div class="head">
          <h2 id="rates">What each action costs</h2>
          <input type="search" aria-label="Search actions" placeholder="Search" @input=${(event: InputEvent) => {
            this.search = (event.target as HTMLInputElement).value
          }}>
        </div>
        ${found.map(
          ({ name, rates }) => html`
            <table>
              <caption>${name}</caption>
              <tbody>
                ${rates.map(
                  (rate) => html`
                    <tr>
                      <th scope="row">${rate.name} ${rate.illustrative ? html`<span class="note">illustrative</span>` : nothing}</th>
                      <td>${amountOf(rate)}</td>
                      <td class="measure">${rate.free ? '' : measureOf(rate)}</td>
                    </tr>
                  `,
                )}
              </tbody>
            </table>
          `,
        )}
        ${found.length === 0 ? html`<p role="status">Nothing is called “${this.search}”.</p>` : nothing}
      </section>
    `
  }
}

customElements.define('pricing-page', PricingPage)
