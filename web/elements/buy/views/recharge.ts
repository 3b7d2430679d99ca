import { html, nothing, type TemplateResult } from 'lit'
import { isOtherCurrency } from '../../controllers/currency-choice.ts'
import { isPriced, type Offer, type Pack } from '../../controllers/purchase-state.ts'
import type { Recharge } from '../../controllers/recharge.ts'
import type { Money } from '../../locales/money.ts'
import { icons } from '../icons.ts'
import { currencyRow } from './currency.ts'
import type { RechargeDraft, View } from './view.ts'

type StateText = 'off' | 'on' | 'underWay' | 'actionRequired' | 'capped' | 'cappedToday' | 'paused'

const looks: Readonly<Record<Recharge['state'], readonly [text: StateText, look: string]>> = {
  OFF: ['off', ''],
  ARMED: ['on', 'on'],
  CHARGING: ['underWay', 'on'],
  ACTION_REQUIRED: ['actionRequired', 'bad'],
  CAPPED: ['capped', 'bad'],
  PAUSED: ['paused', 'bad'],
}

const isCappedToday = ({ state, maxPerDay, rechargesToday }: Recharge): boolean =>
  state === 'CAPPED' && maxPerDay !== null && rechargesToday >= maxPerDay

const lookOf = (recharge: Recharge): (typeof looks)[Recharge['state']] =>
  isCappedToday(recharge) ? ['cappedToday', 'bad'] : looks[recharge.state]

/** A row that leads from the packages to auto-recharge, and shows its state. */
export function rechargeRow({ recharging, state, text, openRecharge }: View): TemplateResult | typeof nothing {
  const { recharge } = recharging
  // The form turns on the purchase of a package. The billing page has all settings.
  const isEmpty = recharge?.state === 'OFF' && state.offer?.packages.length === 0
  if (recharge === null || isEmpty) return nothing
  const [id, look] = lookOf(recharge)
  return html`
    <button type="button" class="row" data-recharge @click=${openRecharge}>
      ${icons.cycle}<span>${text.recharge}</span><span class="state ${look}" data-state>${text[id]}</span>${icons.forward}
    </button>
  `
}

/** Auto-recharge: its state, or the form that turns it on. */
export const rechargeParts = (
  view: View,
  offer: Offer,
  recharge: Recharge,
): readonly [TemplateResult, TemplateResult] =>
  recharge.state === 'OFF' ? formParts(view, offer) : runningParts(view, recharge)

function runningParts(view: View, recharge: Recharge): readonly [TemplateResult, TemplateResult] {
  const { text, format, recharging } = view
  const {
    state,
    package: pack,
    threshold,
    targetBalance,
    monthlyCap,
    spentThisMonth,
    actionUrl,
    lastFailure,
  } = recharge
  const [id, look] = lookOf(recharge)
  const isToday = isCappedToday(recharge)
  const spent = format.money(spentThisMonth)
  const rows: readonly (readonly [label: string, value: string | TemplateResult])[] = [
    [text.status, html`<span class="state ${look}" data-state>${text[id]}</span>`],
    ...(threshold === null ? [] : [[text.threshold, creditsOf(view, threshold)] as const]),
    ...(pack === null ? [] : [[text.rechargePackage, packOf(view, pack)] as const]),
    ...(targetBalance === null ? [] : [[text.targetBalance, creditsOf(view, targetBalance)] as const]),
    [text.spentThisMonth, monthlyCap === null ? spent : text.ofCap({ spent, cap: format.money(monthlyCap) })],
  ]
  const body = html`
    <dl class="facts">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
    ${state === 'PAUSED' && lastFailure !== null ? html`<p class="note">${text.lastFailure({ reason: lastFailure })}</p>` : nothing}
    ${state === 'PAUSED' ? html`<p class="note">${text.whenPaused}</p>` : nothing}
    ${state === 'CAPPED' ? html`<p class="note">${isToday ? text.whenCappedToday : text.whenCapped}</p>` : nothing}
    ${problemOf(view)}
  `
  const footer = html`
    <div class="two">
      ${
        actionUrl === null
          ? nothing
          : html`<a class="button primary" data-focus href=${actionUrl} target="_blank" rel="noopener">${text.confirm}${icons.out}</a>`
      }
      <button type="button" data-turn-off ?disabled=${recharging.isSaving} @click=${() => void view.recharge.turnOff()}>
        ${text.turnOff}
      </button>
    </div>
  `
  return [body, footer]
}

function formParts(view: View, offer: Offer): readonly [TemplateResult, TemplateResult] {
  const { state, text, format, recharging, draft } = view
  const { setupUrl, isSaving, mandate } = recharging
  const terms = termsOf(draft, state.packageId, offer)
  const { pack, threshold, cap } = terms
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void view.recharge.turnOn({ threshold, packageId: pack.id, monthlyCap: cap, currency: offer.currency })
  }
  const change = (name: keyof typeof draft) => (event: Event) => {
    const { value } = event.target as HTMLInputElement | HTMLSelectElement
    view.setDraft({ ...draft, [name]: value.replace(',', '.') })
  }
  const body = html`
    ${currencyRow(view, offer)}
    <form id="recharge" class="form" @submit=${submit}>
      <p class="note">${text.rechargeAbout}</p>
      <fieldset class="form" ?disabled=${isSaving || setupUrl !== null || !isPriced(state)}>
      <label class="field"><span>${text.threshold}</span>
        <input name="threshold" inputmode="numeric" autocomplete="off" required pattern="[0-9]{1,12}" .value=${threshold}
          @input=${change('threshold')}></label>
      <label class="field"><span>${text.rechargePackage}</span>
        <select name="package" @change=${change('package')}>
          ${offer.packages.map(
            (one) => html`<option value=${one.code} ?selected=${one.id === pack.id}>${packOf(view, one)}</option>`,
          )}
        </select></label>
      <label class="field"><span>${text.monthlyCap({ currency: pack.price.currency })}</span>
        <input name="cap" inputmode="decimal" autocomplete="off" required pattern="[0-9]{1,9}([.][0-9]{1,2})?" .value=${cap}
          @input=${change('monthlyCap')}></label>
      <label class="consent"><input type="checkbox" name="consent" required>
        <span>${text.consent({
          price: format.money(pack.price),
          threshold: isNumber(threshold) ? creditsOf(view, threshold) : '…',
          cap: isNumber(cap) ? format.money({ amount: cap, currency: pack.price.currency }) : '…',
        })}</span></label>
      ${mandate === null ? nothing : html`<div class="note" data-mandate>${text.mandate}<p lang="en" dir="ltr">${mandate}</p></div>`}
      </fieldset>
    </form>
    ${problemOf(view)}
  `
  const footer =
    setupUrl === null
      ? html`<button type="submit" form="recharge" class="primary" data-turn-on ?disabled=${isSaving}>
          ${isSaving ? html`<span class="spinner"></span>` : nothing}${text.turnOn}</button>`
      : html`<div class="two"><p class="note" role="status">${text.saveFirst}</p>
          <a class="button primary" data-setup href=${setupUrl} target="_blank" rel="noopener">${text.savePaymentMethod}${icons.out}</a></div>`
  return [body, footer]
}

type Terms = { readonly pack: Pack; readonly threshold: string; readonly cap: string }

/** The typed values, else likely ones: the chosen package, five times a month. */
export function termsOf(draft: RechargeDraft, chosen: string | null, { packages, team }: Offer): Terms {
  const pack =
    packages.find(({ code, id }) => (draft.package === undefined ? id === chosen : code === draft.package)) ??
    packages[0]
  if (pack === undefined) throw new Error('A plan that sells packages has none')
  const low = Math.ceil(Number(team.balance.lowThreshold))
  return {
    pack,
    threshold: draft.threshold ?? `${low > 0 ? low : Math.ceil(Number(pack.credits) / 10)}`,
    cap: draft.monthlyCap ?? `${5 * Number(pack.price.amount)}`,
  }
}

const problemOf = ({ recharging: { problem }, text }: View) =>
  problem === null
    ? nothing
    : html`<p class="problem" role="alert">${isOtherCurrency(problem) ? text.otherCurrency : html`<bdi>${problem.message}</bdi>`}</p>`

const creditsOf = ({ text, format }: View, amount: string): string =>
  text.credits(Number(amount), { amount: format.credits(amount) })

const packOf = (view: View, { credits, price }: { readonly credits: string; readonly price: Money }): string =>
  view.text.forPrice({ package: creditsOf(view, credits), price: view.format.money(price) })

/** A value that is being typed may not be a number yet. */
const isNumber = (text: string) => /^\d{1,12}(\.\d{1,6})?$/.test(text)
