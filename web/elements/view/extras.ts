import type { CSSResult } from 'lit'
import { cardStyles } from './card-styles.ts'
import { moreStyles } from './more-styles.ts'
import { toastStyles } from './toast-styles.ts'

export { card, detailsOf } from './card.ts'
export { Hovering } from './hovering.ts'
export { expire, toasts } from './toasts.ts'

/** Styles that the first number does not need. */
export const extraStyles: readonly CSSResult[] = [moreStyles, cardStyles, toastStyles]
