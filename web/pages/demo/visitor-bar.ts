import '@awesome.me/webawesome/dist/components/button/button.js'
import { css, html, LitElement, nothing } from 'lit'
import { createCreditsClient } from '../../client/index.ts'
import { selects } from '../shell/select.ts'
import { type DemoVisitor, demoSession } from '../shell/session.ts'
import { AdvanceClockDocument } from './contract.ts'

export const visitors = {
  'ana-admin': ['Ana, admin', { member: 'ana', role: 'admin' }],
  'ben-member': ['Ben, member', { member: 'ben', role: 'member' }],
  'cleo-viewer': ['Cleo, viewer', { member: 'cleo', role: 'viewer' }],
} as const satisfies Record<string, readonly [string, DemoVisitor]>

const cards = { pays: 'Card pays', declines: 'Card declines', confirms: 'Card asks for 3D Secure' }
const weekMs = 7 * 24 * 3600 * 1000

/** `<demo-bar>`: the visitor, and controls that only a demo has. It fires `visit` and `moved`. */
export class DemoBar extends LitElement {
  static override properties = {
    visitor: {},
    team: {},
    now: { attribute: false },
    devClock: { type: Boolean },
    testCards: { type: Boolean },
    told: { state: true },
  }
  static override styles = [
    selects,
    css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; font-size: 0.8125rem; color: var(--wa-color-text-quiet) }
    h1 { margin: 0; margin-inline-end: auto; font-size: 1.125rem; font-weight: 600; letter-spacing: -0.015em; color: var(--wa-color-text-normal) }
  `,
  ]
  declare visitor: keyof typeof visitors
  declare team: string
  /** The gateway's time. */
  declare now: () => Promise<number>
  declare devClock: boolean
  declare testCards: boolean
  declare told: string

  constructor() {
    super()
    this.visitor = 'ana-admin'
    this.team = ''
    this.devClock = false
    this.testCards = false
    this.told = ''
  }

  async #moveClock(): Promise<void> {
    const operator = await demoSession({ member: 'ops', role: 'platform' })
    if (operator === null) return
    const client = createCreditsClient({ url: '/graphql', token: operator.token })
    const to = new Date((await this.now()) + weekMs).toISOString()
    await client.request(AdvanceClockDocument, { to })
    client.close()
    this.told = `It is ${new Date(to).toLocaleDateString('en', { weekday: 'long', day: 'numeric', month: 'long' })}`
    this.dispatchEvent(new CustomEvent('moved'))
  }

  async #useCard(event: Event): Promise<void> {
    const { value } = event.target as HTMLSelectElement & { value: keyof typeof cards }
    const { ok } = await fetch(`/demo/card?${new URLSearchParams({ kind: value })}`, { method: 'POST' })
    this.told = ok ? `Saved: ${cards[value].toLowerCase()}` : 'The card could not be saved: try again'
  }

  override render() {
    return html`
      <h1>${this.team}</h1>
      <span role="status">${this.told}</span>
      ${
        this.devClock
          ? html`<wa-button size="s" appearance="outlined" @click=${this.#moveClock}>One week later</wa-button>`
          : nothing
      }
      ${
        this.testCards
          ? html`<select aria-label="Saved card" @change=${this.#useCard}>
              <option hidden selected>Saved card</option>
              ${Object.entries(cards).map(([kind, name]) => html`<option value=${kind}>${name}</option>`)}
            </select>`
          : nothing
      }
      <select aria-label="Visitor" @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement
        this.dispatchEvent(new CustomEvent('visit', { detail: value }))
      }}>
        ${Object.entries(visitors).map(([id, [name]]) => html`<option value=${id} ?selected=${id === this.visitor}>${name}</option>`)}
      </select>
    `
  }
}

customElements.define('demo-bar', DemoBar)
