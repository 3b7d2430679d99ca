import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

let gateway: Gateway
let token: string
beforeAll(async () => {
  gateway = await startGateway()
  token = await tokenFor({ team: 'acme', role: 'ADMIN' })
})
afterAll(() => gateway.close())

const names = [
  'then',
  'catch',
  'finally',
  '__proto__',
  'constructor',
  'toJSON',
  'stringify',
  'errors',
  'data',
  'initialResult',
]
const query = (name: string) =>
  `{ ${name}: team { ${name}: balance { ${name}: available } list: grants { ${name}: id } } twice: viewer { ${name}: role } }`

/** The answer as text, because JSON.parse keeps a key `__proto__` and toEqual does not see it. */
async function post(body: object): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, text: await response.text() }
}

describe('an alias', () => {
  it.each(names)('may be %s, over POST, GET, an event stream and a socket', async (name) => {
    const { status, text } = await post({ query: query(name) })
    expect([status, text]).toEqual([200, expect.stringMatching(`"${name}":\\{"${name}":\\{"${name}":"\\d`)])
    expect(text).not.toContain('"errors":[')
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(query(name))}`
    const got = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    expect([got.status, await got.text()]).toEqual([200, expect.stringContaining(`"twice":{"${name}":"ADMIN"}`)])
    const streamed = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } })
    expect([streamed.status, await streamed.text()]).toEqual([
      200,
      expect.stringContaining(`"twice":{"${name}":"ADMIN"}`),
    ])
    const socket = await RawSocket.open(gateway.url)
    await socket.init(`Bearer ${token}`)
    socket.subscribe('1', query(name))
    const next = await socket.next()
    expect(JSON.stringify(next.payload)).toContain(`"twice":{"${name}":"ADMIN"}`)
    socket.subscribe('2', `subscription { ${name}: balance { ${name}: available } }`)
    await socket.next()
    expect(JSON.stringify((await socket.next()).payload)).toContain(`"${name}":{"${name}":"`)
    socket.terminate()
  })

  it('may stand in a mutation and in what is selected by a variable of that name', async () => {
    for (const name of names) {
      const { status, text } = await post({
        query: `mutation ($${name}: String!) { ${name}: revokeApiKey(id: "x") { ${name}: __typename } other: endContract(input: { teamId: "acme", reference: $${name}, idempotencyKey: "k" }) { ${name}: __typename } }`,
        variables: JSON.parse(`{ "${name}": "x" }`),
      })
      expect([status, text]).toEqual([200, expect.stringContaining(`"${name}":{"${name}":"NotFound"}`)])
    }
  })
})
