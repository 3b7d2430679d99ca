import { css, html, LitElement } from 'lit'

const places = [
  ['/', 'Demo'],
  ['/billing', 'Billing'],
  ['/pricing', 'Pricing'],
  ['/operator', 'Operator'],
  ['/graphiql', 'GraphiQL'],
] as const

/** The frame of every page: `<credits-shell>`, with slots for `end` (the pill) and the page itself. Its own words are English. */
export class CreditsShell extends LitElement {
  static override styles = css`
    :host { display: flex; flex-direction: column; min-height: 100dvh }
    header {
      position: sticky; inset-block-start: 0; z-index: 10;
      background: color-mix(in oklab, var(--wa-color-surface-default) 85%, transparent);
      backdrop-filter: saturate(1.6) blur(12px);
      border-block-end: 1px solid var(--wa-color-surface-border);
    }
    .bar {
      box-sizing: border-box; max-width: var(--page-width); min-height: 3.5rem; margin-inline: auto; padding: 0.5rem 1.5rem;
      display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.5rem;
    }
    .home { display: flex; align-items: center; gap: 0.55rem; color: inherit; font-weight: 600; letter-spacing: -0.01em; text-decoration: none }
    .mark { inline-size: 1.35rem; block-size: 1.35rem }
    nav { display: flex; gap: 0.125rem; overflow-x: auto }
    nav a {
      padding: 0.3rem 0.65rem; border-radius: 0.5rem; color: var(--wa-color-text-quiet); font-size: 0.875rem; font-weight: 500;
      text-decoration: none; white-space: nowrap;
    }
    nav a:hover { color: var(--wa-color-text-normal); background: var(--wa-color-surface-lowered) }
    nav a[aria-current='page'] { color: var(--wa-color-text-normal); background: var(--wa-color-surface-lowered) }
    a:focus-visible, button:focus-visible { outline: 2px solid var(--wa-color-focus); outline-offset: 2px }
    .end { margin-inline-start: auto; display: flex; align-items: center; gap: 0.5rem }
    button {
      inline-size: 2rem; block-size: 2rem; display: grid; place-items: center; border: 0; border-radius: 0.5rem; cursor: pointer;
      background: none; color: var(--wa-color-text-quiet);
    }
    button:hover { background: var(--wa-color-surface-lowered); color: var(--wa-color-text-normal) }
    main { box-sizing: border-box; inline-size: 100%; max-width: var(--page-width); margin-inline: auto; padding: 2rem 1.5rem 4rem; flex: 1 }
    @media (max-width: 40rem) {
      .bar { padding-inline: 1rem }
      nav { order: 3; inline-size: 100% }
      main { padding: 1.25rem 1rem 3rem }
    }
  `

  #switchTheme(): void {
    const dark = document.documentElement.classList.toggle('wa-dark')
    localStorage.setItem('credits.theme', dark ? 'dark' : 'light')
  }

  override render() {
    const here = location.pathname.replace(/\.html$/, '')
    return html`
      <header lang="en">
        <div class="bar">
          <a class="home" href="/">
            <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
              <circle cx="12" cy="12" r="11" fill="var(--wa-color-brand-50)" />
              <path d="M12.9 4.6 7.6 13h4l-.6 6.4L16.4 11h-4z" fill="#fff" />
            </svg>
            Credits Gateway
          </a>
          <nav aria-label="Pages">
            ${places.map(
              ([path, name]) => html`<a href=${path} aria-current=${path === here ? 'page' : 'false'}>${name}</a>`,
            )}
          </nav>
          <div class="end">
            <button type="button" aria-label="Switch between light and dark" @click=${this.#switchTheme}>
              <svg width="17" height="17" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
                <circle cx="12" cy="12" r="9" /><path d="M12 3a9 9 0 0 0 0 18z" fill="currentColor" />
              </svg>
            </button>
            <slot name="end"></slot>
          </div>
        </div>
      </header>
      <main id="main"><slot></slot></main>
    `
  }
}

customElements.define('credits-shell', CreditsShell)

declare global {
  interface HTMLElementTagNameMap {
    'credits-shell': CreditsShell
  }
}
