import type { PackageTerms, Policy } from './account.ts'
import type { Credits } from './amounts/credits.ts'
import { type CustomTopUp, isSold, topUpPrice } from './custom-top-up.ts'
import { AmountNotSold, UnknownPackage } from './errors.ts'
import type { NewPurchase, PurchaseChoice } from './purchase.ts'

/** Credits that are sold, at the catalog's price. */
export type Sale = Pick<NewPurchase, 'packageId' | 'credits' | 'price'>

export const saleOfPackage = ({ id, credits, price }: PackageTerms): Sale => ({ packageId: id, credits, price })

/** `credits` must be an amount that is sold. */
export const saleOfAmount = (terms: CustomTopUp, credits: Credits): Sale => ({
  packageId: null,
  credits,
  price: topUpPrice(terms, credits),
})

/** The sale of a choice by the catalog in force, or the reason why it is not sold. */
export function saleOf(
  choice: PurchaseChoice,
  { customTopUp, package: packageOf }: Pick<Policy, 'customTopUp' | 'package'>,
): Sale | { readonly failure: UnknownPackage | AmountNotSold } {
  if (!('credits' in choice)) {
    const pack = packageOf(choice.packageId)
    return pack === undefined ? { failure: new UnknownPackage(choice) } : saleOfPackage(pack)
  }
  const { credits } = choice
  if (customTopUp === null || !isSold(customTopUp, credits)) {
    return { failure: new AmountNotSold({ credits, range: customTopUp }) }
  }
  return saleOfAmount(customTopUp, credits)
}
