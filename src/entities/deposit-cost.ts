import { defineEntity, p } from '@mikro-orm/core'

/** The cost of a deposit of a plan or of units: its share of the paid invoice. `whole`: what all deposits of the invoice share. */
export const DepositCostEntity = defineEntity({
  name: 'DepositCost',
  tableName: 'deposit_cost',
  properties: {
    teamId: p.text().primary(),
    source: p.text().primary(),
    invoice: p.text(),
    amount: p.bigint(),
    whole: p.bigint(),
    currency: p.text(),
    startsAt: p.datetime(3),
    dueAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'deposit_cost_invoice', properties: ['teamId', 'invoice'] },
    { name: 'deposit_cost_due_at', properties: ['dueAt'], where: 'due_at is not null' },
  ],
})
