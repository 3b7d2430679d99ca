import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, nothing } from 'lit'
import { decimalPattern, fieldOf, PlanForm } from './plan-form.ts'
import { shared } from './styles.ts'

/** Below which balance the team is warned; an admin changes it. */
export class CreditsLowThreshold extends PlanForm {
  static override styles = [
    shared,
    css`
      form { display: flex; gap: 0.5rem; align-items: end }
      wa-input { inline-size: 8rem }
    `,
  ]

  override render() {
    const { reading, formats, text } = this
    if (reading === null || formats === null || text === null) return nothing
    return html`
      <section class="card" aria-labelledby="low">
        <div class="head">
          <div class="grow">
            <h2 id="low">${text['low.title']}</h2>
            <p class="small quiet">${text['low.hint']}</p>
          </div>
          ${
            reading.mayConfigure
              ? html`
                <form @submit=${this.#submit}>
                  <wa-input size="s" class="bare" name="credits" inputmode="decimal" pattern=${decimalPattern} required label=${text.unit}
                    value=${reading.lowBalanceThreshold}></wa-input>
                  <wa-button size="s" type="submit" appearance="outlined" ?loading=${this.busy}>${text.save}</wa-button>
                </form>
              `
              : html`<strong class="number">${formats.credits(reading.lowBalanceThreshold)}</strong>`
          }
        </div>
        ${this.outcome === null ? nothing : html`<div class="body">${this.answer(text.saved)}</div>`}
      </section>
    `
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const credits = fieldOf(event, 'credits')
    await this.send((controller) => controller.setLowThreshold(credits))
  }
}

customElements.define('credits-low-threshold', CreditsLowThreshold)
