import { html, LitElement, nothing, type PropertyDeclarations } from 'lit'
import type { Outcome } from '../controllers/outcome.ts'
import type { PlanController, PlanReading } from '../controllers/plan.ts'
import type { BillingMessages } from '../locales/billing.ts'
import type { Formats } from './formats.ts'

/** A form that changes one setting of the plan, and shows the outcome. */
export abstract class PlanForm extends LitElement {
  static override properties: PropertyDeclarations = {
    controller: { attribute: false },
    reading: { attribute: false },
    formats: { attribute: false },
    text: { attribute: false },
    outcome: { state: true },
    busy: { state: true },
  }
  declare controller: PlanController | null
  declare reading: PlanReading | null
  declare formats: Formats | null
  declare text: BillingMessages | null
  declare outcome: Outcome<unknown> | null
  declare busy: boolean

  constructor() {
    super()
    this.controller = null
    this.reading = null
    this.formats = null
    this.text = null
    this.outcome = null
    this.busy = false
  }

  /** Whether it worked. */
  protected async send(act: (controller: PlanController) => Promise<Outcome<unknown>>): Promise<boolean> {
    if (this.controller === null || this.busy) return false
    this.busy = true
    this.outcome = await act(this.controller)
    this.busy = false
    return this.outcome.ok
  }

  protected answer(done: string): unknown {
    const { outcome } = this
    if (outcome === null) return nothing
    if (outcome.ok) return done === '' ? nothing : html`<p class="done small" role="status">${done}</p>`
    const link = outcome.link === null ? nothing : html`<a href=${outcome.link}>${this.text?.['recharge.setup']}</a>`
    return html`<p class="fault small" role="alert"><bdi>${outcome.message}</bdi> ${link}</p>`
  }
}

/** The trimmed value of a field. */
export const fieldOf = (event: SubmitEvent, name: string): string =>
  String(new FormData(event.target as HTMLFormElement).get(name) ?? '').trim()

export const decimalPattern = '\\d+(\\.\\d{1,6})?'
