import { describe, expect, it } from 'vitest'
import { csvOf } from '../../../web/elements/controllers/csv.ts'

describe('CSV', () => {
  it('has lines that end with CRLF, and doubles quotes (RFC 4180)', () => {
    expect(
      csvOf([
        ['a', 1, null],
        ['b,c', '"d"', 'e\nf'],
      ]),
    ).toBe('a,1,\r\n"b,c","""d""","e\nf"\r\n')
  })

  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', '\r=1'])('keeps a spreadsheet from running %j', (text) => {
    expect(csvOf([[text]])).toMatch(/^"?'/)
  })

  it('leaves signed numbers as they are', () => {
    expect(csvOf([['-13.05', '+2000', '-0']])).toBe('-13.05,+2000,-0\r\n')
  })
})
