import type { KeyObject } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { keepNewest } from './concurrency/bounded-map.ts'
import { openPrivateKey, signatureOf } from './partners/ed25519.ts'
import type { SigningBatch } from './signing-thread.ts'

/** The thread that signs: `signing-thread.ts` starts it. */
const maxOpenKeys = 10_000

if (parentPort === null) throw new Error('This is a thread of the gateway: start the gateway instead')
const port = parentPort
const openKeys = new Map<string, KeyObject>()

function keyOf(privateKey: string): KeyObject {
  const open = openKeys.get(privateKey)
  if (open !== undefined) return open
  const opened = openPrivateKey(privateKey)
  openKeys.set(privateKey, opened)
  keepNewest(openKeys, maxOpenKeys)
  return opened
}

port.on('message', (batch: SigningBatch) => {
  port.postMessage(batch.map(({ privateKey, text }) => signatureOf(keyOf(privateKey), text)))
})
