import { html, nothing, type TemplateResult } from 'lit'
import type { Field } from './act.ts'

const decimals = '[0-9]+([.][0-9]{1,6})?'
const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })
  .formatToParts()
  .find(({ type }) => type === 'timeZoneName')?.value

const hintOf = ({ hint, kind }: Field) =>
  [hint, kind === 'instant' ? `Time zone: ${zone}.` : ''].filter(Boolean).join(' ')

/** A labelled control. `isFaulty`: the gateway refused its value. */
export function fieldOf(field: Field, isFaulty: boolean): TemplateResult {
  const hint = hintOf(field)
  return html`
    <label class="field">
      <span class="name">${field.label}${field.optional ? html` <span class="quiet">(optional)</span>` : nothing}</span>
      ${controlOf(field, isFaulty)}
      ${hint === '' ? nothing : html`<span class="quiet hint">${hint}</span>`}
    </label>
  `
}

function controlOf(field: Field, isFaulty: boolean): TemplateResult {
  const { name, kind, value = '', maxLength = 200 } = field
  const required = !field.optional
  const invalid = isFaulty ? 'true' : nothing
  if (kind === 'choice') {
    const options = (field.choices ?? []).map(
      ([each, text]) => html`<option value=${each} ?selected=${each === value}>${text}</option>`,
    )
    return html`<select name=${name} aria-invalid=${invalid}>${options}</select>`
  }
  if (kind === 'note') {
    return html`<textarea name=${name} rows="3" maxlength=${maxLength} ?required=${required} aria-invalid=${invalid}>${value}</textarea>`
  }
  if (kind === 'instant') {
    return html`<input type="datetime-local" name=${name} step="1" value=${value} ?required=${required} aria-invalid=${invalid}>`
  }
  const isNumber = kind !== 'text'
  const pattern = kind === 'credits' || kind === 'money' ? decimals : kind === 'count' ? '[0-9]+' : nothing
  return html`<input name=${name} value=${value} maxlength=${maxLength} autocomplete="off" inputmode=${isNumber ? 'decimal' : 'text'}
    pattern=${pattern} title=${isNumber ? 'A number, such as 500' : nothing} ?required=${required} aria-invalid=${invalid}>`
}
