import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { OpenResponses } from '../../../src/server/open-responses.ts'
import { drain } from '../../../src/server/sockets/drain.ts'

const size = 64 * 1024 * 1024
const noSockets = { open: new Set<never>(), refuse: () => undefined, end: () => undefined }

test('an answer that is ended but not sent yet is sent whole, whatever else ends while the gateway stops', async () => {
  const responses = new OpenResponses()
  let finish = (): void => undefined
  const server = createServer((request, response) => {
    if (request.url === '/large') response.end(Buffer.alloc(size))
    else finish = () => void response.end()
  }).listen(0, '127.0.0.1')
  responses.listenTo(server, () => undefined)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = async (path: string) => {
    const line = connect(port, '127.0.0.1')
    const taken = once(server, 'request')
    line.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await taken
    return line
  }
  const reader = (await ask('/large')).pause()
  const other = await ask('/other')
  const draining = drain(server, noSockets, responses)
  finish()
  await once(other.resume(), 'close')
  let received = 0
  reader.on('data', (chunk) => {
    received += chunk.length
  })
  await once(reader.resume(), 'close')
  expect(received).toBeGreaterThan(size)
  await draining
})
