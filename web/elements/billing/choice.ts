import { css, html, type TemplateResult } from 'lit'

/** The platform's own select: screen readers know it, and on a phone it opens as people expect. */
export const choices = css`
  .choice { display: grid; gap: 0.3rem; font-size: 0.875rem; line-height: 1.3 }
  .choice > span { font-weight: 500 }
  .choice select {
    appearance: none; inline-size: 100%; block-size: 2.35rem; padding-inline: 0.75rem 2rem; border: 1px solid var(--line); border-radius: var(--wa-form-control-border-radius, 0.5rem);
    background: var(--wa-color-surface-default) no-repeat right 0.65rem center / 0.8rem; text-overflow: ellipsis; cursor: pointer;
    background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23888894' stroke-width='2.5'%3E%3Cpath d='m6 9 6 6 6-6'/%3E%3C/svg%3E");
    color: inherit; font: inherit; font-size: 0.8125rem;
  }
  .choice select:dir(rtl) { background-position: left 0.65rem center }
  .choice select:hover { border-color: var(--wa-color-text-quiet) }
  .choice.bare > span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
`

export type ChoiceOptions = {
  readonly label: string
  /** The name in the form's data. */
  readonly name: string
  readonly values: readonly (readonly [value: string, name: string])[]
  readonly chosen: string
  readonly choose?: (value: string) => unknown
  /** Without a visible label. */
  readonly bare?: boolean
}

export const choice = ({ label, name, values, chosen, choose, bare = false }: ChoiceOptions): TemplateResult => html`
  <label class="choice ${bare ? 'bare' : ''}">
    <span>${label}</span>
    <select name=${name} @change=${(event: Event) => choose?.((event.target as HTMLSelectElement).value)}>
      ${values.map(([value, title]) => html`<option value=${value} ?selected=${value === chosen}>${title}</option>`)}
    </select>
  </label>
`
