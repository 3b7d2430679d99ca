import { expect, test } from 'vitest'
import type { Hold } from '../../../src/domain/hold.ts'
import { assignPlan, failureOf, heldBy, placeHold, platform, sceneOfFile, wevion } from './scene.ts'

const scene = sceneOfFile(wevion)

/** The usage of a settle-hold command for one use of a rate. */
const one = (rate: string) => [{ rate, quantity: 1_000_000n, count: 1 }]
const settleFor = ({ id }: Hold, rate: string) =>
  ({ kind: 'settle-hold', holdId: id, usage: one(rate), caller: platform }) as const

test('a hold is not a way around the plan that a rate needs', async () => {
  const team = await scene.team('free')
  const hold = heldBy(await scene.submit(team, placeHold(0, { usage: one('image.flux-2-pro') })))
  const refused = failureOf(await scene.submit(team, settleFor(hold, 'chat.deep-analysis')))
  expect(refused).toMatchObject({ code: 'REQUIREMENT_NOT_MET' })
  const settled = await scene.submit(team, settleFor(hold, 'image.flux-2-pro'))
  expect(settled.outcome.kind).toBe('charge')
})

test('what a hold was placed for can be settled after the plan was left', async () => {
  const team = await scene.team('pro')
  const hold = heldBy(await scene.submit(team, placeHold(0, { usage: one('chat.deep-analysis') })))
  await scene.submit(team, assignPlan('free'))
  const settled = await scene.submit(team, settleFor(hold, 'chat.deep-analysis'))
  expect(settled.outcome.kind).toBe('charge')
})
