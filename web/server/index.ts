export { CreditsClientError } from '../client/errors.ts'
export type { TokenSource } from '../client/token.ts'
export type { Keyed } from './caller.ts'
export type {
  CaptureHoldInput,
  CaptureMutation,
  ChargeMutation,
  ChargeUsageInput,
  ExtendHoldInput,
  ExtendMutation,
  HoldCreditsInput,
  HoldMutation,
  ReleaseHoldInput,
  ReleaseMutation,
  SettleHoldInput,
  SettleMutation,
  UsageInput,
} from './contract.ts'
export { type Credits, type CreditsOptions, createCredits } from './create-credits.ts'
export type { Lease, LeaseEnd, Spent } from './lease.ts'
export type { MeterOptions, ModelCall, Unknown } from './meter.ts'
export { type AiSdkMiddleware, type AiSdkUsage, meterAiSdk } from './meter-ai-sdk.ts'
export { meterOpenAi, type OpenAiRequest } from './meter-open-ai.ts'
export type { LeaseOptions } from './open-lease.ts'
export type { Outbox, Parked } from './outbox.ts'
export {
  maxItemCharacters,
  type OutboxCounts,
  type OutboxItem,
  type OutboxStore,
  type ParkedOutboxItem,
  type Refusal,
  type WaitingOutboxItem,
} from './outbox-store.ts'
export type { Recorded, RecordOptions } from './recorded.ts'
export { SqliteStore } from './sqlite-store.ts'
export { type TokenCounts, type TokenRates, usageOf } from './tokens.ts'
