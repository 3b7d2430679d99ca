import { css } from 'lit'

/** Styles that the first number does not need. */
export const moreStyles = css`
  .pill:hover {
    border-color: color-mix(in srgb, var(--line), var(--ink) 18%);
    background: color-mix(in srgb, var(--surface), var(--ink) 3%);
  }
  .pill:active {
    background: color-mix(in srgb, var(--surface), var(--ink) 6%);
  }
  [data-tone='warning'] .pill,
  [data-tone='danger'] .pill {
    border-color: color-mix(in srgb, var(--line), var(--tone) 38%);
    background: color-mix(in srgb, var(--surface), var(--tone) 5%);
  }
  .runway::before {
    content: '·';
    margin-inline-end: 6px;
  }
  .badge {
    padding: 5px 7px;
    margin-inline-end: -4px;
    border-radius: 999px;
    background: color-mix(in srgb, var(--surface), var(--tone) 13%);
    color: var(--tone);
    font-size: 11px;
    font-weight: 600;
  }
  [data-connection='closed'] .number {
    text-decoration: line-through;
  }
  [data-connection='reconnecting'] .icon {
    animation: breathe 1.4s ease-in-out infinite;
  }
  /* A connection that is back within a blink says nothing. */
  [data-connection='reconnecting'] .badge.late {
    animation: appear 0.2s 0.8s both;
  }
  [data-badge='charging'] .icon svg {
    animation: breathe 1.4s ease-in-out infinite;
  }
  @keyframes appear {
    from {
      max-width: 0;
      padding-inline: 0;
      margin-inline: -6px 0;
      opacity: 0;
    }
    to {
      max-width: 240px;
    }
  }
  @media (forced-colors: active) {
    .pill,
    .badge {
      border: 1px solid ButtonText;
    }
    .skeleton {
      background: GrayText;
      forced-color-adjust: none;
    }
    :focus-visible {
      outline-color: Highlight;
    }
  }
`
