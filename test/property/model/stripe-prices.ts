import type { PushChange, Pushed, PushedProduct } from '../../../src/payments/push-plan.ts'

type Price = PushedProduct['prices'][number] & { readonly product: string; readonly isActive: boolean }

/** Stripe's products and prices: an id has one product, a lookup key one price, whether it is archived or not. */
export class StripePrices {
  readonly #products = new Map<string, Omit<PushedProduct, 'prices'>>()
  #prices: readonly Price[] = []
  #made = 0

  /** A push reads this: the products that are active or sold, with the prices that are active. */
  read(sold: readonly { readonly id: string }[]): Pushed {
    const read = [...this.#products.values()].filter(
      ({ id, isActive }) => isActive || sold.some((one) => one.id === id),
    )
    const products = read.map((product) => ({
      ...product,
      prices: this.#prices.filter((price) => price.product === product.id && price.isActive),
    }))
    const holders = this.#prices.flatMap(({ id, lookupKey }) => (lookupKey === null ? [] : [[lookupKey, id] as const]))
    return { products, holders: new Map(holders) }
  }

  apply(change: PushChange): void {
    switch (change.kind) {
      case 'create-product':
      case 'update-product': {
        const { id, name, taxCode } = change.product
        const former = this.#products.get(id)
        if ((former === undefined) !== (change.kind === 'create-product')) throw new Error(`${change.kind} of ${id}`)
        this.#products.set(id, { id, name, taxCode: taxCode ?? former?.taxCode ?? null, isActive: true })
        return
      }
      case 'create-price': {
        const { product, price } = change
        if (this.#products.get(product.id)?.isActive !== true) throw new Error(`There is no product ${product.id}`)
        this.#made += 1
        const others = this.#prices.map((other) =>
          other.lookupKey === price.lookupKey ? { ...other, lookupKey: null } : other,
        )
        this.#prices = [...others, { ...price, id: `price_${this.#made}`, product: product.id, isActive: true }]
        return
      }
      case 'archive-price':
        this.archive(change.price.id)
        return
      case 'archive-product': {
        const former = this.#products.get(change.product.id)
        if (former !== undefined) this.#products.set(former.id, { ...former, isActive: false })
      }
    }
  }

  /** A person may do so in Stripe, too. */
  archive(price: string): void {
    this.#prices = this.#prices.map((one) => (one.id === price ? { ...one, isActive: false } : one))
  }

  get active(): readonly Price[] {
    return this.#prices.filter(({ isActive }) => isActive)
  }
}
