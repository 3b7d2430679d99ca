import { css } from 'lit'

/** The styles, with the default of each `--credits-*` property. */
export const styles = css`
  :host {
    display: inline-block;
    vertical-align: middle;
  }
  :host([hidden]) {
    display: none;
  }
  .root {
    all: initial;
    display: inline-flex;
    color-scheme: light dark;
    --ink: var(--credits-color, light-dark(#18181b, #f4f4f5));
    --muted: var(--credits-muted, light-dark(#63636b, #a1a1aa));
    --surface: var(--credits-background, light-dark(#fff, #1b1b1f));
    --line: var(--credits-border, light-dark(#e4e4e7, #35353b));
    --accent: var(--credits-accent, light-dark(#5b4fe0, #a59bff));
    --warning: var(--credits-warning, light-dark(#a04a06, #fbbf24));
    --danger: var(--credits-danger, light-dark(#b91c1c, #fca5a5));
    --success: var(--credits-success, light-dark(#15803d, #6ee7a0));
    --tone: var(--accent);
    color: var(--ink);
    font: 500 13px / 1.2 var(--credits-font, ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
    font-variant-numeric: tabular-nums;
    -webkit-font-smoothing: antialiased;
  }
  .root[data-theme='light'] {
    color-scheme: light;
  }
  .root[data-theme='dark'] {
    color-scheme: dark;
  }
  .root[data-tone='warning'] {
    --tone: var(--warning);
  }
  .root[data-tone='danger'] {
    --tone: var(--danger);
  }
  .root[data-tone='muted'] {
    --tone: var(--muted);
  }
  button {
    all: unset;
    box-sizing: border-box;
    cursor: pointer;
  }
  .pill {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    height: var(--credits-height, 30px);
    padding-inline: 9px 11px;
    border: 1px solid var(--line);
    border-radius: var(--credits-radius, 999px);
    background: var(--surface);
    box-shadow: var(--credits-shadow, 0 1px 2px rgb(0 0 0 / 0.05));
    white-space: nowrap;
    user-select: none;
    transition:
      border-color 0.15s,
      background-color 0.15s;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .icon {
    display: inline-flex;
    color: var(--tone);
  }
  svg,
  ::slotted([slot='icon']) {
    width: 15px;
    height: 15px;
  }
  .label {
    display: inline-flex;
    align-items: baseline;
    gap: 0.3em;
  }
  .label > *,
  .runway,
  .badge {
    text-box: trim-both cap alphabetic;
  }
  .number {
    font-weight: 600;
    letter-spacing: -0.005em;
  }
  .unit,
  .runway {
    color: var(--muted);
  }
  .skeleton {
    width: 84px;
    height: 10px;
    border-radius: 5px;
    background: color-mix(in srgb, var(--surface), var(--ink) 11%);
    animation: breathe 1.4s ease-in-out infinite;
  }
  [data-connection='stale'] .number,
  [data-connection='closed'] .number {
    color: var(--muted);
    font-weight: 500;
  }
  .heard {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @keyframes breathe {
    50% {
      opacity: 0.4;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before {
      animation-duration: 0.01s !important;
      animation-iteration-count: 1 !important;
      transition: none !important;
    }
  }
`
