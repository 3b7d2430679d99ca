import { html, type TemplateResult } from 'lit'
import { unsafeSVG } from 'lit/directives/unsafe-svg.js'
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw'
import clock from 'lucide-static/icons/clock.svg?raw'
import creditCard from 'lucide-static/icons/credit-card.svg?raw'
import download from 'lucide-static/icons/download.svg?raw'
import externalLink from 'lucide-static/icons/external-link.svg?raw'
import gift from 'lucide-static/icons/gift.svg?raw'
import hourglass from 'lucide-static/icons/hourglass.svg?raw'
import inbox from 'lucide-static/icons/inbox.svg?raw'
import key from 'lucide-static/icons/key-round.svg?raw'
import lock from 'lucide-static/icons/lock.svg?raw'
import minus from 'lucide-static/icons/minus.svg?raw'
import plus from 'lucide-static/icons/plus.svg?raw'
import refresh from 'lucide-static/icons/refresh-cw.svg?raw'
import search from 'lucide-static/icons/search.svg?raw'
import warning from 'lucide-static/icons/triangle-alert.svg?raw'
import undo from 'lucide-static/icons/undo-2.svg?raw'
import close from 'lucide-static/icons/x.svg?raw'
import zap from 'lucide-static/icons/zap.svg?raw'

const icons = {
  chevronRight,
  clock,
  close,
  creditCard,
  download,
  externalLink,
  gift,
  hourglass,
  inbox,
  key,
  lock,
  minus,
  plus,
  refresh,
  search,
  undo,
  warning,
  zap,
}

export type IconName = keyof typeof icons

/** A decoration: the text beside it has its meaning. */
export const icon = (name: IconName, slot?: string): TemplateResult =>
  slot === undefined
    ? html`<span class="icon" aria-hidden="true">${unsafeSVG(icons[name])}</span>`
    : html`<span class="icon" aria-hidden="true" slot=${slot}>${unsafeSVG(icons[name])}</span>`
