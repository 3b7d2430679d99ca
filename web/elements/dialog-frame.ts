import { directionOf } from './locales/locale.ts'

/** Shown at once, where the dialog itself comes later. */
export type DialogFrame = {
  /** False: the reader has closed it before. */
  close(): boolean
}

const look: Partial<CSSStyleDeclaration> = {
  boxSizing: 'border-box',
  inlineSize: 'min(440px, calc(100vw - 32px))',
  maxInlineSize: 'none',
  blockSize: 'min(520px, calc(100dvh - 32px))',
  padding: '18px 20px',
  border: '1px solid var(--credits-border, light-dark(#e4e4e7, #2e2e38))',
  borderRadius: 'var(--credits-dialog-radius, 16px)',
  outline: 'none',
  background: 'var(--credits-card-background, light-dark(#fff, #17171c))',
  color: 'var(--credits-color, light-dark(#18181b, #f4f4f5))',
  font: '600 17px/1.3 var(--credits-font, system-ui, sans-serif)',
  boxShadow: '0 0 0 100vmax rgb(10 10 16 / 48%)',
}

export type FrameLook = { readonly theme: string; readonly locale: string; readonly title: string | undefined }

/** The empty dialog with its title (without one, in English), in the look of `buy/styles.ts`. Style properties need no permission of the page's policy. */
export function openFrame(root: ParentNode, { theme, locale, title }: FrameLook, calledOff: () => void): DialogFrame {
  const frame = document.createElement('dialog')
  Object.assign(frame.style, look, { colorScheme: theme === 'light' || theme === 'dark' ? theme : 'light dark' })
  const name = title ?? 'Buy credits'
  const lang = title === undefined ? 'en' : locale
  Object.assign(frame, { textContent: name, lang, dir: directionOf(lang), ariaLabel: name, ariaBusy: 'true' })
  let isOpen = true
  frame.addEventListener('cancel', () => {
    isOpen = false
    calledOff()
  })
  frame.addEventListener('close', () => frame.remove())
  root.append(frame)
  frame.showModal()
  return {
    close() {
      const wasOpen = isOpen
      isOpen = false
      // Closed before it goes, so that the focus is where it was.
      frame.close()
      frame.remove()
      return wasOpen
    },
  }
}
