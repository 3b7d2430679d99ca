import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, LitElement } from 'lit'
import { type DemoVisitor, demoSession, type Session, signIn } from './session.ts'

const command = 'npm run -s token -- --team demo --member ana --role admin'

/** `<credits-sign-in>`: says how to get a token, and takes one. It fires `signed-in` with the session. */
export class CreditsSignIn extends LitElement {
  static override properties = {
    visitor: { attribute: false },
    reason: {},
    fault: { state: true },
    busy: { state: true },
  }
  static override styles = css`
    :host { display: block; max-width: 30rem; margin: 12vh auto 0 }
    h1 { margin: 0 0 0.5rem; font-size: 1.5rem; letter-spacing: -0.02em }
    p { margin: 0 0 1.25rem; color: var(--wa-color-text-quiet) }
    form { display: grid; gap: 0.75rem }
    pre {
      margin: 0 0 1.25rem; padding: 0.75rem 1rem; overflow-x: auto; border-radius: 0.625rem; font: 0.8125rem/1.5 var(--mono);
      background: var(--wa-color-surface-lowered); border: 1px solid var(--wa-color-surface-border);
    }
    .fault { margin: 0; color: var(--wa-color-danger-on-quiet) }
    .row { display: flex; gap: 0.5rem; flex-wrap: wrap }
  `
  /** The visitor as whom the demo signs in. */
  declare visitor: DemoVisitor
  declare reason: string
  declare fault: string
  declare busy: boolean

  constructor() {
    super()
    this.visitor = { member: 'ana', role: 'admin' }
    this.reason = ''
    this.fault = ''
    this.busy = false
  }

  async #use(token: string | null): Promise<void> {
    if (token === null) {
      this.fault = 'This gateway signs nobody in by itself. Paste a token instead.'
      return
    }
    try {
      const session = await signIn(token.trim())
      this.dispatchEvent(new CustomEvent<Session>('signed-in', { detail: session }))
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error)
    }
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const token = new FormData(event.target as HTMLFormElement).get('token')
    this.busy = true
    await this.#use(String(token ?? ''))
    this.busy = false
  }

  override render() {
    const operator = this.visitor.role === 'platform'
    const how = operator ? 'npm run -s token -- --member ops --role platform' : command
    return html`
      <h1>Sign in</h1>
      <p>${this.reason || `This page needs a token of ${operator ? 'the operator' : 'a member of a team'}. Print one where the gateway runs:`}</p>
      <pre tabindex="0"><code>${how}</code></pre>
      <form @submit=${this.#submit}>
        <wa-input name="token" label="Token" type="password" password-toggle required autocomplete="off" size="s"></wa-input>
        ${this.fault && html`<p class="fault" role="alert">${this.fault}</p>`}
        <div class="row">
          <wa-button type="submit" variant="brand" size="s" ?loading=${this.busy}>Sign in</wa-button>
          <wa-button size="s" appearance="outlined" @click=${async () => this.#use((await demoSession(this.visitor))?.token ?? null)}>
            Use the demo ${operator ? 'operator' : 'team'}
          </wa-button>
        </div>
      </form>
    `
  }
}

customElements.define('credits-sign-in', CreditsSignIn)
