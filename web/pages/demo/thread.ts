import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import { css, html, LitElement, nothing } from 'lit'
import { formatsFor } from '../../elements/billing/formats.ts'
import type { Order } from './composer.ts'
import type { Job } from './job.ts'
import type { Live } from './live-session.ts'

/** An order and its outcome. */
export type Message = {
  readonly id: number
  readonly order: Order
  readonly job: Job | null
  readonly live: Live | null
  /** Cancels the work, or hangs up. */
  readonly stop: () => void
}

/** `<demo-thread>`: the orders and their outcomes. It fires `buy` and `again`. */
export class DemoThread extends LitElement {
  static override properties = { messages: { attribute: false } }
  static override styles = css`
    :host { display: grid; gap: 1.5rem; align-content: start }
    article { display: grid; gap: 0.625rem; scroll-margin-block-end: 16rem }
    .asked { justify-self: end; max-inline-size: 85%; padding: 0.5rem 0.875rem; border-radius: 1rem 1rem 0.25rem 1rem; background: var(--wa-color-surface-lowered) }
    .what { font-size: 0.8125rem; color: var(--wa-color-text-quiet) }
    .answer { max-inline-size: 34rem; display: grid; gap: 0.625rem }
    .meta { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; font-size: 0.8125rem; color: var(--wa-color-text-quiet); font-variant-numeric: tabular-nums }
    .tag { padding: 0.1rem 0.5rem; border-radius: 1rem; font-weight: 500; background: var(--wa-color-surface-lowered); color: var(--wa-color-text-normal) }
    .tag.charged { background: var(--wa-color-success-fill-quiet); color: var(--wa-color-success-on-quiet) }
    .tag.released { background: var(--wa-color-neutral-fill-quiet); color: var(--wa-color-neutral-on-quiet) }
    .tag.refused { background: var(--wa-color-danger-fill-quiet); color: var(--wa-color-danger-on-quiet) }
    .tag.live { background: var(--wa-color-brand-fill-quiet); color: var(--wa-color-brand-on-quiet) }
    p { margin: 0 }
    .images { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: 0.5rem; max-inline-size: 32rem }
    .images i { aspect-ratio: 1; border-radius: 0.75rem }
    .images i[data-kind='0'] { background: linear-gradient(135deg, #c3c4fb, #5f5fe0) }
    .images i[data-kind='1'] { background: linear-gradient(200deg, #ffd6a5, #e0685f) }
    .images i[data-kind='2'] { background: linear-gradient(160deg, #bdf0e3, #2a9d8f) }
    .images i[data-kind='3'] { background: linear-gradient(45deg, #f9c5d1, #9795ef) }
    .clip { display: grid; place-items: center; max-inline-size: 26rem; aspect-ratio: 16 / 9; border-radius: 0.75rem; color: #fff; background: linear-gradient(160deg, #1f2547, #5f5fe0 60%, #f0a4c8) }
    .wave { display: flex; align-items: center; gap: 3px; block-size: 2.5rem }
    .wave i { inline-size: 3px; border-radius: 2px; background: var(--wa-color-brand-60) }
    .wave i[data-height='10'] { block-size: 10px }
    .wave i[data-height='12'] { block-size: 12px }
    .wave i[data-height='14'] { block-size: 14px }
    .wave i[data-height='18'] { block-size: 18px }
    .wave i[data-height='20'] { block-size: 20px }
    .wave i[data-height='22'] { block-size: 22px }
    .wave i[data-height='24'] { block-size: 24px }
    .wave i[data-height='28'] { block-size: 28px }
    .wave i[data-height='30'] { block-size: 30px }
    .wave i[data-height='34'] { block-size: 34px }
    .wave i[data-height='36'] { block-size: 36px }
    .wave i[data-height='38'] { block-size: 38px }
    wa-progress-bar { max-inline-size: 20rem; --track-height: 0.25rem; --indicator-color: var(--wa-color-brand-50) }
    .empty { padding: 3.5rem 1rem; text-align: center; color: var(--wa-color-text-quiet) }
    .empty strong { display: block; margin-block-end: 0.25rem; color: var(--wa-color-text-normal); font-size: 1.25rem; letter-spacing: -0.02em }
  `
  declare messages: readonly Message[]

  constructor() {
    super()
    this.messages = []
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if ((changed.get('messages') as unknown[] | undefined)?.length === this.messages.length) return
    const latest = this.renderRoot.querySelector('article:last-of-type')
    void this.updateComplete.then(() => latest?.scrollIntoView({ block: 'end', behavior: 'smooth' }))
  }

  override render() {
    if (this.messages.length === 0) {
      return html`<div class="empty"><strong>What shall we make?</strong>Each action is priced before, reserved while it runs, and charged only when it succeeded.</div>`
    }
    return this.messages.map(
      (message) => html`
        <article>
          <div class="asked">${message.order.text}<div class="what">${message.order.choice.name}</div></div>
          <div class="answer" aria-live="polite">${message.job ? this.#job(message, message.job) : nothing}${message.live ? this.#live(message, message.live) : nothing}</div>
        </article>
      `,
    )
  }

  #job(message: Message, job: Job) {
    switch (job.state) {
      case 'reserving':
        return html`<div class="meta">Reserving …</div>`
      case 'working':
        return html`
          <wa-progress-bar label="Progress" value=${Math.round(job.progress * 100)}></wa-progress-bar>
          <div class="meta">
            <span class="tag">${credits(job.held)} held</span>
            <wa-button size="xs" appearance="plain" @click=${message.stop}>Cancel</wa-button>
          </div>
        `
      case 'charged':
        return html`
          ${result(message.order)}
          <div class="meta"><span class="tag charged">${Number(job.amount) === 0 ? 'Free' : `${credits(job.amount)} charged`}</span></div>
        `
      case 'released':
        return html`
          <p>${job.why === 'failed' ? 'The work failed, so nothing was charged.' : 'Cancelled. Nothing was charged.'}</p>
          <div class="meta"><span class="tag released">${credits(job.held)} given back</span></div>
        `
      case 'refused':
        return html`<p>${job.message}</p><div class="meta"><span class="tag refused">Nothing charged</span>${this.#wayOut(message, job.canPurchase)}</div>`
    }
  }

  #live(message: Message, { state, seconds, charged, message: text, canPurchase }: Live) {
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    return html`
      ${state === 'live' ? html`<div class="wave" aria-hidden="true">${bars(seconds)}</div>` : nothing}
      ${text ? html`<p>${text}</p>` : nothing}
      <div class="meta">
        <span class="tag ${state === 'live' ? 'live' : 'charged'}">${state === 'live' ? 'Live' : 'Ended'} · ${time} · ${credits(String(charged))} charged</span>
        ${state === 'live' ? html`<wa-button size="xs" appearance="outlined" variant="danger" @click=${message.stop}>Hang up</wa-button>` : nothing}
        ${text ? this.#wayOut(message, canPurchase) : nothing}
      </div>
    `
  }

  #wayOut(message: Message, canPurchase: boolean) {
    const fire = (name: string) => () => this.dispatchEvent(new CustomEvent(name, { detail: message.order }))
    return html`
      ${canPurchase ? html`<wa-button size="xs" variant="brand" @click=${fire('buy')}>Buy credits</wa-button>` : nothing}
      <wa-button size="xs" appearance="outlined" @click=${fire('again')}>Try again</wa-button>
    `
  }
}

const credits = (amount: string) => `${formatsFor('en').credits(amount)} ${Number(amount) === 1 ? 'Credit' : 'Credits'}`

const words =
  'Here is what I found. The short answer is yes, and three details matter: when it starts, who it is for, and what it costs.'

/** The result of the pretend assistant. */
function result({ choice, usage }: Order) {
  switch (choice.unit) {
    case 'IMAGE':
      return html`<div class="images" role="img" aria-label="Pictures">${Array.from({ length: usage[0]?.count ?? 1 }, (_, index) => html`<i class="picture" data-kind=${index % 4}></i>`)}</div>`
    case 'SECOND':
    case 'MINUTE':
      return html`<div class="clip" role="img" aria-label="A clip">▶ ${usage[0]?.quantity} ${choice.unit === 'SECOND' ? 's' : 'min'}</div>`
    case 'CHARACTER':
      return html`<div class="wave" role="img" aria-label="Speech">${bars(7)}</div>`
    default:
      return html`<p>${words}</p>`
  }
}

const heights = [10, 22, 34, 18, 28, 38, 24, 14, 30, 36, 20, 12]
const bars = (turn: number) =>
  Array.from({ length: 36 }, (_, index) => html`<i data-height=${heights[(index + turn) % heights.length] ?? 10}></i>`)

customElements.define('demo-thread', DemoThread)
