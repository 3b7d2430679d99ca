import { type UsageEvidence, usageEvidence } from '../resolvers/usage-evidence.ts'
import { MandateType } from './auto-recharge.ts'
import { builder } from './builder.ts'
import { costOfRows } from './costs.ts'
import * as refs from './refs.ts'

const UsageEvidenceType = builder.objectRef<UsageEvidence>('UsageEvidence').implement({
  description:
    "The facts that answer a dispute about a payment, by the names of Stripe's evidence where it has one. It tells only what the ledger and the audit log have.",
  fields: (t) => ({
    purchase: t.expose('purchase', { type: refs.PurchaseType, description: 'The purchase that is disputed.' }),
    customerPurchaseIp: t.exposeString('customerPurchaseIp', {
      nullable: true,
      description: 'The address from which the purchase was requested, by the audit log; null for a recharge.',
    }),
    mandate: t.expose('mandate', {
      type: MandateType,
      nullable: true,
      description: 'For a recharge: the consent that was in force when it began, by the audit log.',
    }),
    used: t.expose('used', {
      type: 'Credits',
      description: 'The credits of the purchase that are spent, less those given back.',
    }),
    charges: t.expose('charges', {
      type: [refs.ChargeType],
      description: 'The charges that these credits paid, in whole or in part: the first 100, in their order.',
    }),
    accessActivityLog: t.exposeString('accessActivityLog', {
      description:
        'The same as text, a line a charge: instant, member, credits, usage, reference. At most 20,000 characters, which Stripe takes as `access_activity_log`.',
    }),
  }),
})

builder.queryField('usageEvidence', (t) =>
  t.field({
    type: UsageEvidenceType,
    nullable: true,
    description: 'PLATFORM. The facts that a dispute about this purchase needs; null: there is no such purchase.',
    args: { purchaseId: t.arg.id({ required: true, description: 'The id of the purchase.' }) },
    complexity: costOfRows,
    resolve: usageEvidence,
  }),
)
