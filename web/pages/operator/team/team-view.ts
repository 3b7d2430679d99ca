import '../audit/audit-log.ts'
import './team-access.ts'
import './team-activity.ts'
import './team-overview.ts'
import './team-payments.ts'
import './team-plan.ts'
import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { type CreditsClient, createCreditsClient } from '../../../client/index.ts'
import { assignPlan } from '../acts/assign-plan.ts'
import { grantCredits } from '../acts/grant-credits.ts'
import { PlansDocument, TeamDocument } from '../contract.ts'
import { balanceBadge, rechargeBadge } from '../parts/badges.ts'
import { icon } from '../parts/icon.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { present, Reading } from '../parts/reading.ts'
import { empty, missing } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'
import { type TeamTab, teamPath, teamTabs } from '../route.ts'

import type { Team } from './team-part.ts'
import { teamViewStyles } from './team-view-styles.ts'

const names: Readonly<Record<TeamTab, string>> = {
  overview: 'Overview',
  activity: 'Activity',
  plan: 'Plan and limits',
  payments: 'Payments',
  access: 'Access',
  audit: 'Audit log',
}
const gatherMs = 150

/** `<operator-team>`: a team as its members see it, with what the operator may do. It follows the team's events. */
export class OperatorTeam extends OperatorPart {
  static override properties = { team: {}, tab: {}, token: { attribute: false }, events: { state: true } }
  static override styles = [shared, teamViewStyles]
  declare team: string
  declare tab: TeamTab
  declare token: string
  /** Counts the events of the team. */
  declare events: number
  #own: CreditsClient | null = null
  #gathering: ReturnType<typeof setTimeout> | undefined

  readonly #reading = new Reading(this, async (signal) =>
    present((await this.client.request(TeamDocument, { id: this.team }, { signal })).team),
  )
  readonly #plans = new Reading(
    this,
    async (signal) => (await this.client.request(PlansDocument, {}, { signal })).plans,
  )

  constructor() {
    super()
    this.team = ''
    this.tab = 'overview'
    this.token = ''
    this.events = 0
  }

  protected override get dependsOn() {
    return ['changes', 'events', 'team']
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('team')) {
      this.#reading.clear()
      this.#watch()
    }
    super.willUpdate(changed)
  }

  protected override read(): void {
    void this.#reading.load()
    if (this.#plans.value === null) void this.#plans.load()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#watch()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  #watch(): void {
    this.#stop()
    this.#own = createCreditsClient({ url: '/graphql', token: this.token, teamId: this.team })
    // The team is read again once its events have begun: a change before their beginning is no event of theirs.
    this.#own.onState((state) => {
      if (state === 'live') this.#changed()
    })
    // What ends it, the reading says.
    this.#own.events.subscribe(this.#changed, { onGap: this.#changed, onError: () => undefined })
  }

  #stop(): void {
    clearTimeout(this.#gathering)
    this.#own?.close()
    this.#own = null
  }

  /** Events come in groups: their changes are read once. */
  readonly #changed = (): void => {
    clearTimeout(this.#gathering)
    this.#gathering = setTimeout(() => {
      this.events += 1
    }, gatherMs)
  }

  override render() {
    const { value, error } = this.#reading
    const path = html`<p class="path"><a href="#/teams">Teams</a>${icon('chevron')}<span>${value?.name ?? this.team}</span></p>`
    if (value !== null) return html`${path}${this.#head(value)}${this.#tabs()}${this.#part(value)}`
    const name = html`<h1 class="hidden">${this.team}</h1>`
    if (error?.code !== 'NOT_FOUND') return html`${path}${name}<div class="card">${missing(this.#reading)}</div>`
    const back = html`<a class="button" href="#/teams">All teams</a>`
    return html`${path}${name}<div class="card" role="alert">${empty('search', `There is no team “${this.team}”`, 'Look for it by a part of its name or id.', back)}</div>`
  }

  #head(team: Team): TemplateResult {
    const plans = this.#plans.value ?? []
    const { state } = team.autoRecharge
    return html`
      <header>
        <div class="title">
          <h1>${team.name}</h1>
          <div>
            <code class="quiet">${team.id}</code><wa-copy-button value=${team.id} copy-label="Copy the id"></wa-copy-button>
            <span class="badge">${team.plan?.name ?? 'No plan'}</span>
            ${balanceBadge(team.balance.state)}
            ${state === 'OFF' ? nothing : html`<span class="quiet">Recharge</span> ${rechargeBadge(state)}`}
          </div>
        </div>
        <div class="acts">
          <a class="button" href="/billing?team=${encodeURIComponent(team.id)}" target="_blank">As members see it</a>
          <button class="button" ?disabled=${plans.length === 0} @click=${() => this.ask(assignPlan(team, plans))}>Change plan</button>
          <button class="button main" @click=${() => this.ask(grantCredits(team))}>Grant credits</button>
        </div>
      </header>
    `
  }

  #tabs(): TemplateResult {
    return html`
      <nav aria-label="Team">
        ${teamTabs.map(
          (tab) =>
            html`<a href=${teamPath(this.team, tab)} aria-current=${tab === this.tab ? 'page' : nothing}>${names[tab]}</a>`,
        )}
      </nav>
    `
  }

  #part(team: Team): TemplateResult {
    const { client, tab } = this
    const changes = this.changes + this.events
    switch (tab) {
      case 'overview':
        return html`<operator-team-overview .team=${team}></operator-team-overview>`
      case 'activity':
        return html`<operator-team-activity .client=${client} .team=${team} .changes=${changes}></operator-team-activity>`
      case 'plan':
        return html`<operator-team-plan .team=${team}></operator-team-plan>`
      case 'payments':
        return html`<operator-team-payments .client=${client} .team=${team} .changes=${changes}></operator-team-payments>`
      case 'access':
        return html`<operator-team-access .team=${team}></operator-team-access>`
      case 'audit':
        return html`<operator-audit .client=${client} .team=${team.id} .changes=${changes}></operator-audit>`
    }
  }
}

customElements.define('operator-team', OperatorTeam)
