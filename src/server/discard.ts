import type { IncomingMessage } from 'node:http'

/** Bytes of a refused body that are discarded. */
export const maxDiscardedBytes = 16_000_000
/** How long they are discarded. */
export const maxDiscardMs = 5_000

/**
 * Lets the client read an answer that comes before its body has been sent. A connection that is closed while the client still
 * sends is reset, and the client never sees the answer. The rest of the body is discarded, bounded in bytes and in time;
 * then the connection serves the next request, or is closed.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const { socket } = request
  const close = () => socket.destroy()
  const timer = setTimeout(close, maxDiscardMs)
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxDiscardedBytes) close()
  })
  request.once('close', () => clearTimeout(timer))
  request.once('end', () => clearTimeout(timer))
  // At once: Node would otherwise discard by itself, and without a bound.
  request.resume()
}
