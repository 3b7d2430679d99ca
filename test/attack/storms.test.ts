import { expect, test } from 'vitest'
import { LaneFull } from '../../src/concurrency/lane.ts'
import type { TeamId } from '../../src/domain/identity.ts'
import { charge, chargeOf, sceneOfFile, submission } from '../integration/ledger/scene.ts'

const scene = sceneOfFile()
const charges = (team: TeamId) => Array.from({ length: 1_000 }, () => submission(team, charge(1)))
const oneCredit = { amount: 1_000_000n }

test("a team's storm holds up no other team for more than a few of its requests", async () => {
  const busy = await scene.teamWith(100_000)
  const quiet = await Promise.all(Array.from({ length: 8 }, () => scene.teamWith(10)))
  let answered = 0
  const storm = Array.from({ length: 10 }, async () => {
    const results = await scene.ledger.submitAll(charges(busy))
    answered += 1
    return results
  })
  const before = await Promise.all(
    quiet.map(async (team) => {
      expect(chargeOf(await scene.submit(team, charge(1)))).toMatchObject(oneCredit)
      return answered
    }),
  )
  expect(Math.max(...before)).toBeLessThanOrEqual(4)
  for (const results of await Promise.all(storm)) {
    expect(results.filter(({ status }) => status !== 'fulfilled')).toEqual([])
  }
})

test('what a team sends beyond its share is refused, and another team is served meanwhile', async () => {
  const [busy, other] = [await scene.teamWith(100_000), await scene.teamWith(10)]
  const storm = Array.from({ length: 20 }, () => scene.ledger.submitAll(charges(busy)))
  expect(chargeOf(await scene.submit(other, charge(1)))).toMatchObject(oneCredit)
  const results = (await Promise.all(storm)).flat()
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  expect(refused).toHaveLength(10_000)
  expect(refused.every((reason) => reason instanceof LaneFull)).toBe(true)
})
