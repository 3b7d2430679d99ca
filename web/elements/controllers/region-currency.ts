/** Currencies of several countries, and where each pays. Any other begins with the code of its country. Source: ISO 4217. */
const shared: Readonly<Record<string, string>> = {
  AUD: 'AU CC CX HM KI NF NR TV',
  CHF: 'CH LI',
  DKK: 'DK FO GL',
  EUR: 'AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA XK YT',
  GBP: 'GB GG IM JE',
  ILS: 'IL PS',
  MAD: 'EH MA',
  NOK: 'BV NO SJ',
  NZD: 'CK NU NZ PN TK',
  USD: 'AS BQ EC FM GU IO MH MP PA PR PW SV TC TL UM US VG VI',
  XAF: 'CF CG CM GA GQ TD',
  XCD: 'AG AI DM GD KN LC MS VC',
  XOF: 'BF BJ CI GW ML NE SN TG',
  XPF: 'NC PF WF',
}

/** The one of these currencies in which people of a region pay; null: none of them. `region`: ISO 3166, two letters. */
export function currencyOfRegion(currencies: readonly string[], region: string | null): string | null {
  if (region === null || region === '') return null
  return currencies.find((currency) => (shared[currency] ?? currency.slice(0, 2)).split(' ').includes(region)) ?? null
}

/** The region of a language tag; where it names none, the one where most people speak it so. */
export function regionOf(locale: string): string | null {
  try {
    return new Intl.Locale(locale).maximize().region ?? null
  } catch {
    return null
  }
}
