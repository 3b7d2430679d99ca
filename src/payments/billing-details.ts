import { Stripe } from 'stripe'
import type { BillingDetails, RefusedDetail, TaxId } from '../domain/billing-details.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Customers } from './customers.ts'
import { reached } from './stripe-faults.ts'

export type BillingDetailsStore = {
  read(teamId: TeamId): Promise<BillingDetails>
  /** Parts that are absent stay as they are; null or no text removes one. Nothing changes where one is refused. */
  set(teamId: TeamId, given: Partial<BillingDetails>): Promise<RefusedDetail>
}

const orderField = 'Purchase order'

/** Details are kept at Stripe, where Checkout and the portal change them, too. `changed`: a team's were set. */
export function createBillingDetails(
  stripe: Stripe,
  customers: Pick<Customers, 'ensure'>,
  changed: (teamId: TeamId) => void,
): BillingDetailsStore {
  const taxIdsOf = async (customer: string) => (await stripe.customers.listTaxIds(customer, { limit: 100 })).data

  async function read(teamId: TeamId): Promise<BillingDetails> {
    const customer = await customers.ensure(teamId)
    const taxIds = await taxIdsOf(customer.id)
    const { address } = customer
    return {
      name: customer.name ?? null,
      email: customer.email,
      country: address?.country ?? null,
      line1: address?.line1 ?? null,
      line2: address?.line2 ?? null,
      city: address?.city ?? null,
      postalCode: address?.postal_code ?? null,
      state: address?.state ?? null,
      taxIds: taxIds.map(({ type, value }) => ({ type, value })),
      purchaseOrder: customer.invoice_settings.custom_fields?.find(({ name }) => name === orderField)?.value ?? null,
    }
  }

  async function set(teamId: TeamId, given: Partial<BillingDetails>): Promise<RefusedDetail> {
    const customer = await customers.ensure(teamId)
    const added: string[] = []
    try {
      const before = await taxIdsOf(customer.id)
      const wanted = given.taxIds ?? before
      const isSame = (one: TaxId, other: TaxId) => one.type === other.type && one.value === other.value
      for (const one of wanted.filter((taxId) => !before.some((other) => isSame(taxId, other)))) {
        // Stripe refuses a type that it does not know, which is then told.
        const made = await stripe.customers.createTaxId(customer.id, one as Stripe.CustomerCreateTaxIdParams)
        added.push(made.id)
      }
      await stripe.customers.update(customer.id, updateOf(customer, given))
      for (const one of before.filter((taxId) => !wanted.some((other) => isSame(taxId, other)))) {
        await stripe.customers.deleteTaxId(customer.id, one.id)
      }
      changed(teamId)
      return null
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
      for (const id of added) await stripe.customers.deleteTaxId(customer.id, id)
      return { field: fieldOf(error.param ?? '', error.code ?? ''), reason: error.message }
    }
  }

  return { read: (teamId) => reached(() => read(teamId)), set: (teamId, given) => reached(() => set(teamId, given)) }
}

const addressParts = {
  country: 'country',
  line1: 'line1',
  line2: 'line2',
  city: 'city',
  postalCode: 'postal_code',
  state: 'state',
} as const satisfies Partial<Record<keyof BillingDetails, keyof Stripe.AddressParam>>

function updateOf(customer: Stripe.Customer, given: Partial<BillingDetails>): Stripe.CustomerUpdateParams {
  const { custom_fields: fields } = customer.invoice_settings
  const others = (fields ?? []).filter(({ name }) => name !== orderField)
  const order = given.purchaseOrder ? [{ name: orderField, value: given.purchaseOrder }] : []
  const all = [...others, ...order]
  return {
    ...(given.name === undefined ? {} : { name: given.name ?? '' }),
    ...(given.email === undefined ? {} : { email: given.email ?? '' }),
    address: addressOf(customer, given),
    ...(given.purchaseOrder === undefined ? {} : { invoice_settings: { custom_fields: all.length === 0 ? '' : all } }),
  }
}

/** Stripe replaces an address as a whole. */
function addressOf({ address }: Stripe.Customer, given: Partial<BillingDetails>): Stripe.AddressParam | '' {
  const parts = Object.entries(addressParts).flatMap(([name, part]) => {
    const asked = given[name as keyof typeof addressParts]
    const value = asked === undefined ? address?.[part] : asked
    return value ? [[part, value]] : []
  })
  return parts.length === 0 ? '' : Object.fromEntries(parts)
}

function fieldOf(param: string, code: string): keyof BillingDetails {
  if (code === 'tax_id_invalid' || param === 'type' || param === 'value') return 'taxIds'
  if (param.startsWith('invoice_settings')) return 'purchaseOrder'
  const part = /^address\[(\w+)\]$/.exec(param)?.[1] ?? param
  const named = Object.entries(addressParts).find(([, known]) => known === part)?.[0]
  if (named !== undefined) return named as keyof BillingDetails
  return part === 'email' ? 'email' : 'name'
}
