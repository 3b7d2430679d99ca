import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to a gateway on which each connection is cut after a number of bytes from the gateway, until it is mended. */
export type CuttingLine = {
  readonly url: string
  readonly cuts: () => number
  /** Connections from now on are whole. */
  mend(): void
  close(): Promise<void>
}

/** `bytes` says for each connection how many bytes get through before it is cut. */
export async function cuttingLine(gatewayUrl: string, bytes: () => number): Promise<CuttingLine> {
  const { hostname, port } = new URL(gatewayUrl)
  const open = new Set<Socket>()
  let cuts = 0
  let limit = bytes
  const door = createServer((caller) => {
    const gateway = connect(Number(port), hostname)
    let left = limit()
    for (const end of [caller, gateway]) {
      open.add(end)
      end.on('error', () => undefined)
      end.once('close', () => {
        open.delete(end)
        caller.destroy()
        gateway.destroy()
      })
    }
    caller.pipe(gateway)
    gateway.on('data', (answer) => {
      if (left < answer.length) {
        cuts += 1
        caller.end(answer.subarray(0, left))
        gateway.destroy()
      } else caller.write(answer)
      left -= answer.length
    })
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    cuts: () => cuts,
    mend() {
      limit = () => Number.POSITIVE_INFINITY
    },
    async close() {
      for (const end of open) end.destroy()
      door.close()
      await once(door, 'close')
    },
  }
}
