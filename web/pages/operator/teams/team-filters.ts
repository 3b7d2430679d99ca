import './condition-chip.ts'
import { css, html, LitElement, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import type { PlansQuery } from '../contract.ts'
import { credits, date } from '../parts/formats.ts'
import { icon } from '../parts/icon.ts'
import { shared } from '../parts/styles.ts'
import {
  amountPattern,
  balanceStates,
  type ConditionName,
  changed,
  conditionOf,
  conditionsOf,
  firstDay,
  lastDay,
  maxSearchCharacters,
  orderOf,
  orders,
  rechargeStates,
  usualOrder,
  withoutConditions,
} from './address.ts'
import type { Choice, ConditionField } from './condition-chip.ts'

const waitAfterKeyMs = 250

/** Another list of teams. Typing on in the search changes the last step of the history instead of adding one. */
export type ListChange = { readonly query: URLSearchParams; readonly goesOn: boolean }

const availableBelow: ConditionField = {
  label: html`Available below <small>credits</small>`,
  input: { pattern: amountPattern, title: 'A number, such as 500 or 12.5', inputmode: 'decimal', placeholder: '500' },
  shown: credits,
}
const inactiveSince: ConditionField = {
  label: 'No hold or charge since',
  input: { type: 'date', min: firstDay, max: lastDay },
  shown: (day) => date(`${day}T00:00`),
}

const dayMs = 86_400_000
/** A day in the time zone of the browser, as a field of dates has it. */
const dayBefore = (days: number): string => {
  const at = new Date(Date.now() - days * dayMs)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}
const recentDays = (): readonly Choice[] => [7, 30, 90].map((days) => [dayBefore(days), `${days} days ago`])

/** `<operator-team-filters>`: the conditions and, on a narrow screen, the order of the list. It fires `list` with a `ListChange`. */
export class OperatorTeamFilters extends LitElement {
  static override properties = { query: { attribute: false }, plans: { attribute: false }, typed: { state: true } }
  static override styles = [
    shared,
    css`
      :host { display: flex; flex-wrap: wrap; align-items: center; gap: 0.625rem 0.75rem }
      form { position: relative; flex: 1 1 100% }
      form input { padding-inline: 2.1rem 2rem }
      form > .icon { position: absolute; inset-inline-start: 0.7rem; inset-block: 0; color: var(--wa-color-text-quiet); pointer-events: none }
      kbd {
        position: absolute; inset-inline-end: 0.5rem; inset-block-start: 0.5rem; padding: 0 0.35rem; border: 1px solid var(--line); border-radius: 0.3rem; color: var(--wa-color-text-quiet);
        font: 0.6875rem/1.1rem var(--mono); pointer-events: none;
      }
      .empty { position: absolute; inset-inline-end: 0.25rem; inset-block: 0.25rem; inline-size: 1.625rem; display: grid; place-items: center; border: 0; border-radius: 0.375rem; background: none; color: var(--wa-color-text-quiet); cursor: pointer }
      .empty:hover { background: var(--wa-color-surface-lowered); color: var(--wa-color-text-normal) }
      input::-webkit-search-cancel-button { display: none }
      .chips { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem; min-inline-size: 0 }
      .order { flex: 1 1 100%; align-items: center; gap: 0.5rem }
      .order select { flex: 1; min-inline-size: 0 }
      @media (max-width: 44rem) {
        .order { display: flex }
        kbd { display: none }
      }
    `,
  ]
  declare query: URLSearchParams
  declare plans: PlansQuery['plans']
  /** Text of the search that is not in the address yet. */
  declare typed: string | null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.query = new URLSearchParams()
    this.plans = []
    this.typed = null
  }

  get #search(): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>('input[type="search"]')
  }

  focusSearch(): void {
    this.#search?.select()
    this.#search?.focus()
  }

  /** The query of the list with what is typed. */
  take(): URLSearchParams {
    clearTimeout(this.#timer)
    const { typed } = this
    this.typed = null
    return typed === null ? this.query : changed(this.query, 'search', typed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  #fire(query: URLSearchParams, goesOn = false): void {
    this.dispatchEvent(new CustomEvent<ListChange>('list', { detail: { query, goesOn } }))
  }

  #type(event: Event): void {
    this.typed = (event.target as HTMLInputElement).value
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#fireTyped(), waitAfterKeyMs)
  }

  #fireTyped(): void {
    if (this.typed !== null) this.#fire(this.take(), conditionOf(this.query, 'search') !== '')
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    this.#fireTyped()
  }

  #empty(): void {
    this.typed = ''
    this.#fireTyped()
    this.#search?.focus()
  }

  #clear(): void {
    this.#fire(withoutConditions(this.take()))
    this.#search?.focus()
  }

  #chip(name: ConditionName, label: string, choices: readonly Choice[], field: ConditionField | null = null) {
    const set = ({ detail }: CustomEvent<string>) => this.#fire(changed(this.take(), name, detail))
    return html`
      <operator-condition label=${label} value=${conditionOf(this.query, name)} .choices=${choices} .field=${field} @set=${set}></operator-condition>
    `
  }

  override render() {
    const { query, plans } = this
    const search = this.typed ?? query.get('search') ?? ''
    return html`
      <form role="search" @submit=${this.#submit}>
        ${icon('search')}
        <input type="search" name="search" aria-label="Search teams" placeholder="Search by name or id" maxlength=${maxSearchCharacters} autocomplete="off"
          .value=${live(search)} @input=${this.#type}>
        ${
          search === ''
            ? html`<kbd aria-hidden="true">/</kbd>`
            : html`<button type="button" class="empty" aria-label="Empty the search" @click=${this.#empty}>${icon('close')}</button>`
        }
      </form>
      <div class="chips" role="group" aria-label="Filters">
        ${this.#chip(
          'planId',
          'Plan',
          plans.map(({ code, name }) => [code, name]),
        )}
        ${this.#chip('state', 'Balance', balanceStates)}
        ${this.#chip('rechargeState', 'Recharge', rechargeStates)}
        ${this.#chip('availableBelow', 'Available below', [], availableBelow)}
        ${this.#chip('inactiveSince', 'No activity since', recentDays(), inactiveSince)}
        ${
          conditionsOf(query).length === 0
            ? nothing
            : html`<button type="button" class="button small plain" @click=${this.#clear}>Clear all</button>`
        }
      </div>
      ${this.#order()}
    `
  }

  /** The columns that a narrow screen hides can not be clicked. */
  #order() {
    const order = orderOf(this.query) ?? ''
    const choose = (event: Event) =>
      this.#fire(changed(this.take(), 'orderBy', (event.target as HTMLSelectElement).value))
    return html`
      <label class="order narrow">
        <span class="quiet">Sort</span>
        <select @change=${choose} .value=${live(order)}>
          <option value="" ?selected=${order === ''}>${usualOrder}</option>
          ${Object.entries(orders).map(([name, text]) => html`<option value=${name} ?selected=${name === order}>${text}</option>`)}
        </select>
      </label>
    `
  }
}

customElements.define('operator-team-filters', OperatorTeamFilters)
