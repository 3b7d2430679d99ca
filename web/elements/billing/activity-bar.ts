import '@awesome.me/webawesome/dist/components/input/input.js'
import '@awesome.me/webawesome/dist/components/option/option.js'
import '@awesome.me/webawesome/dist/components/select/select.js'
import { css, html, type LitElement, type TemplateResult } from 'lit'
import type { ActivityController, ActivitySnapshot } from '../controllers/activity.ts'
import type { ActivityKind } from '../controllers/activity-filter.ts'
import './activity-export.ts'
import type { Formats } from './formats.ts'
import { icon } from './icons.ts'
import { segments } from './states.ts'
import { text } from './texts.ts'

export const activityStyles = css`
  .filters { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0 1.25rem 1rem }
  .filters wa-select { inline-size: 10.5rem }
  .filters wa-input { flex: 1 1 11rem; min-inline-size: 9rem; max-inline-size: 18rem }
  .filters credits-activity-export { margin-inline-start: auto }
  @media (max-width: 40rem) {
    .filters { padding: 0 1rem 1rem }
    .filters wa-select { flex: 1 1 8rem; inline-size: auto }
    .filters wa-input { max-inline-size: none; flex-basis: 100% }
  }
`

const kinds: readonly ActivityKind[] = ['use', 'refund', 'added', 'reserved', 'expired', 'corrected']
const all = 'all'
const searchPauseMs = 250

type BarOptions = {
  readonly host: LitElement
  readonly controller: ActivityController
  readonly snapshot: ActivitySnapshot
  readonly formats: Formats
}

const searches = new WeakMap<LitElement, ReturnType<typeof setTimeout>>()

function search(host: LitElement, controller: ActivityController, value: string): void {
  clearTimeout(searches.get(host))
  searches.set(
    host,
    setTimeout(() => controller.choose({ text: value }), searchPauseMs),
  )
}

/** Filters of the activity, and its export. */
export function activityBar({ host, controller, snapshot, formats }: BarOptions): TemplateResult {
  const { choice, members } = snapshot
  const chosenIn = (event: Event) => {
    const { value } = event.target as HTMLInputElement
    return value === all ? null : value
  }
  return html`
    <div class="filters">
      ${segments({
        label: text('activity.range'),
        values: [
          [1, text('activity.hours24')],
          [7, text('activity.days', { n: formats.number(7) })],
          [30, text('activity.days', { n: formats.number(30) })],
          [null, text('activity.all')],
        ] as const,
        chosen: choice.days,
        choose: (days) => controller.choose({ days }),
      })}
      <wa-select class="bare" size="s" id="kind" label=${text('activity.kind')} .value=${choice.kind ?? all}
        @change=${(event: Event) => controller.choose({ kind: chosenIn(event) as ActivityKind | null })}>
        <wa-option value=${all}>${text('activity.kindAll')}</wa-option>
        ${kinds.map((kind) => html`<wa-option value=${kind}>${text(`activity.kind.${kind}`)}</wa-option>`)}
      </wa-select>
      <wa-select class="bare" size="s" id="member" label=${text('activity.member')} .value=${choice.member ?? all}
        @change=${(event: Event) => controller.choose({ member: chosenIn(event) })}>
        <wa-option value=${all}>${text('activity.memberAll')}</wa-option>
        ${members.map(({ memberId, name }) => html`<wa-option value=${memberId}>${name}</wa-option>`)}
      </wa-select>
      <wa-input class="bare" size="s" type="search" id="text" label=${text('activity.search')} placeholder=${text('activity.search')} with-clear
        .value=${choice.text} @input=${(event: Event) => search(host, controller, (event.target as HTMLInputElement).value)}>
        ${icon('search', 'start')}
      </wa-input>
      <credits-activity-export .controller=${controller} .formats=${formats}></credits-activity-export>
    </div>
  `
}
