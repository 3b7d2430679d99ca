import { html, nothing, type TemplateResult } from 'lit'
import type { Offer, Pack } from '../../controllers/purchase-state.ts'
import type { Recharge } from '../../controllers/recharge.ts'
import { icons } from '../icons.ts'
import type { PlainId } from '../texts.ts'
import type { View } from './view.ts'

/** Buying by itself, in the same place: a line that opens. */
export function rechargePart(view: View, offer: Offer): TemplateResult {
  const { recharging, text } = view
  const { recharge } = recharging
  if (recharge === null) return html``
  const isOff = recharge.state === 'OFF'
  const [id, look] = looks[recharge.state]
  return html`
    <details data-recharge>
      <summary>${text('recharge')}<span class="state ${look}" data-state>${text(id)}</span>${icons.down}</summary>
      <div class="recharge">
        ${isOff || recharge.state === 'PAUSED' ? nothing : running(view, recharge)}
        ${recharge.state === 'PAUSED' ? paused(view, recharge) : nothing}
        ${isOff ? form(view, offer) : nothing}
        ${recharging.problem === null ? nothing : html`<p class="problem" role="alert">${recharging.problem.message}</p>`}
      </div>
    </details>
  `
}

const looks: Readonly<Record<Recharge['state'], readonly [PlainId, string]>> = {
  OFF: ['off', ''],
  ARMED: ['on', 'on'],
  CHARGING: ['charging', 'on'],
  ACTION_REQUIRED: ['actionRequired', 'bad'],
  CAPPED: ['capped', 'bad'],
  PAUSED: ['paused', 'bad'],
}

function running(view: View, recharge: Recharge): TemplateResult {
  const { text, format } = view
  const { package: pack, threshold, monthlyCap, spentThisMonth, actionUrl } = recharge
  const spent = format.money(spentThisMonth)
  return html`
    ${
      pack === null || threshold === null
        ? nothing
        : html`<p class="note">${text('rechargeOn', {
            package: creditsOf(view, pack),
            price: format.money(pack.price),
            threshold: format.credits(threshold),
          })}</p>`
    }
    ${actionUrl === null ? nothing : html`<a class="button primary" href=${actionUrl} target="_blank" rel="noopener">${text('confirm')}${icons.out}</a>`}
    <div class="line">
      <span class="note">${
        monthlyCap === null ? text('spentNoCap', { spent }) : text('spent', { spent, cap: format.money(monthlyCap) })
      }</span>
      ${turnOff(view)}
    </div>
  `
}

function paused(view: View, { lastFailure }: Recharge): TemplateResult {
  const { text } = view
  const what = lastFailure === null ? text('rechargePausedPlain') : text('rechargePaused', { reason: lastFailure })
  return html`<div class="line"><p class="note">${what}</p>${turnOff(view)}</div>`
}

const turnOff = ({ text, recharge, recharging }: View): TemplateResult =>
  html`<button type="button" class="text" data-turn-off ?disabled=${recharging.isSaving} @click=${() => void recharge.turnOff()}>${text('turnOff')}</button>`

const creditsOf = ({ text, format }: View, { credits }: Pack): string =>
  text.plural('credits', Number(credits), { amount: format.credits(credits) })

function form(view: View, offer: Offer): TemplateResult {
  const { text, format, recharging, state, draft, setDraft } = view
  const pack = offer.packages.find(({ id }) => id === (draft.packageId ?? state.packageId)) ?? offer.packages[0]
  if (pack === undefined) return html``
  const threshold = draft.threshold ?? offer.team.lowBalanceThreshold
  const cap = draft.monthlyCap ?? String(Number(pack.price.amount) * 5)
  const { currency } = pack.price
  const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part })
  const typed = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void view.recharge.turnOn({ threshold, packageId: pack.id, monthlyCap: cap })
  }
  return html`
    <p class="note">${text('rechargeAbout')}</p>
    <form @submit=${submit}>
      <fieldset class="recharge-fields" ?disabled=${recharging.isSaving}>
        <div class="fields">
          <label class="field"><span>${text('threshold')}</span>
            <input name="threshold" inputmode="numeric" required pattern="[0-9]{1,12}" .value=${threshold}
              @input=${(event: Event) => change({ threshold: typed(event) })}></label>
          <label class="field"><span>${text('monthlyCap')} (${currency})</span>
            <input name="cap" inputmode="decimal" required pattern="[0-9]{1,9}([.][0-9]{1,2})?" .value=${cap}
              @input=${(event: Event) => change({ monthlyCap: typed(event) })}></label>
          <label class="field wide"><span>${text('rechargePackage')}</span>
            <select name="package" @change=${(event: Event) => change({ packageId: typed(event) })}>
              ${offer.packages.map(
                (one) =>
                  html`<option value=${one.id} ?selected=${one.id === pack.id}>${creditsOf(view, one)} · ${format.money(one.price)}</option>`,
              )}
            </select></label>
        </div>
        <label class="consent"><input type="checkbox" name="consent" required>
          <span>${text('consent', {
            price: format.money(pack.price),
            threshold: shownCredits(view, threshold),
            cap: shownMoney(view, { amount: cap, currency }),
          })}</span></label>
        ${saveFirst(view)}
        <button type="submit" data-turn-on>${recharging.isSaving ? html`<span class="spinner"></span>` : nothing}${text('turnOn')}</button>
      </fieldset>
    </form>
  `
}

function saveFirst({ recharging, text }: View): TemplateResult | typeof nothing {
  if (recharging.setupUrl === null) return nothing
  return html`
    <p class="note" role="status">${text('saveFirst')}</p>
    <a class="button" data-setup href=${recharging.setupUrl} target="_blank" rel="noopener">${text('savePaymentMethod')}${icons.out}</a>
  `
}

/** What is being typed need not be a number yet. */
const isNumber = (text: string) => /^\d{1,12}(\.\d{1,6})?$/.test(text)
const shownCredits = ({ format, text }: View, amount: string): string =>
  isNumber(amount) ? text.plural('credits', Number(amount), { amount: format.credits(amount) }) : '…'
const shownMoney = ({ format }: View, money: { amount: string; currency: string }): string =>
  isNumber(money.amount) ? format.money(money) : '…'
