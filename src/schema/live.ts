import { autoRecharge } from '../resolvers/auto-recharge.ts'
import { balanceNow } from '../resolvers/balances.ts'
import { eventSubject } from '../resolvers/subjects.ts'
import * as watching from '../resolvers/subscriptions.ts'
import { builder } from './builder.ts'
import { rowCost } from './costs.ts'
import { AccountEventTypeEnum, BalanceStateEnum } from './enums.ts'
import {
  AccountEventType,
  ActivityType,
  AutoRechargeType,
  BalanceEmailType,
  BalanceType,
  CreditPackageType,
  LowBalanceAlertType,
  NodeType,
} from './refs.ts'

LowBalanceAlertType.implement({
  fields: (t) => ({
    state: t.expose('state', { type: BalanceStateEnum }),
    balance: t.field({ type: BalanceType, resolve: watching.alertBalance }),
    message: t.string({
      description: '`AI Credits exhausted — top up or wait until Monday, November 23`',
      resolve: watching.alertMessage,
    }),
    nextGrantAt: t.field({ type: 'DateTime', nullable: true, resolve: watching.alertNextGrantAt }),
    canPurchase: t.boolean({ resolve: watching.alertCanPurchase }),
    packages: t.field({ type: [CreditPackageType], resolve: watching.alertPackages }),
    autoRecharge: t.field({ type: AutoRechargeType, resolve: autoRecharge }),
  }),
})

AccountEventType.implement({
  fields: (t) => ({
    id: t.id({ resolve: watching.eventId }),
    subject: t.field({
      type: NodeType,
      nullable: true,
      description: 'The hold, charge, purchase or grant that it is about.',
      complexity: 2 * rowCost,
      resolve: eventSubject,
    }),
    revision: t.expose('revision', {
      type: 'Revision',
      description: 'The ledger position at which it happened.',
    }),
    type: t.field({ type: AccountEventTypeEnum, resolve: watching.eventType }),
    at: t.expose('at', { type: 'DateTime' }),
    message: t.string({ description: 'For a toast: `Credits added`.', resolve: watching.eventMessage }),
    email: t.field({
      type: BalanceEmailType,
      nullable: true,
      description: 'An e-mail about the balance, ready to be sent; null for events of other kinds.',
      resolve: watching.eventEmail,
    }),
    amount: t.expose('amount', { type: 'Credits', nullable: true }),
    activity: t.field({ type: ActivityType, nullable: true, complexity: rowCost, resolve: watching.eventActivity }),
    balance: t.field({ type: BalanceType, resolve: watching.eventBalance }),
  }),
})

BalanceEmailType.implement({
  description: 'An e-mail in the words of the catalog: see `notices` there.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'One line.' }),
    text: t.exposeString('text', {
      description:
        'Plain text, without an address: the sender knows whom it tells. It has the name of the team without invisible characters. The name comes from whoever named the team, so show the text as it is: make no links or HTML of it.',
    }),
  }),
})

builder.subscriptionFields((t) => ({
  balance: t.field({
    type: BalanceType,
    description:
      'The balance now, then after each change; never an older revision than one already sent. A slow reader gets the latest, not every one.',
    args: { teamId: t.arg.id() },
    subscribe: watching.watchBalance,
    resolve: balanceNow,
  }),
  lowBalance: t.field({
    type: LowBalanceAlertType,
    description:
      'Once per crossing: down to LOW, down to EXHAUSTED, back to OK. On subscribing: the present state, if it is not OK.',
    args: { teamId: t.arg.id() },
    subscribe: watching.watchAlerts,
    resolve: (alert: watching.LowBalanceView) => alert,
  }),
  accountEvents: t.field({
    type: AccountEventType,
    description:
      "Every event, none lost, none twice, in the team's own order; with `after` (an event's id), from right behind that one on, so nothing is missed across a reconnect.",
    args: { after: t.arg.id({ extensions: { startsAt: true } }), teamId: t.arg.id() },
    subscribe: watching.watchEvents,
    resolve: (event: watching.AccountEventView) => event,
  }),
}))
