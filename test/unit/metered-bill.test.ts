import { expect, test } from 'vitest'
import { billAmount, billLines } from '../../src/domain/metered-bill.ts'

/** Nano-units in a cent, in a mill of a Kuwaiti dinar, and in a yen. */
const [cent, mill, yen] = [10_000_000n, 1_000_000n, 1_000_000_000n]

test.each<[string, string, bigint[], bigint[]]>([
  ['no amount has no line', 'USD', [], []],
  ['amounts that are payable exactly stay', 'USD', [3n * cent, 0n, 2n * cent], [3n, 0n, 2n]],
  ['half a cent is rounded to the even one below', 'USD', [cent / 2n], [0n]],
  ['half a cent is rounded to the even one above', 'USD', [cent + cent / 2n], [2n]],
  ['more than a half is rounded up', 'USD', [cent / 2n + 1n], [1n]],
  ['the sum is rounded, not each amount', 'USD', [cent / 3n, cent / 3n, cent / 3n + 1n], [0n, 0n, 1n]],
  [
    'the amount that lost most is raised',
    'USD',
    [(4n * cent) / 10n, (9n * cent) / 10n, (7n * cent) / 10n],
    [0n, 1n, 1n],
  ],
  ['of two that lost the same, the larger one is raised', 'USD', [cent / 2n, 5n * cent + cent / 2n], [0n, 6n]],
  ['of two equal ones, the first is raised', 'USD', [cent / 2n, cent / 2n], [1n, 0n]],
  [
    'the first of three equal ones is raised',
    'USD',
    [(4n * cent) / 10n, (4n * cent) / 10n, (4n * cent) / 10n],
    [1n, 0n, 0n],
  ],
  ['a refund is rounded with its bill', 'USD', [100n * cent, -(4n * cent) / 10n], [100n, 0n]],
  ['a refund of a half cent becomes an even number', 'USD', [-cent / 2n], [0n]],
  ['a refund of a whole cent stays', 'USD', [-cent, cent], [-1n, 1n]],
  ['a refund of more than a half is a cent', 'USD', [-(6n * cent) / 10n], [-1n]],
  ['a yen has no smaller unit', 'JPY', [yen / 2n + 1n], [1n]],
  ['a dinar is paid in steps of ten mills', 'KWD', [12n * mill], [10n]],
  ['a krona of Iceland is paid whole', 'ISK', [140n * cent], [100n]],
])('%s', (_, currency, amounts, lines) => {
  expect(billLines(amounts, currency)).toEqual(lines)
})

test.each<[string, bigint]>([
  ['USD', 30_000_000n],
  ['JPY', 3_000_000_000n],
  ['KWD', 3_000_000n],
])('a bill of three of the smallest units of %s amounts to them', (currency, amount) => {
  expect(billAmount([1n, 4n, -2n], currency)).toBe(amount)
})
