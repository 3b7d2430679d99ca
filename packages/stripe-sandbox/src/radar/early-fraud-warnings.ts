import type Stripe from 'stripe'
import { paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'

const kind = 'radar.early_fraud_warning'
const listParameters = parameters({ ...paging, charge: text().optional(), payment_intent: text().optional() })

export const earlyFraudWarningRoutes: readonly Route[] = [
  route('GET', '/v1/radar/early_fraud_warnings', listParameters, (work, { charge, payment_intent, ...page }) =>
    work.list(kind, '/v1/radar/early_fraud_warnings', page, { charge, payment_intent }),
  ),
  route('GET', '/v1/radar/early_fraud_warnings/:id', parameters({}), (work, _, id) => work.need(kind, id)),
]

/** The card's issuer reports fraud. The warning is actionable as long as the charge is neither refunded nor disputed. */
export function warnOfFraud(work: Work, charge: Stripe.Charge): Stripe.Radar.EarlyFraudWarning {
  const warning: Stripe.Radar.EarlyFraudWarning = {
    id: work.id(kind),
    object: kind,
    actionable: !charge.refunded && !charge.disputed,
    charge: charge.id,
    created: work.now,
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(typeof charge.payment_intent === 'string' ? { payment_intent: charge.payment_intent } : {}),
  }
  work.objects.put(kind, warning)
  work.emit('radar.early_fraud_warning.created', warning)
  return warning
}

/** The charge was refunded or disputed: there is nothing left to do. */
export function settleWarnings(work: Work, charge: string): void {
  for (const before of work.objects.all(kind, { charge, actionable: true })) {
    const warning = { ...before, actionable: false }
    work.objects.put(kind, warning)
    work.emit('radar.early_fraud_warning.updated', warning, changed(before, warning))
  }
}
