import { defineEntity, p } from '@mikro-orm/core'
import type { StoredChargedHold, StoredLine, StoredSlice, StoredWaitingExtension } from './json/stored.ts'

/** Credits reserved, or charged, for running work. */
export const HoldEntity = defineEntity({
  name: 'Hold',
  tableName: 'hold',
  properties: {
    teamId: p.text().primary(),
    id: p.bigint('number').primary(),
    state: p.text(),
    amount: p.bigint(),
    captured: p.bigint(),
    remaining: p.bigint(),
    placedAt: p.datetime(3),
    expiresAt: p.datetime(3),
    reference: p.text().nullable(),
    memberId: p.text().nullable(),
    callerId: p.text().nullable(),
    groupIds: p.json<string[]>().nullable(),
    callerRole: p.text().default('PLATFORM'),
    rateCardVersion: p.text(),
    lines: p.json<StoredLine[]>(),
    fitted: p.bigint().nullable(),
    slices: p.json<StoredSlice[]>(),
    charged: p.json<StoredChargedHold>().nullable(),
    pace: p.decimal().nullable(),
    pacedAt: p.datetime(3).nullable(),
    waiting: p.json<StoredWaitingExtension>().nullable(),
  },
  indexes: [
    { name: 'hold_deadline', properties: ['teamId', 'expiresAt'], where: "state = 'OPEN'" },
    { name: 'hold_open', properties: ['teamId', 'id'], where: "state = 'OPEN'" },
    { name: 'hold_live', properties: ['teamId'], where: 'pace is not null' },
    { name: 'hold_waiting', properties: ['teamId'], where: 'waiting is not null' },
  ],
})
