import { lookup as systemLookup } from 'node:dns'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcp, type LookupFunction, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { urlRefusal } from '../../src/partners/address-rules.ts'
import { createPost, type PostOptions } from '../../src/partners/post.ts'

const opened: { close(): unknown }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

function post(options: PostOptions) {
  const made = createPost(options)
  opened.push(made)
  return (url: string) => made.send(url, { 'webhook-id': 'one' }, '{}')
}

async function listening(server: Server): Promise<number> {
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A server that nobody may reach, and how often somebody has. */
async function forbidden() {
  let connections = 0
  const server = createTcp((socket) => {
    connections += 1
    socket.destroy()
  })
  const port = await listening(server)
  return { port, connections: () => connections }
}

/** Resolves to one address after the other, as a name does that is bound anew. */
function rebinding(...addresses: string[]): LookupFunction {
  let calls = 0
  return (_, { all }, callback) => {
    const address = addresses[Math.min(calls++, addresses.length - 1)] ?? ''
    const family = address.includes(':') ? 6 : 4
    if (all) callback(null, [{ address, family }] as never, undefined as never)
    else callback(null, address, family)
  }
}

const notPublic = { status: null, answer: null, failure: 'The address is not public: nothing was sent' }

describe('an event is not sent to', () => {
  it.each([
    ...['127.0.0.1', '127.8.8.8', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.100.100.200'],
    ...[
      '0.0.0.0',
      '168.63.129.16',
      '[::1]',
      '[::]',
      '[fe80::1]',
      '[fd00:ec2::254]',
      '[::ffff:10.0.0.1]',
      '[64:ff9b::a00:1]',
    ],
    ...['2130706433', '0x7f000001', '127.1'],
  ])('%s', async (host) => {
    expect(await post({ allowPrivate: false })(`https://${host}:9/`)).toMatchObject(notPublic)
    expect(urlRefusal(`https://${host}/`, false)).toContain('not a public address')
  })

  it('a private address that a name resolves to, also where it was a public one before', async () => {
    const { port, connections } = await forbidden()
    for (const addresses of [['127.0.0.1'], ['10.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['168.63.129.16']]) {
      const send = post({ allowPrivate: false, lookup: rebinding(...addresses) })
      expect(await send(`https://hooks.example:${port}/`)).toMatchObject(notPublic)
      expect(await send(`http://hooks.example:${port}/`)).toMatchObject(notPublic)
    }
    // 192.0.2.0/24 is reserved for documents, so the public address is one that refuses.
    const changing = post({ allowPrivate: false, lookup: rebinding('203.0.113.1', '127.0.0.1'), timeLimitMs: 200 })
    await changing(`https://hooks.example:${port}/`)
    expect(await changing(`https://hooks.example:${port}/`)).toMatchObject(notPublic)
    expect(connections()).toBe(0)
  })

  it('localhost', async () => {
    expect(
      await post({ allowPrivate: false, lookup: systemLookup as LookupFunction })('https://localhost:9/'),
    ).toMatchObject(notPublic)
    expect(urlRefusal('https://localhost/', false)).toContain('not a public address')
    expect(urlRefusal('https://hooks.localhost/', false)).toContain('not a public address')
  })
})

describe('an attempt', () => {
  const server = (listener: Parameters<typeof createServer>[1]) =>
    listening(createServer(listener as never)).then((port) => `http://127.0.0.1:${port}/`)

  it('ends at its time limit, whether headers or only the body fail to come', async () => {
    const silent = await server(() => undefined)
    const slow = await server((_, response) => void response.writeHead(200).write('a'))
    const send = post({ allowPrivate: true, timeLimitMs: 150 })
    expect(await send(silent)).toMatchObject({ status: null, failure: 'No answer within 0.15 seconds' })
    expect(await send(slow)).toMatchObject({ status: 200, answer: 'a', failure: 'No answer within 0.15 seconds' })
  })

  it('keeps the first kilobyte of an answer, and does not read an endless one', async () => {
    const endless = await server((_, response) => {
      const write = () => {
        while (response.write('y'.repeat(10_000))) if (response.destroyed) return
      }
      response.on('drain', write).on('error', () => undefined)
      write()
    })
    expect(await post({ allowPrivate: true })(endless)).toMatchObject({
      status: 200,
      answer: 'y'.repeat(1_024),
      failure: null,
    })
  })

  it('uses another connection where the kept one was closed meanwhile', async () => {
    let requests = 0
    const url = await server((request, response) => {
      requests += 1
      // The second request comes on the connection of the first, and finds it closed.
      if (requests === 2) return void request.socket.resetAndDestroy()
      response.end('ok')
    })
    const send = post({ allowPrivate: true })
    for (const _ of [1, 2]) expect(await send(url)).toMatchObject({ status: 200, failure: null })
    expect(requests).toBe(3)
  })

  it('tells a refused connection from one that ends early', async () => {
    const port = await listening(createTcp((socket) => socket.destroy()))
    const send = post({ allowPrivate: true })
    expect((await send(`http://127.0.0.1:${port}/`)).failure).toBe('The connection was closed without an answer')
    expect((await send('http://127.0.0.1:1/')).failure).toBe('The connection was refused')
  })
})
