import { html, nothing, type TemplateResult } from 'lit'
import { decimalOf, microOf } from '../../controllers/amounts.ts'
import type { AnyAmount } from '../../controllers/purchase-state.ts'
import type { View } from './view.ts'

/**
 * A slider for any amount. It counts in steps, so that no amount passes through a JS number. Its price is the gateway's
 * own, by the preview of each amount.
 */
export function anyAmountRow(view: View, offer: AnyAmount): TemplateResult {
  const { state, text, format, purchase } = view
  const [least, most, step] = [microOf(offer.least), microOf(offer.most), microOf(offer.step)]
  const credits = state.credits ?? offer.least
  const choose = (index: number) => purchase.chooseCredits(decimalOf(least + BigInt(index) * step))
  const slide = (event: Event) => choose((event.target as HTMLInputElement).valueAsNumber)
  const index = Number((microOf(credits) - least) / step)
  const amount = text.credits(Number(credits), { amount: format.credits(credits) })
  return html`
    <div class="pack own">
      <input type="radio" name="package" id="any-amount" .checked=${state.credits !== null} @change=${() => choose(index)}>
      <label class="line" for="any-amount">
        <span class="amount">${text.anyAmount}</span>
        <span class="price" data-any-price>${priceOf(view)}</span>
      </label>
      <input type="range" data-any-amount aria-label=${text.anyAmount} aria-valuetext=${amount} min="0"
        max=${`${(most - least) / step}`} .value=${`${index}`} @input=${slide}>
      <span class="line detail" aria-hidden="true">
        <span>${format.credits(offer.least)}</span><output for="any-amount">${amount}</output><span>${format.credits(offer.most)}</span>
      </span>
    </div>
  `
}

/** Nothing before it is chosen; a blank while the price of a new amount is on its way. */
function priceOf({ state, format }: View): TemplateResult | string | typeof nothing {
  if (state.credits === null) return nothing
  const price = state.preview?.net ?? null
  return price === null ? html`<span class="blank number">0</span>` : format.money(price)
}
