import { css, html, LitElement, nothing } from 'lit'
import { icon } from './icon.ts'
import { shared } from './styles.ts'

const shownMs = 8_000

/** `<operator-told>`: the effect of the last act, for some seconds. */
export class OperatorTold extends LitElement {
  static override properties = { effect: { state: true } }
  static override styles = [
    shared,
    css`
      div { position: fixed; inset: auto 1rem 1.25rem; z-index: 20; display: grid; justify-items: center; pointer-events: none }
      p {
        display: flex; align-items: center; gap: 0.75rem; max-inline-size: 32rem; padding: 0.5rem 0.5rem 0.5rem 1rem; border-radius: 0.625rem; pointer-events: auto;
        background: #1b1b22; color: #f4f4f7; border: 1px solid #34343f; box-shadow: 0 8px 32px rgb(0 0 0 / 0.25);
      }
      button { display: grid; place-items: center; inline-size: 1.625rem; block-size: 1.625rem; border: 0; border-radius: 0.375rem; background: none; color: inherit; cursor: pointer }
      button:hover { background: #34343f }
    `,
  ]
  declare effect: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.effect = ''
  }

  tell(effect: string): void {
    clearTimeout(this.#timer)
    this.effect = effect
    this.#timer = setTimeout(() => {
      this.effect = ''
    }, shownMs)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  override render() {
    const hide = () => {
      this.effect = ''
    }
    return html`<div role="status">${
      this.effect === ''
        ? nothing
        : html`<p>${this.effect}<button aria-label="Hide" @click=${hide}>${icon('close')}</button></p>`
    }</div>`
  }
}

customElements.define('operator-told', OperatorTold)
