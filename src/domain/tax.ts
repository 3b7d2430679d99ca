/** Whether a tax is added to a price, or is part of it, by Stripe's names. */
export const taxBehaviors = ['exclusive', 'inclusive'] as const
export type TaxBehavior = (typeof taxBehaviors)[number]

/** How prices are taxed. `code`: Stripe's tax code of what is sold, `txcd_…`. */
export type TaxTerms = { readonly behavior: TaxBehavior; readonly code: string }

/** The tax on a price and the sum to pay, in nano-units of the price's currency. */
export type Taxed = { readonly tax: bigint; readonly total: bigint }
