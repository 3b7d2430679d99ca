import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A line to PostgreSQL, or to a gateway, that a test can make deaf, freeze, cut and repair. */
export type UnreliableLine = {
  readonly url: string
  /**
   * Messages with `marker` still arrive, but from then on no answer comes back on their connection. Resolves when the
   * first answer was dropped.
   */
  deafen(marker: string): Promise<void>
  /** From now on nothing is forwarded in either direction, not even the close of an end. */
  freeze(): void
  /** Cuts every connection and accepts no new one. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function unreliableLine(databaseUrl: string): Promise<UnreliableLine> {
  const { hostname, port } = new URL(databaseUrl)
  const open = new Set<Socket>()
  let down = false
  let frozen = false
  let deaf: { marker: string; swallowed: () => void } | null = null
  const door = createServer((caller) => {
    if (down) return caller.destroy()
    const server = connect(Number(port), hostname)
    for (const end of [caller, server]) {
      open.add(end)
      end.on('error', () => undefined)
      end.once('close', () => {
        open.delete(end)
        if (frozen) return
        caller.destroy()
        server.destroy()
      })
    }
    let silent = false
    caller.on('data', (asked) => {
      if (frozen) return
      silent ||= deaf !== null && asked.includes(deaf.marker)
      server.write(asked)
    })
    server.on('data', (answer) => {
      if (frozen) return
      if (silent) deaf?.swallowed()
      else caller.write(answer)
    })
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const url = new URL(databaseUrl)
  url.port = String((door.address() as AddressInfo).port)
  const cut = () => {
    down = true
    frozen = false
    deaf = null
    for (const end of open) end.destroy()
  }
  return {
    url: url.href,
    deafen: (marker) =>
      new Promise((swallowed) => {
        deaf = { marker, swallowed }
      }),
    freeze() {
      frozen = true
    },
    cut,
    mend() {
      down = false
    },
    async close() {
      cut()
      door.close()
      await once(door, 'close')
    },
  }
}
