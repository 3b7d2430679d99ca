const app = `
import { createCreditsClient } from '@credits-gateway/elements/controllers'
import { CreditsBilling, CreditsBuy, CreditsPill, useActivity, useBalance, usePill, usePurchase } from '@credits-gateway/react'
import { StrictMode, useState } from 'react'

function OwnPill(props) {
  const { balance, initial } = usePill(props)
  return <p id="own">{(balance ?? initial)?.label}</p>
}

function Balance({ client, initial }) {
  const { shown, state } = useBalance({ client, initial })
  return <p id="balance">{shown?.label} {state}</p>
}

function Activity({ client, rows }) {
  const { phase, rows: shown } = useActivity({ client, initial: { rows, hasMore: true } })
  return <ul id="activity" data-phase={phase}>{shown.map(({ id, amount }) => <li key={id}>{amount}</li>)}</ul>
}

function Packs({ client }) {
  const { state } = usePurchase({ client })
  return <p id="packs">{state.step}</p>
}

export function App({ endpoint, initial, rows }) {
  const tokenUrl = '/token'
  const [client] = useState(() => createCreditsClient({
    url: endpoint + '/graphql',
    token: async () => (await fetch(tokenUrl, { method: 'POST' })).text(),
  }))
  const [isOpen, setOpen] = useState(false)
  const [isBilling, setBilling] = useState(false)
  const [seen, setSeen] = useState('')
  return <StrictMode>
    <CreditsPill className="of-host" endpoint={endpoint} tokenUrl={tokenUrl} initial={initial}
      onCreditsChange={({ detail }) => setSeen(detail.available)} />
    <p id="seen">{seen}</p>
    <OwnPill endpoint={endpoint} tokenUrl={tokenUrl} initial={initial} />
    <Balance client={client} initial={initial} />
    <Activity client={client} rows={rows} />
    <button id="buy" onClick={() => setOpen(true)}>Buy</button>
    <button id="bill" onClick={() => setBilling(true)}>Billing</button>
    <p id="dialog">{isOpen ? 'open' : 'closed'}</p>
    {isOpen && <Packs client={client} />}
    <CreditsBuy client={client} open={isOpen} onCreditsDialogClose={() => setOpen(false)} />
    {isBilling && <CreditsBilling client={client} view="activity" />}
  </StrictMode>
}
`

const page = `
import { hydrateRoot } from 'react-dom/client'
import { App } from './app.jsx'
hydrateRoot(document.getElementById('root'), <App {...JSON.parse(document.getElementById('props').textContent)} />)
`

const server = (props: object) => `
import { text } from 'node:stream/consumers'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { App } from './app.jsx'
const app = <App {...${JSON.stringify(props)}} />
const html = renderToString(app)
const streamed = await text(await renderToReadableStream(app))
const globals = ['customElements', 'HTMLElement', 'document', 'window'].filter((name) => name in globalThis)
console.log(JSON.stringify({ html, streamed, globals }))
`

/** The files of a product that shows all that the package has; `props` are those of its server. */
export const reactApp = (props: object): Record<string, string> => ({
  'app.jsx': app,
  'page.jsx': page,
  'server.jsx': server(props),
})
