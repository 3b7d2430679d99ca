import { defineEntity } from '@mikro-orm/core'
import type { StoredChargedHold, StoredLine, StoredSlice } from '../domain/stored.ts'

/** Credits reserved, or charged, for running work. */
export const HoldEntity = defineEntity({
  name: 'Hold',
  tableName: 'hold',
  properties: (p) => ({
    teamId: p.string().primary(),
    id: p.bigint('number').primary(),
    state: p.string(),
    amount: p.bigint(),
    captured: p.bigint(),
    remaining: p.bigint(),
    placedAt: p.datetime(3),
    expiresAt: p.datetime(3),
    reference: p.string().nullable(),
    memberId: p.string().nullable(),
    callerId: p.string().nullable(),
    callerRole: p.string(),
    rateCardVersion: p.string(),
    lines: p.json<StoredLine[]>(),
    slices: p.json<StoredSlice[]>(),
    charged: p.json<StoredChargedHold>().nullable(),
    pace: p.decimal().nullable(),
    pacedAt: p.datetime(3).nullable(),
  }),
})
