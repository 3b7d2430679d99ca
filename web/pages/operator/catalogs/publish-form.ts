import './source-editor.ts'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Act } from '../acts/act.ts'
import { type PublishResult, publishCatalog } from '../acts/publish-catalog.ts'
import { counted } from '../parts/formats.ts'
import { shared } from '../parts/styles.ts'
import type { OperatorSource } from './source-editor.ts'

type Faults = Extract<PublishResult, { __typename: 'InvalidCatalog' }>['faults']
type Fault = Faults[number]

/** `<operator-publish>`: takes the source of a catalog, shows its faults at their places, and publishes it. */
export class OperatorPublish extends LitElement {
  static override properties = { faults: { state: true }, changes: { state: true }, empty: { state: true } }
  static override styles = [
    shared,
    css`
      .acts { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 0.75rem; padding: 0.75rem 1rem; border-block-start: 1px solid var(--line) }
      label { display: grid; gap: 0.25rem; margin-inline-end: auto }
      label input { inline-size: 14rem }
      .faults { border-block-start: 1px solid var(--line) }
      .faults h3, .changes h3 { padding: 0.75rem 1rem 0.25rem; font-size: 0.8125rem; font-weight: 600 }
      .place { padding: 0; border: 0; background: none; color: var(--wa-color-brand-on-quiet); font: 0.75rem/1.5 var(--mono); text-decoration: underline; text-underline-offset: 2px; cursor: pointer; white-space: nowrap }
      .changes { padding-block-end: 0.75rem; border-block-start: 1px solid var(--line) }
      .changes li { padding: 0.15rem 1rem; overflow-wrap: anywhere }
      td { overflow-wrap: anywhere }
    `,
  ]
  declare faults: Faults
  declare changes: readonly string[]
  declare empty: boolean

  constructor() {
    super()
    this.faults = []
    this.changes = []
    this.empty = true
  }

  get #source(): OperatorSource | null {
    return this.renderRoot.querySelector('operator-source')
  }

  #publish(event: SubmitEvent): void {
    event.preventDefault()
    const when = new FormData(event.target as HTMLFormElement).get('effectiveFrom')
    const effectiveFrom = when ? new Date(String(when)).toISOString() : null
    const detail = publishCatalog({ source: this.#source?.value ?? '', effectiveFrom }, (...told) =>
      this.#told(...told),
    )
    this.dispatchEvent(new CustomEvent<Act>('act', { detail, bubbles: true, composed: true }))
  }

  #told(result: PublishResult): void {
    this.faults = result.__typename === 'InvalidCatalog' ? result.faults : []
    this.changes = result.__typename === 'PublishedCatalog' ? result.changes : []
  }

  async #load(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement
    const [file] = input.files ?? []
    if (file !== undefined && this.#source) this.#source.value = await file.text()
    input.value = ''
  }

  override render() {
    const { faults, changes } = this
    return html`
      <section class="card" aria-labelledby="publish">
        <div class="head">
          <h2 id="publish">Publish a catalog</h2>
          <input type="file" accept=".yaml,.yml" hidden @change=${this.#load}>
          <button class="button small" @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click()}>Open a file</button>
        </div>
        <operator-source .faulty=${new Set(faults.map(({ line }) => line))} @source=${(event: CustomEvent<string>) => {
          this.empty = event.detail.trim() === ''
        }}></operator-source>
        ${faults.length === 0 ? nothing : this.#faults(faults)}
        ${
          changes.length === 0
            ? nothing
            : html`<div class="changes" role="status"><h3>${counted(changes.length, 'change')} for customers</h3><ul>${changes.map((change) => html`<li>${change}</li>`)}</ul></div>`
        }
        <form class="acts" @submit=${this.#publish}>
          <label><span class="quiet">In force from (empty: as soon as may be)</span><input type="datetime-local" name="effectiveFrom" step="1"></label>
          <button class="button main" ?disabled=${this.empty}>Publish …</button>
        </form>
      </section>
    `
  }

  #faults(faults: Faults): TemplateResult {
    const row = ({ line, column, path, problem, expected }: Fault) => html`
      <tr>
        <td><button class="place" @click=${() => this.#source?.goTo(line, column)}>${line}:${column}</button></td>
        <td>${path === '' ? nothing : html`<code>${path}</code> `}${problem}<span class="under">${expected}</span></td>
      </tr>
    `
    return html`
      <div class="faults" role="alert">
        <h3>${counted(faults.length, 'fault')}: nothing was published</h3>
        <table>
          <thead><tr><th scope="col">Line</th><th scope="col">What is wrong, and what would be right</th></tr></thead>
          <tbody>${faults.map(row)}</tbody>
        </table>
      </div>
    `
  }
}

customElements.define('operator-publish', OperatorPublish)
