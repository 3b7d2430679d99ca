/** The types of payment methods that the account accepts, in the order in which Checkout offers them. */
export const methodTypes = ['card', 'link', 'klarna', 'us_bank_account', 'sepa_debit'] as const

export type MethodType = (typeof methodTypes)[number]

/** Types that pay in these currencies only. */
const currencies: Readonly<Partial<Record<MethodType, readonly string[]>>> = {
  klarna: ['aud', 'cad', 'chf', 'czk', 'dkk', 'eur', 'gbp', 'nok', 'nzd', 'pln', 'ron', 'sek', 'usd'],
  sepa_debit: ['eur'],
  us_bank_account: ['usd'],
}

/** The types that are offered in the currency, of those that the request allows. A type that is unknown has no effect. */
export function offeredTypes(currency: string | null, allowed: readonly string[] | undefined): MethodType[] {
  return methodTypes
    .filter((type) => currency === null || (currencies[type]?.includes(currency) ?? true))
    .filter((type) => allowed?.includes(type) ?? true)
}

/** Whether its payments are processing for days. */
export const isDelayed = (type: string | undefined): boolean => type === 'us_bank_account' || type === 'sepa_debit'
