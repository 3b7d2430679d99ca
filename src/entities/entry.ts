import { defineEntity, type InferEntity } from '@mikro-orm/core'

/** One movement of credits. Never updated, never deleted: the database refuses both. Posting facts stand on its last entry only. */
export const EntryEntity = defineEntity({
  name: 'Entry',
  tableName: 'entry',
  properties: (p) => ({
    teamId: p.string().primary(),
    revision: p.bigint('number').primary(),
    grantId: p.bigint('number').nullable(),
    fromState: p.string(),
    toState: p.string(),
    amount: p.bigint(),
    availableAfter: p.bigint(),
    heldAfter: p.bigint(),
    owedAfter: p.bigint(),
    effectiveAt: p.datetime(3),
    postedAt: p.datetime(3),
    posting: p.bigint('number'),
    size: p.integer().nullable(),
    type: p.string().nullable(),
    change: p.bigint().nullable(),
    memberId: p.string().nullable(),
    reference: p.string().nullable(),
    reason: p.string().nullable(),
    holdId: p.bigint('number').nullable(),
    chargeId: p.bigint('number').nullable(),
    rateCardVersion: p.string().nullable(),
    line: p.smallint().nullable(),
    rate: p.string().nullable(),
    quantity: p.bigint().nullable(),
    count: p.integer().nullable(),
    moneyAmount: p.bigint().nullable(),
    moneyCurrency: p.string().nullable(),
  }),
})
export type EntryRow = InferEntity<typeof EntryEntity>
