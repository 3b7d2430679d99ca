import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line between a client and a gateway that a test can disturb. */
export type BlockingProxy = {
  readonly url: string
  /** Lets WebSockets through or blocks them; at first they pass. */
  letSockets(through: boolean): void
  /** Forwards nothing any more on the open lines, and closes none: they are half open. */
  fallSilent(): void
  /** Cuts all open lines; new ones are accepted. */
  cut(): void
  /** How many WebSockets were requested. */
  readonly upgrades: () => number
  close(): Promise<void>
}

export async function blockingProxy(gatewayUrl: string): Promise<BlockingProxy> {
  const { hostname, port } = new URL(gatewayUrl)
  const lines = new Set<{ caller: Socket; gateway: Socket; silent: boolean }>()
  let sockets = true
  let upgrades = 0
  const door = createServer((caller) => {
    const line = { caller, gateway: connect(Number(port), hostname), silent: false }
    lines.add(line)
    for (const end of [line.caller, line.gateway]) {
      end.on('error', () => undefined)
      end.once('close', () => {
        if (line.silent) return
        lines.delete(line)
        line.caller.destroy()
        line.gateway.destroy()
      })
    }
    caller.on('data', (asked) => {
      if (line.silent) return
      const upgrade = /^upgrade: websocket/im.test(asked.toString('latin1'))
      if (upgrade) upgrades += 1
      if (upgrade && !sockets) caller.destroy()
      else line.gateway.write(asked)
    })
    line.gateway.on('data', (answer) => line.silent || caller.write(answer))
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const cut = () => {
    for (const { caller, gateway } of lines) {
      caller.destroy()
      gateway.destroy()
    }
    lines.clear()
  }
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    letSockets(through) {
      sockets = through
    },
    fallSilent() {
      for (const line of lines) line.silent = true
    },
    cut,
    upgrades: () => upgrades,
    async close() {
      cut()
      door.close()
      await once(door, 'close')
    },
  }
}
