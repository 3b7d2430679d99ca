import './team-filters.ts'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { beginTeam } from '../acts/assign-plan.ts'
import { PlansDocument, TeamsDocument } from '../contract.ts'
import { counted } from '../parts/formats.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { present, Reading } from '../parts/reading.ts'
import { empty, missing, outdated } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'
import { teamsPath } from '../route.ts'
import {
  changed,
  conditionOf,
  conditionsOf,
  firstPage,
  isAtStart,
  isOf,
  orderOf,
  orders,
  usualOrder,
  variablesOf,
  withoutConditions,
  withPlace,
} from './address.ts'
import type { ListChange, OperatorTeamFilters } from './team-filters.ts'
import { type Teams, tableStyles, teamTable } from './team-table.ts'

/** A page with the query that it answers: its cursors belong to no other list. */
type Answer = { readonly query: URLSearchParams; readonly teams: Teams }

/** `<operator-teams>`: finds a team. `/` focuses the search, the arrows go to the next team, and Enter opens it. */
export class OperatorTeams extends OperatorPart {
  static override properties = { query: { attribute: false } }
  static override styles = [
    shared,
    tableStyles,
    css`
      header { display: flex; align-items: center; justify-content: space-between; gap: 1rem; margin-block-end: 1rem }
      section { scroll-margin-block-start: 4.5rem }
      .filters { padding: 0.75rem 1rem; border-block-end: 1px solid var(--line) }
      .list { position: relative }
      .waits tbody { opacity: 0.5; transition: opacity 120ms 200ms }
      .progress { position: absolute; inset-inline: 0; inset-block-start: -1px; block-size: 2px; overflow: clip; z-index: 1 }
      .progress::after { content: ''; position: absolute; inset-block: 0; inline-size: 35%; background: var(--wa-color-brand-50); animation: pass 1.1s 200ms ease-in-out infinite backwards }
      @keyframes pass { from { inset-inline-start: -35% } to { inset-inline-start: 100% } }
      [aria-disabled='true'] { opacity: 0.55; cursor: default }
    `,
  ]
  declare query: URLSearchParams
  #turns = false

  readonly #teams = new Reading<Answer>(this, async (signal) => {
    const { query } = this
    const { teams } = await this.client.request(TeamsDocument, variablesOf(query), { signal })
    return { query, teams: present(teams) }
  })
  readonly #plans = new Reading(
    this,
    async (signal) => (await this.client.request(PlansDocument, {}, { signal })).plans,
  )

  protected override get dependsOn() {
    return ['changes', 'query']
  }

  protected override read(): void {
    void this.#teams.load()
    if (this.#plans.value === null) void this.#plans.load()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('keydown', this.#keys)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('keydown', this.#keys)
  }

  get #filters(): OperatorTeamFilters | null {
    return this.renderRoot.querySelector('operator-team-filters')
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const [target] = event.composedPath()
    const types = target instanceof HTMLElement && target.matches('input, textarea, select')
    if (event.ctrlKey || event.metaKey || event.altKey || isInDialog(event)) return
    if (event.key === '/' && !types) {
      event.preventDefault()
      this.#filters?.focusSearch()
    }
    const isSearch = target instanceof HTMLInputElement && target.type === 'search'
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && (!types || isSearch) && this.#move(step)) event.preventDefault()
  }

  #move(step: number): boolean {
    const links = [...this.renderRoot.querySelectorAll<HTMLElement>('tbody a')]
    const at = links.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement)
    const next = links[at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step]
    next?.focus()
    return next !== undefined
  }

  /** Shows another list. `goesOn`: in place of the present one in the history. */
  #show(query: URLSearchParams, goesOn = false): void {
    const path = teamsPath(query)
    if (goesOn) history.replaceState(null, '', path)
    else if (path !== teamsPath(this.query)) history.pushState(null, '', path)
    this.query = query
  }

  /** The buttons of a page are at its end, and the next page begins at its start. */
  protected override updated(changes: PropertyValues): void {
    if (changes.has('query')) this.#turns = !isAtStart(this.query)
    if (!this.#turns || this.#teams.isLoading) return
    this.#turns = false
    const list = this.renderRoot.querySelector('section')
    if (list !== null && list.getBoundingClientRect().top < 0) list.scrollIntoView()
  }

  #begin(): void {
    if (this.#plans.value) this.ask(beginTeam(this.#plans.value))
  }

  /** Whether the answer is about the list that is wanted now. */
  #isOfNow({ query }: Answer): boolean {
    return query.toString() === this.query.toString()
  }

  override render() {
    const plans = this.#plans.value ?? []
    const list = ({ detail }: CustomEvent<ListChange>) => this.#show(detail.query, detail.goesOn)
    return html`
      <header>
        <h1>Teams</h1>
        <button class="button main" ?disabled=${plans.length === 0} @click=${this.#begin}>New team</button>
      </header>
      <section class="card" aria-label="Teams" aria-busy=${this.#teams.isLoading}>
        <div class="filters">
          <operator-team-filters .query=${this.query} .plans=${plans} @list=${list}></operator-team-filters>
        </div>
        <p class="hidden" role="status">${this.#told()}</p>
        ${this.#answer()}
      </section>
    `
  }

  /** The result, for screen readers: they do not see that the rows are others. */
  #told(): string {
    const { value, isLoading, error } = this.#teams
    if (value === null || isLoading || error !== null) return ''
    const order = orderOf(value.query)
    return `${counted(value.teams.nodes.length, 'team')}. Sort: ${order === null ? usualOrder : orders[order]}`
  }

  #answer(): unknown {
    const { value, error, isLoading } = this.#teams
    if (value === null || (error !== null && !isLoading && !this.#isOfNow(value))) return this.#missing()
    return html`
      <div class="list ${isLoading ? 'waits' : ''}">
        ${isLoading ? html`<div class="progress" role="progressbar" aria-label="Loading"></div>` : nothing}
        ${this.#list(value)}
      </div>
      ${outdated(this.#teams)}
    `
  }

  /** A cursor ends with an upgrade, and an address may be edited: the same request would be refused again. */
  #missing(): TemplateResult {
    const { error } = this.#teams
    if (error?.code !== 'BAD_USER_INPUT') return missing(this.#teams, 8)
    const [title, hint, query] = isAtStart(this.query)
      ? ['The gateway refuses these filters', error.message, withoutConditions(this.query)]
      : ['This page of the list is no more', 'Its address is of another list, or too old.', firstPage(this.query)]
    const name = isAtStart(this.query) ? 'Clear all' : 'Go to the first page'
    const act = html`<button class="button main" @click=${() => this.#show(query)}>${name}</button>`
    return html`<div role="alert">${empty('warning', title, hint, act)}</div>`
  }

  #list(answer: Answer): TemplateResult {
    const { query, teams } = answer
    if (teams.nodes.length + teams.unreadable.length === 0) return this.#none(answer)
    const options = {
      order: orderOf(this.query),
      isAboutActivity: isOf('LAST_ACTIVITY', orderOf(query)) || conditionOf(query, 'inactiveSince') !== '',
      sort: (order: string | null) => this.#show(changed(this.#filters?.take() ?? this.query, 'orderBy', order ?? '')),
    }
    return html`${teamTable(teams, options)}${this.#foot(answer)}`
  }

  #none(answer: Answer): TemplateResult {
    const { query, teams } = answer
    const count = conditionsOf(query).length
    const clear = html`<button class="button" @click=${() => this.#show(withoutConditions(query))}>Clear all</button>`
    const goesBack = query.has('before')
    const link = goesBack ? this.#link('Search on', 'before', answer) : this.#link('Search on', 'after', answer)
    if (goesBack ? teams.pageInfo.hasPreviousPage : teams.pageInfo.hasNextPage) {
      return empty(
        'search',
        'No team so far',
        'The gateway searches 10,000 teams at a time. The next ones are not searched yet.',
        link,
      )
    }
    if (!isAtStart(query)) {
      const first = html`<a class="button" href=${teamsPath(firstPage(query))}>Go to the first page</a>`
      return empty('search', 'No more teams', 'The list ends before this page.', first)
    }
    if (count === 0) return empty('users', 'No team yet', 'A team begins with its first plan: press New team.')
    const hint =
      count === 1
        ? 'Search by a part of its name or id, or remove the filter.'
        : `A team must fulfil all ${count} filters. Remove one of them, or search by a part of the name or id.`
    return empty('search', 'No team like that', hint, clear)
  }

  #link(name: string, place: 'after' | 'before', answer: Answer): TemplateResult {
    const { startCursor, endCursor, hasNextPage, hasPreviousPage } = answer.teams.pageInfo
    const [cursor, isThere] = place === 'after' ? [endCursor, hasNextPage] : [startCursor, hasPreviousPage]
    if (!isThere || cursor === null) return html`<button class="button small" disabled>${name}</button>`
    const path = teamsPath(withPlace(answer.query, place, cursor))
    const isOfNow = this.#isOfNow(answer)
    const follow = (event: Event) => {
      if (!isOfNow) event.preventDefault()
    }
    return html`<a class="button small" href=${path} aria-disabled=${isOfNow ? nothing : 'true'} @click=${follow}>${name}</a>`
  }

  #foot(answer: Answer): TemplateResult {
    const { nodes, unreadable, pageInfo } = answer.teams
    const count = counted(nodes.length + unreadable.length, 'team')
    const isWhole = !pageInfo.hasNextPage && !pageInfo.hasPreviousPage
    return html`
      <div class="foot">
        <span class="quiet">${isWhole ? count : `${count} on this page`}</span>
        ${isWhole ? nothing : html`${this.#link('Previous', 'before', answer)}${this.#link('Next', 'after', answer)}`}
      </div>
    `
  }
}

const isInDialog = (event: Event) => event.composedPath().some((node) => node instanceof HTMLDialogElement)

customElements.define('operator-teams', OperatorTeams)
