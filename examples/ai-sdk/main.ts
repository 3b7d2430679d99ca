import { createCredits, meterAiSdk } from '@credits-gateway/server'
import { generateText, simulateReadableStream, streamText, wrapLanguageModel } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'

/** A chat by the Vercel AI SDK. Each answer's tokens are in the outbox before the answer is complete. */
const credits = createCredits({
  url: `${process.env.CREDITS_GATEWAY ?? 'http://127.0.0.1:4000'}/graphql`,
  token: process.env.CREDITS_API_KEY ?? '',
  outbox: process.env.OUTBOX ?? 'credits-outbox.db',
})

/** Stands in for a provider: replace it by a model such as `openai('gpt-x')`. */
const usage = {
  inputTokens: { total: 1_200, noCache: 200, cacheRead: 1_000, cacheWrite: undefined },
  outputTokens: { total: 300, text: 100, reasoning: 200 },
}
const finishReason = { unified: 'stop', raw: undefined } as const
const fake = new MockLanguageModelV4({
  doGenerate: async () => ({ content: [{ type: 'text', text: 'Hello' }], finishReason, usage, warnings: [] }),
  doStream: async () => ({
    stream: simulateReadableStream({
      chunks: [
        { type: 'text-start', id: '1' },
        { type: 'text-delta', id: '1', delta: 'Hello again' },
        { type: 'text-end', id: '1' },
        { type: 'finish', finishReason, usage },
      ],
    }),
  }),
})

const metered = (messageId: string) =>
  wrapLanguageModel({
    model: fake,
    middleware: meterAiSdk({
      credits,
      rates: { input: 'chat.input', output: 'chat.output' },
      charge: { reference: messageId, idempotencyKey: messageId },
      estimate: { input: 2_000, output: 1_000 },
    }),
  })

const { text } = await generateText({ model: metered('message-1'), prompt: 'Hi' })
console.log(text)
for await (const part of streamText({ model: metered('message-2'), prompt: 'Hi again' }).textStream) console.log(part)
console.log(`${await credits.flush()} records wait for the gateway`)
await credits.close()
