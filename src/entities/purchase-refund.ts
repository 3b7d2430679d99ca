import { defineEntity, p } from '@mikro-orm/core'

/** A refund of a purchase that the operator asked for. */
export const PurchaseRefundEntity = defineEntity({
  name: 'PurchaseRefund',
  tableName: 'purchase_refund',
  properties: {
    teamId: p.text().primary(),
    key: p.text().primary(),
    purchaseId: p.integer(),
    fingerprint: p.text(),
    amount: p.bigint(),
    reason: p.text(),
    state: p.text().default('ASKED'),
    refund: p.text().nullable(),
    createdAt: p.datetime(3),
    askedAt: p.datetime(3),
  },
  indexes: [{ name: 'purchase_refund_asked', properties: ['askedAt'], where: "state = 'ASKED'" }],
})
