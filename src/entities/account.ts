import { defineEntity } from '@mikro-orm/core'
import type { StoredRecharge, StoredSurplus } from '../domain/stored.ts'

/** A team, its totals and its position in time: what concurrent writers compare and set. */
export const AccountEntity = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: (p) => ({
    teamId: p.string().primary(),
    name: p.string(),
    planId: p.string().nullable(),
    seats: p.integer(),
    topUpsEnabled: p.boolean(),
    version: p.bigint('number'),
    revision: p.bigint('number'),
    available: p.bigint(),
    held: p.bigint(),
    owed: p.bigint(),
    addOnUnits: p.integer(),
    addOnGranted: p.integer(),
    purchases: p.integer(),
    recharge: p.json<StoredRecharge>().nullable(),
    paidThrough: p.datetime(3).nullable(),
    renews: p.boolean(),
    surplus: p.json<StoredSurplus[]>().nullable(),
    lowThreshold: p.bigint().nullable(),
    lowThresholdPercent: p.bigint().nullable(),
    alert: p.string(),
    lastEventRevision: p.bigint('number'),
    lastEventNumber: p.integer(),
    nextHoldDeadline: p.datetime(3).nullable(),
    nextBoundary: p.datetime(3).nullable(),
    lastAt: p.datetime(3),
    createdAt: p.datetime(3),
  }),
})
