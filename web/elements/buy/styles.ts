import { css } from 'lit'

/**
 * Colours and sizes. The page's own rules can't get at what is in the shadow; `!important` keeps them from the element itself.
 * Text follows the reader's own font size; the page's root size would scale `rem`.
 */
export const tokens = css`
  :host {
    all: initial !important;
    display: contents !important;
    color-scheme: light dark !important;
    --surface: var(--credits-card-background, light-dark(#ffffff, #17171c));
    --sunken: light-dark(#f7f7f9, #101014);
    --line: var(--credits-border, light-dark(#e4e4e7, #2e2e38));
    --edge: light-dark(#8d8d9b, #6f6f7d);
    --text: var(--credits-color, light-dark(#18181b, #f4f4f5));
    --quiet: var(--credits-muted, light-dark(#5c5c68, #a4a4b0));
    --accent: var(--credits-accent, light-dark(#5b4fe0, #a59bff));
    --on-accent: var(--credits-on-accent, light-dark(#ffffff, #101014));
    --tint: color-mix(in oklab, var(--accent) 8%, var(--surface));
    --good: var(--credits-success, light-dark(#0f7b4a, #4cc38a));
    --bad: var(--credits-danger, light-dark(#b4232c, #ff9592));
    --bad-tint: color-mix(in oklab, var(--bad) 8%, var(--surface));
    --radius: var(--credits-control-radius, 10px);
    --font: var(--credits-font, "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  }
  :host([theme="light"]) { color-scheme: light !important }
  :host([theme="dark"]) { color-scheme: dark !important }
  *, *::before, *::after { box-sizing: border-box }
  h2, h3, p, dl, dd, ul, fieldset, form { margin: 0; padding: 0; border: 0; min-inline-size: 0 }
  ul { list-style: none }
  :lang(ar) { letter-spacing: 0 !important }
  :lang(ja) { word-break: auto-phrase }
  :lang(ko) { word-break: keep-all }
  svg { display: block; flex: none }
`

export const frame = css`
  dialog {
    inline-size: min(440px, calc(100vw - 32px)); max-inline-size: none; max-block-size: min(800px, calc(100dvh - 32px));
    margin: auto; padding: 0; border: 1px solid var(--line); border-radius: var(--credits-dialog-radius, 16px); overflow: hidden; overscroll-behavior: contain;
    background: var(--surface); color: var(--text); font: 400 0.9375em/1.45 var(--font); text-align: start;
    -webkit-font-smoothing: antialiased; -webkit-text-size-adjust: none; font-variant-numeric: tabular-nums;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 2%), 0 2px 6px rgb(0 0 0 / 6%), 0 24px 60px -12px rgb(0 0 0 / 28%);
    opacity: 0; translate: 0 8px; scale: 0.985;
    transition: opacity 160ms ease-out, translate 200ms cubic-bezier(.2,.8,.2,1), scale 200ms cubic-bezier(.2,.8,.2,1),
      display 200ms allow-discrete, overlay 200ms allow-discrete;
  }
  dialog[data-framed], dialog[data-framed]::backdrop { transition: none }
  dialog:focus { outline: none }
  dialog[open] { display: flex; opacity: 1; translate: none; scale: none }
  @starting-style { dialog[open] { opacity: 0; translate: 0 8px; scale: 0.985 } }
  dialog::backdrop {
    background: rgb(10 10 16 / 48%); opacity: 0;
    transition: opacity 200ms ease-out, display 200ms allow-discrete, overlay 200ms allow-discrete;
  }
  dialog[open]::backdrop { opacity: 1 }
  @starting-style { dialog[open]::backdrop { opacity: 0 } }
  .sheet { display: flex; flex-direction: column; flex: 1; min-inline-size: 0; max-block-size: inherit }
  header { display: flex; align-items: center; gap: 12px; padding: 18px 20px 10px }
  header .named { flex: 1; min-inline-size: 0 }
  header .icon:first-child { margin-inline-start: -8px }
  h2 { font-size: 1.133em; font-weight: 600; letter-spacing: -0.012em; line-height: 1.3 }
  .team { color: var(--quiet); font-size: 0.867em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
  .body { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 6px 20px 20px; scrollbar-width: thin }
  footer { border-block-start: 1px solid var(--line); padding: 16px 20px calc(20px + env(safe-area-inset-bottom)); background: var(--surface) }
  .sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  @media (max-width: 544px) {
    dialog {
      inline-size: 100%; max-block-size: 92dvh; margin: auto 0 0; border-width: 1px 0 0; border-radius: 18px 18px 0 0;
      translate: 0 40px; scale: none;
    }
    @starting-style { dialog[open] { translate: 0 40px; scale: none } }
  }
  @media (prefers-reduced-motion: reduce) {
    dialog, dialog::backdrop { transition-duration: 1ms; translate: none; scale: none }
  }
`

export const controls = css`
  button, a.button {
    display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-block-size: 40px; padding: 8px 16px;
    border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); color: var(--text);
    font: 500 1em/1.2 var(--font); font-variant-numeric: tabular-nums; text-decoration: none; cursor: pointer;
    transition: background-color 120ms, border-color 120ms, filter 120ms;
  }
  button:hover:not(:disabled), a.button:hover { background: var(--sunken) }
  button.primary, a.primary {
    inline-size: 100%; min-block-size: 44px; border-color: transparent; background: var(--accent); color: var(--on-accent); font-weight: 600;
  }
  button.primary:hover:not(:disabled), a.primary:hover { background: color-mix(in oklab, var(--accent) 90%, var(--text)) }
  button:disabled { cursor: default }
  button.primary:disabled { background: color-mix(in oklab, var(--accent) 88%, var(--surface)) }
  button.icon { min-block-size: 32px; inline-size: 32px; padding: 0; border: 0; border-radius: 8px; color: var(--quiet) }
  button.text, a.text {
    min-block-size: 24px; padding: 0; border: 0; border-radius: 4px; background: none; color: var(--text); font: 500 0.867em/1.5 var(--font);
    text-decoration: underline; text-decoration-color: color-mix(in oklab, currentColor 35%, transparent); text-underline-offset: 0.2em;
  }
  button.text:hover:not(:disabled), a.text:hover { background: none; text-decoration-color: currentColor }
  a { color: inherit }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
  .note { color: var(--quiet); font-size: 0.867em; text-wrap: pretty }
  [data-tax] { margin-block-end: 10px }
  input:not([type]), select {
    inline-size: 100%; min-block-size: 40px; padding: 6px 12px; border: 1px solid var(--edge); border-radius: 8px;
    background: var(--surface); color: var(--text); font: 400 1em/1.3 var(--font); font-variant-numeric: tabular-nums;
  }
  input[type="checkbox"] { inline-size: 18px; block-size: 18px; margin: 2px 0 0; flex: none; accent-color: var(--accent) }
  .spinner {
    inline-size: 16px; block-size: 16px; border: 2px solid color-mix(in oklab, currentColor 30%, transparent); border-block-start-color: currentColor;
    border-radius: 50%; animation: turn 700ms linear infinite;
  }
  @keyframes turn { to { rotate: 1turn } }
  @media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 3s } }
`

export const choosing = css`
  .packs { display: grid; gap: 8px }
  .pack {
    position: relative; display: grid; grid-template-columns: auto 1fr; align-items: center; gap: 1px 12px; padding: 11px 14px;
    border: 1px solid var(--line); border-radius: var(--radius); cursor: pointer; transition: border-color 120ms, background-color 120ms;
  }
  .pack:hover { border-color: var(--edge) }
  .pack:has(:checked) { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent) }
  .pack:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px }
  .pack input { grid-row: span 2; inline-size: 16px; block-size: 16px; margin: 0; accent-color: var(--accent); outline: none; cursor: inherit }
  .pack.own input[type="radio"] { grid-row: span 3 }
  .pack input[type="range"] { grid-row: auto; inline-size: 100%; block-size: 24px; cursor: pointer }
  .own label { cursor: pointer }
  .own output { color: var(--text); font-weight: 500; font-variant-numeric: tabular-nums }
  .amount { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; font-weight: 600; letter-spacing: -0.006em }
  .price { font-weight: 600; text-align: end }
  .detail { color: var(--quiet); font-size: 0.867em }
  .line { display: flex; align-items: center; justify-content: space-between; gap: 12px }
  .rate { margin-inline-start: auto; white-space: nowrap }
  .plain { grid-template-columns: auto 1fr auto }
  .plain .line { display: contents }
  .plain .amount { grid-row: span 2 }
  .many { gap: 6px }
  .many .pack { padding-block: 7px }
  .badge {
    padding: 1px 7px; border-radius: 99px; background: color-mix(in oklab, var(--good) 12%, var(--surface)); color: var(--good);
    font-size: 0.8em; font-weight: 600; letter-spacing: 0;
  }
  .currency { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: center; gap: 4px 16px; margin-block-end: 14px }
  .currency > :first-child { color: var(--quiet) }
  .currency > :nth-child(2) { justify-self: end; max-inline-size: 100%; font-weight: 500 }
  .currency select { inline-size: auto; text-overflow: ellipsis }
  .currency .note { grid-column: 1 / -1 }
  .example { margin-block-start: 8px }
  fieldset:disabled .pack { cursor: default; opacity: 0.6 }
  .sum { display: grid; gap: 4px; margin-block-end: 14px }
  .sum div { display: flex; justify-content: space-between; gap: 16px }
  .sum dt { color: var(--quiet) }
  .sum .after { font-weight: 600 }
  .sum .after dt { color: var(--text) }
  .under { display: grid; gap: 6px; justify-items: center; margin-block-start: 12px; text-align: center; text-wrap: balance }
  .under .note { text-wrap: balance }
  .ways { display: flex; flex-wrap: wrap; justify-content: center; gap: 6px 20px }
  .blank { border-radius: 6px; background: var(--sunken); color: transparent; animation: pulse 1.4s ease-in-out infinite alternate }
  .blank.row { block-size: 60px; border-radius: var(--radius) }
  .blank.number { inline-size: 64px }
  .blank.name { inline-size: 144px }
  @keyframes pulse { to { opacity: 0.5 } }
  .problem { display: grid; gap: 2px; margin-block-end: 14px; padding: 12px 14px; border-radius: var(--radius); background: var(--bad-tint) }
  .problem strong { color: var(--bad); font-weight: 600 }
  .problem p { font-size: 0.933em; text-wrap: pretty }
  .two { display: grid; gap: 8px }
  .two button { inline-size: 100% }
`

export const outcome = css`
  .stage { display: grid; justify-items: center; gap: 6px; padding: 20px 8px 12px; text-align: center }
  .stage h3 { font-size: 1.267em; font-weight: 600; letter-spacing: -0.015em }
  .stage .note { max-inline-size: 352px; font-size: 1em; text-wrap: balance }
  .mark { inline-size: 52px; block-size: 52px; margin-block-end: 12px; display: grid; place-items: center; border-radius: 50% }
  .mark.wait { background: var(--tint); color: var(--accent) }
  .mark.wait .spinner { inline-size: 26px; block-size: 26px; border-width: 2.5px; animation-duration: 1.1s }
  .mark.good { background: color-mix(in oklab, var(--good) 14%, var(--surface)); color: var(--good); animation: land 420ms cubic-bezier(.2,1.3,.4,1) both }
  .mark.good path { stroke-dasharray: 24; animation: draw 380ms 160ms ease-out both }
  .mark.quiet { background: var(--sunken); color: var(--quiet) }
  @keyframes land { from { scale: 0.6; opacity: 0 } }
  @keyframes draw { from { stroke-dashoffset: 24 } }
  .order { display: flex; gap: 8px; margin-block-start: 14px; padding: 6px 14px; border: 1px solid var(--line); border-radius: 99px; font-size: 0.933em; font-weight: 500 }
  .order span { color: var(--quiet); font-weight: 400 }
  .total { margin-block-start: -2px; font-size: 2.4em; font-weight: 600; letter-spacing: -0.03em; line-height: 1.15 }
  .people { display: grid; gap: 8px; inline-size: 100%; margin-block-start: 12px }
  .people li { display: flex; align-items: center; gap: 12px; padding: 10px 14px; border: 1px solid var(--line); border-radius: var(--radius); text-align: start; font-weight: 500 }
  .face { inline-size: 30px; block-size: 30px; display: grid; place-items: center; border-radius: 50%; background: var(--tint); color: var(--accent); font-size: 0.867em; font-weight: 600 }
  .people .detail { margin-inline-start: auto; font-weight: 400 }
  @media (prefers-reduced-motion: reduce) { .mark.good, .mark.good path { animation: none } }
`

export const recharging = css`
  button.row { inline-size: 100%; justify-content: flex-start; text-align: start; margin-block-start: 16px; min-block-size: 44px; padding: 10px 14px; font-weight: 500 }
  button.row svg { color: var(--quiet) }
  button.row .state { margin-inline-start: auto; font-size: 0.867em; font-weight: 400 }
  .state { color: var(--quiet) }
  .state.on { color: var(--good); font-weight: 500 }
  .state.bad { color: var(--bad); font-weight: 500 }
  .turns:dir(rtl), button.row:dir(rtl) > svg:last-child { scale: -1 1 }
  .form { display: grid; gap: 16px }
  .form:disabled { opacity: 0.6 }
  .field { display: grid; gap: 5px }
  .field span { font-size: 0.867em; font-weight: 500 }
  .consent { display: flex; gap: 10px; font-size: 0.867em; line-height: 1.5; color: var(--quiet); text-wrap: pretty; cursor: pointer }
  .facts { border: 1px solid var(--line); border-radius: var(--radius) }
  .facts div { display: flex; justify-content: space-between; gap: 16px; padding: 11px 14px }
  .facts div + div { border-block-start: 1px solid var(--line) }
  .facts dt { color: var(--quiet) }
  .facts dd { text-align: end; font-weight: 500 }
  .facts ~ .note { margin-block-start: 12px }
  .form ~ .problem, .facts ~ .problem { margin-block: 14px 0; font-size: 0.933em }
  @media (pointer: coarse) { input:not([type]), select { font-size: max(1em, 16px) } }
`
