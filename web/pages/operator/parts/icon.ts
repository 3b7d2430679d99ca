import { html, type TemplateResult } from 'lit'
import { unsafeSVG } from 'lit/directives/unsafe-svg.js'
import activity from 'lucide-static/icons/activity.svg?raw'
import down from 'lucide-static/icons/arrow-down.svg?raw'
import up from 'lucide-static/icons/arrow-up.svg?raw'
import check from 'lucide-static/icons/check.svg?raw'
import chevron from 'lucide-static/icons/chevron-right.svg?raw'
import unsorted from 'lucide-static/icons/chevrons-up-down.svg?raw'
import fileCode from 'lucide-static/icons/file-code.svg?raw'
import history from 'lucide-static/icons/history.svg?raw'
import inbox from 'lucide-static/icons/inbox.svg?raw'
import lock from 'lucide-static/icons/lock.svg?raw'
import plus from 'lucide-static/icons/plus.svg?raw'
import search from 'lucide-static/icons/search.svg?raw'
import warning from 'lucide-static/icons/triangle-alert.svg?raw'
import users from 'lucide-static/icons/users.svg?raw'
import close from 'lucide-static/icons/x.svg?raw'

const icons = {
  activity,
  check,
  chevron,
  close,
  down,
  fileCode,
  history,
  inbox,
  lock,
  plus,
  search,
  unsorted,
  up,
  users,
  warning,
}

export type IconName = keyof typeof icons

/** A decoration: the text beside it says the same. */
export const icon = (name: IconName): TemplateResult =>
  html`<span class="icon" aria-hidden="true">${unsafeSVG(icons[name])}</span>`
