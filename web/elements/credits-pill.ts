import { css, html, LitElement } from 'lit'
import { type CreditsClient, createCreditsClient } from '../client/index.ts'

/** The live pill: `<credits-pill endpoint="https://credits.example.com" token="…">`. */
export class CreditsPill extends LitElement {
  static override properties = { endpoint: {}, token: {}, label: { state: true } }
  static override styles = css`
    :host { display: inline-block; font: 500 0.875rem/1.25 system-ui, sans-serif }
  `
  declare endpoint: string
  declare token: string
  declare label: string | null
  #client: CreditsClient | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.#client = createCreditsClient({ url: new URL('/graphql', this.endpoint).href, token: () => this.token })
    this.#client.balance.subscribe(({ label }) => {
      this.label = label
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#client?.close()
  }

  override render() {
    return html`<button part="pill">${this.label ?? '…'}</button>`
  }
}
