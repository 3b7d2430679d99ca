import type { Includes } from './api/expand.ts'
import type { Route } from './api/route.ts'
import type { IntentWatcher, Work } from './api/work.ts'
import { payoutRoutes } from './balance/payouts.ts'
import { balanceAvailable, balanceTransactionRoutes, makeAvailable } from './balance/transactions.ts'
import { billingAlarms, billingPages, billingRoutes } from './billing/billing.ts'
import { invoiceIncludes } from './billing/invoices.ts'
import { followInvoicePayment } from './billing/settle.ts'
import { checkoutPages } from './checkout/pages.ts'
import { followCheckout } from './checkout/pay.ts'
import { checkoutExpires, expireSession } from './checkout/session.ts'
import { checkoutRoutes, linesOf } from './checkout/sessions.ts'
import { customerRoutes } from './customers/customers.ts'
import { disputeRoutes, loseUnanswered } from './disputes/disputes.ts'
import { disputeDue } from './disputes/open.ts'
import { accountRoutes } from './events/accounts.ts'
import { eventRoutes } from './events/events.ts'
import type { PageRoute } from './http/pages.ts'
import { paymentMethodRoutes } from './payment-methods/payment-methods.ts'
import { authenticatePages } from './payments/authenticate-page.ts'
import { chargeRoutes, receiptPage } from './payments/charges.ts'
import { paymentIntentRoutes } from './payments/payment-intents.ts'
import { couponRoutes } from './promotions/coupons.ts'
import { promotionCodeRoutes } from './promotions/promotion-codes.ts'
import { earlyFraudWarningRoutes } from './radar/early-fraud-warnings.ts'
import { reviewRoutes } from './radar/reviews.ts'
import { refundFails, refundSucceeds } from './refunds/create.ts'
import { finishRefund, refundRoutes } from './refunds/refunds.ts'
import { setupIntentRoutes } from './setups/setup-intents.ts'
import { taxCalculationRoutes } from './tax/calculations.ts'
import { taxIdRoutes } from './tax/tax-ids.ts'
import { arrive, testClockArrives, testClockRoutes } from './test-clocks/test-clocks.ts'

/** Every call of the API. */
export const routes: readonly Route[] = [
  ...customerRoutes,
  ...taxIdRoutes,
  ...taxCalculationRoutes,
  ...paymentMethodRoutes,
  ...paymentIntentRoutes,
  ...setupIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...reviewRoutes,
  ...balanceTransactionRoutes,
  ...payoutRoutes,
  ...couponRoutes,
  ...promotionCodeRoutes,
  ...checkoutRoutes,
  ...billingRoutes,
  ...eventRoutes,
  ...accountRoutes,
  ...testClockRoutes,
]

/** Every page for the customer's browser. */
export const pages: readonly PageRoute[] = [...checkoutPages, ...authenticatePages, receiptPage, ...billingPages]

/** The parts of answers that are included only if `expand` names them. */
export const includes: Includes = {
  ...invoiceIncludes,
  'checkout.session': { line_items: linesOf },
  charge: {
    refunds: (work, charge) => ({
      object: 'list',
      url: `/v1/charges/${charge}/refunds`,
      has_more: false,
      data: work.objects.all('refund', { charge }),
    }),
  },
}

/** The action of an alarm, by its kind; the object may have changed since the alarm was set. */
export const alarmHandlers: Readonly<Record<string, (work: Work, id: string) => void>> = {
  [checkoutExpires]: expireSession,
  [disputeDue]: loseUnanswered,
  [refundSucceeds]: (work, id) => finishRefund(work, id, 'succeeded'),
  [refundFails]: (work, id) => finishRefund(work, id, 'failed'),
  [balanceAvailable]: makeAvailable,
  [testClockArrives]: arrive,
  ...billingAlarms,
}

/** The watchers of intents. */
export const intentWatchers: readonly IntentWatcher[] = [followInvoicePayment, followCheckout]
