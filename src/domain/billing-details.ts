import { InvalidInput } from './errors.ts'

export type TaxId = { readonly type: string; readonly value: string }

/** A team as its invoices name it. Null: it is not known. */
export type BillingDetails = {
  readonly name: string | null
  readonly email: string | null
  /** ISO 3166: two capital letters. */
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly postalCode: string | null
  readonly state: string | null
  readonly taxIds: readonly TaxId[]
  readonly purchaseOrder: string | null
}

/** A part that Stripe refuses, and why; null: all are kept. */
export type RefusedDetail = { readonly field: keyof BillingDetails; readonly reason: string } | null

const maxTaxIds = 5
const maxLengths = { email: 512, purchaseOrder: 140, country: 2 } as const
const maxLength = 200
const country = /^[A-Z]{2}$/
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const taxIdType = /^[a-z0-9_]{1,20}$/

/** The parts are read again by Stripe; what could never be right is told without asking it. */
export function faultIn({ taxIds = [], ...texts }: Partial<BillingDetails>): InvalidInput | null {
  for (const [name, value] of Object.entries(texts)) {
    const most = maxLengths[name as keyof typeof maxLengths] ?? maxLength
    if ((value ?? '').length > most) return invalid([name], `it is too long: give at most ${most} characters`)
  }
  if (texts.country && !country.test(texts.country)) {
    return invalid(['country'], 'not a country code: give two capital letters, such as DE')
  }
  if (texts.email && !email.test(texts.email)) return invalid(['email'], 'not an e-mail address: give one')
  if (taxIds.length > maxTaxIds) return invalid(['taxIds'], `there are too many: give at most ${maxTaxIds}`)
  const unusable = taxIds.findIndex(({ type, value }) => !taxIdType.test(type) || value === '' || value.length > 40)
  if (unusable < 0) return null
  return invalid(['taxIds', `${unusable}`], 'not a tax id: give its type, such as eu_vat, and its value')
}

const invalid = (path: string[], reason: string) => new InvalidInput({ path, reason })
