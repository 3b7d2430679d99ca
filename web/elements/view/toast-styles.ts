import { css } from 'lit'

export const toastStyles = css`
  .toasts {
    position: fixed;
    inset: auto 20px 20px auto;
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    overflow: visible;
    width: 328px;
    max-width: calc(100vw - 32px);
  }
  [dir='rtl'] .toasts {
    inset: auto auto 20px 20px;
  }
  @media (max-width: 480px) {
    .toasts,
    [dir='rtl'] .toasts {
      inset: auto 16px 16px 16px;
      width: auto;
    }
  }
  .toast {
    --tone: var(--success);
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 0 10px;
    align-items: start;
    margin-top: 8px;
    padding: 12px 12px 12px 14px;
    border: 1px solid var(--line);
    border-radius: var(--credits-card-radius, 12px);
    background: var(--credits-card-background, light-dark(#fff, #1f1f24));
    color: var(--ink);
    box-shadow:
      0 12px 32px -8px light-dark(rgb(24 24 27 / 0.2), rgb(0 0 0 / 0.6)),
      0 2px 6px light-dark(rgb(24 24 27 / 0.06), rgb(0 0 0 / 0.3));
    white-space: normal;
    line-height: 1.35;
    animation: slide 0.22s cubic-bezier(0.2, 0.8, 0.2, 1);
  }
  .toast.warning {
    --tone: var(--warning);
  }
  .toast.danger {
    --tone: var(--danger);
  }
  .toast > svg {
    margin-top: 1px;
    color: var(--tone);
  }
  .toast p {
    margin: 0;
  }
  .toast p + p {
    margin-top: 2px;
    color: var(--muted);
    font-weight: 400;
  }
  .toast a,
  .toast .action {
    display: inline-block;
    margin-top: 7px;
    color: var(--accent);
    text-decoration: underline;
    text-underline-offset: 2px;
    border-radius: 3px;
  }
  .toast .dismiss {
    display: grid;
    place-items: center;
    width: 24px;
    height: 24px;
    margin: -3px -3px 0 0;
    border-radius: 6px;
    color: var(--muted);
  }
  .toast .dismiss:hover {
    background: color-mix(in srgb, transparent, var(--ink) 8%);
    color: var(--ink);
  }
  .toast .dismiss svg {
    width: 12px;
    height: 12px;
  }
  @keyframes slide {
    from {
      opacity: 0;
      transform: translateY(8px);
    }
  }
`
