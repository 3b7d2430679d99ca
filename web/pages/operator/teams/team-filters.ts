import { css, html, LitElement, nothing } from 'lit'
import type { PlansQuery } from '../contract.ts'
import { icon } from '../parts/icon.ts'
import { shared } from '../parts/styles.ts'
import { balanceStates, type FilterName, isFiltered, rechargeStates, withFilter } from './filter.ts'

const waitAfterKeyMs = 250

/** `<operator-team-filters>`: fires `filter` with the query of the address. */
export class OperatorTeamFilters extends LitElement {
  static override properties = { query: { attribute: false }, plans: { attribute: false } }
  static override styles = [
    shared,
    css`
      form { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem }
      .search { position: relative; flex: 1 1 14rem }
      .search input { padding-inline: 2.1rem 2rem }
      .search .icon { position: absolute; inset-inline-start: 0.7rem; inset-block: 0; color: var(--wa-color-text-quiet); pointer-events: none }
      kbd {
        position: absolute; inset-inline-end: 0.5rem; inset-block-start: 0.5rem; padding: 0 0.35rem; border: 1px solid var(--line); border-radius: 0.3rem; color: var(--wa-color-text-quiet);
        font: 0.6875rem/1.1rem var(--mono); pointer-events: none;
      }
      input::-webkit-search-cancel-button { display: none }
      .below { inline-size: 9rem }
      @media (max-width: 44rem) {
        .search { flex-basis: 100% }
        select, .below { flex: 1 1 8rem; inline-size: auto; min-inline-size: 0 }
        kbd { display: none }
      }
    `,
  ]
  declare query: URLSearchParams
  declare plans: PlansQuery['plans']
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.query = new URLSearchParams()
    this.plans = []
  }

  focusSearch(): void {
    this.renderRoot.querySelector<HTMLInputElement>('input[type="search"]')?.select()
    this.renderRoot.querySelector<HTMLInputElement>('input[type="search"]')?.focus()
  }

  #fire(query: URLSearchParams): void {
    clearTimeout(this.#timer)
    this.dispatchEvent(new CustomEvent<URLSearchParams>('filter', { detail: query }))
  }

  #set(event: Event): void {
    const { name, value } = event.target as HTMLInputElement
    this.#fire(withFilter(this.query, name as FilterName, value))
  }

  #type(event: Event): void {
    const { name, value, validity } = event.target as HTMLInputElement
    clearTimeout(this.#timer)
    if (!validity.valid) return
    this.#timer = setTimeout(() => this.#fire(withFilter(this.query, name as FilterName, value)), waitAfterKeyMs)
  }

  #choice(name: FilterName, any: string, values: readonly (readonly [string, string])[]) {
    const chosen = this.query.get(name) ?? ''
    return html`
      <select name=${name} aria-label=${any} .value=${chosen} @change=${this.#set}>
        <option value="" ?selected=${chosen === ''}>${any}</option>
        ${values.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}
      </select>
    `
  }

  override render() {
    const { query, plans } = this
    return html`
      <form role="search" @submit=${(event: Event) => event.preventDefault()}>
        <span class="search">
          ${icon('search')}
          <input type="search" name="search" aria-label="Search teams" placeholder="Search by name or id" maxlength="100" autocomplete="off"
            .value=${query.get('search') ?? ''} @input=${this.#type}>
          <kbd aria-hidden="true">/</kbd>
        </span>
        ${this.#choice(
          'planId',
          'Any plan',
          plans.map(({ code, name }) => [code, name]),
        )}
        ${this.#choice('state', 'Any balance', balanceStates)}
        ${this.#choice('rechargeState', 'Any recharge', rechargeStates)}
        <input class="below" name="availableBelow" aria-label="Available below" placeholder="Available below" inputmode="decimal" autocomplete="off"
          pattern="[0-9]+([.][0-9]{1,6})?" title="A number, such as 500" .value=${query.get('availableBelow') ?? ''} @input=${this.#type}>
        ${
          isFiltered(query)
            ? html`<button type="button" class="button plain" @click=${() => this.#fire(new URLSearchParams())}>Clear</button>`
            : nothing
        }
      </form>
    `
  }
}

customElements.define('operator-team-filters', OperatorTeamFilters)
