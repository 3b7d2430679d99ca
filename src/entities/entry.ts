import { defineEntity, p } from '@mikro-orm/core'
import type { StoredTags } from './json/stored.ts'

/** One movement of credits. Never updated, never deleted: the database refuses both. Posting facts stand on its last entry only. */
export const EntryEntity = defineEntity({
  name: 'Entry',
  tableName: 'entry',
  properties: {
    teamId: p.text().primary(),
    revision: p.bigint('number').primary(),
    grantId: p.bigint('number').nullable(),
    fromState: p.text(),
    toState: p.text(),
    amount: p.bigint(),
    availableAfter: p.bigint(),
    heldAfter: p.bigint(),
    owedAfter: p.bigint(),
    effectiveAt: p.datetime(3),
    postedAt: p.datetime(3).defaultRaw('clock_timestamp()'),
    posting: p.bigint('number'),
    size: p.integer().nullable(),
    type: p.text().nullable(),
    change: p.bigint().nullable(),
    memberId: p.text().nullable(),
    reference: p.text().nullable(),
    reason: p.text().nullable(),
    holdId: p.bigint('number').nullable(),
    chargeId: p.bigint('number').nullable(),
    rateCardVersion: p.text().nullable(),
    line: p.smallint().nullable(),
    rate: p.text().nullable(),
    quantity: p.bigint().nullable(),
    count: p.integer().nullable(),
    moneyAmount: p.bigint().nullable(),
    moneyCurrency: p.text().nullable(),
    callerId: p.text().nullable(),
    tags: p.json<StoredTags>().nullable(),
  },
  indexes: [
    { name: 'entry_refund', properties: ['teamId', 'chargeId'], where: 'charge_id is not null' },
    { name: 'entry_revoked', properties: ['teamId', 'grantId'], where: "to_state = 'revoked'" },
    { name: 'entry_refund_time', properties: ['teamId', 'effectiveAt'], where: "type = 'REFUND'" },
  ],
})
