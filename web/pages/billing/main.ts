import { createCreditsClient } from '../../client/index.ts'
import '../../elements/billing/credits-billing.ts'
import { type CreditsBilling, isView } from '../../elements/billing/credits-billing.ts'
import { loadBillingTexts } from '../../elements/locales/billing.ts'
import { knownLocale } from '../../elements/locales/locale.ts'
import type { Session } from '../shell/session.ts'
import { startPage } from '../shell/start.ts'

/** `/billing?locale=de`, else the browser's. */
const locale = knownLocale(new URLSearchParams(location.search).get('locale') ?? navigator.language)

await startPage({ visitor: { member: 'ana', role: 'admin' }, signsInByItself: false, show: billingOf, locale })
const { text } = await loadBillingTexts(locale)
document.title = `${text['billing.title']} · Credits Gateway`

/** The operator names the team: `/billing?team=acme`. Anyone else's token names it. */
function billingOf({ client, token, viewer }: Session): Node {
  const billing = document.createElement('credits-billing') as CreditsBilling
  const team = viewer.role === 'PLATFORM' ? new URLSearchParams(location.search).get('team') : null
  billing.client = team === null ? client : createCreditsClient({ url: '/graphql', token, teamId: team })
  billing.team = team ?? ''
  billing.locale = locale
  const follow = () => {
    const name = location.hash.slice(1)
    billing.view = isView(name) ? name : 'overview'
  }
  follow()
  addEventListener('hashchange', follow)
  billing.addEventListener('credits-view', (event) => {
    history.pushState(null, '', `#${(event as CustomEvent<string>).detail}`)
  })
  return billing
}
