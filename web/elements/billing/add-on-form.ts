import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import { css, html, nothing } from 'lit'
import { fieldOf, PlanForm } from './plan-form.ts'
import { shared } from './styles.ts'

/** How many recurring units the team has; an admin orders more or fewer. */
export class CreditsAddOn extends PlanForm {
  static override styles = [
    shared,
    css`
      .row { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end }
      .row > div { flex: 1; min-inline-size: 12rem }
      form { display: flex; gap: 0.5rem; align-items: end }
      wa-input { inline-size: 6rem }
    `,
  ]
  #ordered = 0

  override render() {
    const { reading, formats, text } = this
    if (reading?.plan?.addOn == null || formats === null || text === null) return nothing
    const { addOnUnits, mayConfigure, plan } = reading
    const { credits, price } = reading.plan.addOn
    return html`
      <div class="row">
        <div>
          <h3>${text['addOn.title']}: <span class="number" data-part="units">${formats.number(addOnUnits)}</span></h3>
          <p class="small quiet">${text['addOn.unit']({ credits: text.credits(Number(credits), { n: formats.credits(credits) }), price: formats.money(price) })}
            ${plan?.addOn?.illustrative ? html`<span class="badge">${text['plan.illustrative']}</span>` : nothing}</p>
        </div>
        ${
          mayConfigure
            ? html`
              <form @submit=${this.#submit}>
                <wa-input size="s" class="bare" type="number" name="units" min="0" max="10000" step="1" required label=${text['addOn.units']} value=${addOnUnits}></wa-input>
                <wa-button size="s" type="submit" appearance="outlined" ?loading=${this.busy}>${text['addOn.save']}</wa-button>
              </form>
            `
            : nothing
        }
      </div>
      ${this.answer(text[this.#ordered === 0 ? 'addOn.canceled' : 'addOn.saved'])}
    `
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    this.#ordered = Number(fieldOf(event, 'units'))
    await this.send((controller) => controller.setUnits(this.#ordered, crypto.randomUUID()))
  }
}

customElements.define('credits-add-on', CreditsAddOn)
