import type { IncomingMessage } from 'node:http'

/** The largest legal call, 1,000 events with keys and references of full length in any script, takes some 2.5 MB. */
const mostOfCall = 4_000_000

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** The body as text; throws BodyTooLarge beyond `mostBytes`, 4 MB by default, without reading further. */
export async function readBody(request: IncomingMessage, mostBytes = mostOfCall): Promise<string> {
  const tooLarge = () => new BodyTooLarge(`A request may have ${mostBytes} bytes: send less at once`)
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > mostBytes) {
        request.pause()
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.once('end', resolve)
    request.once('error', reject)
    request.once('close', () => reject(new Error('The client went away')))
  })
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? ''
}
