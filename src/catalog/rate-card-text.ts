import { moneyToCredits } from '../domain/amounts/money.ts'
import type { Rate } from '../domain/rate-card.ts'
import type { Catalog, CreditPackage, OfferedTopUp, Plan, WholeCatalog } from './catalog.ts'
import {
  amountInWords,
  anchorInWords,
  anyAmountInWords,
  choicesInWords,
  creditsInWords,
  depositInWords,
  hasAmount,
  intervalInWords,
  moneyInWords,
  priceInWords,
  requirementInWords,
  saleInWords,
  topUpInWords,
  unitInWords,
} from './words.ts'

type Row = readonly string[]

/** Plans, packages and rates in columns, for people; an asterisk marks numbers that no document gives. */
export function rateCardText(catalog: WholeCatalog): string {
  const { name, version, currency, timeZone, defaultPlan, packages, customTopUp, rateCard, others } = catalog
  const begins = defaultPlan === null ? 'a new team begins without one' : `a new team begins on ${defaultPlan}`
  const lines = [
    `${name}, version ${version}. Money is in ${[currency, ...others.map((other) => other.currency)].join(', ')}, calendar periods begin in ${timeZone}.`,
    ...section(`Plans (${begins})`, catalog.plans.flatMap(planRows)),
    ...section('Packages', packages.map(packageRow)),
    ...(customTopUp === null ? [] : section('Any amount', [[anyAmount(customTopUp)]])),
    ...rateCard.categories.flatMap((category) =>
      section(
        category.name,
        category.rates.map((rate) => rateRow(rate, catalog)),
      ),
    ),
    ...others.flatMap(pricesInOther),
  ]
  return [...lines, ...(lines.some((line) => line.includes(' *')) ? ['', legend] : [])].join('\n')
}

/** The prices in money of another currency than the main one. */
function pricesInOther({ currency, plans, packages, customTopUp, rateCard }: Catalog): string[] {
  const sold = customTopUp === null ? [] : section(`Any amount, in ${currency}`, [[anyAmount(customTopUp)]])
  const units = plans.flatMap(({ id, name, addOn }) =>
    addOn ? [[id, name, `unit: ${saleInWords(addOn)} a cycle${mark(addOn.illustrative)}`]] : [],
  )
  const metered = [...rateCard.rates.values()].filter(({ settlement }) => settlement === 'METERED')
  const rates = metered.map((rate) => [rate.id, rate.name, priceInWords(rate, rateCard)])
  return [
    ...(units.length === 0 ? [] : section(`Plans, in ${currency}`, units)),
    ...section(`Packages, in ${currency}`, packages.map(packageRow)),
    ...sold,
    ...(rates.length === 0 ? [] : section(`Metered, in ${currency}`, rates)),
  ]
}

const legend = '* illustrative: chosen for this catalog, given by no document'

const mark = (illustrative: boolean) => (illustrative ? ' *' : '')

function planRows(plan: Plan): Row[] {
  const { id, name, allowances, addOn } = plan
  const deposits = allowances.map((allowance) => {
    const interval = allowance.interval === null ? '' : `, ${intervalInWords(allowance)}`
    return `${depositInWords(allowance)}${mark(allowance.illustrative)}, ${anchorInWords(allowance)}${interval}`
  })
  const unit = addOn ? [`unit: ${saleInWords(addOn)} a cycle${mark(addOn.illustrative)}`] : []
  const [first = 'deposits nothing', ...more] = [...deposits, ...unit]
  return [[id, name, first, topUpInWords(plan)], ...more.map((line) => ['', '', line])]
}

function packageRow({ id, name, credits, price, pricePer1000, approxMessages, illustrative }: CreditPackage): Row {
  const messages = approxMessages === null ? '' : `about ${approxMessages} messages`
  const each = `${moneyInWords(pricePer1000)} per 1,000`
  return [id, name, creditsInWords(credits), `${moneyInWords(price)}${mark(illustrative)}`, each, messages]
}

const anyAmount = (offer: OfferedTopUp): string => `${anyAmountInWords(offer)}${mark(offer.illustrative)}`

function rateRow(rate: Rate, { rateCard, plans }: Catalog): Row {
  const price = `${amountInWords(rate)}${inCredits(rate, rateCard.creditsPerMoney?.credits)}`
  const notes = [
    ...('auto' in rate.price ? [`one of ${choicesInWords(rate.price, rateCard)}`] : []),
    ...(rate.settlement === 'METERED' ? ['metered'] : []),
    ...(rate.maxCount === undefined ? [] : [`at most ${rate.maxCount} a request`]),
    ...(rate.charge === 'at-start' ? ['charged at the start'] : []),
    ...(rate.role === 'ADMIN' ? ['admins only'] : []),
    ...(rate.requires.length === 0 ? [] : [`needs ${requirementInWords(rate, plans)}`]),
  ]
  return [
    rate.id,
    rate.name,
    `${price}${mark(rate.illustrative)}`,
    hasAmount(rate) ? unitInWords(rate) : '',
    notes.join('; '),
  ]
}

/** The credits that a price in money takes from the balance: ` = 30 credits`. */
function inCredits({ price, settlement }: Rate, creditsPerUnit: bigint | undefined): string {
  if (!('money' in price) || settlement === 'METERED' || creditsPerUnit === undefined) return ''
  const credits = moneyToCredits(price.money, creditsPerUnit)
  return credits === undefined ? '' : ` = ${creditsInWords(credits)}`
}

function section(title: string, rows: readonly Row[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    // A row's last cell needs no room, however long it is.
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    }
  }
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return ['', title, ...(rows.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`.trimEnd()))]
}
