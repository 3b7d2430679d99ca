import { describe, expect, test } from 'vitest'
import { aiSdkCounts } from '../../../web/server/meter-ai-sdk.ts'
import { countsIn } from '../../../web/server/meter-open-ai.ts'
import { usageOf } from '../../../web/server/tokens.ts'

const rates = { input: 'in', output: 'out', cached: 'cached', reasoning: 'thought' }
const counts = { input: 100, output: 40, cached: 30, reasoning: 15 }
const quantities = (usage: ReturnType<typeof usageOf>) =>
  Object.fromEntries(usage.map(({ rate, quantity }) => [rate, Number(quantity)]))

describe('the tokens of an answer', () => {
  test('are charged once: cached ones are a part of the input, reasoning a part of the output', () => {
    expect(quantities(usageOf(counts, rates))).toEqual({ in: 70, cached: 30, out: 25, thought: 15 })
  })

  test('of a part without a rate are charged with the whole', () => {
    expect(quantities(usageOf(counts, { input: 'in', output: 'out' }))).toEqual({ in: 100, out: 40 })
    expect(quantities(usageOf(counts, { ...rates, reasoning: undefined }))).toEqual({ in: 70, cached: 30, out: 40 })
  })

  test('have one line for each rate, and none for nothing', () => {
    expect(usageOf(counts, { input: 'all', output: 'all', cached: 'all', reasoning: 'all' })).toEqual([
      { rate: 'all', quantity: '140' },
    ])
    expect(quantities(usageOf({ input: 5, output: 0, cached: 5 }, rates))).toEqual({ cached: 5 })
    expect(usageOf({ input: 0, output: 0 }, rates)).toEqual([])
  })

  test('never become more than the whole where a part is larger', () => {
    expect(quantities(usageOf({ input: 10, output: 5, cached: 90, reasoning: 50 }, rates))).toEqual({
      cached: 10,
      thought: 5,
    })
  })
})

describe('usage of the AI SDK', () => {
  test.each([
    [
      'of the versions 6 and 7',
      {
        inputTokens: { total: 100, noCache: 60, cacheRead: 30, cacheWrite: 10 },
        outputTokens: { total: 40, text: 25, reasoning: 15 },
      },
    ],
    [
      'of the version 5',
      { inputTokens: 100, outputTokens: 40, totalTokens: 140, cachedInputTokens: 30, reasoningTokens: 15 },
    ],
  ])('%s is read', (_, usage) => {
    expect(aiSdkCounts(usage)).toEqual(counts)
  })

  test('that names no tokens is none', () => {
    const total = undefined
    expect(aiSdkCounts({ inputTokens: { total }, outputTokens: { total } })).toBeNull()
    expect(aiSdkCounts({ inputTokens: undefined, outputTokens: undefined })).toBeNull()
  })
})

describe('usage of an OpenAI-compatible answer', () => {
  test('of chat completions, whole and in the last chunk, is read', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 40,
      total_tokens: 140,
      prompt_tokens_details: { cached_tokens: 30, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 15, accepted_prediction_tokens: 0 },
    }
    expect(countsIn({ usage })).toEqual(counts)
  })

  test('of responses, whole and in the last event, is read', () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 30 },
      output_tokens: 40,
      output_tokens_details: { reasoning_tokens: 15 },
      total_tokens: 140,
    }
    expect(countsIn({ usage })).toEqual(counts)
    expect(countsIn({ response: { usage } })).toEqual(counts)
  })

  test('without details is read', () => {
    expect(countsIn({ usage: { prompt_tokens: 7 } })).toEqual({ input: 7, output: 0, cached: 0, reasoning: 0 })
  })

  test.each([
    ['no usage', {}],
    ['null', { usage: null }],
    ['a response without usage', { response: { usage: null } }],
    ['no tokens', { usage: { prompt_tokens: 0, completion_tokens: 0 } }],
    ['nonsense', { usage: { prompt_tokens: 1.5, completion_tokens: -3 } }],
    ['nothing', null],
  ])('is unknown where it is %s', (_, answer) => {
    expect(countsIn(answer)).toBeNull()
  })
})
