import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { paging, parameters } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'

export const reviewRoutes: readonly Route[] = [
  route('GET', '/v1/reviews', parameters(paging), (work, page) =>
    work.list('review', '/v1/reviews', page, { open: true }),
  ),
  route('GET', '/v1/reviews/:id', parameters({}), (work, _, id) => work.need('review', id)),
  route('POST', '/v1/reviews/:id/approve', parameters({}), (work, _, id) => {
    const review = work.need('review', id)
    if (!review.open) throw invalid(`This review is closed already: ${review.closed_reason}.`)
    return closeReview(work, review, 'approved')
  }),
]

/** Queues the payment for a person to look at; it is charged meanwhile. */
export function openReview(work: Work, charge: Stripe.Charge, reason: Stripe.Review.OpenedReason): Stripe.Review {
  const intent = typeof charge.payment_intent === 'string' ? charge.payment_intent : ''
  const [open] = work.objects.all('review', { charge: charge.id, open: true })
  if (open !== undefined) throw invalid(`Charge ${charge.id} is reviewed already: ${open.id}.`)
  const review: Stripe.Review = {
    id: work.id('review'),
    object: 'review',
    billing_zip: null,
    charge: charge.id,
    closed_reason: null,
    created: work.now,
    ip_address: null,
    ip_address_location: null,
    livemode: false,
    open: true,
    opened_reason: reason,
    payment_intent: intent,
    reason,
    session: null,
  }
  work.objects.put('review', review)
  work.objects.put('charge', { ...charge, review: review.id })
  work.objects.put('payment_intent', { ...work.need('payment_intent', intent), review: review.id })
  work.emit('review.opened', review)
  return review
}

/** Ends the charge's review, if one is open. */
export function closeReviewOf(work: Work, charge: string, reason: Stripe.Review.ClosedReason): void {
  for (const review of work.objects.all('review', { charge, open: true })) closeReview(work, review, reason)
}

function closeReview(work: Work, before: Stripe.Review, closed_reason: Stripe.Review.ClosedReason): Stripe.Review {
  const review: Stripe.Review = { ...before, open: false, closed_reason, reason: closed_reason }
  work.objects.put('review', review)
  work.emit('review.closed', review, changed(before, review))
  return review
}
