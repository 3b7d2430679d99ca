import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Credits, LeaseOptions } from '../../../web/server/index.ts'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import { balanceOf, makeTeam, mutate } from '../../setup/operator.ts'
import { type UnreliableLine, unreliableLine } from '../../setup/unreliable-line.ts'
import { closeAll, openCredits, receiptOf } from './scene.ts'

let gateway: Gateway
let line: UnreliableLine
/** 45 credits. */
const thousand = { rate: 'chat.output', quantity: '1000' }
/** 0.45 credits. */
const ten = [{ rate: 'chat.output', quantity: '10' }]

beforeAll(async () => {
  gateway = await startGateway()
  line = await unreliableLine(gateway.url)
})
afterEach(async () => {
  line.mend()
  await closeAll()
})
afterAll(async () => {
  await line?.close()
  await gateway?.close()
})

/** A team with 500 credits, and a lease of it. */
async function leased(teamId: string, options: Partial<LeaseOptions> = {}) {
  await makeTeam(gateway.url, teamId, 'free')
  const credits = await openCredits(line.url.replace(/\/$/, ''), { timeoutMs: 5_000 })
  return { teamId, credits, lease: await leaseOf(credits, { teamId, usage: [thousand], ...options }) }
}

async function leaseOf(credits: Credits, options: LeaseOptions) {
  const lease = await credits.lease(options)
  if (lease.__typename !== 'Lease') throw new Error(lease.message)
  return lease
}

test('spends are decided in memory at the price of the gateway, charged, and the rest is given back', async () => {
  const { teamId, credits, lease } = await leased('spends', { reference: 'spends-1' })
  expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '455', held: '45' })
  expect(await lease.spend(ten)).toEqual({ __typename: 'Spent', credits: '0.45', remaining: '44.55' })
  expect(await lease.spend([{ rate: 'chat.output', quantity: '3' }])).toMatchObject({ credits: '0.135' })
  expect(await credits.flush()).toBe(0)
  expect(lease.overspend).toBe('0')
  await lease.close()
  expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '499.415', held: '0' })
  expect(await receiptOf(gateway.url, teamId, 'spends-1')).toMatchObject({ charged: '0.585' })
  expect(await lease.spend(ten)).toEqual({ __typename: 'LeaseEnded', reason: 'CLOSED' })
})

test('while the gateway is away the work goes on, overspend is at most the lease, and all of it is charged later', async () => {
  const { teamId, credits, lease } = await leased('outage')
  line.cut()
  const answers = await Promise.all(Array.from({ length: 110 }, () => lease.spend(ten)))
  expect(answers.filter(({ __typename }) => __typename === 'Spent')).toHaveLength(100)
  expect(answers.at(-1)).toEqual({ __typename: 'LeaseExhausted', credits: '0.45', remaining: '0' })
  expect(lease.overspend).toBe('45')
  expect(lease.credits).toBe('45')
  line.mend()
  expect(await credits.flush()).toBe(0)
  expect(lease.overspend).toBe('0')
  await lease.close()
  expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '455', held: '0' })
})

test('the end of a lease waits for its own spends alone', async () => {
  const { teamId, credits, lease } = await leased('own')
  await makeTeam(gateway.url, 'stuck', 'free')
  const database = new Client({ connectionString: gateway.databaseUrl })
  await database.connect()
  // The new version makes the ledger read the team again.
  const add = (amount: number) =>
    database.query("update account set available = available + $1, version = version + 1 where team_id = 'stuck'", [
      amount,
    ])
  await add(1)
  await credits.record(ten, { teamId: 'stuck', reference: 'stuck-1' })
  expect(await lease.spend(ten)).toMatchObject({ __typename: 'Spent' })
  // Longer than this test may take.
  await lease.close({ timeoutMs: 3_600_000 })
  expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '499.55', held: '0' })
  expect(await credits.outbox.size()).toEqual({ waiting: 1, parked: 0 })
  await add(-1)
  await database.end()
})

test('the end of a lease does not wait for a spend that is parked', async () => {
  const { teamId, credits, lease } = await leased('parked')
  line.cut()
  await lease.spend(ten)
  await mutate(gateway.url, 'settleHold', { holdId: lease.holdId, idempotencyKey: 'elsewhere' })
  line.mend()
  await lease.close({ timeoutMs: 3_600_000 })
  expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 1 })
  expect((await balanceOf(gateway.url, teamId)).held).toBe('0')
})

test('a lease that runs low holds more', async () => {
  const { teamId, lease } = await leased('low')
  await lease.spend([{ rate: 'chat.output', quantity: '900' }])
  await expect.poll(() => lease.credits).toBe('90')
  expect(lease.remaining).toBe('49.5')
  await lease.close()
  expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '459.5', held: '0' })
})

test('a lease whose team has no more credits goes on with what it holds', async () => {
  const { lease } = await leased('poor', { usage: [{ rate: 'chat.output', quantity: '11000' }] })
  expect(lease.credits).toBe('495')
  await lease.spend([{ rate: 'chat.output', quantity: '10000' }])
  expect(await lease.spend(ten)).toMatchObject({ __typename: 'Spent' })
  expect(await lease.spend([thousand])).toMatchObject({ __typename: 'LeaseExhausted' })
  await lease.close()
})

test('a lease whose hold is released elsewhere ends at once, and its spends are charged', async () => {
  const { teamId, credits, lease } = await leased('recalled')
  await lease.spend(ten)
  await mutate(gateway.url, 'releaseHold', { holdId: lease.holdId })
  await expect.poll(() => lease.ended).toBe('RECALLED')
  expect(await lease.spend(ten)).toEqual({ __typename: 'LeaseEnded', reason: 'RECALLED' })
  expect(await credits.flush()).toBe(0)
  expect((await balanceOf(gateway.url, teamId)).available).toBe('499.55')
})

test('a change of the plan ends the lease', async () => {
  const { teamId, lease } = await leased('planned')
  await makeTeam(gateway.url, teamId, 'starter')
  await expect.poll(() => lease.ended).toBe('RECALLED')
})

test('a lease ends by its own clock while the gateway is away, and its late spends are charged without the hold', async () => {
  const { teamId, credits, lease } = await leased('clock', { seconds: 2 })
  line.cut()
  expect(await lease.spend(ten)).toMatchObject({ __typename: 'Spent' })
  await expect.poll(() => lease.ended).toBe('EXPIRED')
  expect(lease.overspend).toBe('0.45')
  line.mend()
  expect(await credits.flush()).toBe(0)
  expect(lease.overspend).toBe('0')
  await expect.poll(async () => (await balanceOf(gateway.url, teamId)).held).toBe('0')
  expect((await balanceOf(gateway.url, teamId)).available).toBe('499.55')
})

test('a refusal of the hold is the answer, and a rate without a price beforehand holds nothing', async () => {
  const { teamId, credits, lease } = await leased('refused')
  const dear = await credits.lease({ teamId, usage: [{ rate: 'chat.output', quantity: '1000000' }] })
  expect(dear).toMatchObject({ __typename: 'InsufficientCredits', required: '45000' })
  await expect(credits.lease({ teamId, usage: [{ rate: 'image.auto' }] })).rejects.toThrow(
    /no price that a lease knows/,
  )
  await expect(credits.lease({ teamId, usage: [{ rate: 'avatar.talking-head' }] })).rejects.toThrow(/no price/)
  await expect(lease.spend([{ rate: 'chat.input' }])).rejects.toThrow(/does not have the rate chat.input/)
  await lease.close()
  expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '500', held: '0' })
})
