import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Exchange, exchanges } from '../../../packages/stripe-sandbox/src/http/exchanges.ts'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { Check } from '../../../src/programs/stripe-check/check.ts'
import { runSteps } from '../../../src/programs/stripe-check/run-steps.ts'
import type { Step } from '../../../src/programs/stripe-check/step.ts'
import { steps } from '../../../src/programs/stripe-check/steps.ts'
import { endpointKey, sdkMethods } from '../../recorded/sdk-methods.ts'
import { compileCache } from '../../setup/gateway.ts'

let sandbox: Sandbox
let whole: { readonly lines: readonly string[]; readonly isOk: boolean }
/** The requests of the steps. */
const endpoints = new Set<string>()
const record = (exchange: unknown) => void endpoints.add(endpointKey((exchange as Exchange).endpoint))

beforeAll(async () => {
  sandbox = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  exchanges.subscribe(record)
  whole = await printed(steps)
  exchanges.unsubscribe(record)
})
afterAll(() => sandbox.close())

const stripeHere = () => createStripe({ secretKey: sandbox.secretKey, apiUrl: sandbox.url })

async function printed(chosen: readonly Step[]) {
  const lines: string[] = []
  const check = new Check({
    stripe: stripeHere(),
    catalog: loadCatalog('catalogs/wevion.yaml'),
    run: 'test',
    pauseMs: 1,
  })
  const isOk = await runSteps(chosen, check, (line) => void lines.push(line))
  return { lines, isOk }
}

/** The calls in the code of `src/payments`, such as `invoices.create`. */
function callsOfPayments(): string[] {
  const names = [...sdkMethods().values()].map(({ name }) => name)
  const code = globSync('src/payments/*.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  return names.filter((name) => new RegExp(`\\b${name.replaceAll('.', '\\.')}\\(`).test(code))
}

test('every step is ok at the stand-in', () => {
  const { lines, isOk } = whole
  const notOk = lines.filter((line) => !line.startsWith('ok: '))
  // The stand-in has no endpoints for webhooks.
  const unchecked = steps.filter((step) => 'cannot' in step).length + 1
  expect(notOk.filter((line) => !line.startsWith("can't be checked: "))).toEqual([
    `${steps.length - unchecked} ok, 0 differ, ${unchecked} can't be checked`,
  ])
  expect(isOk).toBe(true)
})

test('every call of the gateway has a step', () => {
  const calls = callsOfPayments()
  expect(calls.length).toBeGreaterThan(30)
  const made = new Set([...sdkMethods()].filter(([endpoint]) => endpoints.has(endpoint)).map(([, { name }]) => name))
  expect(calls.filter((name) => !made.has(name))).toEqual([])
})

test('nothing that a run made is left', async () => {
  const { customers, products, testHelpers } = stripeHere()
  expect((await customers.list({ limit: 100 })).data).toEqual([])
  expect((await products.list({ active: true, limit: 100 })).data).toEqual([])
  expect((await testHelpers.testClocks.list()).data).toEqual([])
})

const named = { name: 'an answer', fact: 'Stripe says yes' }

test('a difference is printed with the fact that it breaks, and fails the run', async () => {
  const { lines, isOk } = await printed([
    { ...named, run: async () => ({ expected: { is: 'yes' }, came: { is: 'no' } }) },
    { ...named, run: async ({ stripe }) => ({ expected: 1, came: await stripe.refunds.create({ amount: 1 }) }) },
    { ...named, cannot: 'it is dark' },
  ])
  expect(lines).toEqual([
    'differs: an answer: expected {"is":"yes"}, got {"is":"no"} (Stripe says yes)',
    expect.stringMatching(
      /^differs: an answer: expected an answer, got 400 parameter_missing: .* \(Stripe says yes\)$/,
    ),
    "can't be checked: an answer: it is dark",
    "0 ok, 2 differ, 1 can't be checked",
  ])
  expect(isOk).toBe(false)
})

test('what the key may not do, and a line that is down, is no difference', async () => {
  sandbox.faults.add({ do: 'refuse', path: '/v1/account', error: { message: 'The key lacks rak_account_read' } })
  const account: Step = {
    ...named,
    run: async ({ stripe }) => ({ expected: 1, came: await stripe.accounts.retrieveCurrent() }),
  }
  const { lines, isOk } = await printed([account])
  expect([lines[0], isOk]).toEqual([
    "can't be checked: an answer: the key may not: The key lacks rak_account_read",
    true,
  ])
})

test('the program refuses a key that is not of test mode', async () => {
  expect(await program({ STRIPE_SECRET_KEY: 'sk_live_1' })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('begins with sk_test_ or rk_test_'),
  })
  expect(await program({})).toMatchObject({ code: 1, stderr: expect.stringContaining('STRIPE_SECRET_KEY is missing') })
})

test('the program exits with 1 where something differs', async () => {
  sandbox.webhooks.version('2025-03-31.basil')
  const { code, stdout } = await program({ STRIPE_SECRET_KEY: sandbox.secretKey, STRIPE_API_URL: sandbox.url })
  expect(stdout).toMatch(/^differs: events have the version of the requests: expected ".*", got "2025-03-31.basil"/m)
  expect(stdout).toMatch(/ ok, 1 differ, /)
  expect(code).toBe(1)
})

async function program(env: Record<string, string>) {
  const own = { PATH: '', NODE_COMPILE_CACHE: compileCache }
  const child = spawn(process.execPath, ['src/programs/stripe-check.ts'], { env: { ...own, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { stdout, stderr, code }
}
