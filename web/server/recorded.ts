import { randomUUID } from 'node:crypto'
import type { UsageInput } from './contract.ts'
import { maxItemCharacters } from './outbox-store.ts'

/** Where and how usage is charged. */
export type RecordOptions = {
  /** The team, for PLATFORM tokens and keys. Absent: the caller's own team. */
  readonly teamId?: string
  /** The member that a PLATFORM caller acts for. */
  readonly memberId?: string
  /** The caller's own name for the work, at most 500 characters: the receipt is found by it. */
  readonly reference?: string
  /** The hold that the usage settles. If it has expired or was released by then, the usage is charged without it. */
  readonly holdId?: string
  /** Absent: a new one. Give one where the same work may be recorded twice: it is then charged once. */
  readonly idempotencyKey?: string
}

/** Usage that must be charged, with its key. `usage` is null only beside `holdId`: all that the hold reserves. */
export type Recorded = Omit<RecordOptions, 'idempotencyKey'> & {
  readonly usage: readonly UsageInput[] | null
  readonly idempotencyKey: string
  /** The hold stays open: the usage captures a part of it. */
  readonly captures?: true
}

/** @throws {RangeError} where the gateway could never charge it, or the record is too long. */
export function recordedFrom(usage: readonly UsageInput[] | null, options: RecordOptions): Recorded {
  if (usage === null ? options.holdId === undefined : usage.length < 1 || usage.length > 50) {
    throw new RangeError('Give 1 to 50 lines of usage; null, for all that is held, only with `holdId`')
  }
  return { usage, ...options, idempotencyKey: options.idempotencyKey ?? randomUUID() }
}

/** The notation of a record in a store. */
export function textOf(recorded: Recorded): string {
  const text = JSON.stringify(recorded)
  if (text.length <= maxItemCharacters) return text
  throw new RangeError(`A record has at most ${maxItemCharacters} characters: give fewer lines, tags or shorter names`)
}

/** Null where the text is none of `textOf`. */
export function recordedIn(text: string): Recorded | null {
  try {
    const recorded = JSON.parse(text) as Recorded
    const { usage, holdId, idempotencyKey } = recorded
    const hasUsage = Array.isArray(usage) || (usage === null && typeof holdId === 'string')
    return hasUsage && typeof idempotencyKey === 'string' ? recorded : null
  } catch {
    return null
  }
}
