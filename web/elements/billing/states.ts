import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { BillingMessages } from '../locales/billing.ts'
import { type IconName, icon } from './icons.ts'

type Fault = { readonly code: string; readonly message: string }
type Problem = { readonly phase: string; readonly error: Fault | null }

/** The message for people. The client's own message about a lost connection is for developers. */
const messageOf = ({ code, message }: Fault, text: BillingMessages): string =>
  code === 'CONNECTION_LOST' ? text['state.unreachable'] : message

const widths = [92, 74, 83, 66, 88, 71]

/** `label`: absent until the texts are loaded. */
export const skeleton = (lines: number, label?: string): TemplateResult => html`
  <div class="skeleton" role="status" aria-label=${label ?? nothing}>
    ${widths.slice(0, lines).map((width) => html`<wa-skeleton effect="sheen" style="inline-size: ${width}%"></wa-skeleton>`)}
  </div>
`

export const empty = (name: IconName, title: string, hint: string, action: unknown = nothing): TemplateResult => html`
  <div class="state">
    ${icon(name)}
    <strong>${title}</strong>
    <span class="quiet"><bdi>${hint}</bdi></span>
    ${action}
  </div>
`

/** Shown for a part without a value: it loads, failed or is not for this role. */
export function missing(
  text: BillingMessages,
  { phase, error }: Problem,
  lines: number,
  retry: () => unknown = () => undefined,
): TemplateResult {
  if (phase === 'forbidden') return empty('lock', text['state.forbidden'], text['state.forbiddenHint'])
  if (phase === 'failed') {
    const again = html`<wa-button size="s" appearance="outlined" @click=${retry}>${text.retry}</wa-button>`
    return html`<div role="alert">${empty('warning', text['state.failed'], error === null ? '' : messageOf(error, text), again)}</div>`
  }
  return skeleton(lines, text.loading)
}

/** Shown beside a value that could not be read again. */
export const outdated = (text: BillingMessages, { error }: Pick<Problem, 'error'>, retry: () => unknown): unknown =>
  error === null
    ? nothing
    : html`
      <p class="fault small body" role="alert">
        ${text['state.outdated']({ message: messageOf(error, text) })}
        <wa-button size="xs" appearance="outlined" @click=${retry}>${text.retry}</wa-button>
      </p>
    `

/** The label of a button: the shown text, and a name for screen readers if that text alone is not clear. */
export const named = (shown: string, name: string): TemplateResult => html`
  <span aria-hidden="true">${shown}</span><span class="hidden">${name}</span>
`

/** `Ana · 7:48`, each in its own direction. */
export const dotted = (parts: readonly unknown[]): unknown =>
  parts.map((part, index) => html`${index === 0 ? nothing : ' · '}<bdi>${part}</bdi>`)

type SegmentOptions<Value> = {
  readonly label: string
  readonly values: readonly (readonly [Value, string])[]
  readonly chosen: Value
  readonly choose: (value: Value) => unknown
}

export const segments = <Value>({ label, values, chosen, choose }: SegmentOptions<Value>): TemplateResult => html`
  <div class="segments" role="group" aria-label=${label}>
    ${values.map(
      ([value, name]) => html`
        <button type="button" aria-pressed=${value === chosen} @click=${() => choose(value)}>${name}</button>
      `,
    )}
  </div>
`
