import { createCreditsClient } from '../../client/index.ts'
import '../../elements/billing/credits-billing.ts'
import { type CreditsBilling, isView } from '../../elements/billing/credits-billing.ts'
import type { Session } from '../shell/session.ts'
import { startPage } from '../shell/start.ts'

await startPage({ visitor: { member: 'ana', role: 'admin' }, signsInByItself: false, show: billingOf })

/** The operator names the team: `/billing?team=acme`. Anyone else's token names it. */
function billingOf({ client, token, viewer }: Session): Node {
  const billing = document.createElement('credits-billing') as CreditsBilling
  const team = viewer.role === 'PLATFORM' ? new URLSearchParams(location.search).get('team') : null
  billing.client = team === null ? client : createCreditsClient({ url: '/graphql', token, teamId: team })
  billing.team = team ?? ''
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
