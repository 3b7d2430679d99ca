import { type Hold, remainingOf } from '../../../domain/hold.ts'
import type { HoldEntity } from '../../../entities/hold.ts'
import { storeCharged, storeLine, storeSlice, storeWaiting } from '../../../entities/json/stored.ts'
import { bigint, type Described, instant, json, numeric, table, text } from '../table.ts'

const description: Described<typeof HoldEntity, Hold, null, 'teamId'> = {
  id: bigint((hold) => hold.id),
  state: text((hold) => hold.state),
  amount: bigint((hold) => hold.amount),
  captured: bigint((hold) => hold.captured),
  remaining: bigint((hold) => remainingOf(hold)),
  placedAt: instant((hold) => hold.placedAt),
  expiresAt: instant((hold) => hold.expiresAt),
  reference: text((hold) => hold.reference),
  memberId: text((hold) => hold.memberId),
  callerId: text((hold) => hold.callerId),
  groupIds: json(
    (hold) => (hold.groupIds.length === 0 ? null : hold.groupIds),
    (groupIds) => groupIds,
  ),
  callerRole: text((hold) => hold.callerRole),
  rateCardVersion: text((hold) => hold.rateCardVersion),
  lines: json(
    (hold) => hold.lines,
    (lines) => lines.map(storeLine),
  ),
  fitted: bigint((hold) => hold.fitted),
  slices: json(
    (hold) => hold.slices,
    (slices) => slices.map(storeSlice),
  ),
  charged: json((hold) => hold.charged, storeCharged),
  pace: numeric((hold) => hold.pace?.rate ?? null),
  pacedAt: instant((hold) => hold.pace?.since ?? null),
  waiting: json((hold) => hold.waiting, storeWaiting),
}

export const hold = table('hold', description, {
  key: ['id'],
  keep: ['placedAt', 'reference', 'memberId', 'callerId', 'groupIds', 'callerRole', 'rateCardVersion', 'fitted'],
})
