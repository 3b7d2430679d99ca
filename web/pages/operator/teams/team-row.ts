import { html, nothing, type TemplateResult } from 'lit'
import type { TeamsQuery } from '../contract.ts'
import { balanceBadge, rechargeBadge } from '../parts/badges.ts'
import { counted, credits } from '../parts/formats.ts'
import { teamPath } from '../route.ts'

type Team = NonNullable<TeamsQuery['teams']>['nodes'][number]

export const teamRow = ({ id, name, plan, seats, balance, autoRecharge }: Team): TemplateResult => html`
  <tr>
    <td><a href=${teamPath(id)}>${name}</a><span class="under beside mono">${id}</span></td>
    <td class="wide">${plan?.name ?? html`<span class="quiet">None</span>`}<span class="under beside">${counted(seats, 'seat')}</span></td>
    <td class="number">${credits(balance.available)}</td>
    <td class="number wide ${balance.held === '0' ? 'quiet' : ''}">${credits(balance.held)}</td>
    <td>${balanceBadge(balance.state)}</td>
    <td class="wide" title=${autoRecharge.lastFailure ?? nothing}>${
      autoRecharge.state === 'OFF' ? html`<span class="quiet">Off</span>` : rechargeBadge(autoRecharge.state)
    }</td>
  </tr>
`
