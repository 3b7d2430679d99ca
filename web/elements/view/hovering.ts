import type { LitElement, ReactiveController } from 'lit'
import { loadDialog } from '../open-dialog.ts'

const opensAfterMs = 140
const closesAfterMs = 180
const gap = 8

const isInside = (event: Event) =>
  event.composedPath().some((node) => node instanceof Element && node.matches('.pill, .card'))

/** Opens the card while the pill is pointed at or focused by keyboard; Escape closes it, and moving into it keeps it. */
export class Hovering implements ReactiveController {
  readonly #host: LitElement
  readonly #show: (open: boolean) => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: LitElement, show: (open: boolean) => void) {
    this.#host = host
    this.#show = show
    host.addController(this)
    // The dialog and the toasts live in the same tree and open nothing.
    const root = host.renderRoot
    root.addEventListener('pointerover', (event) => {
      const { pointerType } = event as PointerEvent
      if (pointerType !== 'touch' && isInside(event)) this.#turn(true, opensAfterMs)
    })
    root.addEventListener(
      'pointerout',
      (event) => isInside(event) && !this.#isFocused && this.#turn(false, closesAfterMs),
    )
    root.addEventListener('focusin', (event) => isInside(event) && this.#isFocused && this.#turn(true, 0))
    root.addEventListener('focusout', (event) => isInside(event) && this.#turn(false, closesAfterMs))
    // A reader who points at the pill may open the dialog next.
    for (const type of ['pointerover', 'pointerdown', 'focusin']) {
      root.addEventListener(type, (event) => isInside(event) && loadDialog().catch(() => undefined))
    }
    root.addEventListener('click', (event) => isInside(event) && this.#turn(false, 0))
    host.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#turn(false, 0))
    // Somebody may have been there before this code was.
    if (this.#isFocused) this.#turn(true, 0)
    else if (root.querySelector('.pill:hover') !== null) this.#turn(true, opensAfterMs)
  }

  hostConnected(): void {
    window.addEventListener('scroll', this.#move, { capture: true, passive: true })
    window.addEventListener('resize', this.#move)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    window.removeEventListener('scroll', this.#move, true)
    window.removeEventListener('resize', this.#move)
    this.#show(false)
  }

  hostUpdated(): void {
    for (const layer of this.#host.renderRoot.querySelectorAll<HTMLElement>('.card, .toasts')) {
      const open = layer.hasAttribute('data-open')
      if (open !== layer.matches(':popover-open')) layer.togglePopover(open)
    }
    this.#move()
  }

  get #card() {
    return this.#host.renderRoot.querySelector<HTMLElement>('.card')
  }

  get #isFocused(): boolean {
    return this.#host.renderRoot.querySelector('.pill:focus-visible, .card :focus-visible') !== null
  }

  #move = () => {
    const card = this.#card
    if (card?.matches(':popover-open')) this.#place(card)
  }

  #turn(open: boolean, afterMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#show(open), afterMs)
  }

  /** Below the pill and flush with its start, or wherever there is room. */
  #place(card: HTMLElement): void {
    const pill = (this.#host.renderRoot.querySelector('.pill') ?? this.#host).getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = card
    const { clientWidth, clientHeight } = document.documentElement
    const isRtl = getComputedStyle(card).direction === 'rtl'
    const start = isRtl ? pill.right - width : pill.left
    const below = pill.bottom + gap
    const fits = below + height <= clientHeight || pill.top < height + gap
    card.style.left = `${Math.max(gap, Math.min(start, clientWidth - width - gap))}px`
    card.style.top = `${fits ? below : pill.top - height - gap}px`
  }
}
