import './team-filters.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { beginTeam } from '../acts/assign-plan.ts'
import { PlansDocument, TeamsDocument, type TeamsQuery } from '../contract.ts'
import { counted } from '../parts/formats.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { present, Reading } from '../parts/reading.ts'
import { empty, missing, outdated } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'
import { teamsPath } from '../route.ts'
import { isFiltered, variablesOf, withPlace } from './filter.ts'
import type { OperatorTeamFilters } from './team-filters.ts'
import { teamRow } from './team-row.ts'

type Teams = NonNullable<TeamsQuery['teams']>

/** `<operator-teams>`: finds a team. `/` focuses the search, the arrows go to the next team, and Enter opens it. */
export class OperatorTeams extends OperatorPart {
  static override properties = { query: { attribute: false } }
  static override styles = [
    shared,
    css`
      header { display: flex; align-items: center; justify-content: space-between; gap: 1rem; margin-block-end: 1rem }
      .filters { padding: 0.75rem 1rem; border-block-end: 1px solid var(--line) }
      tbody tr { position: relative }
      td a { color: var(--wa-color-text-normal); font-weight: 500; text-decoration: none }
      td a::after { content: ''; position: absolute; inset: 0 }
      td a:focus-visible { outline: none }
      tr:focus-within { outline: 2px solid var(--wa-color-focus); outline-offset: -2px }
      .waits { opacity: 0.6 }
    `,
  ]
  declare query: URLSearchParams

  readonly #teams = new Reading(this, async (signal) =>
    present((await this.client.request(TeamsDocument, variablesOf(this.query), { signal })).teams),
  )
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

  readonly #keys = (event: KeyboardEvent): void => {
    const [target] = event.composedPath()
    const types = target instanceof HTMLElement && target.matches('input, textarea, select')
    if (event.ctrlKey || event.metaKey || event.altKey || isInDialog(event)) return
    if (event.key === '/' && !types) {
      event.preventDefault()
      this.renderRoot.querySelector<OperatorTeamFilters>('operator-team-filters')?.focusSearch()
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

  /** All typing in the filter is one step of the history. */
  #filter({ detail }: CustomEvent<URLSearchParams>): void {
    history.replaceState(null, '', teamsPath(detail))
    this.query = detail
  }

  #begin(): void {
    if (this.#plans.value) this.ask(beginTeam(this.#plans.value))
  }

  override render() {
    const plans = this.#plans.value ?? []
    return html`
      <header>
        <h1>Teams</h1>
        <button class="button main" ?disabled=${plans.length === 0} @click=${this.#begin}>New team</button>
      </header>
      <section class="card" aria-label="Teams">
        <div class="filters">
          <operator-team-filters .query=${this.query} .plans=${plans} @filter=${this.#filter}></operator-team-filters>
        </div>
        ${this.#teams.value === null || (this.#teams.error && !this.#teams.isLoading && this.#teams.value.nodes.length === 0) ? missing(this.#teams, 8) : this.#list(this.#teams.value)}
        ${outdated(this.#teams)}
      </section>
    `
  }

  #list({ nodes, pageInfo }: Teams): TemplateResult {
    return html`
      ${
        nodes.length === 0
          ? this.#none(pageInfo.hasNextPage)
          : html`
            <table class=${this.#teams.isLoading ? 'waits' : ''} aria-busy=${this.#teams.isLoading}>
              <thead>
                <tr>
                  <th scope="col">Team</th><th scope="col" class="wide">Plan</th><th scope="col" class="number">Available</th>
                  <th scope="col" class="number wide">Held</th><th scope="col">Balance</th><th scope="col" class="wide">Recharge</th>
                </tr>
              </thead>
              <tbody>${nodes.map(teamRow)}</tbody>
            </table>
          `
      }
      ${this.#foot(pageInfo, nodes.length)}
    `
  }

  #none(goesOn: boolean): TemplateResult {
    if (goesOn)
      return empty(
        'search',
        'No team so far',
        'The gateway searches some hundred teams at a time. Go on to the next ones.',
      )
    if (!isFiltered(this.query)) return empty('users', 'No team yet', 'A team begins with its first plan.')
    const clear = html`<a class="button" href="#/teams">Clear filters</a>`
    return empty('search', 'No team like that', 'Search by a part of its name or id, or with fewer filters.', clear)
  }

  #foot({ hasNextPage, hasPreviousPage, startCursor, endCursor }: Teams['pageInfo'], count: number): unknown {
    if (!hasNextPage && !hasPreviousPage) return nothing
    const link = (name: string, place: 'after' | 'before', cursor: string | null, isThere: boolean) =>
      isThere && cursor !== null
        ? html`<a class="button small" href=${teamsPath(withPlace(this.query, place, cursor))}>${name}</a>`
        : html`<button class="button small" disabled>${name}</button>`
    return html`
      <div class="foot">
        <span class="quiet">${counted(count, 'team')} on this page</span>
        ${link('Previous', 'before', startCursor, hasPreviousPage)}
        ${link('Next', 'after', endCursor, hasNextPage)}
      </div>
    `
  }
}

const isInDialog = (event: Event) => event.composedPath().some((node) => node instanceof HTMLDialogElement)

customElements.define('operator-teams', OperatorTeams)
