import * as receipts from '../resolvers/receipts.ts'
import { ChargeType, HoldType, MemberType, ReceiptType, RefundType } from './refs.ts'

ReceiptType.implement({
  fields: (t) => ({
    reference: t.string({ resolve: ({ receipt }) => receipt.reference }),
    held: t.field({ type: 'Credits', resolve: ({ receipt }) => receipt.held }),
    charged: t.field({ type: 'Credits', resolve: ({ receipt }) => receipt.charged }),
    refunded: t.field({ type: 'Credits', resolve: ({ receipt }) => receipt.refunded }),
    net: t.field({ type: 'Credits', resolve: receipts.receiptNet }),
    holds: t.field({ type: [HoldType], resolve: receipts.receiptHolds }),
    charges: t.field({ type: [ChargeType], resolve: receipts.receiptCharges }),
    refunds: t.field({ type: [RefundType], resolve: receipts.receiptRefunds }),
    complete: t.boolean({ resolve: ({ receipt }) => receipt.isComplete }),
    member: t.field({ type: MemberType, nullable: true, resolve: receipts.receiptMember }),
  }),
})
