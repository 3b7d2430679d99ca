import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { balanceOf } from '../../setup/operator.ts'
import { openProduct, type Product } from './product.ts'

let gateway: Gateway
let product: Product

beforeAll(async () => {
  ;[gateway, product] = await Promise.all([startGateway(), openProduct('import-from-csv', ['csv-parse'])])
})
afterAll(() => Promise.all([gateway?.close(), product?.remove()]))

test('the example of an import rehearses the teams of its CSV files, and imports them once', async () => {
  const env = {
    CREDITS_GATEWAY: gateway.url,
    CREDITS_TOKEN: await tokenFor(),
    STANDING_AT: '2026-11-18T12:00:00Z',
  }
  const rehearsed = await product
    .run([process.execPath, 'main.ts', 'rehearse'], env)
    .catch(({ code, stdout, stderr }) => ({ code, stdout, stderr }))
  expect(rehearsed).toMatchObject({ code: 1, stderr: '' })
  expect(rehearsed.stdout).toBe(
    'acme: agrees at 1320\n' +
      'globex: 169 there, 170 here, since entry 2 at 2026-11-19T10:00:00.000Z: The rate card has other prices. It charges 30 here: image.flux-2-pro 30.\n',
  )
  for (const _ of [1, 2]) {
    const { stdout, stderr } = await product.run([process.execPath, 'main.ts', 'import'], env)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/acme: 1300 credits\nglobex: 200 credits\nImported 2 of 2 teams\n$/)
  }
  expect(await balanceOf(gateway.url, 'acme')).toMatchObject({ available: '1300' })
})
