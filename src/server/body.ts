import type { IncomingMessage } from 'node:http'
import type { Held } from './limits/held-bytes.ts'

/** The largest legal call, 1,000 events with keys and references of full length in any script, takes some 2.5 MB. */
export const maxBodyBytes = 4_000_000
/** The same bound for senders without a token or key: they can send no operation that needs more. */
export const maxAnonymousBodyBytes = 65_536

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/**
 * The body as text. Once it is refused, nothing more of it is kept.
 *
 * @throws {BodyTooLarge} {TooManyBytes}
 */
export async function readBody(request: IncomingMessage, maxBytes = maxBodyBytes, held?: Held): Promise<string> {
  const anonymously = maxBytes === maxAnonymousBodyBytes ? ' without a token or an API key' : ''
  const tooLarge = () => new BodyTooLarge(`A request may have ${maxBytes} bytes${anonymously}: send less at once`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    const left = () => reject(new Error('The client went away'))
    // A client that left while its token was read has closed the request already.
    if (request.destroyed) return left()
    request.once('close', left)
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) {
        chunks.length = 0
        return reject(tooLarge())
      }
      try {
        held?.add(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        bytes = Infinity
        chunks.length = 0
        reject(error)
      }
    })
    request.once('end', () => {
      request.off('close', left)
      resolve()
    })
    request.once('error', reject)
  })
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? ''
}
