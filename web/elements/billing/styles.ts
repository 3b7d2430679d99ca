import { css } from 'lit'

/** Styles that all parts share: type, cards, lists, states. Colours are tokens of Web Awesome. */
export const shared = css`
  :host {
    display: block; color: var(--wa-color-text-normal); font: 400 0.875rem/1.45 var(--wa-font-family-body, system-ui, sans-serif);
    font-feature-settings: inherit;
    --line: color-mix(in oklab, var(--wa-color-surface-border), var(--wa-color-text-quiet) 30%);
  }
  :host([hidden]) { display: none }
  :lang(ar) { letter-spacing: 0 !important }
  :lang(ja) { word-break: auto-phrase }
  :lang(ko) { word-break: keep-all }
  * { box-sizing: border-box }
  h2, h3, p, ul, dl, dd, figure { margin: 0 }
  ul { padding: 0; list-style: none }
  h2 { font-size: 0.9375rem; font-weight: 600; letter-spacing: -0.011em }
  h3 { font-size: 0.8125rem; font-weight: 600 }
  a { color: var(--wa-color-text-link, var(--wa-color-brand-on-quiet)) }
  .card { background: var(--wa-color-surface-raised); border: 1px solid var(--wa-color-surface-border); border-radius: 0.875rem; overflow: clip }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; padding: 1.125rem 1.25rem }
  .head > .grow { flex: 1; min-inline-size: 12rem }
  .body { padding: 0 1.25rem 1.25rem }
  .quiet { color: var(--wa-color-text-quiet) }
  .small { font-size: 0.8125rem }
  .number { font-variant-numeric: tabular-nums; white-space: nowrap }
  .end { text-align: end }
  .icon { display: inline-grid; place-items: center; flex: none }
  .icon svg { inline-size: 1rem; block-size: 1rem; display: block }
  .rows > li { border-block-start: 1px solid var(--wa-color-surface-border) }
  .badge {
    display: inline-flex; align-items: center; gap: 0.25rem; padding: 0.05rem 0.45rem; border-radius: 999px; font-size: 0.75rem; font-weight: 500;
    line-height: 1.35; white-space: nowrap; color: var(--wa-color-text-quiet); background: var(--wa-color-surface-lowered);
    border: 1px solid var(--wa-color-surface-border);
  }
  .badge.good { color: var(--wa-color-success-on-quiet); background: var(--wa-color-success-fill-quiet); border-color: transparent }
  .badge.warn { color: var(--wa-color-warning-on-quiet); background: var(--wa-color-warning-fill-quiet); border-color: transparent }
  .badge.bad { color: var(--wa-color-danger-on-quiet); background: var(--wa-color-danger-fill-quiet); border-color: transparent }
  .badge.brand { color: var(--wa-color-brand-on-quiet); background: var(--wa-color-brand-fill-quiet); border-color: transparent }
  .segments { display: inline-flex; flex-wrap: wrap; padding: 2px; gap: 2px; border-radius: 0.5rem; background: var(--wa-color-surface-lowered); border: 1px solid var(--wa-color-surface-border) }
  .segments button {
    padding: 0.2rem 0.6rem; border: 0; border-radius: 0.375rem; background: none; color: var(--wa-color-text-quiet); cursor: pointer;
    font: 500 0.8125rem/1.35 inherit; font-family: inherit; white-space: nowrap;
  }
  .segments button:hover { color: var(--wa-color-text-normal) }
  .segments button[aria-pressed='true'] { color: var(--wa-color-text-normal); background: var(--wa-color-surface-raised); box-shadow: 0 1px 2px rgb(0 0 0 / 0.12) }
  .state { display: grid; justify-items: center; gap: 0.35rem; padding: 2.25rem 1.25rem 2.5rem; text-align: center; text-wrap: balance }
  .state .icon { inline-size: 2.25rem; block-size: 2.25rem; margin-block-end: 0.35rem; border-radius: 0.7rem; color: var(--wa-color-text-quiet); background: var(--wa-color-surface-lowered); border: 1px solid var(--wa-color-surface-border) }
  .state wa-button { margin-block-start: 0.6rem }
  .fault { display: flex; gap: 0.5rem; align-items: baseline; color: var(--wa-color-danger-on-quiet) }
  .done { color: var(--wa-color-success-on-quiet) }
  .skeleton { display: grid; gap: 0.85rem; padding: 0.25rem 1.25rem 1.5rem }
  .skeleton wa-skeleton { block-size: 0.85rem; --color: var(--wa-color-surface-lowered); --sheen-color: var(--wa-color-surface-border) }
  .bar { display: flex; gap: 2px; block-size: 0.375rem; border-radius: 999px; overflow: clip; background: var(--wa-color-surface-border) }
  .bar > span { border-radius: 1px; background: var(--wa-color-brand-50); transition: inline-size 300ms ease }
  .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  .form { display: grid; gap: 0.85rem }
  .actions { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center }
  :focus-visible { outline: 2px solid var(--wa-color-focus, currentColor); outline-offset: 2px }
  wa-input, wa-select { --wa-form-control-border-color: var(--line) }
  wa-button[appearance='outlined']::part(button) { border-color: var(--line) }
  wa-button::part(label) { font-weight: 500 }
  wa-input.bare::part(form-control-label), wa-select.bare::part(form-control-label) {
    position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  @media (max-width: 40rem) {
    .head { padding: 1rem }
    .body { padding: 0 1rem 1rem }
    .skeleton { padding-inline: 1rem }
  }
  @media (forced-colors: active) { .bar, .bar > span, .swatch { forced-color-adjust: none } }
  @media (prefers-reduced-motion: reduce) { .bar > span { transition: none } }
`
