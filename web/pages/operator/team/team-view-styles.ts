import { css } from 'lit'

export const teamViewStyles = css`
      .path { display: flex; align-items: center; gap: 0.25rem; margin-block-end: 0.5rem; color: var(--wa-color-text-quiet) }
      .path a { color: inherit; text-decoration: none }
      .path a:hover { color: var(--wa-color-text-normal) }
      header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1rem; margin-block-end: 1rem }
      .title { display: grid; gap: 0.25rem; margin-inline-end: auto; min-inline-size: 0 }
      .title div { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem }
      wa-copy-button { font-size: 0.75rem }
      .acts { display: flex; flex-wrap: wrap; gap: 0.5rem }
      nav { display: flex; gap: 0.125rem; margin-block-end: 1rem; padding: 2px; inline-size: fit-content; max-inline-size: 100%; overflow-x: auto; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--wa-color-surface-lowered) }
      nav a { padding: 0.25rem 0.65rem; border-radius: 0.375rem; color: var(--wa-color-text-quiet); font-weight: 500; text-decoration: none; white-space: nowrap }
      nav a:hover { color: var(--wa-color-text-normal) }
      nav a[aria-current='page'] { color: var(--wa-color-text-normal); background: var(--wa-color-surface-raised); box-shadow: 0 1px 2px rgb(0 0 0 / 0.12) }
      nav a:focus-visible { outline-offset: -2px }
    `
