import { defineEntity, p } from '@mikro-orm/core'

/** A change of add-on units on its way to Stripe. Only one of a team is under way at a time. */
export const AddOnChangeEntity = defineEntity({
  name: 'AddOnChange',
  tableName: 'add_on_change',
  properties: {
    teamId: p.text().primary(),
    key: p.text().primary(),
    units: p.integer(),
    state: p.text().default('PENDING'),
    createdAt: p.datetime(3),
    attempt: p.integer().default(0),
    claimedAt: p.datetime(3).nullable(),
    subscription: p.text().nullable(),
    price: p.text().nullable(),
    // Written by releases before units had invoices of their own.
    item: p.text().nullable(),
    chargeTo: p.integer().nullable(),
    chargeFrom: p.datetime(3).nullable(),
    invoice: p.text().nullable(),
    actionUrl: p.text().nullable(),
    declineCode: p.text().nullable(),
    failure: p.text().nullable(),
    asks: p.integer().default(0),
    askAt: p.datetime(3).nullable(),
    fresh: p.integer().nullable(),
    amount: p.bigint().nullable(),
  },
  indexes: [
    { name: 'add_on_change_ask_at', properties: ['askAt'], where: 'ask_at is not null' },
    { name: 'add_on_change_invoice', properties: ['invoice'], where: 'invoice is not null' },
  ],
  uniques: [
    {
      name: 'add_on_change_under_way',
      properties: ['teamId'],
      where: "state = 'PENDING' and claimed_at is not null",
    },
  ],
})
