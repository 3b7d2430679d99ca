import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, type LitElement, type TemplateResult } from 'lit'
import type { ActivityController, ActivitySnapshot } from '../controllers/activity.ts'
import type { ActivityKind } from '../controllers/activity-filter.ts'
import type { BillingMessages } from '../locales/billing.ts'
import { choice, choices } from './choice.ts'
import type { Formats } from './formats.ts'
import { icon } from './icons.ts'
import { segments } from './states.ts'

export const activityStyles = css`
  ${choices}
  .filters { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0 1.25rem 1rem }
  .filters .choice { inline-size: 9.5rem }
  .filters wa-input { flex: 1 1 11rem; min-inline-size: 9rem; max-inline-size: 18rem }
  @media (max-width: 40rem) {
    .filters { padding: 0 1rem 1rem }
    .filters .choice { flex: 1 1 8rem; inline-size: auto }
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
  readonly text: BillingMessages
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
export function activityBar({ host, controller, snapshot, formats, text }: BarOptions): TemplateResult {
  const { choice: shown, members } = snapshot
  return html`
    <div class="filters">
      ${segments({
        label: text.period,
        values: [
          [1, formats.hours(24)],
          [7, formats.days(7)],
          [30, formats.days(30)],
          [null, text['activity.all']],
        ] as const,
        chosen: shown.days,
        choose: (days) => controller.choose({ days }),
      })}
      ${choice({
        label: text['activity.kind'],
        name: 'kind',
        bare: true,
        values: [
          [all, text['activity.kindAll']],
          ...kinds.map((kind) => [kind, text[`activity.kind.${kind}`]] as const),
        ],
        chosen: shown.kind ?? all,
        choose: (kind) => controller.choose({ kind: kind === all ? null : (kind as ActivityKind) }),
      })}
      ${choice({
        label: text.member,
        name: 'member',
        bare: true,
        values: [[all, text['activity.memberAll']], ...members.map(({ memberId, name }) => [memberId, name] as const)],
        chosen: shown.member ?? all,
        choose: (member) => controller.choose({ member: member === all ? null : member }),
      })}
      <wa-input class="bare" size="s" type="search" id="text" label=${text['activity.search']} placeholder=${text['activity.search']} with-clear lang=${formats.locale}
        .value=${shown.text} @input=${(event: Event) => search(host, controller, (event.target as HTMLInputElement).value)}>
        ${icon('search', 'start')}
      </wa-input>
    </div>
  `
}
