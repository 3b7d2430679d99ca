const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** Codes that `Intl` has a name for and that no address is in: unions, parts of a country, and placeholders. */
const noCountries = new Set(['CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'UN', 'XA', 'XB', 'ZZ'])

/** The countries of ISO 3166 with their names in the locale, by name. A code that was replaced by another is left out. */
export function countriesIn(locale: string): readonly (readonly [code: string, name: string])[] {
  const names = new Intl.DisplayNames([locale, 'en'], { type: 'region', fallback: 'none' })
  const isCurrent = (code: string) => new Intl.Locale(`und-${code}`).region === code && !noCountries.has(code)
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`))
  const known = codes.flatMap((code) => {
    const name = isCurrent(code) ? names.of(code) : undefined
    return name === undefined ? [] : [[code, name] as const]
  })
  const order = new Intl.Collator([locale, 'en'])
  return known.toSorted(([, one], [, other]) => order.compare(one, other))
}
