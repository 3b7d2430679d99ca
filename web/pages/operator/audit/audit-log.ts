import { css, html, nothing, type TemplateResult } from 'lit'
import { AuditDocument } from '../contract.ts'
import { time, words } from '../parts/formats.ts'
import { icon } from '../parts/icon.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { Pages } from '../parts/pages.ts'
import { present } from '../parts/reading.ts'
import { empty, missing, outdated } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'
import { teamPath } from '../route.ts'
import { type AuditEntry, auditDetail } from './audit-detail.ts'

/** `<operator-audit>`: the acts and their callers, with the values before and after; of one team, or of everything. */
export class OperatorAudit extends OperatorPart {
  static override properties = { team: {}, isPage: { type: Boolean }, chosen: { state: true }, opened: { state: true } }
  static override styles = [
    shared,
    css`
      h1 { margin-block-end: 1rem }
      .open { display: inline-flex; align-items: baseline; gap: 0.4rem; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer }
      .open .icon { align-self: center; color: var(--wa-color-text-quiet); transition: rotate 120ms }
      .open[aria-expanded='true'] .icon { rotate: 90deg }
      .detail > td { padding: 0.875rem 1rem; background: var(--wa-color-surface-lowered) }
      .detail .facts { margin-block-end: 0.875rem }
      .changes td, .changes th { padding: 0.25rem 0.5rem }
      .changes :is(td, th):first-child { padding-inline-start: 0 }
      .changes td { overflow-wrap: anywhere; font: 0.75rem/1.5 var(--mono) }
      .changes tr:hover td { background: none }
      input { inline-size: 13rem }
    `,
  ]
  /** Empty: the acts on all teams, platform keys and catalogs. */
  declare team: string
  /** Whether it is a page of its own, where the operator chooses the team. */
  declare isPage: boolean
  declare chosen: string
  declare opened: string

  readonly #log = new Pages<AuditEntry>(this, async (after, signal) => {
    const team = this.team || this.chosen || null
    return present((await this.client.request(AuditDocument, { team, after }, { signal })).auditLog)
  })

  constructor() {
    super()
    this.team = ''
    this.isPage = false
    this.chosen = ''
    this.opened = ''
  }

  protected override get dependsOn() {
    return ['changes', 'team', 'chosen']
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('team') || changed.has('chosen')) this.#log.clear()
    super.willUpdate(changed)
  }

  protected override read(): void {
    void this.#log.load()
  }

  override render() {
    const { value } = this.#log
    const choose = (event: Event) => {
      this.chosen = (event.target as HTMLInputElement).value.trim()
    }
    return html`
      ${this.isPage ? html`<h1>Audit log</h1>` : nothing}
      <section class="card" aria-label="Audit log">
        <div class="head">
          ${this.isPage ? html`<span class="quiet">Acts on teams, platform keys and catalogs, the newest first</span>` : html`<h2>Audit log</h2>`}
          ${this.isPage ? html`<input aria-label="Id of a team" placeholder="Id of a team" maxlength="200" autocomplete="off" @change=${choose}>` : nothing}
        </div>
        ${value === null ? missing(this.#log, 8) : value.nodes.length === 0 ? this.#none() : this.#table(value.nodes)}
        ${
          value?.pageInfo.hasNextPage
            ? html`<div class="foot"><span></span><button class="button small" ?disabled=${this.#log.isLoading} @click=${() => this.#log.more()}>Older</button></div>`
            : nothing
        }
        ${outdated(this.#log)}
      </section>
    `
  }

  #none(): TemplateResult {
    return empty(
      'history',
      'No act yet',
      'Grants, refunds, plans, contracts, limits, keys and catalogs leave a line here.',
    )
  }

  #table(nodes: readonly AuditEntry[]): TemplateResult {
    return html`
      <table>
        <thead><tr>
          <th scope="col">Act</th><th scope="col">Caller</th>${this.team === '' ? html`<th scope="col" class="wide">Team</th>` : nothing}<th scope="col" class="wide">At</th>
        </tr></thead>
        <tbody>${nodes.map((entry) => this.#row(entry))}</tbody>
      </table>
    `
  }

  #row(entry: AuditEntry): TemplateResult {
    const { id, at, mutation, reference, callerId, role, teamId } = entry
    const isOpen = this.opened === id
    const open = () => {
      this.opened = isOpen ? '' : id
    }
    return html`
      <tr>
        <td><button class="open" aria-expanded=${isOpen} @click=${open}>${icon('chevron')}<span>${nameOf(mutation)}${reference === null ? nothing : html`<span class="under beside mono">${shorten(reference)}</span>`}<span class="under narrow">${time(at)}</span></span></button></td>
        <td>${callerId}<span class="under beside">${words(role)}</span></td>
        ${this.team === '' ? html`<td class="wide">${teamId === null ? html`<span class="quiet">Platform</span>` : html`<a href=${teamPath(teamId)}>${teamId}</a>`}</td>` : nothing}
        <td class="wide quiet">${time(at)}</td>
      </tr>
      ${isOpen ? html`<tr class="detail"><td colspan="4">${auditDetail(entry)}</td></tr>` : nothing}
    `
  }
}

const longest = 48
const shorten = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)

/** `grantCredits` as `Grant credits`. */
const nameOf = (mutation: string) =>
  words(mutation.replace(/[A-Z]/g, (letter) => `_${letter}`)).replace(/\bapi\b/, 'API')

customElements.define('operator-audit', OperatorAudit)
