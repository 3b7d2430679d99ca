import { createSocket } from 'node:dgram'
import { promises as dns, lookup as systemLookup } from 'node:dns'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcp, type LookupFunction, type Server, Socket } from 'node:net'
import tls from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { urlRefusal } from '../../src/partners/address-rules.ts'
import { lookupBy } from '../../src/partners/guarded-connect.ts'
import { createPost, type PostOptions } from '../../src/partners/post.ts'

const opened: { close(): unknown }[] = []
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
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

/** Looks names up as it should, and refuses every connection: tests reach nobody's server. */
function refuseConnections(): string[] {
  const refused: string[] = []
  vi.spyOn(tls, 'connect').mockImplementation(((options: tls.ConnectionOptions) => {
    const socket = new Socket()
    options.lookup?.(options.host ?? '', { all: true }, (error, found) => {
      if (error === null) refused.push(JSON.stringify(found))
      socket.destroy(error ?? Object.assign(new Error('Refused'), { code: 'ECONNREFUSED' }))
    })
    return socket
  }) as typeof tls.connect)
  return refused
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
    expect(connections()).toBe(0)
    const refused = refuseConnections()
    const changing = post({ allowPrivate: false, lookup: rebinding('93.184.215.14', '127.0.0.1') })
    expect(await changing(`https://hooks.example:${port}/`)).toMatchObject({ failure: 'The connection was refused' })
    expect(await changing(`https://hooks.example:${port}/`)).toMatchObject(notPublic)
    expect(refused).toEqual([JSON.stringify([{ address: '93.184.215.14', family: 4 }])])
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
    const send = post({ allowPrivate: true, timeLimitMs: 1_000 })
    const failure = 'No answer within 1 seconds'
    const [neither, headers] = await Promise.all([send(silent), send(slow)])
    expect(neither).toMatchObject({ status: null, failure })
    expect(headers).toMatchObject({ status: 200, answer: 'a', failure })
  })

  it('that ended before its connection is never sent', async () => {
    const looked = Promise.withResolvers<() => void>()
    const lookup: LookupFunction = (_, __, callback) =>
      looked.resolve(() => callback(null, [{ address: '127.0.0.1', family: 4 }]))
    const connection = Promise.withResolvers<string>()
    const tcp = createTcp((socket) => {
      socket.once('data', (data) => connection.resolve(`${data}`)).once('close', () => connection.resolve('closed'))
      socket.on('error', () => undefined)
    })
    const port = await listening(tcp)
    // A connection has some more time than an attempt.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const sending = post({ allowPrivate: true, lookup })(`http://hooks.example:${port}/`)
    const connect = await looked.promise
    vi.advanceTimersByTime(10_000)
    expect((await sending).failure).toBe('No answer within 10 seconds')
    connect()
    expect(await connection.promise).toBe('closed')
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

describe('a look-up', () => {
  const resolverAt = (port: number) => {
    const resolver = new dns.Resolver({ timeout: 600_000, tries: 1 })
    resolver.setServers([`127.0.0.1:${port}`])
    opened.push({ close: () => resolver.cancel() })
    return resolver
  }
  async function nameServer() {
    const socket = createSocket('udp4')
    opened.push(socket)
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return socket
  }

  it('that is never answered keeps no thread, and is cancelled with its resolver', async () => {
    const server = await nameServer()
    const asked = new Promise<void>((resolve) => {
      let queries = 0
      server.on('message', () => ++queries === 40 && resolve())
    })
    const resolvers: dns.Resolver[] = []
    const lookup = lookupBy(() => {
      const resolver = resolverAt(server.address().port)
      resolvers.push(resolver)
      return resolver
    })
    let ended = 0
    const looking = Array.from(
      { length: 20 },
      () =>
        new Promise<string | undefined>((resolve) => {
          lookup('hooks.example', {}, (error) => {
            ended += 1
            resolve(error?.code)
          })
        }),
    )
    await asked
    expect(await readFile(import.meta.filename, 'utf8')).toContain('keeps no thread')
    expect(ended).toBe(0)
    for (const resolver of resolvers) resolver.cancel()
    expect(new Set(await Promise.all(looking))).toEqual(new Set(['EAI_AGAIN']))
  })

  it('finds the addresses of one family where the other has none', async () => {
    const server = await nameServer()
    server.on('message', (query, { port }) => {
      const questionEnd = query.indexOf(0, 12) + 5
      const isForA = query.readUInt16BE(questionEnd - 4) === 1
      const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isForA ? 1 : 0, 0, 0, 0, 0])
      const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 215, 14])
      const answer = [header, query.subarray(12, questionEnd), ...(isForA ? [record] : [])]
      server.send(Buffer.concat(answer), port, '127.0.0.1')
    })
    const lookup = lookupBy(() => resolverAt(server.address().port))
    const found = new Promise((resolve) => {
      lookup('hooks.example', { all: true }, (error, addresses) => resolve(error ?? addresses))
    })
    expect(await found).toEqual([{ address: '93.184.215.14', family: 4 }])
  })

  it('of a name that does not exist says so', async () => {
    const server = await nameServer()
    // The question again, as an answer with the code NXDOMAIN.
    server.on('message', (question, { port }) => {
      const answer = Buffer.from(question)
      answer.writeUInt16BE(0x8183, 2)
      server.send(answer, port, '127.0.0.1')
    })
    const lookup = lookupBy(() => resolverAt(server.address().port))
    const send = post({ allowPrivate: false, lookup })
    expect((await send('https://hooks.example/')).failure).toBe('The name has no address')
  })
})
