import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileCache, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { balanceOf } from '../../setup/operator.ts'
import { openProduct, type Product } from './product.ts'

let gateway: Gateway
let product: Product

beforeAll(async () => {
  ;[gateway, product] = await Promise.all([startGateway(), openProduct('rehearse-from-csv', ['csv-parse'])])
})
afterAll(() => Promise.all([gateway?.close(), product?.remove()]))

test('the example of a rehearsal compares the teams of its CSV files, and the gateway imports them', async () => {
  const env = {
    CREDITS_GATEWAY: gateway.url,
    CREDITS_TOKEN: await tokenFor(),
    STANDING_AT: '2026-11-18T12:00:00Z',
  }
  const rehearsed = await product
    .run([process.execPath, 'main.ts'], env)
    .catch(({ code, stdout, stderr }) => ({ code, stdout, stderr }))
  expect(rehearsed).toMatchObject({ code: 1, stderr: '' })
  expect(rehearsed.stdout).toBe(
    'acme: agrees at 1320\n' +
      'globex: 169 there, 170 here, since entry 2 at 2026-11-19T10:00:00.000Z: The rate card has other prices. It charges 30 here: image.flux-2-pro 30.\n',
  )
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['src/programs/import.ts', 'examples/rehearse-from-csv/data/teams.csv', '--url', gateway.url],
    { env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, TOKEN: env.CREDITS_TOKEN } },
  )
  expect([stdout, stderr]).toEqual(['', 'through line 4: 2 teams, 2 of them new, 3 grants, 0 problems\n'])
  expect(await balanceOf(gateway.url, 'acme')).toMatchObject({ available: '1300' })
  expect(await balanceOf(gateway.url, 'globex')).toMatchObject({ available: '200' })
})
