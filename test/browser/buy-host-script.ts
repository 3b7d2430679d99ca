import { createCreditsClient } from '../../web/client/index.ts'
import '../../web/elements/buy/credits-buy.ts'

/* The script of a page that embeds the dialog. `#open` opens it; `window.happened` has what it told the page. */

const given = new URLSearchParams(location.hash.slice(1))
const client = createCreditsClient({ url: `${given.get('gateway')}/graphql`, token: given.get('token') ?? '' })
const buy = document.createElement('credits-buy')
Object.assign(buy, { client, locale: given.get('locale') ?? 'en', theme: given.get('theme') ?? 'auto' })
document.body.append(buy)

const happened: string[] = []
for (const type of ['dialog-open', 'dialog-close', 'purchase-start', 'purchase-success', 'purchase-error']) {
  document.addEventListener(`credits-${type}`, () => happened.push(type))
}
Object.assign(window, { happened })
document.querySelector('#open')?.addEventListener('click', () => buy.open())
