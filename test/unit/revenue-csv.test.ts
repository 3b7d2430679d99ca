import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { teamId } from '../../src/domain/identity.ts'
import { revenueCsv, revenueLine } from '../../src/programs/revenue-csv.ts'

test('a line of the revenue has exact amounts with their sign, and text that no spreadsheet computes', async () => {
  const some = { openAtStart: 1n, sold: 20_000_000n, earned: -340_000_000n, expired: 0n, refunded: -1n, openAtEnd: 5n }
  const csv = revenueCsv()
  for (const team of ['-1', '@sum', 'a,"b"'])
    csv.write(
      revenueLine('2026-11', { teamId: teamId(team), kind: 'PACKAGE', currency: 'EUR', money: some, credits: some }),
    )
  csv.end()
  const [, ...lines] = (await text(csv)).trimEnd().split('\n')
  const amounts = 'PACKAGE,EUR,0.000000001,0.02,-0.34,0,-0.000000001,0.000000005,0.000001,20,-340,0,-0.000001,0.000005'
  expect(lines).toEqual([`2026-11,'-1,${amounts}`, `2026-11,'@sum,${amounts}`, `2026-11,"a,""b""",${amounts}`])
})
