import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A port of 127.0.0.1 for a program that can't choose one itself. */
export async function freePort(): Promise<number> {
  const door = createServer().listen(0, '127.0.0.1')
  await once(door, 'listening')
  const { port } = door.address() as AddressInfo
  door.close()
  await once(door, 'close')
  return port
}
