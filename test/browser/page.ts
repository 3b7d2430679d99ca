import { readFile } from 'node:fs/promises'
import { type Site, serveSite } from './site.ts'

const pill = `<!doctype html>
<meta charset="utf-8">
<title>A pill</title>
<span id="pill"></span> <span id="state"></span> <span id="error"></span>
<script type="module">
  import { createCreditsClient } from '/client.js'
  const show = (id, text) => { document.getElementById(id).textContent = text }
  const asked = new URLSearchParams(location.search)
  const credits = createCreditsClient({ url: asked.get('gateway'), token: () => asked.get('token') })
  window.credits = credits
  window.states = []
  credits.onState((state, error) => {
    window.states.push(state)
    show('state', state)
    show('error', error?.message ?? '')
  })
  credits.balance.subscribe(({ label }) => show('pill', label))
</script>`

/** A product's own site with a pill on it, on a free port. `client`: the built client's file. */
export async function startSite(client: string): Promise<Site> {
  const code = await readFile(client)
  return serveSite(({ url }, response) => {
    const [type, body] = url === '/client.js' ? ['text/javascript', code] : ['text/html', pill]
    response.writeHead(200, { 'content-type': type }).end(body)
  })
}
