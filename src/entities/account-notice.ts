import { defineEntity, p } from '@mikro-orm/core'

/** An event of a team that moved no credits, in the order (revision, number). */
export const AccountNoticeEntity = defineEntity({
  name: 'AccountNotice',
  tableName: 'account_notice',
  properties: {
    teamId: p.text().primary(),
    revision: p.bigint('number').primary(),
    number: p.integer().primary(),
    type: p.text(),
    effectiveAt: p.datetime(3),
    amount: p.bigint().nullable(),
    reason: p.text().nullable(),
    platformPosition: p.bigint('number').defaultRaw('platform_position()'),
  },
  indexes: [{ name: 'account_notice_platform', properties: ['platformPosition', 'teamId', 'revision', 'number'] }],
})
