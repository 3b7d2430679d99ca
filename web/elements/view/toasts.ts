import { html, nothing, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Notice } from '../controllers/pill-state.ts'
import type { PillMessages } from '../locales/pill.ts'
import { formatAmount } from './format.ts'
import type { View } from './pill.ts'

type Kind = { readonly tone: 'success' | 'warning' | 'danger'; readonly title: keyof PillMessages & string }

const kinds: Partial<Record<Notice['type'], Kind>> = {
  CREDITS_ADDED: { tone: 'success', title: 'added' },
  CREDITS_REFUNDED: { tone: 'success', title: 'refunded' },
  CREDITS_CLAWED_BACK: { tone: 'warning', title: 'clawedBack' },
  RECHARGE_FAILED: { tone: 'danger', title: 'rechargeFailed' },
  RECHARGE_ACTION_REQUIRED: { tone: 'warning', title: 'rechargeAction' },
  RECHARGE_CAPPED: { tone: 'warning', title: 'rechargeCapped' },
  PAYMENT_UNDER_WAY: { tone: 'success', title: 'underWay' },
  PAYMENT_DUPLICATE_REFUNDED: { tone: 'success', title: 'paidTwice' },
  BALANCE_EXHAUSTED: { tone: 'danger', title: 'ranOut' },
}

const success = svg`<path d="m5 8.300 2.100 2.100L11.200 6" fill="none" stroke="currentColor" stroke-width="1.500" stroke-linecap="round" stroke-linejoin="round"/>`
const attention = svg`<path d="M8 4.800v3.700M8 11v.1" fill="none" stroke="currentColor" stroke-width="1.600" stroke-linecap="round"/>`
const cross = html`<svg viewBox="0 0 12 12" aria-hidden="true">
  <path d="m2.500 2.500 7 7m0-7-7 7" fill="none" stroke="currentColor" stroke-width="1.400" stroke-linecap="round" />
</svg>`

const shownMs = 6_000
/** Notices that need an action; they stay until they are closed. */
const stays = ({ type }: Notice) => !type.startsWith('CREDITS')
const timed = new Set<string>()

/** Removes each toast after a while, but not while it has the pointer or the focus. */
export function expire(notices: readonly Notice[], pill: HTMLElement & { dismiss(id: string): void }): void {
  for (const { id } of notices.filter((notice) => !stays(notice) && !timed.has(notice.id))) {
    timed.add(id)
    const end = () => {
      if (pill.shadowRoot?.querySelector('.toasts:is(:hover, :focus-within)')) {
        setTimeout(end, shownMs / 3)
        return
      }
      timed.delete(id)
      pill.dismiss(id)
    }
    setTimeout(end, shownMs)
  }
}

export type ToastActions = { dismiss(id: string): void; buy(): void }

/** The latest notices, one below the other. */
export function toasts(view: View, actions: ToastActions): TemplateResult | typeof nothing {
  const { state, texts } = view
  if (texts === null) return nothing
  const key = ({ id }: Notice) => id
  return html`<div class="toasts" part="toasts" popover="manual" role="status" ?data-open=${state.notices.length > 0}>
    ${repeat(state.notices, key, (notice) => toastOf(notice, { ...view, texts }, actions))}
  </div>`
}

function toastOf(notice: Notice, { texts, locale }: View & { texts: PillMessages }, { dismiss, buy }: ToastActions) {
  const { tone, title } = kinds[notice.type] ?? { tone: 'warning', title: 'ranOut' }
  const amount =
    notice.amount === null
      ? nothing
      : html`<p><bdi>${formatAmount(locale, notice.amount, { signDisplay: 'always' })}</bdi> ${texts.credits(Math.abs(Number(notice.amount)))}</p>`
  return html`<div class="toast ${tone}" part="toast">
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="7" fill="currentColor" fill-opacity=".14" />${tone === 'success' ? success : attention}
    </svg>
    <div>
      <p part="toast-title">${texts[title]}</p>
      ${amount}
      ${
        notice.actionUrl === null
          ? nothing
          : html`<a href=${notice.actionUrl} target="_blank" rel="noopener">${texts.actionRequired}</a>`
      }
      ${
        notice.type === 'BALANCE_EXHAUSTED'
          ? html`<button class="action" type="button" @click=${buy}>${texts.buy}</button>`
          : nothing
      }
    </div>
    <button class="dismiss" type="button" aria-label=${texts.close} @click=${() => dismiss(notice.id)}>${cross}</button>
  </div>`
}
