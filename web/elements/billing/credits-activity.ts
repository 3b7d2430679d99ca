import './activity-export.ts'
import './credits-posting.ts'
import { css, html, nothing, type TemplateResult } from 'lit'
import { createRef, type Ref, ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import {
  type ActivityController,
  type ActivitySnapshot,
  createActivity,
  type Posting,
} from '../controllers/activity.ts'
import { everything } from '../controllers/activity-filter.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { activityBar, activityStyles } from './activity-bar.ts'
import type { CreditsPosting } from './credits-posting.ts'
import { icon } from './icons.ts'
import { iconOf, personOf, titleOf } from './names.ts'
import { BillingPart } from './part.ts'
import { dotted, empty, missing, outdated } from './states.ts'
import { shared } from './styles.ts'

/** `<credits-activity>`: the changes of a team's credits, with filters; each line opens its subject. Updates live. */
export class CreditsActivity extends BillingPart<ActivityController> {
  static override styles = [
    shared,
    activityStyles,
    css`
      .columns, .line { display: grid; grid-template-columns: minmax(0, 1fr) 8rem 7.5rem 7.5rem 9.5rem; gap: 0.125rem 1rem; align-items: center; padding-inline: 1.25rem }
      .columns { padding-block: 0.4rem; border-block-start: 1px solid var(--wa-color-surface-border); background: var(--wa-color-surface-lowered) }
      .line { inline-size: 100%; padding-block: 0.55rem; border: 0; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer }
      .line:hover { background: var(--wa-color-surface-lowered) }
      .line:focus-visible { outline-offset: -2px }
      .what { display: flex; align-items: center; gap: 0.75rem; min-inline-size: 0 }
      .what > .icon { inline-size: 1.75rem; block-size: 1.75rem; border-radius: 0.5rem; color: var(--wa-color-text-quiet); background: var(--wa-color-surface-lowered); border: 1px solid var(--wa-color-surface-border) }
      .what .icon svg { inline-size: 0.875rem; block-size: 0.875rem }
      .added .what > .icon { color: var(--wa-color-success-on-quiet); background: var(--wa-color-success-fill-quiet); border-color: transparent }
      .words { min-inline-size: 0 }
      .words > span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
      .title { font-weight: 500 }
      .ellipsis { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
      .added .amount { color: var(--wa-color-success-on-quiet) }
      .meta { display: none }
      li.new { animation: arrive 1.6s ease-out }
      @keyframes arrive { from { background: var(--wa-color-brand-fill-quiet) } }
      .foot { display: grid; justify-items: center; gap: 0.5rem; padding: 0.9rem 1.25rem; border-block-start: 1px solid var(--wa-color-surface-border) }
      .waiting { opacity: 0.55; transition: opacity 150ms ease 200ms }
      @media (max-width: 52rem) {
        .columns, .line .member, .line .balance, .line .when { display: none }
        .line { grid-template-columns: minmax(0, 1fr) auto; padding-inline: 1rem }
        .meta { display: block }
      }
      @media (prefers-reduced-motion: reduce) { li.new { animation: none } .waiting { transition: none } }
    `,
  ]
  readonly #detail: Ref<CreditsPosting> = createRef()

  protected override open(scope: TeamScope): ActivityController {
    return createActivity(scope)
  }

  protected override content() {
    const { controller } = this
    const snapshot = controller?.getSnapshot()
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <h2 id="title" class="grow">${this.text['view.activity']}</h2>
          ${snapshot?.phase === 'ready' ? html`<credits-activity-export .controller=${controller} .formats=${this.formats} .text=${this.text}></credits-activity-export>` : nothing}
        </div>
        ${controller && snapshot && snapshot.phase !== 'forbidden' ? activityBar({ host: this, controller, snapshot, formats: this.formats, text: this.text }) : nothing}
        ${this.#content(snapshot)}
      </section>
      <credits-posting ${ref(this.#detail)} .client=${this.scope?.client ?? null} team=${this.team} .formats=${this.formats} .text=${this.text}></credits-posting>
    `
  }

  #content(snapshot: ActivitySnapshot | undefined): TemplateResult {
    if (snapshot === undefined) return missing(this.text, { phase: 'loading', error: null }, 6)
    const { phase, rows, busy, error } = snapshot
    const retry = () => this.controller?.retry()
    if (phase !== 'ready') return missing(this.text, { phase, error }, 6, retry)
    if (rows.length === 0 && busy === null && error === null && !snapshot.hasMore) return this.#nothing(snapshot)
    return html`
      ${outdated(this.text, { error }, retry)}
      <div class="columns small quiet" aria-hidden="true">
        <span>${this.text['activity.what']}</span>
        <span>${this.text.member}</span>
        <span class="end">${this.text.unit}</span>
        <span class="end">${this.text['balance.title']}</span>
        <span class="end">${this.text.time}</span>
      </div>
      <ul class="rows ${busy === 'first' ? 'waiting' : ''}" aria-busy=${busy === 'first'}>
        ${repeat(
          rows,
          ({ id }) => id,
          (row) => this.#row(row, row.revision > snapshot.seenRevision),
        )}
      </ul>
      ${this.#foot(snapshot)}
    `
  }

  #nothing({ choice }: ActivitySnapshot): TemplateResult {
    const filtered = choice.kind !== null || choice.member !== null || choice.text.trim() !== '' || choice.days !== null
    if (!filtered) return empty('inbox', this.text['activity.none'], this.text['activity.noneHint'])
    const clear = html`
      <wa-button size="s" appearance="outlined" @click=${() => this.controller?.choose({ ...everything, days: null })}>
        ${this.text['activity.clear']}
      </wa-button>
    `
    return empty('search', this.text['activity.noMatch'], this.text['activity.noMatchHint'], clear)
  }

  #row(row: Posting, isNew: boolean): TemplateResult {
    const { formats } = this
    const added = !row.amount.startsWith('-') && row.amount !== '0'
    const member = personOf(row.member)
    const time = formats.time(row.at)
    return html`
      <li class="${isNew ? 'new' : ''} ${added ? 'added' : ''}">
        <button class="line" type="button" @click=${() => this.#detail.value?.show(row.id)}>
          <span class="what">
            ${icon(iconOf(row))}
            <span class="words">
              <span class="title">${titleOf(row, this.text)}</span>
              <span class="small quiet">
                <span class="meta">${dotted(member === '' ? [time] : [member, time])}</span>
                ${row.reference ?? row.reason ?? ''}
              </span>
            </span>
          </span>
          <span class="member quiet ellipsis">${member}</span>
          <span class="amount number end">${formats.signed(row.amount)}</span>
          <span class="balance quiet number end">${formats.credits(row.balanceAfter)}</span>
          <span class="when quiet small number end">${time}</span>
        </button>
      </li>
    `
  }

  #foot({ hasMore, busy, choice, rows }: ActivitySnapshot): TemplateResult {
    if (!hasMore) return html`<p class="foot small quiet">${this.text['activity.end']}</p>`
    const searches = choice.text.trim() !== ''
    return html`
      <div class="foot">
        ${rows.length === 0 ? html`<p class="small quiet">${this.text['activity.noMatch']}</p>` : nothing}
        <wa-button id="more" size="s" appearance="outlined" ?loading=${busy === 'more'} @click=${() => this.controller?.loadMore()}>
          ${searches ? this.text['activity.searchMore'] : this.text.more}
        </wa-button>
      </div>
    `
  }
}

customElements.define('credits-activity', CreditsActivity)
