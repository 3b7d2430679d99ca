import { css } from 'lit'
import { selects } from '../../shell/select.ts'

const text = css`
  :host { display: block; font: 400 0.8125rem/1.45 var(--wa-font-family-body); --line: var(--wa-color-surface-border); --wa-form-control-border-color: color-mix(in oklab, var(--wa-color-surface-border), var(--wa-color-text-quiet) 30%) }
  :host([hidden]) { display: none }
  * { box-sizing: border-box }
  h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0 }
  ul, ol { padding: 0; list-style: none }
  h1 { font-size: 1.25rem; font-weight: 600; letter-spacing: -0.018em; line-height: 1.25 }
  h2 { font-size: 0.875rem; font-weight: 600; letter-spacing: -0.008em }
  h1:focus, h2:focus { outline: none }
  a { color: var(--wa-color-brand-on-quiet); text-underline-offset: 2px }
  code, .mono { font-family: var(--mono); font-size: 0.75rem }
  .quiet { color: var(--wa-color-text-quiet) }
  .number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap }
  .minus { color: var(--wa-color-text-normal) }
  .plus { color: var(--wa-color-success-on-quiet) }
  .icon { display: inline-grid; place-items: center; flex: none }
  .icon svg { inline-size: 0.95rem; block-size: 0.95rem; display: block }
  .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  :focus-visible { outline: 2px solid var(--wa-color-focus); outline-offset: 1px }
`

const blocks = css`
  .card { border: 1px solid var(--line); border-radius: 0.75rem; background: var(--wa-color-surface-raised); overflow: clip }
  .card + .card { margin-block-start: 1rem }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; min-block-size: 3rem; padding: 0.5rem 1rem; border-block-end: 1px solid var(--line) }
  .head > :first-child { margin-inline-end: auto }
  .body { padding: 0.875rem 1rem }
  .badge {
    display: inline-flex; align-items: center; gap: 0.35rem; padding: 0.05rem 0.5rem; border-radius: 999px; font-size: 0.75rem; font-weight: 500; line-height: 1.45;
    white-space: nowrap; color: var(--wa-color-text-quiet); background: var(--wa-color-surface-lowered); border: 1px solid var(--line);
  }
  .badge.good { color: var(--wa-color-success-on-quiet); background: var(--wa-color-success-fill-quiet); border-color: transparent }
  .badge.warn { color: var(--wa-color-warning-on-quiet); background: var(--wa-color-warning-fill-quiet); border-color: transparent }
  .badge.bad { color: var(--wa-color-danger-on-quiet); background: var(--wa-color-danger-fill-quiet); border-color: transparent }
  .badge.brand { color: var(--wa-color-brand-on-quiet); background: var(--wa-color-brand-fill-quiet); border-color: transparent }
  .state { display: grid; justify-items: center; gap: 0.25rem; padding: 2.5rem 1rem; text-align: center; text-wrap: balance }
  .state .icon { inline-size: 2.25rem; block-size: 2.25rem; margin-block-end: 0.375rem; border-radius: 0.625rem; color: var(--wa-color-text-quiet); background: var(--wa-color-surface-lowered); border: 1px solid var(--line) }
  .state wa-button, .state .button { margin-block-start: 0.625rem }
  .figures > div { display: grid; gap: 0.15rem; align-content: start; padding: 0.8125rem 1rem 0.75rem; box-shadow: 1px 1px 0 var(--line) }
  .figures { display: grid }
  .figures dt { color: var(--wa-color-text-quiet); font-size: 0.75rem }
  .figures dd { font-size: 1.125rem; font-weight: 600; letter-spacing: -0.018em; font-variant-numeric: tabular-nums }
  .figures small { display: block; font-size: 0.75rem; font-weight: 400; line-height: 1.4; letter-spacing: 0; color: var(--wa-color-text-quiet) }
  .fault { color: var(--wa-color-danger-on-quiet) }
  .skeleton { display: grid; gap: 0.9rem; padding: 1.125rem 1rem }
  .skeleton span { block-size: 0.7rem; border-radius: 0.25rem; background: var(--line); animation: breathe 1.4s ease-in-out infinite alternate }
  @keyframes breathe { from { opacity: 0.9 } to { opacity: 0.35 } }
  .bar { display: block; block-size: 0.3125rem; border-radius: 999px; overflow: clip; background: var(--line) }
  .bar > span { display: block; block-size: 100%; background: var(--wa-color-brand-50) }
`

const tables = css`
  .scroll { overflow-x: auto }
  .scroll:focus-visible { outline-offset: -2px }
  table { inline-size: 100%; border-collapse: collapse }
  th { padding: 0.5rem 0.5rem; text-align: start; font-size: 0.75rem; font-weight: 500; color: var(--wa-color-text-quiet); white-space: nowrap }
  th.number { text-align: end }
  td { padding: 0.5rem 0.5rem; border-block-start: 1px solid var(--line); vertical-align: baseline }
  :is(th, td):first-child { padding-inline-start: 1rem }
  :is(th, td):last-child { padding-inline-end: 1rem }
  tbody tr:hover td { background: color-mix(in oklab, var(--wa-color-surface-lowered) 60%, transparent) }
  .number + :not(.number) { padding-inline-start: 1.5rem }
  td .under { display: block; color: var(--wa-color-text-quiet); font-size: 0.75rem }
  td.acts { text-align: end; white-space: nowrap }
  .foot { display: flex; align-items: center; gap: 0.5rem; padding: 0.5rem 1rem; border-block-start: 1px solid var(--line) }
  .foot > :first-child { margin-inline-end: auto }
  .facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.25rem }
  .facts dt { color: var(--wa-color-text-quiet) }
  .facts dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
  @media (min-width: 44rem) { td .beside { display: inline; margin-inline-start: 0.5rem } }
  @media (min-width: 44.01rem) { .narrow { display: none } }
  @media (max-width: 44rem) {
    .wide { display: none }
    th, td { padding-inline-end: 1rem }
  }
`

const controls = css`
  .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 0.4rem; block-size: 2rem; padding-inline: 0.75rem; border: 1px solid var(--wa-form-control-border-color);
    border-radius: 0.5rem; background: var(--wa-color-surface-raised); color: var(--wa-color-text-normal); font: 500 0.8125rem/1 var(--wa-font-family-body);
    text-decoration: none; white-space: nowrap; cursor: pointer;
  }
  .button:hover { background: var(--wa-color-surface-lowered) }
  .button[disabled] { opacity: 0.55; cursor: default }
  .button.main { background: var(--wa-color-brand-50); border-color: var(--wa-color-brand-50); color: #fff }
  .button.main:hover { background: var(--wa-color-brand-40) }
  .button.danger { background: #c8303f; border-color: #c8303f; color: #fff }
  .button.danger:hover { background: #a92534 }
  .button.small { block-size: 1.625rem; padding-inline: 0.5rem; font-size: 0.75rem }
  .button.plain { border-color: transparent; background: none; color: var(--wa-color-text-quiet) }
  .button.plain:hover { background: var(--wa-color-surface-lowered); color: var(--wa-color-text-normal) }
  input, textarea {
    inline-size: 100%; block-size: 2.125rem; padding-inline: 0.75rem; border: 1px solid var(--wa-form-control-border-color); border-radius: var(--wa-form-control-border-radius);
    background: var(--wa-color-surface-default); color: inherit; font: 400 0.8125rem/1.4 var(--wa-font-family-body);
  }
  textarea { block-size: auto; padding-block: 0.5rem; resize: vertical }
  input::placeholder, textarea::placeholder { color: var(--wa-color-text-quiet); opacity: 1 }
  :is(input, textarea, select):focus-visible { outline-offset: -1px }
  :is(input, textarea):hover { border-color: var(--wa-color-text-quiet) }
  [aria-invalid='true'] { border-color: var(--wa-color-danger-on-quiet) }
`

/** Styles that all parts of the page share: type, cards, tables, states and controls. */
export const shared = [text, blocks, tables, selects, controls]
