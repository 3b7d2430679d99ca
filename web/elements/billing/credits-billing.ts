import './credits-balance.ts'
import './credits-credit-line.ts'
import './credits-grants.ts'
import './credits-unpaid-bills.ts'
import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/tab/tab.js'
import '@awesome.me/webawesome/dist/components/tab-group/tab-group.js'
import '@awesome.me/webawesome/dist/components/tab-panel/tab-panel.js'
import { css, html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { BuyClient } from '../buy/credits-buy.ts'
import { type Account, type AccountController, createAccount } from '../controllers/account.ts'
import type { TeamScope } from '../controllers/scope.ts'
import type { BuyTexts } from '../locales/buy.ts'
import { openDialog } from '../open-dialog.ts'
import { BillingPart } from './part.ts'
import { missing } from './states.ts'
import { shared } from './styles.ts'

const views = ['overview', 'activity', 'purchases', 'plan', 'rates', 'keys'] as const
export type BillingView = (typeof views)[number]

export const isView = (name: string): name is BillingView => (views as readonly string[]).includes(name)

/** The modules that each view needs beyond the first paint. */
const modules: Readonly<Record<BillingView, () => Promise<unknown>>> = {
  overview: () => import('./credits-usage.ts'),
  activity: () => import('./credits-activity.ts'),
  purchases: () =>
    Promise.all([
      import('./credits-purchases.ts'),
      import('./credits-bills.ts'),
      import('./credits-auto-recharge.ts'),
      import('./credits-billing-details.ts'),
    ]),
  plan: () => import('./credits-plan.ts'),
  rates: () => import('./credits-rate-card.ts'),
  keys: () => import('./credits-api-keys.ts'),
}

/**
 * `<credits-billing>`: everything about a team's credits, in views. `view` is the shown one; `credits-view` fires when
 * somebody chooses another.
 */
export class CreditsBilling extends BillingPart<AccountController> {
  static override properties = { view: {}, dialogTexts: { attribute: false }, opened: { state: true } }
  static override styles = [
    shared,
    css`
      header { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: center; margin-block-end: 1rem }
      header > div { flex: 1; min-inline-size: 12rem }
      h1 { margin: 0; font-size: 1.5rem; font-weight: 600; letter-spacing: -0.025em; line-height: 1.25 }
      wa-tab-group { --track-width: 1px; --track-color: var(--wa-color-surface-border); --indicator-color: var(--wa-color-brand-50) }
      wa-tab { font-size: 0.875rem }
      wa-tab::part(base) { padding: 0.55rem 0.75rem; font-weight: 500 }
      wa-tab-panel::part(base) { padding: 1.25rem 0 0 }
      .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem }
    `,
  ]
  declare view: BillingView
  /** The host's texts for the dialog that sells credits. */
  declare dialogTexts: Partial<BuyTexts> | undefined
  /** The views that were shown once; they stay in the document. */
  declare opened: ReadonlySet<BillingView>

  constructor() {
    super()
    this.view = 'overview'
    this.opened = new Set()
  }

  protected override open(scope: TeamScope): AccountController {
    return createAccount(scope)
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed)
    if (!isView(this.view)) this.view = 'overview'
    if (this.opened.has(this.view)) return
    const { view } = this
    this.opened = new Set([...this.opened, view])
    modules[view]()
  }

  #show({ detail: { name } }: CustomEvent<{ name: string }>): void {
    if (!isView(name) || name === this.view) return
    this.view = name
    this.dispatchEvent(new CustomEvent<BillingView>('credits-view', { detail: name, bubbles: true, composed: true }))
  }

  protected override content() {
    const reading = this.controller?.getSnapshot()
    if (!reading?.value) {
      const problem = reading ?? { phase: 'loading', error: null }
      return html`<div class="card">${missing(this.text, problem, 6, () => this.controller?.retry())}</div>`
    }
    const { role } = reading.value
    // A visitor who follows a link to the keys sees why there are none.
    const shown = views.filter((view) => view !== 'keys' || isAdmin(role) || view === this.view)
    return html`
      ${this.#header(reading.value)}
      ${isAdmin(role) ? this.#unpaid() : nothing}
      ${keyed(
        shown.length,
        html`
      <wa-tab-group dir=${this.direction} active=${this.view} without-scroll-controls @wa-tab-show=${this.#show}>
        ${shown.map((view) => html`<wa-tab panel=${view}>${this.text[`view.${view}`]}</wa-tab>`)}
        ${shown.map((view) => html`<wa-tab-panel name=${view}>${this.opened.has(view) ? this.#panel(view, role) : nothing}</wa-tab-panel>`)}
      </wa-tab-group>`,
      )}
    `
  }

  #header({ team, role }: Account): TemplateResult {
    const { name, plan } = team
    const client = this.scope?.client
    const mayBuy = role === 'ADMIN' && plan?.topUp === true
    return html`
      <header>
        <div>
          <h1>${this.text['billing.title']}</h1>
          <p class="quiet">${plan === null ? name : this.text['billing.subtitle']({ team: name, plan: plan.name })}</p>
        </div>
        ${
          mayBuy && client
            ? html`<wa-button id="buy" variant="brand" size="s" @click=${() => this.#buy(client)}>${this.text['billing.buy']}</wa-button>`
            : plan?.topUp === false && plan.contact?.includes('@')
              ? html`<wa-button size="s" appearance="outlined" href="mailto:${plan.contact}">${this.text['billing.contactSales']}</wa-button>`
              : nothing
        }
      </header>
    `
  }

  #buy(client: BuyClient): void {
    const theme = getComputedStyle(this).colorScheme
    const title = this.text['billing.buy']
    void openDialog({ client, locale: this.formats.locale, theme, host: this, title })
  }

  #unpaid(): TemplateResult {
    const { team, locale, texts } = this
    return html`<credits-unpaid-bills .client=${this.scope?.client ?? null} team=${team} locale=${locale} .texts=${texts}></credits-unpaid-bills>`
  }

  #panel(view: BillingView, role: Account['role']): TemplateResult {
    const client = this.scope?.client ?? null
    const { team, locale, texts } = this
    switch (view) {
      case 'overview':
        return html`
          <div class="stack">
            <credits-balance .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-balance>
            <credits-credit-line .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-credit-line>
            <credits-usage .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-usage>
            <credits-grants .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-grants>
          </div>
        `
      case 'activity':
        return html`<credits-activity .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-activity>`
      case 'purchases':
        return html`
          <div class="stack">
            <credits-purchases .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-purchases>
            ${isAdmin(role) ? html`<credits-bills .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-bills>` : nothing}
            <credits-auto-recharge .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-auto-recharge>
            ${isAdmin(role) ? html`<credits-billing-details .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-billing-details>` : nothing}
          </div>
        `
      case 'plan':
        return html`<credits-plan .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-plan>`
      case 'rates':
        return html`<credits-rate-card .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-rate-card>`
      case 'keys':
        return html`<credits-api-keys .client=${client} team=${team} locale=${locale} .texts=${texts}></credits-api-keys>`
    }
  }
}

const isAdmin = (role: Account['role']): boolean => role === 'ADMIN' || role === 'PLATFORM'

customElements.define('credits-billing', CreditsBilling)
