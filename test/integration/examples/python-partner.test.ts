import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, stopped } from '../../setup/gateway.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { keyOf, openProduct, type Product } from './product.ts'

const noPython = spawnSync('python3', ['--version']).status !== 0

describe.skipIf(noPython)(noPython ? 'a Python partner (skipped: there is no python3)' : 'a Python partner', () => {
  let gateway: Gateway
  let product: Product

  beforeAll(async () => {
    ;[gateway, product] = await Promise.all([
      startGateway({ webhookAllowPrivate: true }),
      openProduct('python-partner'),
    ])
  })
  afterAll(() => Promise.all([gateway?.close(), product?.remove()]))

  test('charges a job, hears of it by a webhook, and refuses a request that the gateway did not sign', async () => {
    await makeTeam(gateway.url, 'partner', 'starter')
    const key = await keyOf(gateway.url, 'partner', ['SPEND', 'BILLING'])
    const env = { CREDITS_GATEWAY: gateway.url, CREDITS_API_KEY: key, PORT: '0' }
    const { child, line } = product.start(['python3', 'partner.py'], env)
    const url = (await line('Listening at')).split(' ').at(-1) ?? ''
    expect(await line('job-1')).toBe('job-1 cost 30 credits')
    expect(await line('CREDITS_CHARGED')).toBe('CREDITS_CHARGED')
    const forged = {
      'webhook-id': 'event-1',
      'webhook-timestamp': `${Math.floor(Date.now() / 1000)}`,
      'webhook-signature': 'v1,AAAA',
    }
    expect((await fetch(url, { method: 'POST', headers: forged, body: '{"type":"BALANCE_LOW"}' })).status).toBe(401)
    await charge(gateway.url, 'partner')
    expect(await line('')).toBe('CREDITS_CHARGED')
    child.kill('SIGINT')
    await stopped(child)
  })
})
