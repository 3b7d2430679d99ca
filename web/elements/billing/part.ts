import { html, LitElement, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit'
import type { CreditsClient } from '../../client/index.ts'
import type { TeamScope } from '../controllers/scope.ts'
import type { Store } from '../controllers/store.ts'
import { type BillingMessages, type BillingTexts, loadBillingTexts } from '../locales/billing.ts'
import { Wording } from '../locales/wording.ts'
import { nameControls } from './control-names.ts'
import { type Formats, formatsFor } from './formats.ts'
import { clientFor } from './shared-client.ts'
import { skeleton } from './states.ts'

/**
 * A part of the billing page: a view of one controller. Set its `client`, or `endpoint` and `token`. Parts with the
 * same endpoint and token share a connection.
 */
export abstract class BillingPart<Controller extends Store<unknown>> extends LitElement {
  static override properties: PropertyDeclarations = {
    client: { attribute: false },
    endpoint: {},
    token: {},
    team: {},
    locale: {},
    texts: { attribute: false },
  }
  /** The client; for a PLATFORM caller it must be made for the same team. */
  declare client: CreditsClient | null
  /** The gateway's origin, in place of a client. */
  declare endpoint: string
  declare token: string
  /** Only for PLATFORM callers: anyone else's token names the team. */
  declare team: string
  /** Default: the language of the page. */
  declare locale: string
  /** The host's texts, which replace those of the language. */
  declare texts: Partial<BillingTexts> | undefined
  protected controller: Controller | null = null
  protected scope: TeamScope | null = null
  readonly #wording = new Wording(this, loadBillingTexts)
  #stop: () => void = () => undefined
  #release: () => void = () => undefined

  constructor() {
    super()
    this.client = null
    this.endpoint = ''
    this.token = ''
    this.team = ''
    this.locale = ''
  }

  protected abstract open(scope: TeamScope): Controller

  /** The content of the part; called once its texts are loaded. */
  protected abstract content(): TemplateResult

  protected get formats(): Formats {
    return formatsFor(this.locale || document.documentElement.lang || navigator.language)
  }

  /** The texts, for `content`, which is called once they are loaded. */
  protected get text(): BillingMessages {
    return this.#loaded.text
  }

  protected get direction(): 'ltr' | 'rtl' {
    return this.#loaded.direction
  }

  /** `1 credit`, `2,170 credits` */
  protected creditsOf(amount: string): string {
    return this.text.credits(Number(amount), { n: this.formats.credits(amount) })
  }

  get #loaded() {
    const { loaded } = this.#wording
    if (loaded === null) throw new Error('A part has shown its content before its texts were there')
    return loaded
  }

  protected override render(): TemplateResult {
    const { loaded } = this.#wording
    if (loaded === null) return html`<div class="card"><div class="head"></div>${skeleton(4)}</div>`
    return html`<div class="spoken" lang=${loaded.language} dir=${loaded.direction}>${this.content()}</div>`
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#end()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (['client', 'endpoint', 'token', 'team'].some((name) => changed.has(name))) this.#begin()
    this.#wording.want(this.formats.locale, this.texts)
    if (this.#wording.loaded !== null) nameControls(this.#wording.loaded)
  }

  #begin(): void {
    this.#end()
    this.scope = this.#findScope()
    if (this.scope === null) return
    this.controller = this.open(this.scope)
    this.#stop = this.controller.subscribe(() => this.requestUpdate())
  }

  #findScope(): TeamScope | null {
    const teamId = this.team || undefined
    if (this.client !== null) return { client: this.client, teamId }
    if (this.endpoint === '' || this.token === '') return null
    const { client, release } = clientFor({ endpoint: this.endpoint, token: this.token, teamId })
    this.#release = release
    return { client, teamId }
  }

  #end(): void {
    this.#stop()
    this.#release()
    this.#stop = this.#release = () => undefined
    this.controller = null
    this.scope = null
  }
}
