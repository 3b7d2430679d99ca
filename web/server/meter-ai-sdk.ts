import { Meter, type MeterOptions, metered } from './meter.ts'
import { countsOf, type TokenCounts } from './tokens.ts'

type Count = number | undefined

/** Usage of a model by the versions of the AI SDK's provider interface: v3 and v4 (AI SDK 6 and 7), v2 (AI SDK 5). */
export type AiSdkUsage =
  | {
      readonly inputTokens: { readonly total: Count; readonly cacheRead?: Count }
      readonly outputTokens: { readonly total: Count; readonly reasoning?: Count }
    }
  | {
      readonly inputTokens: Count
      readonly outputTokens: Count
      readonly cachedInputTokens?: Count
      readonly reasoningTokens?: Count
    }

type Model = { readonly modelId: string }
type Call<Params, Generated, Streamed> = {
  readonly doGenerate: () => PromiseLike<Generated>
  readonly doStream: () => PromiseLike<Streamed>
  readonly params: Params
  readonly model: Model
}
type Generated = { readonly usage: AiSdkUsage }
type Streamed = { stream: ReadableStream<{ readonly type: string }> }

/** `wrapLanguageModel` of the AI SDK 5, 6 and 7 takes it. */
export type AiSdkMiddleware<Params> = {
  /** Each version of the AI SDK names its own version here, and reads none. */
  readonly specificationVersion: never
  wrapGenerate<Result extends Generated, Other>(call: Call<Params, Result, Other>): Promise<Result>
  wrapStream<Result extends Streamed, Other>(call: Call<Params, Other, Result>): Promise<Result>
}

/**
 * A middleware for `wrapLanguageModel` that records the tokens of each answer. An answer is complete when the outbox has its tokens. A call
 * that fails before it answers is not charged.
 *
 * `cacheRead` (v2: `cachedInputTokens`) is a part of the input, and `reasoning` a part of the output: no token is charged twice. Tokens that are written into a cache are input.
 */
export function meterAiSdk<Params = unknown>(options: MeterOptions<Params>): AiSdkMiddleware<Params> {
  const meterOf = ({ params, model }: { params: Params; model: Model }) =>
    new Meter(options, { model: model.modelId, request: params })
  return {
    specificationVersion: 'v4' as never,
    async wrapGenerate(call) {
      const result = await call.doGenerate()
      await meterOf(call).record(aiSdkCounts(result.usage))
      return result
    },
    async wrapStream(call) {
      const result = await call.doStream()
      let counts: TokenCounts | null = null
      const seen = (part: { readonly type: string; readonly usage?: AiSdkUsage }) => {
        if (part.type === 'finish' && part.usage !== undefined) counts = aiSdkCounts(part.usage)
      }
      return { ...result, stream: metered(result.stream, seen, () => counts, meterOf(call)) }
    },
  }
}

export function aiSdkCounts(usage: AiSdkUsage): TokenCounts | null {
  const { inputTokens: input, outputTokens: output } = usage
  if (typeof input === 'object' && typeof output === 'object') {
    return countsOf(input.total, output.total, input.cacheRead, output.reasoning)
  }
  const flat = usage as Extract<AiSdkUsage, { inputTokens: Count }>
  return countsOf(flat.inputTokens, flat.outputTokens, flat.cachedInputTokens, flat.reasoningTokens)
}
