import type { Step } from './step.ts'
import { accountSteps } from './steps/account.ts'
import { checkoutSteps } from './steps/checkout.ts'
import { customerSteps } from './steps/customers.ts'
import { eventSteps, handSteps } from './steps/events.ts'
import { invoiceSteps } from './steps/invoices.ts'
import { lossSteps } from './steps/losses.ts'
import { paymentSteps } from './steps/payments.ts'
import { productSteps } from './steps/products.ts'
import { subscriptionSteps } from './steps/subscriptions.ts'
import { taxSteps } from './steps/taxes.ts'
import { unitSteps } from './steps/units.ts'

/** Every step in the order of the run: the events come last. */
export const steps: readonly Step[] = [
  ...accountSteps,
  ...customerSteps,
  ...paymentSteps,
  ...lossSteps,
  ...checkoutSteps,
  ...productSteps,
  ...invoiceSteps,
  ...taxSteps,
  ...unitSteps,
  ...subscriptionSteps,
  ...eventSteps,
  ...handSteps,
]
