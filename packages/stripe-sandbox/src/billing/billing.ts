import type { Route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import type { PageRoute } from '../http/pages.ts'
import { advance, retry } from './collect.ts'
import { creditNoteRoutes } from './credit-notes.ts'
import { announce, cycle, expireIncomplete, warnOfTrialEnd } from './cycle.ts'
import { invoiceItemRoutes } from './invoice-items.ts'
import { invoicePages } from './invoice-pages.ts'
import { invoicePaymentRoutes, invoiceRoutes } from './invoices.ts'
import { expirePendingUpdate, expireResumption, resumeCollection } from './pause.ts'
import { portalRoutes } from './portal.ts'
import { portalPages } from './portal-pages.ts'
import { previewRoutes } from './previews.ts'
import { priceRoutes } from './prices.ts'
import { productRoutes } from './products.ts'
import { subscriptionItemRoutes, subscriptionRoutes } from './subscriptions.ts'

export const billingRoutes: readonly Route[] = [
  ...productRoutes,
  ...priceRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...previewRoutes,
  ...invoiceRoutes,
  ...invoicePaymentRoutes,
  ...invoiceItemRoutes,
  ...creditNoteRoutes,
  ...portalRoutes,
]

export const billingPages: readonly PageRoute[] = [...invoicePages, ...portalPages]

export const billingAlarms: Readonly<Record<string, (work: Work, id: string) => void>> = {
  'invoice.finalize': advance,
  'invoice.retry': retry,
  'subscription.cycle': cycle,
  'subscription.upcoming': announce,
  'subscription.trial-will-end': warnOfTrialEnd,
  'subscription.incomplete-expires': expireIncomplete,
  'subscription.resumption-expires': expireResumption,
  'subscription.pending-update-expires': expirePendingUpdate,
  'subscription.collection-resumes': resumeCollection,
}
