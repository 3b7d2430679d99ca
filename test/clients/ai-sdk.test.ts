import { generateText, simulateReadableStream, streamText, wrapLanguageModel } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { meterAiSdk } from '../../web/server/index.ts'
import { closeAll, openCredits, receiptOf } from '../integration/server-client/scene.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { makeTeam } from '../setup/operator.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'ai', 'free')
})
afterAll(async () => {
  await closeAll()
  await gateway?.close()
})

const usage = {
  inputTokens: { total: 1_000, noCache: 700, cacheRead: 300, cacheWrite: undefined },
  outputTokens: { total: 200, text: 50, reasoning: 150 },
}
const finishReason = { unified: 'stop', raw: undefined } as const

test('the AI SDK takes the middleware, and each answer is charged', async () => {
  const credits = await openCredits(gateway.url)
  let answers = 0
  const charge = () => {
    answers += 1
    return { teamId: 'ai', reference: `answer-${answers}` }
  }
  const rates = { input: 'chat.input', output: 'chat.output' }
  const model = wrapLanguageModel({
    model: new MockLanguageModelV4({
      doGenerate: async () => ({ content: [{ type: 'text', text: 'Hello' }], finishReason, usage, warnings: [] }),
      doStream: async () => ({
        stream: simulateReadableStream({
          chunks: [
            { type: 'text-start', id: '1' },
            { type: 'text-delta', id: '1', delta: 'Hello' },
            { type: 'text-end', id: '1' },
            { type: 'finish', finishReason, usage },
          ],
        }),
      }),
    }),
    middleware: meterAiSdk({ credits, rates, charge, estimate: { input: 1, output: 1 } }),
  })
  expect((await generateText({ model, prompt: 'Hi' })).text).toBe('Hello')
  expect(await streamText({ model, prompt: 'Hi' }).text).toBe('Hello')
  expect(await credits.flush()).toBe(0)
  for (const reference of ['answer-1', 'answer-2']) {
    expect(await receiptOf(gateway.url, 'ai', reference)).toMatchObject({ charged: '18', charges: [{}] })
  }
})
