import { defineEntity, p } from '@mikro-orm/core'
import type {
  StoredAlertLevel,
  StoredLent,
  StoredMove,
  StoredRecharge,
  StoredSurplus,
  StoredTrial,
  StoredUnpaidBill,
} from './json/stored.ts'

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
    currency: p.text().nullable(),
    addOnUnits: p.integer().default(0),
    addOnGranted: p.integer().default(0),
    purchases: p.integer().default(0),
    recharge: p.json<StoredRecharge>().nullable(),
    paidThrough: p.datetime(3).nullable(),
    renews: p.boolean().default(true),
    surplus: p.json<StoredSurplus[]>().nullable(),
    trial: p.json<StoredTrial>().nullable(),
    lent: p.json<StoredLent>().nullable(),
    move: p.json<StoredMove>().nullable(),
    unpaidBills: p.json<readonly StoredUnpaidBill[]>().nullable(),
    lowThreshold: p.bigint().nullable(),
    lowThresholdPercent: p.bigint().nullable(),
    levels: p.json<StoredAlertLevel[]>().nullable(),
    alert: p.text(),
    lastEventRevision: p.bigint('number').defaultRaw('0'),
    lastEventNumber: p.integer().default(0),
    nextHoldDeadline: p.datetime(3).nullable(),
    nextBoundary: p.datetime(3).nullable(),
    lastAt: p.datetime(3),
    activeAt: p.datetime(3).defaultRaw('clock_timestamp()'),
    availableRoot: p.integer().generated('floor(sqrt(sqrt(available::float8)))::integer stored'),
    activeMinute: p
      .datetime(6)
      .columnType('timestamp')
      .generated("date_trunc('minute', active_at at time zone 'UTC') stored"),
    createdAt: p.datetime(3),
  },
  indexes: [
    { name: 'account_next_boundary', properties: ['nextBoundary'], where: 'next_boundary is not null' },
    { name: 'account_available', properties: ['availableRoot'] },
    { name: 'account_active', properties: ['activeMinute'] },
    {
      name: 'account_name',
      expression: 'create index "account_name" on "account" ((lower(name) collate "C"), "team_id")',
    },
  ],
})
