import { formatMoney } from '../domain/amounts/money.ts'
import { MoneyType } from './refs.ts'

MoneyType.implement({
  fields: (t) => ({
    amount: t.field({ type: 'Decimal', resolve: formatMoney }),
    currency: t.exposeString('currency'),
  }),
})
