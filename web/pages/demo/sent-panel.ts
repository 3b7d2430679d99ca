import '@awesome.me/webawesome/dist/components/copy-button/copy-button.js'
import { css, html, LitElement } from 'lit'
import type { Sent } from './sent.ts'

const maxKept = 30

/** `<demo-sent>`: the GraphQL that was just sent, to read and to copy. */
export class DemoSent extends LitElement {
  static override properties = { sent: { state: true }, chosen: { state: true } }
  static override styles = css`
    :host { display: grid; grid-template-rows: auto auto 1fr; min-block-size: 0; border: 1px solid var(--wa-color-surface-border); border-radius: 1rem; background: var(--wa-color-surface-raised); overflow: hidden }
    header { display: flex; align-items: center; justify-content: space-between; padding: 0.625rem 0.75rem 0.625rem 1rem; border-block-end: 1px solid var(--wa-color-surface-border) }
    h2 { margin: 0; font-size: 0.8125rem; font-weight: 600 }
    ol { margin: 0; padding: 0.5rem; list-style: none; display: flex; gap: 0.25rem; overflow-x: auto; border-block-end: 1px solid var(--wa-color-surface-border) }
    ol button { padding: 0.2rem 0.55rem; border: 0; border-radius: 0.375rem; background: none; color: var(--wa-color-text-quiet); font: 500 0.8125rem/1.5 var(--mono); cursor: pointer; white-space: nowrap }
    ol button[aria-pressed='true'] { background: var(--wa-color-surface-lowered); color: var(--wa-color-text-normal) }
    button:focus-visible, pre:focus-visible { outline: 2px solid var(--wa-color-focus); outline-offset: -2px }
    pre { margin: 0; padding: 1rem; overflow: auto; font: 0.8125rem/1.6 var(--mono); tab-size: 2; white-space: pre-wrap; overflow-wrap: anywhere }
    .label { color: var(--wa-color-text-quiet) }
  `
  declare sent: readonly Sent[]
  declare chosen: Sent | null

  constructor() {
    super()
    this.sent = []
    this.chosen = null
  }

  /**
   * Estimates are sent all the time: only the last of several in a row is kept, and none replaces the shown request.
   */
  add(sent: Sent): void {
    const [newest, ...older] = this.sent
    const again = sent.name === newest?.name && isEstimate(sent)
    this.sent = [sent, ...(again ? older : this.sent)].slice(0, maxKept)
    if (this.chosen === null || isEstimate(this.chosen) || !isEstimate(sent)) this.chosen = sent
  }

  override render() {
    const { chosen } = this
    return html`
      <header>
        <h2>GraphQL</h2>
        ${chosen ? html`<wa-copy-button size="s" value=${curlOf(chosen)} copy-label="Copy as curl"></wa-copy-button>` : ''}
      </header>
      <ol aria-label="What was sent, the newest first">
        ${this.sent.map(
          (each) =>
            html`<li><button type="button" aria-pressed=${each === chosen} @click=${() => {
              this.chosen = each
            }}>${each.name}</button></li>`,
        )}
      </ol>
      <pre tabindex="0">${
        chosen
          ? html`${chosen.document}

<span class="label"># Variables</span>
${JSON.stringify(chosen.variables, null, 2)}

<span class="label"># Answer, after ${chosen.ms} ms</span>
${JSON.stringify(chosen.answer, null, 2)}`
          : html`<span class="label">What this page sends shows here.</span>`
      }</pre>
    `
  }
}

const isEstimate = ({ name }: Sent) => name === 'Estimate'

function curlOf({ document, variables }: Sent): string {
  const body = JSON.stringify({ query: document, variables }).replaceAll("'", `'\\''`)
  return `curl -s ${location.origin}/graphql -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '${body}'`
}

customElements.define('demo-sent', DemoSent)
