import { html, nothing, svg, type TemplateResult } from 'lit'
import type { PillState } from '../controllers/pill-state.ts'
import type { PillMessages } from '../locales/pill.ts'
import { formatNumber, formatTime } from './format.ts'
import type { Look } from './look.ts'

export type View = {
  readonly state: PillState
  readonly look: Look
  /** The number that is shown now, on its way to the new one; null while nothing is known. */
  readonly shown: bigint | null
  /** Null until the language is loaded. */
  readonly texts: PillMessages | null
  readonly locale: string
}

const spark = svg`<path fill="currentColor" d="M8 .9c.5 3.9 3.200 6.600 7.100 7.100-3.900.5-6.600 3.200-7.100 7.100-.5-3.900-3.200-6.600-7.100-7.100C4.800 7.500 7.500 4.800 8 .9Z"/>`

/** The content of the button. */
export function pillContent(view: View): TemplateResult {
  const { look, texts, state } = view
  const runway = runwayOf(view)
  const badge = look.badge === null || texts === null ? null : texts[look.badge]
  const late = state.connection === 'reconnecting' ? 'late' : ''
  // The spaces separate words for who reads the text without the layout.
  return html`<span class="icon" part="icon"
      ><slot name="icon"><svg viewBox="0 0 16 16" aria-hidden="true">${spark}</svg></slot></span
    > <slot name="label">${labelOf(view)}</slot
    >${runway === null ? nothing : html` <span class="runway" part="runway">${runway}</span>`}${
      badge === null ? nothing : html` <span class="badge ${late}" part="badge">${badge}</span>`
    }`
}

function labelOf(view: View): TemplateResult {
  const { state, look, shown, texts } = view
  if (look.credits === null || shown === null) {
    const label = state.balance === null ? state.initial?.label : undefined
    if (label !== undefined) return html`<span class="label number" part="label">${label}</span>`
    if (state.connection === 'closed' || state.spendable !== null)
      return html`<span class="label" part="label">—</span>`
    return html`<span class="skeleton" part="skeleton"></span>`
  }
  return html`<span class="label" part="label"
    ><span class="number" part="number">${numberOf(view, shown)}</span
    >${texts === null ? nothing : html` <span class="unit" part="unit">${texts.credits(Number(look.credits))}</span>`}</span
  >`
}

/** Until the language is there, as the gateway wrote it: the first use of `Intl.NumberFormat` takes longer than all the rest. */
function numberOf({ state: { written }, texts, locale }: View, value: bigint): string {
  return texts === null && written !== null ? written.slice(0, written.lastIndexOf(' ')) : formatNumber(locale, value)
}

/** `about 4 min left`, while the gateway is connected. */
export function runwayOf({
  state: { runsOutAt, connection },
  texts,
  locale,
}: Pick<View, 'state' | 'texts' | 'locale'>) {
  if (runsOutAt === null || connection !== 'live' || texts === null) return null
  return texts.runway({ time: formatTime(locale, runsOutAt - Date.now()) })
}

/** The shown content in words: a screen reader speaks it when it changes. */
export function spokenOf(view: View): string {
  const { look, texts, state, locale } = view
  const amount = look.credits === null ? null : numberOf(view, look.credits)
  if (texts === null) return amount ?? state.initial?.label ?? ''
  const none = state.spendable === null ? (state.initial?.label ?? texts.loading) : '—'
  const label = amount === null ? none : `${amount} ${texts.credits(Number(look.credits))}`
  const parts = [label, runwayOf({ state, texts, locale }), look.badge === null ? null : texts[look.badge]]
  return parts.filter((part) => part !== null).join(' ')
}

/** The name of the button: its shown content, the rate that the number is for, then its action. */
export function nameOf(view: View): string {
  const { texts } = view
  return texts === null ? spokenOf(view) : [spokenOf(view), purposeOf(view), texts.buy].filter(Boolean).join(', ')
}

/** `for Flux 2 Pro`; null where the number is for all rates. */
export const purposeOf = ({ state: { spendable }, texts }: View): string | null =>
  spendable === null || texts === null ? null : texts.purpose({ rate: spendable.name })
