import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { badge } from '../parts/badges.ts'
import { instant, words } from '../parts/formats.ts'
import { Reading } from '../parts/reading.ts'
import { missing, outdated } from '../parts/states.ts'
import { shared } from '../parts/styles.ts'
import type { Metrics } from './metrics.ts'
import { type Look, look } from './probe.ts'
import { sparkline } from './sparkline.ts'

const everyMs = 5_000
const maxKept = 60

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const shown = (value: number | null) => (value === null ? '–' : number.format(value))
const milliseconds = (seconds: number | null) => {
  if (seconds === null) return '–'
  return seconds === Infinity
    ? 'over 5 s'
    : `${(seconds * 1000).toLocaleString('en', { maximumSignificantDigits: 3 })} ms`
}

/** `<operator-health>`: whether the gateway takes requests, and the numbers that tell how it is. It looks again every 5 seconds. */
export class OperatorHealth extends LitElement {
  static override properties = { past: { state: true }, metricsToken: { state: true } }
  static override styles = [
    shared,
    css`
      header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; margin-block-end: 1rem }
      header h1 { margin-inline-end: auto }
      .figures { grid-template-columns: repeat(4, minmax(0, 1fr)) }
      .figures svg { inline-size: 100%; block-size: 1.5rem; margin-block-start: 0.375rem }
      header .badge::before { content: ''; inline-size: 0.4rem; block-size: 0.4rem; border-radius: 50%; background: currentColor }
      .token { display: flex; gap: 0.5rem; max-inline-size: 26rem; margin-block-start: 0.625rem }
      @media (max-width: 52rem) { .figures { grid-template-columns: repeat(2, minmax(0, 1fr)) } }
    `,
  ]
  declare past: readonly Look[]
  declare metricsToken: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  readonly #look = new Reading(this, async (signal) => {
    const seen = await look(this.metricsToken, !this.#isClosed, signal)
    this.#isClosed = seen.metrics === null
    this.past = [...this.past, seen].slice(-maxKept)
    return seen
  })

  constructor() {
    super()
    this.past = []
    this.metricsToken = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#again)
    this.#again()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#again)
    clearTimeout(this.#timer)
  }

  /** Nobody looks at a hidden page. */
  readonly #again = (): void => {
    clearTimeout(this.#timer)
    if (document.hidden || !this.isConnected) return
    void this.#look.load().then(() => {
      this.#timer = setTimeout(this.#again, everyMs)
    })
  }

  #open(event: SubmitEvent): void {
    event.preventDefault()
    this.metricsToken = String(new FormData(event.target as HTMLFormElement).get('metricsToken'))
    this.#isClosed = false
    this.#again()
  }

  override render() {
    const { value } = this.#look
    return html`
      <header>
        <h1>Health</h1>
        ${value === null ? nothing : html`<span class="quiet">This gateway, every 5 seconds</span>`}
        <span role="status">${value === null ? nothing : value.ready.isReady ? badge('Ready', 'good') : badge(`Not ready: ${value.ready.reason ?? 'no reason is given'}`, 'bad')}</span>
      </header>
      ${value === null ? html`<div class="card">${missing(this.#look)}</div>` : value.metrics === null ? this.#closed() : this.#figures(value.metrics)}
      ${outdated(this.#look)}
    `
  }

  #course(name: string): readonly number[] {
    return this.past.flatMap(({ metrics }) => metrics?.value(name) ?? [])
  }

  #figures(metrics: Metrics): TemplateResult {
    const figure = (name: string, value: unknown, under = '', course: readonly number[] = []) =>
      html`<div><dt>${name}</dt><dd>${value}</dd>${under ? html`<dd><small>${under}</small></dd>` : nothing}<dd>${sparkline(course)}</dd></div>`
    const gauge = (name: string, metric: string, under = '') =>
      figure(name, shown(metrics.value(metric)), under, this.#course(metric))
    const refused = metrics.value('credits_operations_refused_total') ?? 0
    const since = refused - (this.past[0]?.metrics?.value('credits_operations_refused_total') ?? refused)
    const started = metrics.value('process_start_time_seconds')
    return html`
      <section class="card" aria-label="Numbers">
        <dl class="figures">
          ${gauge('Operations under way', 'credits_operations_under_way', `of ${shown(metrics.value('credits_operations_limit'))}`)}
          ${figure('Operations refused', shown(refused), since > 0 ? `${shown(since)} since you look` : 'none since you look')}
          ${gauge('HTTP requests under way', 'credits_http_requests_under_way', 'with this one')}
          ${gauge('Open sockets', 'credits_open_sockets', `${shown(metrics.value('credits_anonymous_connections'))} not signed in`)}
          ${gauge('Subscriptions', 'credits_subscriptions', `over ${shown(metrics.value('credits_streams'))} streams`)}
          ${figure('Commands within', milliseconds(metrics.quantile('credits_command_seconds', 0.95)), '95 of 100 commands')}
          ${figure('Event loop lag', milliseconds(metrics.value('nodejs_eventloop_lag_p99_seconds')), '99 of 100 turns')}
          ${figure('Memory', `${shown((metrics.value('process_resident_memory_bytes') ?? 0) / 1_048_576)} MB`, started === null ? '' : `since ${instant(new Date(started * 1000).toISOString())}`)}
        </dl>
      </section>
      ${commands(metrics)}
    `
  }

  #closed(): TemplateResult {
    return html`
      <section class="card body">
        <h2>The numbers are closed to this page</h2>
        <p class="quiet">The gateway shows them to whoever has METRICS_TOKEN. The token stays in this page until it is closed.</p>
        <form class="token" @submit=${this.#open}>
          <input type="password" name="metricsToken" aria-label="Metrics token" placeholder="METRICS_TOKEN" required autocomplete="off">
          <button class="button main">Show</button>
        </form>
      </section>
    `
  }
}

function commands(metrics: Metrics): TemplateResult {
  const samples = metrics.all('credits_commands_total').toSorted((one, other) => other.value - one.value)
  return html`
    <section class="card" aria-labelledby="commands">
      <div class="head"><h2 id="commands">Commands since the start</h2></div>
      ${
        samples.length === 0
          ? html`<p class="body quiet">None yet.</p>`
          : html`<table>
              <thead><tr><th scope="col">Command</th><th scope="col">Outcome</th><th scope="col" class="number">Count</th></tr></thead>
              <tbody>${samples.map(
                ({ labels: { kind = '', outcome = '' }, value }) => html`
                  <tr><td>${words(kind.replaceAll('-', '_'))}</td><td>${outcomeOf(outcome)}</td><td class="number">${shown(value)}</td></tr>
                `,
              )}</tbody>
            </table>`
      }
    </section>
  `
}

/** What happened is lower case; refusals have codes in capitals. */
function outcomeOf(outcome: string): TemplateResult {
  const text = words(outcome.replaceAll('-', '_'))
  if (outcome === 'failed') return badge(text, 'bad')
  return outcome === outcome.toUpperCase() ? badge(text, 'warn') : html`<span class="quiet">${text}</span>`
}

customElements.define('operator-health', OperatorHealth)
