import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/* A partner's server that accepts every event, and tells how many there were. */

let received = 0
const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    received += 1
    response.writeHead(204).end()
  })
}).listen(0, '127.0.0.1')
server.keepAliveTimeout = 60_000
await once(server, 'listening')
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
process.on('message', () => process.send?.({ received }))
process.once('disconnect', () => process.exit())
