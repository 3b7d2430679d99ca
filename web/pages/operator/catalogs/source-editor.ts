import { css, html, LitElement } from 'lit'
import { shared } from '../parts/styles.ts'

/** Source: `PublishCatalogInput.source`. */
const longest = 64_000

/** `<operator-source>`: a text area with the numbers of its lines. It fires `source` at each change. */
export class OperatorSource extends LitElement {
  static override properties = { faulty: { attribute: false }, lines: { state: true } }
  static override styles = [
    shared,
    css`
      :host { display: grid; grid-template: max-content / auto minmax(0, 1fr); block-size: 19rem; overflow: auto; background: var(--wa-color-surface-lowered); font: 0.75rem/1.55 var(--mono); resize: vertical }
      pre { padding: 0.75rem 0.625rem 0.75rem 1rem; text-align: end; color: var(--wa-color-text-quiet); font: inherit; user-select: none }
      mark { background: var(--wa-color-danger-fill-quiet); color: var(--wa-color-danger-on-quiet); border-radius: 0.2rem; box-shadow: 0 0 0 2px var(--wa-color-danger-fill-quiet) }
      textarea {
        block-size: auto; min-block-size: 18.9rem; padding: 0.75rem 1rem 0.75rem 0.25rem; border: 0; border-radius: 0; background: none; font: inherit; white-space: pre; overflow: auto hidden; resize: none;
        field-sizing: content; tab-size: 2;
      }
      textarea:focus-visible { outline: none }
      :host(:focus-within) { outline: 2px solid var(--wa-color-focus); outline-offset: -2px }
    `,
  ]
  /** Numbers of the lines with a fault. */
  declare faulty: ReadonlySet<number>
  declare lines: number

  constructor() {
    super()
    this.faulty = new Set()
    this.lines = 1
  }

  get #area(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea')
  }

  get value(): string {
    return this.#area?.value ?? ''
  }

  set value(text: string) {
    if (this.#area) this.#area.value = text
    this.#changed()
  }

  #changed(): void {
    this.lines = this.value.split('\n').length
    this.dispatchEvent(new CustomEvent('source', { detail: this.value }))
  }

  /** Selects from a place to the end of its line. Lines and columns count from 1. */
  goTo(line: number, column: number): void {
    const texts = this.value.split('\n')
    const start = texts.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
    const end = start + (texts[line - 1]?.length ?? 0)
    this.#area?.focus({ preventScroll: true })
    this.#area?.setSelectionRange(Math.min(start + column - 1, end), end)
    const height = (this.#area?.scrollHeight ?? 0) / Math.max(1, texts.length)
    this.scrollTop = Math.max(0, height * (line - 1) - this.clientHeight / 3)
  }

  override render() {
    const numbers = Array.from({ length: this.lines }, (_, index) => index + 1)
    return html`
      <pre aria-hidden="true">${numbers.map((line) => (this.faulty.has(line) ? html`<mark>${line}</mark>\n` : `${line}\n`))}</pre>
      <textarea aria-label="Source of the catalog" maxlength=${longest} spellcheck="false" autocapitalize="off" wrap="off"
        placeholder="Paste the YAML of a catalog, or open a file" @input=${this.#changed}></textarea>
    `
  }
}

customElements.define('operator-source', OperatorSource)
