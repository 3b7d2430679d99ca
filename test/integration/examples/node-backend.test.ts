import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway, stopped } from '../../setup/gateway.ts'
import { balanceOf, makeTeam } from '../../setup/operator.ts'
import { receiptOf } from '../server-client/scene.ts'
import { keyOf, openProduct, type Product } from './product.ts'

let gateway: Gateway
let product: Product

beforeAll(async () => {
  ;[gateway, product] = await Promise.all([startGateway(), openProduct('backend')])
})
afterAll(() => Promise.all([gateway?.close(), product?.remove()]))

const settings = async (team: string) => ({
  CREDITS_GATEWAY: gateway.url,
  CREDITS_API_KEY: await keyOf(gateway.url, team, ['SPEND']),
  OUTBOX: `${team}.db`,
})

test('the example of a backend charges its answer and its lease with an API key of the team', async () => {
  await makeTeam(gateway.url, 'backend', 'starter')
  const { stdout, stderr } = await product.run([process.execPath, 'main.ts'], await settings('backend'))
  expect(stderr).toBe('')
  expect(stdout).toMatch(/The lease has 427.5 credits left.*\n0 records wait/)
  // 1.2 × 9 and 0.3 × 45 for the answer, 20 × 25 tokens at 45 for 1,000 by the lease.
  expect(await balanceOf(gateway.url, 'backend')).toMatchObject({
    available: `${2_500 - 10.8 - 13.5 - 22.5}`,
    held: '0',
  })
})

test('the example with holds charges the images that succeeded, and releases a job in which none did', async () => {
  await makeTeam(gateway.url, 'images', 'free')
  const env = { ...(await settings('images')), PORT: '0' }
  const { child, line } = product.start([process.execPath, 'hold-and-settle.ts'], env)
  const site = (await line('Send jobs to')).split(' ').at(-1) ?? ''
  const send = async (id: string, prompts: readonly string[]) => {
    const response = await fetch(site, { method: 'POST', body: JSON.stringify({ id, prompts }) })
    return { status: response.status, body: await response.json() }
  }
  expect(await send('job-1', ['a cat', '', 'a dog'])).toEqual({
    status: 200,
    body: { images: ['an image of a cat', 'an image of a dog'] },
  })
  expect(await send('job-2', ['', ''])).toEqual({ status: 200, body: { images: [] } })
  expect(await send('job-3', Array(9).fill('a bird'))).toMatchObject({ status: 200 })
  const refused = await send('job-4', Array(9).fill('a bird'))
  expect(refused).toMatchObject({ status: 402, body: { message: expect.stringContaining('170') } })
  child.kill()
  await stopped(child)
  expect(await receiptOf(gateway.url, 'images', 'job-1')).toMatchObject({ charged: '60' })
  expect(await receiptOf(gateway.url, 'images', 'job-2')).toMatchObject({ charged: '0' })
  expect(await balanceOf(gateway.url, 'images')).toMatchObject({ available: '170', held: '0' })
})
