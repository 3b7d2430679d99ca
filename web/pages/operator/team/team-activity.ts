import './activity-subject.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { ActivityDocument, type ActivityType } from '../contract.ts'
import { credits, person, signed, time, words } from '../parts/formats.ts'
import { icon } from '../parts/icon.ts'
import { OperatorPart } from '../parts/operator-part.ts'
import { Pages } from '../parts/pages.ts'
import { present } from '../parts/reading.ts'
import { empty, missing, outdated } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'
import type { Activity } from './activity-subject.ts'
import type { Team } from './team-part.ts'

const types: readonly (readonly [ActivityType, string])[] = [
  ['CHARGE', 'Charges'],
  ['REFUND', 'Refunds'],
  ['GRANT', 'Grants'],
  ['EXPIRY', 'Expiries'],
  ['HOLD', 'Holds'],
  ['RELEASE', 'Releases'],
  ['CLAWBACK', 'Clawbacks'],
  ['ADJUSTMENT', 'Adjustments'],
]

/** `<operator-team-activity>`: every posting of the team. A line opens what it is about. */
export class OperatorTeamActivity extends OperatorPart {
  static override properties = {
    team: { attribute: false },
    type: { state: true },
    member: { state: true },
    opened: { state: true },
  }
  static override styles = [
    shared,
    css`
      .open { display: inline-flex; align-items: baseline; gap: 0.4rem; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer }
      .open .icon { align-self: center; color: var(--wa-color-text-quiet); transition: rotate 120ms }
      .open[aria-expanded='true'] .icon { rotate: 90deg }
      .detail td { padding: 0 }
      .filters { display: flex; flex-wrap: wrap; gap: 0.5rem }
      .filters input { inline-size: 11rem }
    `,
  ]
  declare team: Team
  declare type: ActivityType | ''
  declare member: string
  declare opened: string

  readonly #list = new Pages<Activity>(this, async (after, signal) => {
    const filter = { types: this.type === '' ? null : [this.type], memberId: this.member || null }
    const { team } = await this.client.request(ActivityDocument, { team: this.team.id, after, filter }, { signal })
    return present(present(team).activity)
  })

  constructor() {
    super()
    this.type = ''
    this.member = ''
    this.opened = ''
  }

  protected override get dependsOn() {
    return ['changes', 'type', 'member']
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('type') || changed.has('member')) this.#list.clear()
    super.willUpdate(changed)
  }

  protected override read(): void {
    void this.#list.load()
  }

  override render() {
    const { value } = this.#list
    return html`
      <section class="card" aria-labelledby="activity">
        <div class="head">
          <h2 id="activity">Activity</h2>
          <div class="filters">
            <select aria-label="Type" @change=${(event: Event) => {
              this.type = (event.target as HTMLSelectElement).value as ActivityType | ''
            }}>
              <option value="">Everything</option>
              ${types.map(([type, name]) => html`<option value=${type} ?selected=${type === this.type}>${name}</option>`)}
            </select>
            <input aria-label="Member or caller" placeholder="Member or caller" maxlength="200" autocomplete="off" @change=${(
              event: Event,
            ) => {
              this.member = (event.target as HTMLInputElement).value.trim()
            }}>
          </div>
        </div>
        ${value === null ? missing(this.#list, 8) : value.nodes.length === 0 ? this.#none() : this.#table(value.nodes)}
        ${
          value?.pageInfo.hasNextPage
            ? html`<div class="foot"><span></span><button class="button small" ?disabled=${this.#list.isLoading} @click=${() => this.#list.more()}>Older</button></div>`
            : nothing
        }
        ${outdated(this.#list)}
      </section>
    `
  }

  #none(): TemplateResult {
    return this.type === '' && this.member === ''
      ? empty('inbox', 'Nothing has happened yet', 'Grants, charges and refunds show here.')
      : empty('search', 'Nothing like that', 'Try another type, or no member.')
  }

  #table(nodes: readonly Activity[]): TemplateResult {
    return html`
      <table>
        <thead><tr>
          <th scope="col">What</th><th scope="col" class="wide">Member</th><th scope="col" class="number">Credits</th>
          <th scope="col" class="number wide">Available after</th><th scope="col" class="wide">At</th>
        </tr></thead>
        <tbody>${nodes.map((activity) => this.#row(activity))}</tbody>
      </table>
    `
  }

  #row(activity: Activity): TemplateResult {
    const { id, type, amount, balanceAfter, at, member, reference } = activity
    const isOpen = id === this.opened
    const sign = amount.startsWith('-') || amount === '0' ? '' : 'plus'
    return html`
      <tr>
        <td>
          <button class="open" aria-expanded=${isOpen} @click=${() => {
            this.opened = isOpen ? '' : id
          }}>${icon('chevron')}<span>${titleOf(activity)}<span class="under beside">${words(type)}${reference ? ` · ${reference}` : ''}</span><span class="under narrow">${time(at)}</span></span></button>
        </td>
        <td class="wide">${person(member)}</td>
        <td class="number ${amount === '0' ? 'quiet' : sign}">${signed(amount)}</td>
        <td class="number wide">${credits(balanceAfter)}</td>
        <td class="wide quiet">${time(at)}</td>
      </tr>
      ${
        isOpen
          ? html`<tr class="detail"><td colspan="5"><operator-subject .client=${this.client} .activity=${activity} .team=${this.team}></operator-subject></td></tr>`
          : nothing
      }
    `
  }
}

function titleOf({ type, lines, grantKind, reason }: Activity): string {
  if (lines.length > 0) return lines.map(({ name }) => name).join(', ')
  if (grantKind !== null) return words(grantKind)
  return reason ?? words(type)
}

customElements.define('operator-team-activity', OperatorTeamActivity)
