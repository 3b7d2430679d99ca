import { Worker } from 'node:worker_threads'
import type { SignEd25519 } from './partners/ed25519.ts'

export type SigningBatch = { readonly privateKey: string; readonly text: string }[]

/** While one batch is signed, what the batch before was for is sent. */
const maxBatch = 16

export type SigningThread = {
  readonly sign: SignEd25519
  /** Signatures that are under way do not come. */
  stop(): Promise<void>
}

/**
 * Signs on a thread of its own, which has the priority of the thread that starts it. Texts of one turn of the event loop
 * go there together; Node.js's own threads would need a message for each. Those threads also verify the gateway's tokens,
 * which must not wait behind signatures. A failure ends the thread that started it, too.
 */
export function startSigningThread(): SigningThread {
  const worker = new Worker(new URL('./webhook-signer.ts', import.meta.url), { execArgv: [] })
  worker.unref()
  let batch: SigningBatch = []
  let resolvers: ((signature: string) => void)[] = []
  /** Those of the batches that are under way, in their order. */
  const underWay: (typeof resolvers)[] = []

  worker.on('message', (signatures: readonly string[]) => {
    const signed = underWay.shift() ?? []
    for (const [index, signature] of signatures.entries()) signed[index]?.(signature)
  })

  function sendBatch(): void {
    if (batch.length === 0) return
    worker.postMessage(batch)
    underWay.push(resolvers)
    batch = []
    resolvers = []
  }

  return {
    sign: (privateKey, text) =>
      new Promise((resolve) => {
        if (batch.length === 0) setImmediate(sendBatch)
        batch.push({ privateKey, text })
        resolvers.push(resolve)
        if (batch.length === maxBatch) sendBatch()
      }),
    async stop() {
      await worker.terminate()
    },
  }
}
