import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Credits, meterAiSdk, meterOpenAi, type Unknown } from '../../../web/server/index.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { balanceOf, makeTeam, resultOf } from '../../setup/operator.ts'
import { closeAll, openCredits } from './scene.ts'

const rates = { input: 'chat.input', output: 'chat.output', cached: 'chat.cached', reasoning: 'chat.reasoning' }
const estimate = { input: 1_000, output: 1_000 }

let gateway: Gateway
let folder: string
let model: Server
let answer: (request: IncomingMessage, response: ServerResponse) => unknown
let credits: Credits
let teams = 0
let teamId: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credits-catalog-'))
  const catalog = join(folder, 'tokens.yaml')
  const more = `      - { id: chat.cached, name: Cached, credits: 1, per: 1000, unit: TOKEN }
      - { id: chat.reasoning, name: Reasoning, credits: 90, per: 1000, unit: TOKEN }
      - { id: chat.output,`
  writeFileSync(catalog, readFileSync('catalogs/wevion.yaml', 'utf8').replace('      - { id: chat.output,', more))
  gateway = await startGateway({ env: { CATALOG: catalog } })
  model = createServer((request, response) => answer(request, response))
  model.listen(0, '127.0.0.1')
  await once(model, 'listening')
})
beforeEach(async () => {
  teams += 1
  teamId = `team-${teams}`
  await makeTeam(gateway.url, teamId, 'free')
  credits = await openCredits(gateway.url)
})
afterEach(closeAll)
afterAll(async () => {
  model?.closeAllConnections()
  model?.close()
  await gateway?.close()
  rmSync(folder, { recursive: true, force: true })
})

const modelUrl = (path: string) => `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1${path}`
const post = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })
const json =
  (body: object, status = 200) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'abc' })
    response.end(JSON.stringify(body))
  }
const events = (...data: (object | '[DONE]')[]) =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`)
const stream =
  (texts: readonly string[], end = true) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (const text of texts) response.write(text)
    if (end) response.end()
  }

/** The rates and quantities of the one charge with the reference. */
async function charged(reference: string): Promise<Record<string, number>> {
  expect(await credits.flush()).toBe(0)
  const query = `query ($id: ID!, $reference: String!) { result: team(id: $id) {
    receipt(reference: $reference) { charges { lines { rate quantity } } } } }`
  type Charges = { receipt: { charges: { lines: { rate: string; quantity: string }[] }[] } | null }
  const { receipt } = resultOf<Charges>(await ask(gateway.url, query, { id: teamId, reference }))
  const lines = receipt?.charges.flatMap((charge) => charge.lines) ?? []
  return Object.fromEntries(lines.map(({ rate, quantity }) => [rate, Number(quantity)]))
}

const usage = {
  prompt_tokens: 2_000,
  completion_tokens: 500,
  prompt_tokens_details: { cached_tokens: 1_500 },
  completion_tokens_details: { reasoning_tokens: 400 },
}
const split = { 'chat.input': 500, 'chat.cached': 1_500, 'chat.output': 100, 'chat.reasoning': 400 }
const options = () => ({ credits, rates, estimate, charge: { teamId, reference: 'answer' } })

describe('an OpenAI-compatible endpoint', () => {
  test('is charged for the tokens of a chat completion, which its reader gets unchanged', async () => {
    const body = { id: 'chatcmpl-1', model: 'gpt-x', choices: [{ message: { content: 'Hello' } }], usage }
    answer = json(body)
    const models: string[] = []
    const fetchMetered = meterOpenAi({
      ...options(),
      rates: ({ model }) => {
        models.push(model)
        return rates
      },
    })
    const response = await fetchMetered(modelUrl('/chat/completions'), post({ model: 'gpt-x' }))
    expect(response.headers.get('x-request-id')).toBe('abc')
    expect(await response.json()).toEqual(body)
    expect(models).toEqual(['gpt-x'])
    expect(await charged('answer')).toEqual(split)
    expect((await balanceOf(gateway.url, teamId)).available).toBe(`${500 - 4.5 - 1.5 - 4.5 - 36}`)
  })

  test('is charged for the last chunk of a stream, wherever the chunks are cut', async () => {
    const texts = events({ choices: [{ delta: { content: 'Grüße' } }], usage: null }, { choices: [], usage }, '[DONE]')
    const bytes = Buffer.from(texts.join(''))
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7))
      response.end()
    }
    const response = await meterOpenAi(options())(modelUrl('/chat/completions'), post({ stream: true }))
    expect(await response.text()).toBe(texts.join(''))
    expect(await charged('answer')).toEqual(split)
  })

  test('is charged for a stream of the responses API', async () => {
    const completed = {
      type: 'response.completed',
      response: {
        usage: {
          input_tokens: 2_000,
          input_tokens_details: { cached_tokens: 1_500 },
          output_tokens: 500,
          output_tokens_details: { reasoning_tokens: 400 },
        },
      },
    }
    answer = stream(events({ type: 'response.created', response: { usage: null } }, completed))
    await (await meterOpenAi(options())(modelUrl('/responses'), post({ stream: true }))).text()
    expect(await charged('answer')).toEqual(split)
  })

  test('is charged the estimate where the answer has no usage', async () => {
    answer = stream(events({ choices: [{ delta: { content: 'Hello' } }] }, '[DONE]'))
    await (await meterOpenAi(options())(modelUrl('/chat/completions'), post({ stream: true }))).text()
    expect(await charged('answer')).toEqual({ 'chat.input': 1_000, 'chat.output': 1_000 })
  })

  test('is charged what a function says where the reader goes away', async () => {
    answer = stream(events({ choices: [{ delta: { content: 'Hello' } }] }), false)
    const asked: Unknown[] = []
    const fetchMetered = meterOpenAi({
      ...options(),
      estimate: ({ request }, why) => {
        asked.push(why)
        return { input: Number(request.max_tokens), output: 1 }
      },
    })
    const response = await fetchMetered(modelUrl('/chat/completions'), post({ stream: true, max_tokens: 30 }))
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(asked).toEqual(['ABORTED'])
    expect(await charged('answer')).toEqual({ 'chat.input': 30, 'chat.output': 1 })
  })

  test('is charged the estimate where the line is cut within a stream', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(events({ choices: [{ delta: { content: 'Hello' } }] })[0], () => request.socket.destroy())
    }
    const response = await meterOpenAi(options())(modelUrl('/chat/completions'), post({ stream: true }))
    await expect(response.text()).rejects.toThrow()
    expect(await charged('answer')).toEqual({ 'chat.input': 1_000, 'chat.output': 1_000 })
  })

  test('settles a hold, in whole where the tokens are not known', async () => {
    const hold = await credits.hold({ teamId, usage: [{ rate: 'chat.output', quantity: '2000' }] })
    if (hold.__typename !== 'Hold') throw new Error(hold.message)
    answer = json({ choices: [] })
    const charge = { teamId, holdId: hold.id }
    const fetchMetered = meterOpenAi({ credits, rates, charge, estimate: 'HELD' })
    await fetchMetered(modelUrl('/chat/completions'), post({}))
    expect(await credits.flush()).toBe(0)
    expect(await balanceOf(gateway.url, teamId)).toMatchObject({ available: '410', held: '0' })
  })

  test.each([
    ['refuses', '/chat/completions', json({ error: { message: 'No such model' } }, 404), post({})],
    ['lists models', '/models', json({ data: [] }), { method: 'GET' }],
    ['takes a file', '/files', json({ id: 'file-1' }), post({})],
  ])('is not charged where it %s', async (_, path, given, init) => {
    answer = given
    const response = await meterOpenAi(options())(modelUrl(path), init)
    expect(await response.json()).toBeTruthy()
    expect(await charged('answer')).toEqual({})
    expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 0 })
  })

  test('fails to its reader where its tokens can not be recorded', async () => {
    answer = json({ usage })
    await credits.close()
    await expect(meterOpenAi(options())(modelUrl('/chat/completions'), post({}))).rejects.toMatchObject({
      code: 'CLIENT_CLOSED',
    })
  })
})

describe('a model of the AI SDK', () => {
  const tokens = {
    inputTokens: { total: 2_000, noCache: 500, cacheRead: 1_500, cacheWrite: undefined },
    outputTokens: { total: 500, text: 100, reasoning: 400 },
  }
  const streamOf = (...parts: readonly { type: string; usage?: typeof tokens }[]) =>
    new ReadableStream<{ type: string; usage?: typeof tokens }>({
      start(controller) {
        for (const part of parts) controller.enqueue(part)
        controller.close()
      },
    })
  const unused = () => Promise.reject(new Error('It is not called'))
  const modelOf = (stream: ReadableStream<{ type: string; usage?: typeof tokens }>) => ({
    params: { prompt: 'Hi' },
    model: { modelId: 'model-x' },
    doGenerate: async () => ({ usage: tokens, content: [] }),
    doStream: async () => ({ stream, request: {} }),
  })

  test('is charged for the tokens of an answer', async () => {
    const middleware = meterAiSdk(options())
    const call = { ...modelOf(streamOf()), doStream: unused }
    expect(await middleware.wrapGenerate(call)).toMatchObject({ usage: tokens })
    expect(await charged('answer')).toEqual(split)
  })

  test('is charged for the finish of a stream', async () => {
    const parts = [{ type: 'text-delta' }, { type: 'finish', usage: tokens }]
    const { stream } = await meterAiSdk(options()).wrapStream(modelOf(streamOf(...parts)))
    const seen: object[] = []
    for await (const part of stream) seen.push(part)
    expect(seen).toEqual(parts)
    expect(await charged('answer')).toEqual(split)
  })

  test('is charged the estimate where the stream is broken off', async () => {
    const endless = new ReadableStream<{ type: string }>({
      pull: (controller) => controller.enqueue({ type: 'text-delta' }),
    })
    const { stream } = await meterAiSdk(options()).wrapStream(modelOf(endless))
    for await (const part of stream) {
      expect(part.type).toBe('text-delta')
      break
    }
    expect(await charged('answer')).toEqual({ 'chat.input': 1_000, 'chat.output': 1_000 })
  })

  test('is not charged where the call fails', async () => {
    const middleware = meterAiSdk(options())
    const call = { ...modelOf(streamOf()), doGenerate: () => Promise.reject(new Error('Overloaded')) }
    await expect(middleware.wrapGenerate(call)).rejects.toThrow('Overloaded')
    expect(await charged('answer')).toEqual({})
  })
})
