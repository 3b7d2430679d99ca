import { Caller, type CallerOptions, type Keyed } from './caller.ts'
import {
  CaptureDocument,
  type CaptureHoldInput,
  type CaptureMutation,
  ChargeDocument,
  type ChargeMutation,
  type ChargeUsageInput,
  ExtendDocument,
  type ExtendHoldInput,
  type ExtendMutation,
  type HoldCreditsInput,
  HoldDocument,
  type HoldMutation,
  ReleaseDocument,
  type ReleaseHoldInput,
  type ReleaseMutation,
  SettleDocument,
  type SettleHoldInput,
  type SettleMutation,
  type UsageInput,
} from './contract.ts'
import { type LeaseOptions, openLease } from './open-lease.ts'
import { Outbox, type OutboxListeners } from './outbox.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { RecordOptions } from './recorded.ts'
import { SqliteStore } from './sqlite-store.ts'

export type CreditsOptions = CallerOptions &
  OutboxListeners & {
    /** The path of the outbox's SQLite file, or a store of your own. */
    outbox: string | OutboxStore
  }

/** A gateway as one backend uses it. Each result has a `__typename`: the effect, or the refusal with `code` and `message`. */
export type Credits = {
  hold(input: Keyed<HoldCreditsInput>): Promise<HoldMutation['result']>
  extend(input: Keyed<ExtendHoldInput>): Promise<ExtendMutation['result']>
  capture(input: Keyed<CaptureHoldInput>): Promise<CaptureMutation['result']>
  settle(input: Keyed<SettleHoldInput>): Promise<SettleMutation['result']>
  release(input: Keyed<ReleaseHoldInput>): Promise<ReleaseMutation['result']>
  charge(input: Keyed<ChargeUsageInput>): Promise<ChargeMutation['result']>
  /** See `Outbox.record`. */
  record(usage: readonly UsageInput[] | null, options?: RecordOptions): Promise<{ idempotencyKey: string }>
  /** See `openLease` and `Lease`. */
  lease(options: LeaseOptions): ReturnType<typeof openLease>
  readonly outbox: Pick<Outbox, 'size' | 'parked' | 'retry' | 'drop'>
  /** See `Outbox.flush`. */
  flush(options?: { timeoutMs?: number }): Promise<number>
  /** See `Outbox.close`. */
  close(): Promise<void>
}

/**
 * A client for backends. Each call is retried with one key, so it has its effect once ({@link Caller.mutate}). What is recorded is charged
 * once, whatever dies in between ({@link Outbox}).
 *
 * @throws {TypeError} where `url` is none.
 * @throws where the outbox's file can't be opened.
 */
export function createCredits(options: CreditsOptions): Credits {
  const caller = new Caller(options)
  const store = typeof options.outbox === 'string' ? new SqliteStore(options.outbox) : options.outbox
  const outbox = new Outbox(caller, store, options)
  return {
    hold: (input) => caller.mutate(HoldDocument, input),
    extend: (input) => caller.mutate(ExtendDocument, input),
    capture: (input) => caller.mutate(CaptureDocument, input),
    settle: (input) => caller.mutate(SettleDocument, input),
    release: (input) => caller.mutate(ReleaseDocument, input),
    charge: (input) => caller.mutate(ChargeDocument, input),
    record: (usage, recordOptions) => outbox.record(usage, recordOptions),
    lease: (leaseOptions) => openLease({ caller, outbox, connection: options }, leaseOptions),
    outbox,
    flush: (flushOptions) => outbox.flush(flushOptions),
    close: () => outbox.close(),
  }
}
