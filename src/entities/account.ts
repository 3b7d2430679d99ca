import { defineEntity, p } from '@mikro-orm/core'
import type { StoredLent, StoredRecharge, StoredSurplus, StoredUnpaidBill } from './json/stored.ts'

/** A team, its totals and its position in time: what concurrent writers compare and set. */
export const AccountEntity = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    teamId: p.text().primary(),
    name: p.text(),
    planId: p.text().nullable(),
    seats: p.integer(),
    topUpsEnabled: p.boolean().default(false),
    version: p.bigint('number'),
    revision: p.bigint('number'),
    available: p.bigint(),
    held: p.bigint(),
    owed: p.bigint(),
    addOnUnits: p.integer().default(0),
    addOnGranted: p.integer().default(0),
    purchases: p.integer().default(0),
    recharge: p.json<StoredRecharge>().nullable(),
    paidThrough: p.datetime(3).nullable(),
    renews: p.boolean().default(true),
    surplus: p.json<StoredSurplus[]>().nullable(),
    lent: p.json<StoredLent>().nullable(),
    unpaidBills: p.json<readonly StoredUnpaidBill[]>().nullable(),
    lowThreshold: p.bigint().nullable(),
    lowThresholdPercent: p.bigint().nullable(),
    alert: p.text(),
    lastEventRevision: p.bigint('number').defaultRaw('0'),
    lastEventNumber: p.integer().default(0),
    nextHoldDeadline: p.datetime(3).nullable(),
    nextBoundary: p.datetime(3).nullable(),
    lastAt: p.datetime(3),
    createdAt: p.datetime(3),
  },
  indexes: [{ name: 'account_next_boundary', properties: ['nextBoundary'], where: 'next_boundary is not null' }],
})
