import './composer.ts'
import './sent-panel.ts'
import './thread.ts'
import './visitor-bar.ts'
import { css, html, LitElement } from 'lit'
import type { CreditsClient } from '../../client/index.ts'
import { openDialog } from '../../elements/open-dialog.ts'
import { type DemoSession, type Session, signOut } from '../shell/session.ts'
import { type Action, actionsOf } from './actions.ts'
import type { DemoComposer, Order } from './composer.ts'
import { DemoCardDocument } from './contract.ts'
import { runJob } from './job.ts'
import { runLive } from './live-session.ts'
import { telling } from './sent.ts'
import type { DemoSent } from './sent-panel.ts'
import type { Message } from './thread.ts'
import { visitors } from './visitor-bar.ts'

const visitorKey = 'credits.visitor'

/** The visitor of the demo, as this browser chose last. */
export function chosenVisitor(): keyof typeof visitors {
  const kept = localStorage.getItem(visitorKey) ?? ''
  return Object.hasOwn(visitors, kept) ? (kept as keyof typeof visitors) : 'ana-admin'
}

/** `<demo-page>`: a chat whose actions cost credits, beside what it sends. */
export class DemoPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    demo: { attribute: false },
    actions: { state: true },
    team: { state: true },
    messages: { state: true },
    fault: { state: true },
  }
  static override styles = css`
    :host { display: grid; gap: 1.25rem }
    .columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(18rem, 24rem); gap: 1.5rem; align-items: start }
    .chat { display: grid; grid-template-rows: 1fr auto; gap: 1rem; min-block-size: calc(100dvh - 12.5rem) }
    demo-thread { padding-block: 0.5rem }
    demo-composer { position: sticky; inset-block-end: 1rem }
    demo-sent { position: sticky; inset-block-start: 5rem; max-block-size: calc(100dvh - 8rem) }
    .fault { color: var(--wa-color-danger-on-quiet) }
    @media (max-width: 56rem) {
      .columns { grid-template-columns: minmax(0, 1fr) }
      .chat { min-block-size: 60dvh }
      demo-sent { position: static; max-block-size: 24rem }
    }
  `
  declare session: Session
  declare demo: DemoSession | null
  declare actions: readonly Action[]
  declare team: string
  declare messages: readonly Message[]
  declare fault: string
  #request: CreditsClient['request'] | undefined
  #count = 0
  #stop = () => {}

  constructor() {
    super()
    this.demo = null
    this.actions = []
    this.team = ''
    this.messages = []
    this.fault = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const { client } = this.session
    this.#request = telling(client, (sent) => this.renderRoot.querySelector<DemoSent>('demo-sent')?.add(sent))
    this.#stop = client.balance.subscribe(() => this.renderRoot.querySelector<DemoComposer>('demo-composer')?.refresh())
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  async #load(): Promise<void> {
    try {
      const { rateCard, team } = await this.session.client.request(DemoCardDocument)
      this.actions = actionsOf(rateCard)
      this.team = [team?.name, team?.plan?.name].filter(Boolean).join(' · ')
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error)
    }
  }

  async #order(order: Order): Promise<void> {
    const request = this.#request
    if (request === undefined) return
    this.#count += 1
    const id = this.#count
    const stopping = new AbortController()
    const show = (change: Partial<Message>) => {
      this.messages = this.messages.map((message) => (message.id === id ? { ...message, ...change } : message))
    }
    this.messages = [...this.messages, { id, order, job: null, live: null, stop: () => stopping.abort() }]
    try {
      if (order.live) await runLive(request, order.choice, stopping.signal, (live) => show({ live }))
      else {
        await runJob({
          request,
          usage: order.usage,
          reference: `job-${crypto.randomUUID().slice(0, 8)}`,
          fails: order.fails,
          cancelled: stopping.signal,
          show: (job) => show({ job }),
        })
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      show({ live: null, job: { state: 'refused', message, canPurchase: false } })
    }
  }

  #buy(): void {
    const theme = getComputedStyle(this).colorScheme
    void openDialog({ client: this.session.client, locale: 'en', theme, host: this })
  }

  #visit(visitor: string): void {
    localStorage.setItem(visitorKey, visitor)
    signOut()
    location.reload()
  }

  async #now(): Promise<number> {
    const { rateCard, team } = await this.session.client.request(DemoCardDocument)
    return Math.max(Date.parse(team?.balance.asOf ?? rateCard.effectiveFrom), Date.now())
  }

  override render() {
    const viewer = this.session.viewer.role === 'VIEWER'
    return html`
      <demo-bar
        .visitor=${chosenVisitor()} .team=${this.team} .now=${() => this.#now()}
        ?devClock=${this.demo?.devClock} ?testCards=${this.demo?.testCards}
        @visit=${(event: CustomEvent<string>) => this.#visit(event.detail)} @moved=${() => this.#load()}
      ></demo-bar>
      ${this.fault ? html`<p class="fault" role="alert">${this.fault}</p>` : ''}
      <div class="columns">
        <section class="chat" aria-label="Chat">
          <demo-thread
            .messages=${this.messages}
            @again=${(event: CustomEvent<Order>) => this.#order(event.detail)}
            @buy=${() => this.#buy()}
          ></demo-thread>
          <demo-composer
            .actions=${this.actions} .request=${this.#request} ?disabled=${viewer}
            @order=${(event: CustomEvent<Order>) => this.#order(event.detail)}
          ></demo-composer>
        </section>
        <demo-sent></demo-sent>
      </div>
    `
  }
}

customElements.define('demo-page', DemoPage)
