import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { numberOf, shareOf } from '../controllers/amounts.ts'
import { createGrants, type Grant, type GrantsController } from '../controllers/grants.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { BillingPart } from './part.ts'
import { empty, missing, outdated } from './states.ts'
import { shared } from './styles.ts'

/** `<credits-grants>`: open grants in the order in which they are used, with what is left and when it expires. */
export class CreditsGrants extends BillingPart<GrantsController> {
  static override styles = [
    shared,
    css`
      li { display: grid; grid-template-columns: 1.5rem minmax(0, 1.4fr) minmax(0, 1fr) 10rem; gap: 0.25rem 1rem; align-items: center; padding: 0.7rem 1.25rem }
      .order { font-variant-numeric: tabular-nums; color: var(--wa-color-text-quiet) }
      .source { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
      .left { display: grid; gap: 0.35rem }
      @media (max-width: 44rem) {
        li { grid-template-columns: 1.25rem minmax(0, 1fr) auto; padding-inline: 1rem }
        .left { grid-column: 2 / -1; grid-row: 2 }
      }
    `,
  ]

  protected override open(scope: TeamScope): GrantsController {
    return createGrants(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading', value: null, error: null }
    const retry = () => this.controller?.retry()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['grants.title']}</h2>
            <p class="small quiet">${this.text['grants.hint']}</p>
          </div>
        </div>
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 3, retry) : this.#list(reading.value)}
      </section>
    `
  }

  #list(grants: readonly Grant[]): TemplateResult {
    if (grants.length === 0) return empty('gift', this.text['grants.none'], this.text['grants.noneHint'])
    return html`
      <ol class="rows" style="margin: 0; padding: 0; list-style: none">
        ${repeat(
          grants,
          ({ id }) => id,
          (grant, index) => this.#row(grant, index + 1),
        )}
      </ol>
    `
  }

  #row(
    { kind, source, granted, available, held, expiresAt, frozen, locked, unlocksAt }: Grant,
    order: number,
  ): TemplateResult {
    const { formats } = this
    return html`
      <li>
        <span class="order small">${formats.number(order)}</span>
        <span style="min-inline-size: 0">
          <span style="font-weight: 500">${this.text[`grantKind.${kind}`]}</span>
          <span class="quiet small source" style="display: block">${source}</span>
          ${frozen ? html`<span class="badge bad">${this.text['grants.frozen']}</span>` : nothing}
          ${
            unlocksAt === null
              ? nothing
              : html`<span class="badge">${this.text['grants.locked']({ amount: formats.credits(locked), time: formats.time(unlocksAt) })}</span>`
          }
        </span>
        <span class="left">
          <span class="small number">
            ${this.text['grants.left']({ available: formats.credits(available), granted: formats.credits(granted) })}
            ${numberOf(held) === 0 ? nothing : html`<span class="quiet">· ${this.text['grants.held']({ amount: formats.credits(held) })}</span>`}
          </span>
          <span class="bar" aria-hidden="true"><span style="inline-size: ${100 * shareOf(available, granted)}%"></span></span>
        </span>
        <span class="small quiet end">
          ${expiresAt === null ? this.text['grants.never'] : this.text.expires({ date: formats.date(expiresAt) })}
        </span>
      </li>
    `
  }
}

customElements.define('credits-grants', CreditsGrants)
