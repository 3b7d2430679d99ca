const finalText = 0x81

/** The last body, as bytes: one text goes to thousands of sockets in a row. */
let last = { body: '', bytes: Buffer.alloc(0) }

/**
 * A WebSocket frame of one whole text message, unmasked as a server sends it, of `head`, `body` and `tail`. It leaves in one write, where ws takes
 * two and encodes the body for each socket; frames of ws itself are whole, too, as nothing is compressed.
 *
 * Source: RFC 6455, 5.2.
 */
export function textFrame(head: string, body: string, tail: string): Buffer {
  if (body !== last.body) last = { body, bytes: Buffer.from(body) }
  const { bytes } = last
  const headLength = Buffer.byteLength(head)
  const length = headLength + bytes.length + Buffer.byteLength(tail)
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = finalText
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(head, start)
  bytes.copy(frame, start + headLength)
  frame.write(tail, start + headLength + bytes.length)
  return frame
}
