import { html, nothing, type TemplateResult } from 'lit'
import type { Balance } from '../../client/index.ts'
import type { PillMessages } from '../locales/pill.ts'
import { formatAmount, wholeCredits } from './format.ts'
import { purposeOf, runwayOf, type View } from './pill.ts'

type Known = View & { readonly texts: PillMessages; readonly balance: Balance }

/** Whether there is anything to describe. */
export const detailsOf = ({ state, texts }: View): boolean => state.balance !== null && texts !== null

/** The details that the pill shows when it is pointed at or focused. */
export function card(view: View, open: boolean): TemplateResult | typeof nothing {
  const { state, texts } = view
  if (state.balance === null || texts === null) return nothing
  const known = { ...view, texts, balance: state.balance }
  return html`<div
    class="card"
    part="card"
    popover="manual"
    role="group"
    aria-label=${texts.details}
    ?data-open=${open}
  >
    ${totalOf(known)} ${allowanceOf(known)}
    <dl id="details">${rowsOf(known)}</dl>
    ${connectionOf(known)}
  </div>`
}

const totalOf = ({ balance, locale, texts }: Known) => html`<div class="total">
  <b>${formatAmount(locale, balance.available)}</b>
  <span>${texts.credits(Number(wholeCredits(balance.available)))}</span>
</div>`

/** How much of the plan's allowance is left, as a bar that empties. */
function allowanceOf({ balance: { period }, locale, texts }: Known) {
  if (period === null || Number(period.allowance) <= 0) return nothing
  const left = Math.min(1, Math.max(0, Number(period.remaining) / Number(period.allowance)))
  const [used, allowance] = [formatAmount(locale, period.used), formatAmount(locale, period.allowance)]
  return html`<div class="bar" part="bar" aria-hidden="true"><i .style=${`flex:0 0 ${left * 100}%`}></i></div>
    <div class="used">${texts.used({ used, allowance })}</div>`
}

function rowsOf(known: Known) {
  const { balance, locale, texts, state } = known
  const amount = (value: string) => formatAmount(locale, value)
  const row = (name: string, value: unknown) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`
  const isZero = (value: string) => Number(value) === 0
  const left = runwayOf(known)
  const purpose = purposeOf(known)
  const spendable = state.spendable?.credits ?? null
  return [
    purpose === null ? nothing : row(purpose, spendable === null ? '—' : amount(spendable)),
    row(texts.included, amount(balance.included)),
    isZero(balance.additional) ? nothing : row(texts.additional, amount(balance.additional)),
    isZero(balance.held) ? nothing : row(texts.held, amount(balance.held)),
    isZero(balance.owed) ? nothing : row(texts.owed, amount(balance.owed)),
    balance.period === null ? nothing : row(texts.refill, refillOf(balance.period.resetsAt, known)),
    left === null ? nothing : row(texts.liveSession, left),
    rechargeOf(state, texts) === null ? nothing : row(texts.recharge, rechargeOf(state, texts)),
  ]
}

function refillOf(resetsAt: string, { locale, balance }: Known) {
  const at = new Date(resetsAt)
  const day = new Intl.DateTimeFormat([locale, 'en'], { weekday: 'short', month: 'short', day: 'numeric' }).format(at)
  // Uses the gateway's own clock, so that a wrong clock of the device does not matter.
  const days = Math.floor((at.getTime() - new Date(balance.asOf).getTime()) / 86_400_000)
  const hours = Math.floor((at.getTime() - new Date(balance.asOf).getTime()) / 3_600_000)
  const relative = new Intl.RelativeTimeFormat([locale, 'en'], { numeric: 'always' })
  return html`${day}<small>${days > 0 ? relative.format(days, 'day') : relative.format(Math.max(0, hours), 'hour')}</small>`
}

function rechargeOf({ recharge }: View['state'], texts: PillMessages) {
  switch (recharge?.state) {
    case 'CHARGING':
      return html`<span class="tone">${texts.charging}</span>`
    case 'ACTION_REQUIRED':
      if (recharge.actionUrl === null) return html`<span class="warning">${texts.actionRequired}</span>`
      return html`<a href=${recharge.actionUrl} target="_blank" rel="noopener">${texts.actionRequired}</a>`
    case 'PAUSED':
      return html`<span class="danger">${texts.declined}</span>${
        recharge.lastFailure === null ? nothing : html`<small>${recharge.lastFailure}</small>`
      }`
    case 'CAPPED':
      return html`<span class="warning">${texts.capped}</span>`
    default:
      return null
  }
}

function connectionOf({ state: { connection, balanceAt }, texts, locale }: Known) {
  const time = new Intl.DateTimeFormat([locale, 'en'], { hour: '2-digit', minute: '2-digit' }).format(balanceAt)
  const said = { reconnecting: texts.reconnecting, stale: texts.staleSince({ time }), closed: texts.closed }
  if (!(connection in said)) return nothing
  return html`<footer>${said[connection as keyof typeof said]}</footer>`
}
