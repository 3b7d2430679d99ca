import { css } from 'lit'

export const cardStyles = css`
  .card {
    position: fixed;
    inset: auto;
    margin: 0;
    box-sizing: border-box;
    width: 288px;
    max-width: calc(100vw - 16px);
    padding: 14px 16px;
    border: 1px solid var(--line);
    border-radius: var(--credits-card-radius, 12px);
    background: var(--credits-card-background, light-dark(#fff, #1f1f24));
    color: var(--ink);
    box-shadow: var(
      --credits-card-shadow,
      0 12px 32px -8px light-dark(rgb(24 24 27 / 0.18), rgb(0 0 0 / 0.6)),
      0 2px 6px light-dark(rgb(24 24 27 / 0.06), rgb(0 0 0 / 0.3))
    );
    font-size: 13px;
    white-space: normal;
    opacity: 0;
    transform: translateY(-3px);
    transition:
      opacity 0.13s,
      transform 0.13s;
  }
  .card:popover-open {
    opacity: 1;
    transform: none;
  }
  @starting-style {
    .card:popover-open {
      opacity: 0;
      transform: translateY(-3px);
    }
  }
  .total {
    display: flex;
    align-items: baseline;
    gap: 6px;
  }
  .total b {
    font-size: 20px;
    font-weight: 650;
    letter-spacing: -0.015em;
  }
  .total span,
  dt,
  .used {
    color: var(--muted);
    font-weight: 400;
  }
  .bar {
    display: flex;
    gap: 2px;
    height: 5px;
    margin-top: 11px;
    border-radius: 3px;
    overflow: hidden;
    background: color-mix(in srgb, transparent, var(--ink) 9%);
  }
  .bar i {
    background: var(--tone);
    border-radius: 3px;
  }
  .used {
    margin-top: 6px;
    font-size: 12px;
  }
  dl {
    display: grid;
    gap: 7px;
    margin: 13px 0 0;
    padding-top: 12px;
    border-top: 1px solid var(--line);
  }
  dl > div {
    display: flex;
    justify-content: space-between;
    gap: 16px;
  }
  dt {
    flex: none;
    max-width: 60%;
  }
  dd {
    margin: 0;
    text-align: end;
    text-wrap: balance;
  }
  dd small {
    display: block;
    margin-top: 2px;
    color: var(--muted);
    font-size: 12px;
    font-weight: 400;
  }
  .tone {
    color: var(--tone);
  }
  .danger {
    color: var(--danger);
  }
  .warning {
    color: var(--warning);
  }
  a {
    color: var(--accent);
    text-underline-offset: 2px;
    border-radius: 3px;
  }
  .card footer {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-top: 12px;
    padding-top: 11px;
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: 12px;
    font-weight: 400;
  }
  .card footer::before {
    content: '';
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: var(--dot, var(--muted));
  }
  [data-connection='live'] footer {
    --dot: var(--success);
  }
  [data-connection='reconnecting'] footer {
    --dot: var(--warning);
  }
  [data-connection='closed'] footer {
    --dot: var(--danger);
  }
  @media (forced-colors: active) {
    .bar {
      border: 1px solid CanvasText;
    }
    .bar i,
    .card footer::before {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`
