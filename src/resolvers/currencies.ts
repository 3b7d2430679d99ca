import type { Scope } from '../access/viewer.ts'
import type { Catalog, WholeCatalog } from '../catalog/catalog.ts'
import { inCurrency } from '../catalog/currencies.ts'
import { mayChooseCurrency } from '../domain/decisions/choose-currency.ts'
import { readPayingTeams } from '../ledger/deciding/paying-teams.ts'
import type { GatewayContext, Services } from './request/context.ts'
import { badInput, checkedCurrency, type Optional } from './request/inputs.ts'
import { readSnapshot } from './request/reading.ts'
import type { TeamView } from './request/results.ts'
import { readTeam } from './request/submit.ts'

export type CurrencyArgument = { readonly currency?: Optional<string> }

/** The currency in which the team pays. */
export const teamCurrency = ({ account, at }: TeamView, _: unknown, { services }: GatewayContext): string =>
  services.catalogs.catalogAt(at, account).currency

/** The currencies among which a purchase may choose; one where nothing is to be chosen. */
export async function teamCurrencies(
  { account, at }: TeamView,
  _: unknown,
  context: GatewayContext,
): Promise<readonly string[]> {
  const whole = context.services.catalogs.wholeAt(at)
  const own = [inCurrency(whole, account.currency).currency]
  if (whole.others.length === 0 || !mayChooseCurrency(account, false)) return own
  const { teamId } = account
  const paying = await readSnapshot(context, (client) => readPayingTeams(client, [teamId]))
  return paying.has(teamId) ? own : whole.currencies
}

/** Whether the catalog has prices in the asked currency. */
export const hasPrices = ({ currencies }: WholeCatalog, { currency }: CurrencyArgument): boolean =>
  currency == null || currencies.includes(currency)

/** The catalog with the prices of the asked currency; without one, of the main currency. */
export function pricesFor(whole: WholeCatalog, { currency }: CurrencyArgument): Catalog {
  const asked = checkedCurrency(currency)
  if (!hasPrices(whole, { currency: asked })) {
    throw badInput('currency', `nothing is sold in it: give one of ${whole.currencies.join(', ')}`)
  }
  return inCurrency(whole, asked)
}

/** The same for a caller of a team: without an asked currency, with the prices of the team's. */
export async function pricesForTeam(
  whole: WholeCatalog,
  { teamId }: Scope,
  services: Services,
  { currency }: CurrencyArgument,
): Promise<Catalog> {
  if (currency != null || teamId === null || whole.others.length === 0) return pricesFor(whole, { currency })
  return inCurrency(whole, (await readTeam(services, teamId))?.account.currency ?? null)
}
