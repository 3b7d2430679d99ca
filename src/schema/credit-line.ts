import { CreditLineType, MoneyType } from './refs.ts'

CreditLineType.implement({
  description:
    'How much a team may owe for work beyond its balance. Only settling a hold goes beyond: holds and charges need available credits, as without a line. The next credits that arrive pay what is owed; the rest is billed in money, with the usage of the month.',
  fields: (t) => ({
    credits: t.expose('credits', {
      type: 'Credits',
      description: 'The largest line of the plan and the running contracts; 0 where only an earlier one is still owed.',
    }),
    owed: t.expose('owed', {
      type: 'Credits',
      description: 'The part of `Balance.owed` that the line lent. Other debts are paid first.',
    }),
    left: t.expose('left', {
      type: 'Credits',
      description: 'The most that settling may go beyond the balance now; 0 while a bill is overdue.',
    }),
    perCredit: t.expose('perCredit', {
      type: MoneyType,
      description: 'The price of a credit that is billed: of what is owed, the price when the first of it was lent.',
    }),
    billedAt: t.expose('billedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The last millisecond of the calendar month, when what is still owed of the line is billed instead. Null: nothing is owed.',
    }),
  }),
})
