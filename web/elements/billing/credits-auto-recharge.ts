import '@awesome.me/webawesome/dist/components/input/input.js'
import '@awesome.me/webawesome/dist/components/switch/switch.js'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import {
  type AutoRechargeController,
  type AutoRechargeReading,
  type AutoRechargeSettings,
  createAutoRecharge,
} from '../controllers/auto-recharge.ts'
import { isOtherCurrency } from '../controllers/currency-choice.ts'
import type { Outcome } from '../controllers/outcome.ts'
import { rechargeCost } from '../controllers/recharge-cost.ts'
import type { TeamScope } from '../controllers/scope.ts'
import { choice, choices } from './choice.ts'
import { BillingPart } from './part.ts'
import { missing, outdated } from './states.ts'
import { shared } from './styles.ts'

const amount = /^\d+(\.\d{1,6})?$/
const whole = /^\d{1,4}$/

/** Null where nothing is typed, or no number yet. */
const wholeIn = (text: string): number | null => (whole.test(text) ? Number(text) : null)

/** So long it waits after the last change before it reads the text of the consent. */
const mandateWaitMs = 200

const tones = {
  OFF: '',
  ARMED: 'good',
  CHARGING: 'brand',
  ACTION_REQUIRED: 'warn',
  PAUSED: 'bad',
  CAPPED: 'warn',
} as const

/**
 * `<credits-auto-recharge>`: the settings of auto-recharge, and what they would have cost in the last 30 days. Admins
 * change them.
 */
export class CreditsAutoRecharge extends BillingPart<AutoRechargeController> {
  static override properties = {
    draft: { state: true },
    mandate: { state: true },
    outcome: { state: true },
    busy: { state: true },
  }
  static override styles = [
    shared,
    choices,
    css`
      .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 0.85rem; align-items: start }
      .trial { padding: 0.7rem 0.85rem; border-radius: 0.625rem; background: var(--wa-color-surface-lowered) }
      .facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem }
      .facts dd { font-weight: 500; font-variant-numeric: tabular-nums }
      .mandate { display: grid; gap: 0.25rem }
      .mandate blockquote { margin: 0; padding-inline-start: 0.75rem; border-inline-start: 3px solid var(--line) }
      .currency { display: grid; gap: 0.3rem; max-inline-size: 20rem }
      .notice { display: grid; gap: 0.5rem }
    `,
  ]
  /** The form's values, before they are saved. */
  declare draft: AutoRechargeSettings | null
  /** The text that saving the draft consents to. Undefined: it is on its way; null: there is none. */
  declare mandate: string | null | undefined
  declare outcome: Outcome<unknown> | null
  declare busy: boolean
  /** The currency of the prices that were shown last. */
  #currency: string | null = null
  #mandateTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.draft = null
    this.mandate = null
    this.outcome = null
    this.busy = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#mandateTimer)
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    const currency = this.controller?.getSnapshot().value?.currency ?? null
    const isOther = this.#currency !== null && currency !== null && currency !== this.#currency
    this.#currency = currency ?? this.#currency
    // A cap is no cap in another currency.
    if (isOther && currency !== null && this.draft !== null) this.#edit({ ...this.draft, currency, monthlyCap: null })
  }

  protected override open(scope: TeamScope): AutoRechargeController {
    return createAutoRecharge(scope)
  }

  protected override content() {
    const reading = this.controller?.getSnapshot() ?? { phase: 'loading' as const, value: null, error: null }
    const retry = () => this.controller?.retry()
    const state = reading.value?.recharge.state
    return html`
      <section class="card" aria-labelledby="title">
        <div class="head">
          <div class="grow">
            <h2 id="title">${this.text['recharge.title']}</h2>
            <p class="small quiet">${this.text['recharge.hint']}</p>
          </div>
          ${state === undefined ? nothing : html`<span class="badge ${tones[state]}">${this.text[`rechargeState.${state}`]}</span>`}
        </div>
        ${outdated(this.text, reading.value ? reading : { error: null }, retry)}
        ${reading.value === null ? missing(this.text, reading, 4, retry) : html`<div class="body form">${this.#content(reading.value)}</div>`}
      </section>
    `
  }

  #content(reading: AutoRechargeReading): TemplateResult {
    const { recharge, plan, mayConfigure } = reading
    const sells = plan?.topUp ?? false
    return html`
      ${this.#notice(reading)}
      ${
        !sells && recharge.state === 'OFF'
          ? html`<p class="quiet">${this.text['recharge.contact']({ contact: plan?.contact ?? '' })}</p>`
          : mayConfigure
            ? this.#form(reading)
            : this.#facts(reading)
      }
    `
  }

  #notice({ recharge }: AutoRechargeReading): unknown {
    const { lastFailure, actionUrl, state } = recharge
    if (lastFailure === null && actionUrl === null) return nothing
    return html`
      <div class="notice">
        ${lastFailure === null || state === 'OFF' ? nothing : html`<p class="fault"><bdi>${lastFailure}</bdi></p>`}
        ${actionUrl === null ? nothing : html`<div><wa-button size="s" variant="brand" href=${actionUrl}>${this.text.confirm}</wa-button></div>`}
      </div>
    `
  }

  #facts({ recharge }: AutoRechargeReading): TemplateResult {
    const { formats } = this
    const { package: bought, targetBalance, threshold, monthlyCap, spentThisMonth } = recharge
    const buys = bought === null ? this.#targetName(targetBalance) : this.#packageName(bought)
    if (buys === null || threshold === null || !recharge.enabled)
      return html`<p class="quiet">${this.text['recharge.off']}</p>`
    const spent = formats.money(spentThisMonth)
    const fact = (name: string, value: string) => html`<div><dt class="small quiet">${name}</dt><dd>${value}</dd></div>`
    return html`
      <dl class="facts">
        ${fact(this.text['recharge.threshold'], formats.credits(threshold))}
        ${fact(this.text['recharge.package'], buys)}
        ${fact(this.text['recharge.spent'], monthlyCap === null ? spent : this.text['recharge.spentOf']({ spent, cap: formats.money(monthlyCap) }))}
      </dl>
      ${this.#given(recharge)}
    `
  }

  #targetName(target: string | null): string | null {
    return target === null ? null : `${this.text['recharge.toBalance']}: ${this.creditsOf(target)}`
  }

  #packageName({ name, credits, price }: NonNullable<AutoRechargeReading['recharge']['package']>): string {
    const { formats } = this
    return this.text['recharge.packageOption']({ name, credits: this.creditsOf(credits), price: formats.money(price) })
  }

  #settings({ recharge, packages, anyAmount, currency }: AutoRechargeReading): AutoRechargeSettings {
    if (this.draft !== null) return this.draft
    const { enabled, targetBalance, maxPerDay } = recharge
    const threshold = recharge.threshold ?? '1000'
    const packageId = targetBalance === null ? (recharge.package?.code ?? packages[0]?.code ?? null) : null
    const target = packageId === null && anyAmount !== null ? (targetBalance ?? threshold) : null
    const monthlyCap = recharge.monthlyCap?.amount ?? null
    return { enabled, threshold, packageId, targetBalance: target, monthlyCap, maxPerDay, currency }
  }

  #edit(draft: AutoRechargeSettings): void {
    this.draft = draft
    this.#readMandate(draft)
  }

  #form(reading: AutoRechargeReading): TemplateResult {
    const { recharge, packages, anyAmount, currency } = reading
    const settings = this.#settings(reading)
    const change = (part: Partial<AutoRechargeSettings>) => {
      this.outcome = null
      this.#edit({ ...this.#settings(reading), ...part })
    }
    const typedIn = (event: Event) => (event.target as HTMLInputElement).value.trim()
    const toBalance = anyAmount === null ? [] : [['', this.text['recharge.toBalance']] as const]
    const target = settings.targetBalance ?? settings.threshold
    return html`
      <form class="form" @submit=${(event: SubmitEvent) => this.#save(event, settings)}>
        <wa-switch size="s" id="enabled" .checked=${settings.enabled}
          @change=${(event: Event) => change({ enabled: (event.target as HTMLInputElement).checked })}>${this.text['recharge.enabled']}</wa-switch>
        ${reading.currencies.length > 1 ? this.#currencies(reading) : nothing}
        <div class="fields">
          <wa-input size="s" id="threshold" inputmode="decimal" pattern=${amount.source} required label=${this.text['recharge.threshold']}
            .value=${settings.threshold ?? ''} @input=${(event: Event) => change({ threshold: typedIn(event) })}></wa-input>
          ${choice({
            label: this.text['recharge.package'],
            name: 'package',
            values: [...packages.map((each) => [each.code, this.#packageName(each)] as const), ...toBalance],
            chosen: settings.packageId ?? '',
            choose: (packageId) =>
              change(
                packageId === '' ? { packageId: null, targetBalance: target } : { packageId, targetBalance: null },
              ),
          })}
          ${
            settings.targetBalance === null
              ? nothing
              : html`<wa-input size="s" id="target" inputmode="decimal" pattern=${amount.source} required label=${this.text['recharge.target']}
            .value=${settings.targetBalance} @input=${(event: Event) => change({ targetBalance: typedIn(event) })}></wa-input>`
          }
          <wa-input size="s" id="cap" inputmode="decimal" pattern=${amount.source} label=${this.text['recharge.cap']} hint=${this.text['recharge.capHint']}
            .value=${settings.monthlyCap ?? ''} @input=${(event: Event) => change({ monthlyCap: typedIn(event) || null })}>
            <span slot="end" class="small quiet">${currency}</span>
          </wa-input>
          <wa-input size="s" id="per-day" inputmode="numeric" pattern=${whole.source} label=${this.text['recharge.perDay']} hint=${this.text['recharge.capHint']}
            .value=${`${settings.maxPerDay ?? ''}`} @input=${(event: Event) => change({ maxPerDay: wholeIn(typedIn(event)) })}></wa-input>
        </div>
        ${this.#trial(reading, settings)}
        ${
          recharge.enabled
            ? html`<p class="small quiet">${this.text['recharge.spent']}: <span class="number">${this.formats.money(recharge.spentThisMonth)}</span></p>`
            : nothing
        }
        ${this.draft !== null && settings.enabled ? this.#consent() : nothing}
        ${this.draft === null && recharge.enabled ? this.#given(recharge) : nothing}
        ${this.#answer()}
        ${
          this.draft === null
            ? nothing
            : html`<div class="actions">
          <wa-button size="s" type="submit" variant="brand" ?loading=${this.busy} ?disabled=${settings.enabled && this.mandate === undefined}>${this.text.save}</wa-button>
        </div>`
        }
      </form>
    `
  }

  /** The choice of a team that has no currency yet. */
  #currencies({ currency, currencies }: AutoRechargeReading): TemplateResult {
    const { text, formats } = this
    return html`
      <div class="currency">
        ${choice({
          label: text['recharge.currency'],
          name: 'currency',
          values: currencies.map((each) => [each, formats.currency(each)] as const),
          chosen: currency,
          choose: (chosen) => this.controller?.chooseCurrency(chosen),
        })}
        <p class="small quiet">${text['recharge.currencyHint']}</p>
      </div>
    `
  }

  /** The latest draft wins. */
  #readMandate(draft: AutoRechargeSettings): void {
    clearTimeout(this.#mandateTimer)
    this.mandate = undefined
    if (!draft.enabled) return
    this.#mandateTimer = setTimeout(async () => {
      const mandate = await this.controller?.mandateFor(draft).catch(() => null)
      if (this.draft === draft) this.mandate = mandate ?? null
    }, mandateWaitMs)
  }

  #consent(): TemplateResult {
    const { mandate, text } = this
    return html`
      <div class="mandate small" data-part="consent">
        <p class="quiet">${text['recharge.consent']}</p>
        ${mandate ? html`<p class="quiet">${text['recharge.mandateBefore']}</p><blockquote lang="en" dir="ltr">${mandate}</blockquote>` : nothing}
      </div>
    `
  }

  /** The consent: who gave it, when and to what. */
  #given({ mandate }: AutoRechargeReading['recharge']): unknown {
    if (mandate === null) return nothing
    const { acceptedAt, acceptedBy: who } = mandate
    const date = this.formats.time(acceptedAt)
    const { text } = this
    return html`
      <div class="mandate small" data-part="mandate">
        <h3>${text['recharge.mandate']}</h3>
        <p class="quiet">${who === null ? text['recharge.mandateAt']({ date }) : text['recharge.mandateBy']({ who, date })}</p>
        <blockquote lang="en" dir="ltr">${mandate.text}</blockquote>
      </div>
    `
  }

  #answer(): unknown {
    const { outcome } = this
    if (outcome === null) return nothing
    if (outcome.ok) return html`<p class="done small" role="status">${this.text.saved}</p>`
    return html`
      <p class="fault small" role="alert">
        ${isOtherCurrency(outcome) ? this.text['recharge.otherCurrency'] : html`<bdi>${outcome.message}</bdi>`}
        ${outcome.link === null ? nothing : html`<a href=${outcome.link}>${this.text['recharge.setup']}</a>`}
      </p>
    `
  }

  #trial(
    { packages, lastMonth }: AutoRechargeReading,
    { threshold, packageId, monthlyCap }: AutoRechargeSettings,
  ): unknown {
    const chosen = packages.find(({ code }) => code === packageId)
    if (chosen === undefined || !amount.test(threshold ?? '') || (monthlyCap !== null && !amount.test(monthlyCap)))
      return nothing
    const { price, credits } = chosen
    const { formats } = this
    const cost = rechargeCost({
      ...lastMonth,
      threshold: threshold ?? '0',
      packageCredits: credits,
      packagePrice: price.amount,
      monthlyCap,
    })
    const money = formats.money({ amount: cost.money, currency: price.currency })
    return html`
      <p class="trial small" data-part="trial">
        ${
          cost.purchases === 0
            ? this.text['recharge.trialNone']
            : this.text['recharge.trial'](cost.purchases, { n: formats.number(cost.purchases), money })
        }
        ${cost.capped ? this.text['recharge.trialCapped'] : nothing}
      </p>
    `
  }

  async #save(event: SubmitEvent, settings: AutoRechargeSettings): Promise<void> {
    event.preventDefault()
    if (this.controller === null || this.busy) return
    this.busy = true
    const outcome = await this.controller.configure(settings)
    this.outcome = outcome
    if (outcome.ok) this.draft = null
    this.busy = false
  }
}

customElements.define('credits-auto-recharge', CreditsAutoRecharge)
