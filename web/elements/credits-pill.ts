import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { CreditsClientError } from '../client/errors.ts'
import type { TokenSource } from '../client/index.ts'
import { createPill, idlePill, type PillController } from './controllers/pill.ts'
import type { InitialBalance, PillState } from './controllers/pill-state.ts'
import type { BuyTexts } from './locales/buy.ts'
import { directionOf, quickLocale } from './locales/locale.ts'
import type { PillMessages, PillTexts } from './locales/pill.ts'
import { openDialog } from './open-dialog.ts'
import { tokenFrom } from './token-source.ts'
import { Announcer } from './view/announcer.ts'
import { Counting } from './view/counting.ts'
import { lookOf, shownOf } from './view/look.ts'
import { nameOf, pillContent, spokenOf, type View } from './view/pill.ts'
import { styles } from './view/styles.ts'

const json = {
  fromAttribute(text: string | null): InitialBalance | null {
    try {
      return text === null ? null : JSON.parse(text)
    } catch {
      return null
    }
  },
}

const loadRestAfterMs = 500

/** The pills of the page. The first one shows the toasts, and opens the dialog when credits run out. */
const pills = new Set<CreditsPill>()

/**
 * A team's credits, live: `<credits-pill endpoint="https://credits.example.com" token-url="/credits-token">`. Attributes, events, parts and
 * custom properties are in docs/web.md.
 */
export class CreditsPill extends LitElement {
  static override properties = {
    endpoint: {},
    token: {},
    tokenUrl: { attribute: 'token-url' },
    teamId: { attribute: 'team-id' },
    locale: {},
    theme: {},
    rate: {},
    initial: { converter: json },
    texts: { attribute: false },
    dialogTexts: { attribute: false },
    shown: { state: true },
    loaded: { state: true },
    open: { state: true },
  }
  static override styles = styles
  /** The gateway's origin, or its `/graphql`. */
  declare endpoint: string | undefined
  /** Text, or a function that fetches one. */
  declare token: TokenSource | undefined
  declare tokenUrl: string | undefined
  declare teamId: string | undefined
  /** A BCP 47 tag. Absent: that of the element or the page, else the browser's. */
  declare locale: string | undefined
  declare theme: 'light' | 'dark' | 'auto' | undefined
  /** The code of a rate: the pill shows what can be spent on it. Absent: what is available for all. */
  declare rate: string | null | undefined
  declare initial: InitialBalance | null
  /** The host's texts, which replace those of the language. */
  declare texts: Partial<PillTexts> | undefined
  /** The host's texts for the dialog that sells credits. */
  declare dialogTexts: Partial<BuyTexts> | undefined
  declare shown: bigint | null
  declare loaded: PillMessages | null
  declare open: boolean
  #pill: PillController | null = null
  #unsubscribe = () => {}
  #tick: ReturnType<typeof setInterval> | undefined
  #said = ''
  readonly #counting = new Counting((value) => {
    this.shown = value
  })
  readonly #announcer = new Announcer((text) => {
    this.renderRoot.querySelector('.heard')?.replaceChildren(text)
  })
  #failure: CreditsClientError | null = null
  #extras: typeof import('./view/extras.ts') | null = null
  #hasTexts = false
  #hasExtras = false
  #late: ReturnType<typeof setTimeout> | undefined
  #followed: Partial<Pick<CreditsPill, 'endpoint' | 'teamId' | 'token' | 'tokenUrl' | 'rate'>> = {}

  constructor() {
    super()
    this.initial = null
    this.shown = null
    this.loaded = null
    this.open = false
  }

  /** The pill's state, for any framework that renders its own view. */
  get state(): PillState {
    const failed = this.#failure === null ? {} : ({ connection: 'closed', error: this.#failure } as const)
    return this.#pill?.getSnapshot() ?? { ...idlePill(this.initial, this.rate || null), ...failed }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    pills.add(this)
    this.#follow()
    this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // A page that moves the element connects it again at once.
    queueMicrotask(() => this.isConnected || this.#disconnect())
  }

  /** Removes a toast. */
  dismiss(id: string): void {
    this.#pill?.dismiss(id)
  }

  /** Opens the dialog to buy credits. */
  buy(): void {
    if (this.#pill === null) return
    const { client } = this.#pill
    const title = this.loaded?.buy
    void openDialog({ client, locale: this.#locale, theme: this.theme ?? 'auto', host: this, title })
  }

  /** At first after the connection's first steps, which go on elsewhere while the pill is rendered. */
  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await new Promise((resolve) => setTimeout(resolve))
    super.scheduleUpdate()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.isConnected) this.#follow()
    if (this.#hasTexts && (changed.has('locale') || changed.has('texts'))) this.#loadTexts()
    if (this.isConnected) this.#look()
  }

  protected override render() {
    const view = this.#view
    const { look, state } = view
    const details = this.#extras?.detailsOf(view)
    return html`<div
      class="root"
      dir=${directionOf(this.#locale)}
      lang=${this.#locale}
      data-theme=${this.theme ?? 'auto'}
      data-tone=${look.tone}
      data-badge=${look.badge ?? nothing}
      data-level=${state.balance === null ? nothing : look.level}
      data-connection=${state.connection}
    >
      <button
        class="pill"
        part="pill"
        type="button"
        aria-haspopup="dialog"
        aria-label=${nameOf(view)}
        aria-describedby=${details === undefined ? nothing : 'details'}
        @click=${this.buy}
      >
        ${pillContent(view)}
      </button>
      <span class="heard" role="status"></span>
      ${this.#extras?.card(view, this.open)} ${this.#isFirst ? this.#extras?.toasts(view, this) : nothing}
    </div>`
  }

  protected override updated(): void {
    if (!this.#hasTexts || !this.#hasExtras) this.#loadRest()
    this.#extras?.expire(this.state.notices, this)
    const { runsOutAt } = this.state
    clearInterval(this.#tick)
    if (runsOutAt !== null) this.#tick = setInterval(() => this.requestUpdate(), 1_000)
  }

  get #locale(): string {
    const given = this.locale ?? this.closest('[lang]')?.getAttribute('lang')
    return quickLocale(given || navigator.language)
  }

  get #view(): View {
    const state = shownOf(this.state)
    return { state, look: lookOf(state), shown: this.shown, texts: this.loaded, locale: this.#locale }
  }

  get #source(): TokenSource {
    return this.token ?? (this.tokenUrl === undefined ? '' : tokenFrom(this.tokenUrl))
  }

  get #isFirst(): boolean {
    return pills.values().next().value === this
  }

  /** Connects to what the attributes say now. */
  #follow(): void {
    const { endpoint, teamId, token, tokenUrl, rate } = this
    const before = this.#followed
    this.#followed = { endpoint, teamId, token, tokenUrl, rate }
    if (this.#pill === null || endpoint !== before.endpoint || teamId !== before.teamId) this.#connect()
    else {
      if (token !== before.token || tokenUrl !== before.tokenUrl) this.#pill.renew(this.#source)
      if (rate !== before.rate) this.#pill.setRate(rate || null)
    }
  }

  #connect(): void {
    this.#disconnect()
    if (!this.endpoint || (this.token === undefined && this.tokenUrl === undefined)) return
    const { endpoint, teamId, initial } = this
    const locale = this.#locale
    try {
      this.#pill = createPill({
        endpoint,
        teamId,
        locale,
        initial,
        rate: this.rate || null,
        token: this.#source,
        on: (type, detail) => this.#emit(`credits-${type}`, detail),
        onExhausted: () => this.#isFirst && this.buy(),
      })
      this.#unsubscribe = this.#pill.subscribe(() => this.requestUpdate())
    } catch (error) {
      this.#failure = new CreditsClientError('PROTOCOL', `\`endpoint\` is no address: ${endpoint}`, {}, error)
      console.error(this.#failure)
    }
  }

  #disconnect(): void {
    if (!this.isConnected) pills.delete(this)
    clearInterval(this.#tick)
    clearTimeout(this.#late)
    this.#failure = null
    this.#announcer.stop()
    this.#counting.forget()
    this.#unsubscribe()
    this.#pill?.close()
    this.#pill = null
  }

  #emit(type: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }))
  }

  /** Handles a new state, once for each. */
  #look(): void {
    const view = this.#view
    const { credits, badge } = view.look
    if (credits === null) this.#counting.forget()
    else this.#counting.to(credits)
    if (credits === null) this.shown = null
    const said = `${credits} ${badge}`
    const isKnown = view.state.balance !== null && (view.state.rate === null || view.state.spendable !== null)
    if (said === this.#said || view.texts === null || !isKnown) return
    // The first value is read with the button.
    if (this.#said !== '') this.#announcer.tell(spokenOf(view), !this.#said.endsWith(` ${badge}`))
    this.#said = said
  }

  /** Loads the language once the number is painted, and the details once it is live; both after a while at the latest. */
  #loadRest(): void {
    const isSettled = !/idle|connecting/.test(this.state.connection)
    clearTimeout(this.#late)
    this.#late = setTimeout(() => {
      if (!this.#hasTexts) this.#loadTexts()
      this.#loadExtras()
    }, loadRestAfterMs)
    if (this.shown !== null || isSettled) {
      requestAnimationFrame(() => setTimeout(() => this.#hasTexts || this.#loadTexts()))
    }
    if (isSettled) this.#loadExtras()
  }

  #loadTexts(): void {
    const [locale, texts] = [this.#locale, this.texts]
    this.#hasTexts = true
    import('./locales/pill.ts')
      .then(async ({ loadPillTexts }) => {
        const { text } = await loadPillTexts(locale, texts)
        if (locale === this.#locale && texts === this.texts) this.loaded = text
      })
      .catch(() => {})
  }

  #loadExtras(): void {
    if (this.#hasExtras) return
    this.#hasExtras = true
    import('./view/extras.ts').then(
      (extras) => {
        if (this.shadowRoot !== null) {
          const sheets = extras.extraStyles.flatMap(({ styleSheet }) => styleSheet ?? [])
          this.shadowRoot.adoptedStyleSheets = [...this.shadowRoot.adoptedStyleSheets, ...sheets]
          new extras.Hovering(this, (open) => {
            this.open = open
          })
        }
        this.#extras = extras
        this.requestUpdate()
      },
      () => {},
    )
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'credits-pill': CreditsPill
  }
}
