import { html, nothing, svg, type TemplateResult } from 'lit'
import type { PillState } from '../controllers/pill.ts'
import type { Texts } from '../locales/texts.ts'
import { formatNumber, formatTime } from './format.ts'
import type { Look } from './look.ts'

export type View = {
  readonly state: PillState
  readonly look: Look
  /** The number on its way; null while nothing is known. */
  readonly shown: bigint | null
  /** Null until the language is there. */
  readonly texts: Texts | null
  readonly locale: string
}

const spark = svg`<path fill="currentColor" d="M8 .9c.5 3.9 3.200 6.600 7.100 7.100-3.900.5-6.600 3.200-7.100 7.100-.5-3.900-3.200-6.600-7.100-7.100C4.800 7.500 7.500 4.800 8 .9Z"/>`

/** What the button has in it. */
export function pillContent(view: View): TemplateResult {
  const { look, texts, state } = view
  return html`<span class="icon" part="icon"
      ><slot name="icon"><svg viewBox="0 0 16 16" aria-hidden="true">${spark}</svg></slot></span
    ><slot name="label">${labelOf(view)}</slot
    >${runwayOf(view) === null ? nothing : html`<span class="runway" part="runway">${runwayOf(view)}</span>`}${
      look.badge === null || texts === null
        ? nothing
        : html`<span class="badge ${state.connection === 'reconnecting' ? 'late' : ''}" part="badge">${texts[look.badge]}</span>`
    }`
}

function labelOf({ state, look, shown, texts, locale }: View): TemplateResult {
  if (look.credits === null || shown === null) {
    const label = state.balance === null ? state.initial?.label : undefined
    if (label !== undefined) return html`<span class="label number" part="label">${label}</span>`
    if (state.connection === 'closed') return html`<span class="label" part="label">—</span>`
    return html`<span class="skeleton" part="skeleton"></span>`
  }
  return html`<span class="label" part="label"
    ><span class="number" part="number">${formatNumber(locale, shown)}</span
    >${texts === null ? nothing : html`<span class="unit" part="unit">${texts.credits(Number(look.credits))}</span>`}</span
  >`
}

/** `about 4 min left`, while the gateway is heard. */
export function runwayOf({
  state: { runsOutAt, connection },
  texts,
  locale,
}: Pick<View, 'state' | 'texts' | 'locale'>) {
  if (runsOutAt === null || connection !== 'live' || texts === null) return null
  return texts.runway({ time: formatTime(locale, runsOutAt - Date.now()) })
}

/** What a screen reader calls it: first what is seen, then what it does. */
export function nameOf(view: View): string {
  const { look, texts, state, locale } = view
  if (texts === null) return state.initial?.label ?? (look.credits === null ? '' : formatNumber(locale, look.credits))
  const amount =
    look.credits === null
      ? (state.initial?.label ?? texts.loading)
      : `${formatNumber(locale, look.credits)} ${texts.credits(Number(look.credits))}`
  const parts = [amount, runwayOf(view), look.badge && texts[look.badge], texts.buy]
  return parts.filter(Boolean).join(', ')
}
