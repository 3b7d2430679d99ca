import { css, html, nothing, type TemplateResult } from 'lit'
import type { TeamOrder, TeamsQuery } from '../contract.ts'
import { balanceBadge, rechargeBadge } from '../parts/badges.ts'
import { ago, counted, credits } from '../parts/formats.ts'
import { icon } from '../parts/icon.ts'
import { teamPath } from '../route.ts'
import { isOf, isRising, nextOrder, type OrderField, orders, usualOrder } from './address.ts'

export type Teams = NonNullable<TeamsQuery['teams']>
type Team = Teams['nodes'][number]

export const tableStyles = css`
  tbody tr { position: relative }
  td a { color: var(--wa-color-text-normal); font-weight: 500; text-decoration: none; overflow-wrap: anywhere }
  td a::after { content: ''; position: absolute; inset: 0 }
  td a:focus-visible { outline: none }
  tr:focus-within:has(:focus-visible) { outline: 2px solid var(--wa-color-focus); outline-offset: -2px }
  thead tr:focus-within { outline: none }
  .under.mono { overflow-wrap: anywhere }
  .sort { display: inline-flex; align-items: center; gap: 0.25rem; margin: -0.25rem -0.375rem; padding: 0.25rem 0.375rem; border: 0; border-radius: 0.375rem; background: none; color: inherit; font: inherit; cursor: pointer }
  .number .sort { flex-direction: row-reverse }
  .sort:hover { background: var(--wa-color-surface-lowered); color: var(--wa-color-text-normal) }
  .sort .icon svg { inline-size: 0.8125rem; block-size: 0.8125rem }
  .sort .icon { opacity: 0.55 }
  [aria-sort] { color: var(--wa-color-text-normal) }
  [aria-sort] .icon { opacity: 1; color: var(--wa-color-brand-on-quiet) }
`

type TableOptions = {
  readonly order: TeamOrder | null
  /** Whether a narrow screen shows the last activity in place of the state of the balance. */
  readonly isAboutActivity: boolean
  readonly sort: (order: TeamOrder | null) => void
}

export function teamTable({ nodes, unreadable }: Teams, options: TableOptions): TemplateResult {
  const column = (field: OrderField, name: string, kind = '') => sortable(field, name, { ...options, kind })
  const [balanceKind, activityKind] = kindsOf(options)
  return html`
    <table>
      <thead>
        <tr>
          ${column('NAME', 'Team')}<th scope="col" class="wide">Plan</th>${column('AVAILABLE', 'Available', 'number')}
          <th scope="col" class="number wide">Held</th><th scope="col" class=${balanceKind}>Balance</th><th scope="col" class="wide">Recharge</th>
          ${column('LAST_ACTIVITY', 'Last activity', activityKind)}
        </tr>
      </thead>
      <tbody>
        ${nodes.map((team) => row(team, options))}
        ${unreadable.map(
          ({ teamId, message }) =>
            html`<tr><td colspan="7"><a href=${teamPath(teamId)}>${teamId}</a><span class="under fault">${message}</span></td></tr>`,
        )}
      </tbody>
    </table>
  `
}

/** The classes of the columns Balance and Last activity: a narrow screen has room for one of them. */
const kindsOf = ({ isAboutActivity }: TableOptions): readonly [string, string] =>
  isAboutActivity ? ['wide', ''] : ['', 'wide']

function sortable(
  field: OrderField,
  name: string,
  { order, sort, kind }: TableOptions & { kind: string },
): TemplateResult {
  const isSorted = isOf(field, order)
  const rises = order !== null && isRising(order)
  const next = nextOrder(field, order)
  return html`
    <th scope="col" class=${kind} aria-sort=${isSorted ? (rises ? 'ascending' : 'descending') : nothing}>
      <button type="button" class="sort" title="Sort: ${next === null ? usualOrder : orders[next]}" @click=${() => sort(next)}>
        ${name}${icon(isSorted ? (rises ? 'up' : 'down') : 'unsorted')}
      </button>
    </th>
  `
}

function row(
  { id, name, plan, seats, balance, autoRecharge, lastActivityAt }: Team,
  options: TableOptions,
): TemplateResult {
  const [balanceKind, activityKind] = kindsOf(options)
  return html`
    <tr>
      <td><a href=${teamPath(id)}>${name}</a><span class="under beside mono">${id}</span></td>
      <td class="wide">${plan?.name ?? html`<span class="quiet">None</span>`}<span class="under beside">${counted(seats, 'seat')}</span></td>
      <td class="number">${credits(balance.available)}</td>
      <td class="number wide ${balance.held === '0' ? 'quiet' : ''}">${credits(balance.held)}</td>
      <td class=${balanceKind}>${balanceBadge(balance.state)}</td>
      <td class="wide" title=${autoRecharge.lastFailure ?? nothing}>${
        autoRecharge.state === 'OFF' ? html`<span class="quiet">Off</span>` : rechargeBadge(autoRecharge.state)
      }</td>
      <td class="quiet ${activityKind}">${ago(lastActivityAt, balance.asOf)}</td>
    </tr>
  `
}
