import { invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'

/** The country for which a customer's taxes are calculated; null: it is not known. */
export function countryOf(work: Work, customer: string | null): string | null {
  return customer === null ? null : (work.need('customer', customer).address?.country ?? null)
}

/** The refusal of what needs a tax and has no address for it. */
export const noLocation = () =>
  invalid(
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
    { code: 'customer_tax_location_invalid' },
  )
