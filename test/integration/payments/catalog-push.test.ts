import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Stripe } from 'stripe'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { previewPush, pushCatalog } from '../../../src/payments/push-catalog.ts'
import { changeInWords } from '../../../src/payments/push-words.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { compileCache } from '../../setup/gateway.ts'

const { source } = loadCatalog('catalogs/example-eu.yaml')
const catalogWith = (...changes: readonly (readonly [string, string])[]): WholeCatalog =>
  parseCatalog(
    changes.reduce((whole, [from, to]) => {
      if (!whole.includes(from)) throw new Error(`The example no longer says ${from}`)
      return whole.replace(from, to)
    }, source),
    'changed.yaml',
  )
const example = catalogWith()
const dearer = catalogWith(['price: { EUR: 20, USD: 22 }', 'price: { EUR: 20, USD: 23 }'])
const withoutLarge = catalogWith([
  '  - { id: large, name: Large, credits: 25000, price: { EUR: 210, USD: 231 }, illustrative: true }\n',
  '',
])
const small = 'credits-gateway:package:small:usd'

let sandbox: Sandbox
let stripe: Stripe
beforeEach(async () => {
  sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  onTestFinished(() => sandbox.close())
  stripe = createStripe({ secretKey: sandbox.secretKey, apiUrl: sandbox.url })
})

async function push(catalog: WholeCatalog): Promise<string[]> {
  const lines: string[] = []
  await pushCatalog(stripe, catalog, (change) => void lines.push(changeInWords(change)))
  return lines
}

async function activePrices(): Promise<string[]> {
  const prices: string[] = []
  for await (const { lookup_key, unit_amount, tax_behavior } of stripe.prices.list({ active: true, limit: 100 })) {
    prices.push(`${lookup_key} ${unit_amount} ${tax_behavior}`)
  }
  return prices.toSorted()
}
const all = [
  'credits-gateway:package:large:eur 21000 exclusive',
  'credits-gateway:package:large:usd 23100 exclusive',
  'credits-gateway:package:medium:eur 4500 exclusive',
  'credits-gateway:package:medium:usd 4950 exclusive',
  'credits-gateway:package:small:eur 2000 exclusive',
  'credits-gateway:package:small:usd 2200 exclusive',
]
const allDearer = all.map((price) => price.replace('2200', '2300'))

const holderOf = async (key: string) => (await stripe.prices.list({ lookup_keys: [key] })).data[0]

describe('a push', () => {
  test('makes the products and prices of a catalog in each currency, and again nothing', async () => {
    expect(await push(example)).toHaveLength(10)
    expect(await activePrices()).toEqual(all)
    expect(await stripe.products.retrieve('credits-gateway-package-small')).toMatchObject({
      name: 'Small, 2,000 credits',
      tax_code: 'txcd_10103001',
      active: true,
    })
    expect(await stripe.products.retrieve('credits-gateway-custom')).toMatchObject({ name: 'Credits', active: true })
    expect(await push(example)).toEqual([])
  })

  test('replaces a price that has changed, and the former one is archived', async () => {
    await push(example)
    const former = await holderOf(small)
    expect(await push(dearer)).toEqual([
      `create price ${small}: $23, tax exclusive, in place of ${former?.id}`,
      `archive price ${former?.id}: $22, tax exclusive`,
    ])
    expect(await activePrices()).toEqual(allDearer)
    expect(await stripe.prices.retrieve(former?.id ?? '')).toMatchObject({ active: false, lookup_key: null })
    expect(await push(dearer)).toEqual([])
  })

  test('makes a price of its own each time that an amount comes back', async () => {
    for (const catalog of [example, dearer, example, dearer, example]) await push(catalog)
    expect(await activePrices()).toEqual(all)
  })

  test('archives what is no longer sold, and brings it back', async () => {
    await push(example)
    expect((await push(withoutLarge)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'archive price',
      'archive price',
      'archive product',
    ])
    expect(await stripe.products.retrieve('credits-gateway-package-large')).toMatchObject({ active: false })
    expect(await activePrices()).toEqual(all.slice(2))
    expect(await push(withoutLarge)).toEqual([])
    await push(example)
    expect(await activePrices()).toEqual(all)
  })

  test('leaves what others made, also a price of a person on its own product', async () => {
    const other = await stripe.products.create({ name: 'T-shirt' })
    const terms = { currency: 'usd', unit_amount: 1_500 }
    await stripe.prices.create({ ...terms, product: other.id, lookup_key: 't-shirt' })
    await push(example)
    const { id } = await stripe.prices.create({ ...terms, product: 'credits-gateway-package-small' })
    await push(dearer)
    expect(await stripe.products.retrieve(other.id)).toMatchObject({ active: true })
    expect(await stripe.prices.retrieve(id)).toMatchObject({ active: true })
    expect(await push(dearer)).toEqual([])
  })

  test('names the plan of units, by which subscriptions are followed', async () => {
    await push(loadCatalog('catalogs/ai-studios.yaml'))
    expect(await holderOf('credits-gateway:units:team:month:usd')).toMatchObject({
      unit_amount: 3_000,
      recurring: { interval: 'month', interval_count: 1 },
      metadata: { add_on: 'team' },
    })
  })

  test('that died anywhere is finished by the next one', async () => {
    for (let steps = 0; steps < 10; steps += 1) {
      const own = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
      onTestFinished(() => own.close())
      stripe = createStripe({ secretKey: own.secretKey, apiUrl: own.url })
      let made = 0
      const dying = pushCatalog(stripe, example, () => {
        made += 1
        if (made > steps) throw new Error('The process dies')
      })
      await expect(dying).rejects.toThrow('The process dies')
      await push(example)
      expect(await activePrices()).toEqual(all)
      const dyingAgain = pushCatalog(stripe, dearer, () => {
        made += 1
        if (made > steps + 2) throw new Error('The process dies')
      })
      await dyingAgain.catch(() => undefined)
      await push(dearer)
      expect(await activePrices()).toEqual(allDearer)
    }
  })

  test.each(['fail-after', 'fail-before', 'cut-after'] as const)(
    'whose requests %s is finished, now or by the next one',
    async (fault) => {
      for (const catalog of [example, dearer]) {
        for (const path of ['/v1/prices', '/v1/products', '/v1/prices', '/v1/products']) {
          sandbox.faults.add({ do: fault, method: 'POST', path })
          await push(catalog).catch(() => undefined)
        }
        sandbox.faults.clear()
        await push(catalog)
        expect(await push(catalog)).toEqual([])
        expect(await activePrices()).toEqual(catalog === example ? all : allDearer)
      }
    },
  )

  test('beside others of the same catalog leaves one active price for each lookup key', async () => {
    for (const [catalog, prices] of [
      [example, all],
      [dearer, allDearer],
    ] as const) {
      const pushes = await Promise.allSettled([push(catalog), push(catalog), push(catalog)])
      expect(pushes.some(({ status }) => status === 'fulfilled')).toBe(true)
      expect(await push(catalog)).toEqual([])
      expect(await activePrices()).toEqual(prices)
    }
  })

  test('previewed, says the same changes and makes none', async () => {
    const previewed = (await previewPush(stripe, example)).map(changeInWords)
    expect(await activePrices()).toEqual([])
    expect(await push(example)).toEqual(previewed)
    expect(await previewPush(stripe, example)).toEqual([])
  })
})

describe('a push that fails says what to do', () => {
  test.each([
    [403, { message: 'The key lacks rak_product_write' }, /rak_product_write.*Give the key.*write access to products/],
    [401, { message: 'Invalid API Key' }, /Set STRIPE_SECRET_KEY/],
    [
      400,
      { message: 'Invalid tax code', param: 'tax_code' },
      /'create-product'.*Invalid tax code.*Correct it in Stripe/,
    ],
  ])('where Stripe answers %d', async (status, error, message) => {
    sandbox.faults.add({ do: 'refuse', method: 'POST', path: '/v1/products', status, error, times: 9 })
    await expect(push(example)).rejects.toThrow(message)
  })

  test('where Stripe can not be reached', async () => {
    sandbox.faults.add({ do: 'fail-before', method: 'GET', path: '/v1/products', times: 9 })
    await expect(push(example)).rejects.toThrow(/Reading the products.*Push again/)
  })

  test('where a person has made a former price the default of its product', async () => {
    await push(example)
    const former = await holderOf(small)
    await stripe.products.update('credits-gateway-package-small', { default_price: former?.id ?? '' })
    await expect(push(dearer)).rejects.toThrow(/default price of its product.*Correct it in Stripe, then push again/)
    const now = await holderOf(small)
    await stripe.products.update('credits-gateway-package-small', { default_price: now?.id ?? '' })
    await push(dearer)
    expect(await activePrices()).toEqual(allDearer)
  })
})

describe('the program', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'push-')), 'catalog.yaml')
  writeFileSync(file, source)

  async function program(args: readonly string[], given: Record<string, string> = {}) {
    const env = { PATH: '', NODE_COMPILE_CACHE: compileCache, ...given }
    const child = spawn(process.execPath, ['src/programs/catalog.ts', 'push', ...args], { env })
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { stdout, stderr, code }
  }
  const account = () => ({ STRIPE_SECRET_KEY: sandbox.secretKey, STRIPE_API_URL: sandbox.url })

  test('prints the plan, carries it out, and says so', async () => {
    const dry = await program([file, '--dry-run'], account())
    expect(dry).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('10 changes; none was made') })
    const made = await program([], { ...account(), CATALOG: file })
    expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('10 changes made') })
    expect(made.stdout).toContain(`create price ${small}: $22, tax exclusive`)
    const again = await program([file], account())
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing changes at Stripe') })
  })

  test('without a key names it, and used wrongly says how to use it', async () => {
    expect(await program([file])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^STRIPE_SECRET_KEY is missing/),
    })
    for (const args of [['a', 'b'], ['--force']]) {
      expect(await program(args, account())).toMatchObject({
        code: 1,
        stdout: '',
        stderr: 'npm run -s catalog -- push [FILE] [--dry-run]\n',
      })
    }
  })
})
