import { expect, test } from 'vitest'
import type { Treatment } from '../../setup/gateway-door.ts'
import { balanceOf } from '../../setup/operator.ts'
import { hundred, openCredits, openScene, receiptOf } from './scene.ts'

const scene = openScene()
const team = (name: string) => scene.team(name)

test('a call whose request and whose answer are lost, and that is refused for overload, acts once', async () => {
  const teamId = await team('lost')
  const credits = await openCredits(scene.door.url)
  scene.plan = ['LOSE_REQUEST', 'LOSE_ANSWER', 'REFUSE', 'PASS']
  const charged = await credits.charge({ teamId, usage: hundred, reference: 'lost-1' })
  expect(charged).toMatchObject({ __typename: 'Charge', amount: '100', reference: 'lost-1' })
  expect((await balanceOf(scene.gateway.url, teamId)).available).toBe('900')
  expect((await receiptOf(scene.gateway.url, teamId, 'lost-1'))?.charges).toHaveLength(1)
})

test('a hold is extended, captured in part, settled, and a settled one is closed', async () => {
  const teamId = await team('held')
  const credits = await openCredits(scene.gateway.url)
  const hold = await credits.hold({ teamId, usage: hundred, reference: 'held-1' })
  if (hold.__typename !== 'Hold') throw new Error(hold.message)
  expect(hold).toMatchObject({ amount: '100', remaining: '100', state: 'OPEN', reference: 'held-1' })
  expect(await credits.extend({ holdId: hold.id, usage: hundred })).toMatchObject({ amount: '200' })
  const part = { holdId: hold.id, usage: [{ rate: 'image.flux-2-pro' }] }
  expect(await credits.capture(part)).toMatchObject({ __typename: 'Charge', amount: '30' })
  expect(await credits.settle(part)).toMatchObject({ __typename: 'Charge', amount: '30' })
  expect(await credits.release({ holdId: hold.id })).toMatchObject({ __typename: 'HoldClosed', state: 'SETTLED' })
  expect((await balanceOf(scene.gateway.url, teamId)).available).toBe('940')
})

test('a refusal of business is a result with its facts', async () => {
  const teamId = await team('poor')
  const credits = await openCredits(scene.gateway.url)
  const usage = [{ rate: 'image.flux-2-pro', count: 10 }]
  await credits.charge({ teamId, usage: [{ rate: 'image.gpt-image-1-5', count: 10 }] })
  await credits.charge({ teamId, usage: [{ rate: 'image.gpt-image-1-5', count: 10 }] })
  const refused = await credits.hold({ teamId, usage })
  expect(refused).toMatchObject({
    __typename: 'InsufficientCredits',
    required: '300',
    available: '200',
    shortfall: '100',
  })
})

test('a fault of the request is an error, at once', async () => {
  const credits = await openCredits(scene.door.url)
  const before = scene.door.bodies.length
  const wrong = credits.charge({ teamId: 'any', usage: [{ rate: 'image.flux-2-pro', quantity: '1e3' }] })
  await expect(wrong).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  expect(scene.door.bodies.length).toBe(before + 1)
})

test('a call whose time is over says that the outcome is unknown, and its key tells it', async () => {
  const teamId = await team('unknown')
  const credits = await openCredits(scene.door.url, { timeoutMs: 200 })
  scene.plan = ['LOSE_ANSWER', ...Array<Treatment>(50).fill('LOSE_REQUEST')]
  const input = { teamId, usage: hundred, reference: 'unknown-1' }
  const error = await credits.charge(input).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { reference: 'unknown-1' } })
  const { idempotencyKey } = error.details
  expect(error.message).toContain(idempotencyKey)
  expect(error.message).toContain('receipt(reference: "unknown-1")')
  scene.plan = []
  expect(await credits.charge({ ...input, idempotencyKey })).toMatchObject({ __typename: 'Charge', amount: '100' })
  expect((await balanceOf(scene.gateway.url, teamId)).available).toBe('900')
})
