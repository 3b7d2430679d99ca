import { html, nothing, type TemplateResult } from 'lit'
import { revokeApiKey, revokeTokens } from '../acts/revoke.ts'
import { badge } from '../parts/badges.ts'
import { day, time, words } from '../parts/formats.ts'
import { type Team, TeamPart } from './team-part.ts'

type Key = NonNullable<Team['apiKeys']>[number]

/** `<operator-team-access>`: the team's API keys, and how its tokens are revoked. */
export class OperatorTeamAccess extends TeamPart {
  override render() {
    const keys = this.team.apiKeys ?? []
    const revoke = () => this.ask(revokeTokens(this.team))
    return html`
      <section class="card" aria-labelledby="keys">
        <div class="head"><h2 id="keys">API keys</h2></div>
        ${
          keys.length === 0
            ? html`<p class="body quiet">None. Admins of the team make them on the billing page.</p>`
            : html`<table>
                <thead><tr>
                  <th scope="col">Name</th><th scope="col">State</th><th scope="col" class="wide">May</th>
                  <th scope="col" class="wide">Last used</th><th scope="col" class="wide">Made</th><th><span class="hidden">What to do</span></th>
                </tr></thead>
                <tbody>${keys.map((key) => this.#key(key))}</tbody>
              </table>`
        }
      </section>
      <section class="card" aria-labelledby="tokens">
        <div class="head"><h2 id="tokens">Tokens</h2><button class="button small" @click=${revoke}>Revoke tokens</button></div>
        <p class="body quiet">Tokens are made by your own backend. Revoking refuses those that were made so far; new ones work.</p>
      </section>
    `
  }

  #key(key: Key): TemplateResult {
    const { name, prefix, scopes, createdAt, lastUsedAt } = key
    const state = stateOf(key)
    return html`
      <tr>
        <td>${name}<span class="under mono">${prefix}</span></td>
        <td>${badge(state, state === 'Live' ? 'good' : '')}</td>
        <td class="wide">${scopes.map(words).join(', ')}</td>
        <td class="wide">${lastUsedAt === null ? html`<span class="quiet">never</span>` : time(lastUsedAt)}</td>
        <td class="wide">${day(createdAt)}</td>
        <td class="acts">${
          state === 'Live'
            ? html`<button class="button small" aria-label="Revoke ${name}" @click=${() => this.ask(revokeApiKey(key))}>Revoke</button>`
            : nothing
        }</td>
      </tr>
    `
  }
}

function stateOf({ revokedAt, expiresAt }: Key): 'Live' | 'Revoked' | 'Expired' {
  if (revokedAt !== null) return 'Revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'Expired' : 'Live'
}

customElements.define('operator-team-access', OperatorTeamAccess)
