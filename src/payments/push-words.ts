import { moneyInWords } from '../catalog/words.ts'
import { fromMinorUnits } from './minor-units.ts'
import type { PushChange } from './push-plan.ts'
import type { PriceTerms } from './sold-products.ts'

/** A change as a person reads it: `create price credits-gateway:package:starter:usd: $5`. */
export function changeInWords(change: PushChange): string {
  switch (change.kind) {
    case 'create-product':
      return `create product ${change.product.id}: ${change.product.name}${taxed(change.product.taxCode)}`
    case 'update-product': {
      const { product, former } = change
      const again = former.isActive ? '' : ', active again'
      return `update product ${product.id}: ${former.name}${taxed(former.taxCode)} → ${product.name}${taxed(product.taxCode)}${again}`
    }
    case 'create-price': {
      const { price, former } = change
      return `create price ${price.lookupKey}: ${termsInWords(price)}${former === null ? '' : `, in place of ${former}`}`
    }
    case 'archive-price':
      return `archive price ${change.price.id}: ${termsInWords(change.price)}`
    case 'archive-product':
      return `archive product ${change.product.id}: ${change.product.name}`
  }
}

const taxed = (code: string | null): string => (code === null ? '' : `, taxed as ${code}`)

type Shown = Pick<PriceTerms, 'currency'> & {
  readonly [Term in 'amount' | 'taxBehavior' | 'interval']: PriceTerms[Term] | number | string | null
}

function termsInWords({ amount, currency, taxBehavior, interval }: Shown): string {
  const money =
    typeof amount === 'number'
      ? moneyInWords({ amount: fromMinorUnits(amount, currency), currency: currency.toUpperCase() })
      : 'an amount of its own kind'
  const every = interval === null ? '' : ` every ${interval}`
  return `${money}${every}${taxBehavior === 'unspecified' || taxBehavior === null ? '' : `, tax ${taxBehavior}`}`
}
