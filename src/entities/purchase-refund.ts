import { defineEntity, p } from '@mikro-orm/core'

/** A refund of a purchase or of an invoice's payment that the operator asked for. */
export const PurchaseRefundEntity = defineEntity({
  name: 'PurchaseRefund',
  tableName: 'purchase_refund',
  properties: {
    teamId: p.text().primary(),
    key: p.text().primary(),
    purchaseId: p.integer().nullable(),
    invoice: p.text().nullable(),
    paymentIntent: p.text().nullable(),
    currency: p.text().nullable(),
    fingerprint: p.text(),
    amount: p.bigint(),
    reason: p.text(),
    cause: p.text().default('requested_by_customer'),
    state: p.text().default('ASKED'),
    refund: p.text().nullable(),
    createdAt: p.datetime(3),
    askedAt: p.datetime(3),
  },
  indexes: [
    { name: 'purchase_refund_asked', properties: ['askedAt'], where: "state = 'ASKED'" },
    { name: 'purchase_refund_invoice', properties: ['teamId', 'invoice'], where: 'invoice is not null' },
  ],
})
