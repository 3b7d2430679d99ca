import { html, nothing, type TemplateResult } from 'lit'
import type { Offer } from '../../controllers/purchase-state.ts'
import type { View } from './view.ts'

/**
 * The currency of the prices: a choice while the team has none, then the team's. Nothing where the catalog sells in one
 * alone.
 */
export function currencyRow(view: View, offer: Offer): TemplateResult | typeof nothing {
  if (offer.currencies.length < 2) return nothing
  return offer.team.currencies.length < 2 ? ownCurrency(view, offer) : choiceOfCurrency(view, offer)
}

const ownCurrency = ({ text, format }: View, { currency }: Offer): TemplateResult =>
  html`<p class="currency" data-currency><span>${text.currency}</span><span>${format.currency(currency)}</span></p>`

function choiceOfCurrency({ state, text, format, purchase }: View, { team }: Offer): TemplateResult {
  const choose = (event: Event) => purchase.chooseCurrency((event.target as HTMLSelectElement).value)
  return html`
    <div class="currency">
      <label for="currency">${text.currency}</label>
      <select id="currency" aria-describedby="currency-hint" .value=${state.currency ?? ''} ?disabled=${state.step === 'paying'} @change=${choose}>
        ${team.currencies.map(
          (currency) =>
            html`<option value=${currency} ?selected=${currency === state.currency}>${format.currency(currency)}</option>`,
        )}
      </select>
      <p class="note" id="currency-hint">${text.currencyHint}</p>
    </div>
  `
}
