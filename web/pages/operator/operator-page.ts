import './acts/act-dialog.ts'
import './audit/audit-log.ts'
import './catalogs/catalogs-view.ts'
import './health/health-view.ts'
import './parts/told.ts'
import './team/team-view.ts'
import './teams/team-list.ts'
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { type Session, signOut } from '../shell/session.ts'
import type { Act } from './acts/act.ts'
import type { OperatorActDialog } from './acts/act-dialog.ts'
import { type IconName, icon } from './parts/icon.ts'
import { empty } from './parts/states.ts'
import { shared } from './parts/styles.ts'
import type { OperatorTold } from './parts/told.ts'
import { type Route, routeOf, type View } from './route.ts'

const places: readonly (readonly [View, string, IconName])[] = [
  ['teams', 'Teams', 'users'],
  ['catalogs', 'Catalogs', 'fileCode'],
  ['audit', 'Audit log', 'history'],
  ['health', 'Health', 'activity'],
]

/** `<operator-page>`: the operator's views and acts, by the part of the address after `#`. */
export class OperatorPage extends LitElement {
  static override properties = { session: { attribute: false }, route: { state: true }, changes: { state: true } }
  static override styles = [
    shared,
    css`
      nav { display: flex; align-items: center; gap: 0.25rem; margin-block-end: 1.5rem; border-block-end: 1px solid var(--line); overflow-x: auto }
      nav a {
        display: flex; align-items: center; gap: 0.4rem; padding: 0.5rem 0.625rem; margin-block-end: -1px; border-block-end: 2px solid transparent; color: var(--wa-color-text-quiet);
        font-weight: 500; text-decoration: none; white-space: nowrap;
      }
      nav a:hover { color: var(--wa-color-text-normal) }
      nav a[aria-current='page'] { color: var(--wa-color-text-normal); border-color: var(--wa-color-brand-50) }
      nav a:focus-visible { outline-offset: -2px }
      .who { margin-inline-start: auto; padding-inline-start: 1rem; white-space: nowrap }
      @media (max-width: 44rem) { nav .icon, .who > span { display: none } }
    `,
  ]
  declare session: Session
  declare route: Route
  declare changes: number

  constructor() {
    super()
    this.route = routeOf(location.hash)
    this.changes = 0
    this.addEventListener('act', (event) => void this.#dialog?.open((event as CustomEvent<Act>).detail))
    this.addEventListener('acted', (event) => this.#tell((event as CustomEvent<string>).detail))
    this.addEventListener('sign-out', leave)
  }

  readonly #follow = (): void => {
    this.route = routeOf(location.hash)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#follow)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#follow)
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('route')) document.title = `${titleOf(this.route)} · Operator · Credits Gateway`
  }

  get #dialog(): OperatorActDialog | null {
    return this.renderRoot.querySelector('operator-act')
  }

  #tell(effect: string): void {
    this.changes += 1
    this.renderRoot.querySelector<OperatorTold>('operator-told')?.tell(effect)
  }

  override render() {
    const { viewer, client } = this.session
    if (viewer.role !== 'PLATFORM') return this.#notAllowed()
    const view = this.route.view === 'team' ? 'teams' : this.route.view
    return html`
      <nav aria-label="Operator">
        ${places.map(
          ([place, name, symbol]) =>
            html`<a href="#/${place}" aria-current=${place === view ? 'page' : nothing}>${icon(symbol)}${name}</a>`,
        )}
        <span class="who">
          <span class="quiet">${viewer.name ?? viewer.memberId}</span>
          <button class="button small plain" @click=${leave}>Sign out</button>
        </span>
      </nav>
      ${this.#view()}
      <operator-act .client=${client}></operator-act>
      <operator-told></operator-told>
    `
  }

  #view(): TemplateResult {
    const { route, changes } = this
    const { client, token } = this.session
    switch (route.view) {
      case 'team':
        return html`<operator-team .client=${client} .token=${token} .team=${route.team} .tab=${route.tab} .changes=${changes}></operator-team>`
      case 'catalogs':
        return html`<operator-catalogs .client=${client} .changes=${changes}></operator-catalogs>`
      case 'audit':
        return html`<operator-audit .client=${client} .changes=${changes} isPage></operator-audit>`
      case 'health':
        return html`<operator-health></operator-health>`
      case 'teams':
        return html`<operator-teams .client=${client} .query=${route.query} .changes=${changes}></operator-teams>`
    }
  }

  #notAllowed(): TemplateResult {
    const { memberId, name, role, team } = this.session.viewer
    const who = `${name ?? memberId}, ${role.toLowerCase()}${team === null ? '' : ` of ${team.name}`}`
    const acts = html`
      <span style="display: flex; gap: 0.5rem">
        <button class="button main" @click=${leave}>Sign in as the operator</button>
        <a class="button" href="/billing">Open billing</a>
      </span>
    `
    return html`<div class="card" role="alert">
      <h1 class="hidden">Operator</h1>
      ${empty('lock', 'This page is for the operator', `You are signed in as ${who}. It needs a token with the role PLATFORM.`, acts)}
    </div>`
  }
}

function leave(): void {
  signOut()
  location.reload()
}

const titleOf = (route: Route): string =>
  route.view === 'team' ? route.team : (places.find(([view]) => view === route.view)?.[1] ?? 'Operator')

customElements.define('operator-page', OperatorPage)
