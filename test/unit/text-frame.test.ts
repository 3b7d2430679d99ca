import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textFrame } from '../../src/server/sockets/text-frame.ts'

const text = fc.string({ unit: 'grapheme' })

/** The messages of a stream of frames, as RFC 6455 has them. */
function readBack(frames: readonly Buffer[]): string[] {
  const bytes = Buffer.concat(frames)
  const read: string[] = []
  for (let at = 0; at < bytes.length; ) {
    expect(bytes[at]).toBe(0b1000_0001)
    const short = bytes.readUInt8(at + 1)
    expect(short).toBeLessThan(128)
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    // The shortest form that fits, and no other.
    expect(short).toBe(length < 126 ? length : length < 2 ** 16 ? 126 : 127)
    const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
    read.push(bytes.toString('utf8', start, start + length))
    at = start + length
  }
  return read
}

test('a client reads what was framed, whatever it is made of', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text), { minLength: 1 }), (texts) => {
      const read = readBack(texts.map(([head, body, tail]) => textFrame(head, body, tail)))
      expect(read).toEqual(texts.map((parts) => parts.join('')))
    }),
  ))

test.each([0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 70_000, 200_000])('of %i bytes', (length) => {
  const head = 'é'
  for (const body of ['x'.repeat(length), 'x'.repeat(Math.max(0, length - 2))]) {
    expect(readBack([textFrame(head, body, '}'), textFrame('', body, '')])).toEqual([`${head}${body}}`, body])
  }
})
