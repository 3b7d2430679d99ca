import { html, nothing, type TemplateResult } from 'lit'
import { decimalOf, microOf } from '../../controllers/amounts.ts'
import {
  bestValue,
  chosenSale,
  isPriced,
  type Offer,
  type Pack,
  type Problem,
} from '../../controllers/purchase-state.ts'
import { adviceFor, isOfAnyMethod } from '../advice.ts'
import { anyAmountRow } from './any-amount.ts'
import { currencyRow } from './currency.ts'
import { rechargeRow } from './recharge.ts'
import type { View } from './view.ts'

/** The packages and the slider for any amount, with one of them chosen. */
export function choosingBody(view: View, offer: Offer): TemplateResult {
  const { state, text, purchase } = view
  const { packages, customTopUp } = offer
  const best = bestValue(packages)
  const isExample = [...packages, customTopUp].some((one) => one?.illustrative)
  return html`
    ${currencyRow(view, offer)}
    <fieldset ?disabled=${state.step === 'paying'}>
      <legend class="sr">${text.packages}</legend>
      <div class="packs ${packages.length > 4 ? 'many' : ''}">
        ${packages.map((pack) =>
          packRow(view, pack, { isBest: pack === best, choose: () => purchase.choose(pack.id) }),
        )}
        ${customTopUp === null ? nothing : anyAmountRow(view, customTopUp)}
      </div>
    </fieldset>
    ${isExample ? html`<p class="note example">${text.illustrative}</p>` : nothing}
    ${rechargeRow(view)}
  `
}

function packRow(
  { state, text, format }: View,
  pack: Pack,
  { isBest, choose }: { readonly isBest: boolean; readonly choose: () => void },
): TemplateResult {
  const amount = format.credits(pack.credits)
  const title = text.credits(Number(pack.credits), { amount })
  const messages = pack.approxMessages
  const details = [
    pack.name.toLowerCase() === title.toLowerCase() ? null : pack.name,
    messages === null ? null : text.messages(messages, { count: format.count(messages) }),
  ].filter((detail) => detail !== null)
  const badge = isBest ? html`<span class="badge">${text.bestValue}</span>` : nothing
  const prices = isPriced(state)
    ? {
        whole: format.money(pack.price),
        rate: text.per1000({ price: format.unitPrice(pack.pricePer1000), n: format.count(1_000) }),
      }
    : { whole: blank, rate: blank }
  const isPlain = details.length === 0
  return html`
    <label class="pack ${isPlain && !isBest ? 'plain' : ''}">
      <input type="radio" name="package" value=${pack.id} .checked=${pack.id === state.packageId} @change=${choose}>
      <span class="line">
        <span class="amount">${title} ${isPlain ? nothing : badge}</span>
        <span class="price">${prices.whole}</span>
      </span>
      <span class="line detail">
        ${isPlain ? badge : html`<span>${details.join(' · ')}</span>`}
        <span class="rate">${prices.rate}</span>
      </span>
    </label>
  `
}

/** The purchase's effect on the balance, and the one button that makes the purchase. */
export function choosingFooter(view: View): TemplateResult {
  const { state, text, format } = view
  const price = chosenSale(state)?.price ?? null
  const isPaying = state.step === 'paying'
  const problem = state.step === 'choosing' ? state.problem : null
  // Only Stripe's page takes promotion codes, so that the saved method is not charged.
  const takesCodes = state.offer?.promotionCodes === true
  return html`
    <dl class="sum">
      <div><dt>${text.balanceNow}</dt><dd data-now>${number(state.balance?.available, view)}</dd></div>
      <div class="after"><dt>${text.balanceAfter}</dt><dd data-after>${number(state.preview?.projectedBalance, view)}</dd></div>
    </dl>
    ${taxPart(view)}
    ${lockPart(view)}
    ${problem === null ? nothing : problemPart(view, problem)}
    ${
      problem?.kind === 'declined'
        ? declinedButtons(view, problem)
        : html`
          <button type="button" class="primary" data-focus data-buy ?disabled=${isPaying || price === null} @click=${() => view.buy()}>
            ${
              isPaying
                ? html`<span class="spinner"></span>${text.paying}`
                : buyLabel(view, problem, price === null ? '' : format.money(price))
            }
          </button>
          <div class="under">
            <p class="note">${text.howPaid}</p>
            <div class="ways">
              <button type="button" class="text" data-other ?disabled=${isPaying || price === null} @click=${() => view.buy('CHECKOUT')}>${text.otherMethod}</button>
              ${takesCodes ? html`<button type="button" class="text" data-code ?disabled=${isPaying || price === null} @click=${() => view.buy('CHECKOUT')}>${text.haveCode}</button>` : nothing}
            </div>
            ${takesCodes ? html`<p class="note">${text.codeAtCheckout}</p>` : nothing}
          </div>`
    }
  `
}

/** Nothing where no tax is known. */
function taxPart({ state, text, format }: View): TemplateResult | typeof nothing {
  const { net, tax = null, total } = state.preview ?? {}
  if (net === undefined || total === undefined || tax === null) return nothing
  const amounts = { net: format.money(net), tax: format.money(tax), total: format.money(total) }
  return html`<p class="note" data-tax>${text.netAndTax(amounts)}</p>`
}

/** Nothing where all of it can be used at once. */
export function lockPart({ state, text, format }: View): TemplateResult | typeof nothing {
  const { credits, locked, unlocksAt = null } = state.preview ?? {}
  if (credits === undefined || locked === undefined || unlocksAt === null) return nothing
  const now = decimalOf(microOf(credits) - microOf(locked))
  const parts = { now: format.credits(now), later: format.credits(locked), time: format.time(unlocksAt) }
  return html`<p class="note" data-locked>${text.locked(parts)}</p>`
}

/** A value that is on its way. */
const blank = html`<span class="blank number">0</span>`

const number = (amount: string | undefined, { format }: View): TemplateResult =>
  amount === undefined ? blank : html`${format.credits(amount)}`

function buyLabel({ text }: View, problem: Problem | null, price: string): string {
  if (problem?.kind === 'unknown') return text.checkAgain
  if (problem?.kind === 'unavailable') return text.retry
  return text.pay({ price })
}

/** Where money was paid, nobody is led to pay again. */
function declinedButtons({ text, buy, close }: View, { code }: Problem): TemplateResult {
  if (code === 'paid_otherwise')
    return html`<button type="button" class="primary" data-focus @click=${close}>${text.close}</button>`
  const other = isOfAnyMethod(code)
    ? nothing
    : html`<button type="button" class="primary" data-focus data-other @click=${() => buy('CHECKOUT')}>${text.useOther}</button>`
  return html`<div class="two">${other}<button type="button" data-focus data-buy @click=${() => buy()}>${text.retry}</button></div>`
}

function problemPart({ text, format }: View, problem: Problem): TemplateResult {
  const { kind, code, message, retryAfterSeconds = 30 } = problem
  const advice = kind === 'declined' ? adviceFor(code) : null
  const words = {
    declined: [
      text.declinedTitle,
      advice === null
        ? html`<bdi>${message}</bdi>`
        : `${text[advice]} ${advice === 'paid_otherwise' ? '' : text.nothingCharged}`,
    ],
    unavailable: [text.unavailableTitle, text.unavailableText({ time: format.seconds(retryAfterSeconds) })],
    unknown: [text.unknownTitle, text.unknownText],
    currency: [text.currency, text.otherCurrency],
    refused: [text.refusedTitle, html`<bdi>${message}</bdi>`],
  } as const
  const [title, what] = words[kind]
  return html`<div class="problem" role="alert"><strong>${title}</strong><p>${what}</p></div>`
}
