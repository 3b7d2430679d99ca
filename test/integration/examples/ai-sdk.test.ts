import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'
import { receiptOf } from '../server-client/scene.ts'
import { keyOf, openProduct, type Product } from './product.ts'

let gateway: Gateway
let product: Product

beforeAll(async () => {
  ;[gateway, product] = await Promise.all([startGateway(), openProduct('ai-sdk', ['ai'])])
})
afterAll(() => Promise.all([gateway?.close(), product?.remove()]))

test('the example by the AI SDK charges the tokens of each answer, once however often it runs', async () => {
  await makeTeam(gateway.url, 'chat', 'free')
  const env = { CREDITS_GATEWAY: gateway.url, CREDITS_API_KEY: await keyOf(gateway.url, 'chat', ['SPEND']) }
  for (const _ of [1, 2]) {
    const { stdout, stderr } = await product.run([process.execPath, 'main.ts'], env)
    expect(stderr).toBe('')
    expect(stdout).toBe('Hello\nHello again\n0 records wait for the gateway\n')
  }
  // 1.2 × 9 and 0.3 × 45.
  for (const reference of ['message-1', 'message-2']) {
    expect(await receiptOf(gateway.url, 'chat', reference)).toMatchObject({ charged: '24.3' })
  }
})
