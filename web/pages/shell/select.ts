import { css } from 'lit'

/** A native select in the look of Web Awesome's controls, whose own select axe-core finds without a label. */
export const selects = css`
  select {
    appearance: none; block-size: 2.125rem; padding-inline: 0.75rem 2rem; border: 1px solid var(--wa-form-control-border-color); border-radius: var(--wa-form-control-border-radius);
    background: var(--wa-color-surface-default) no-repeat right 0.65rem center / 0.8rem;
    background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23888894' stroke-width='2.5'%3E%3Cpath d='m6 9 6 6 6-6'/%3E%3C/svg%3E");
    color: inherit; font: 400 0.8125rem/1.4 var(--wa-font-family-body); cursor: pointer;
  }
  select:dir(rtl) { background-position: left 0.65rem center }
  select:hover { border-color: var(--wa-color-text-quiet) }
  select:focus-visible { outline: 2px solid var(--wa-color-focus); outline-offset: 1px }
`
