import type { Catalog } from '../catalog/catalog.ts'
import { fillNotice } from '../catalog/notices.ts'
import type { BalanceState } from '../domain/account.ts'
import { type Credits, creditsLabel, formatCredits } from '../domain/credits.ts'
import type { InsufficientCredits } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'

/** `AI Credits exhausted — top up or wait until Monday, November 23`. Source: SEEDS W7. */
export function exhaustedNotice({ notices, timeZone }: Catalog, nextGrantAt: Instant | null): string {
  if (nextGrantAt === null) return fillNotice(notices, 'exhaustedNoGrant', {})
  return fillNotice(notices, 'exhausted', { date: dayNames(timeZone).format(nextGrantAt) })
}

export function alertNotice(
  catalog: Catalog,
  state: BalanceState,
  available: Credits,
  nextGrantAt: Instant | null,
): string {
  if (state === 'EXHAUSTED') return exhaustedNotice(catalog, nextGrantAt)
  const balance = creditsLabel(available, 'en')
  return state === 'LOW' ? fillNotice(catalog.notices, 'low', { balance }) : `${balance} available again`
}

export function shortageNotice(catalog: Catalog, { available, required, shortfall, nextGrantAt }: InsufficientCredits) {
  if (available <= 0n) return exhaustedNotice(catalog, nextGrantAt)
  const { notices } = catalog
  return `${notices.insufficient}: this needs ${formatCredits(required)}, add ${formatCredits(shortfall)} to go on`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function dayNames(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone })
  formats.set(timeZone, made)
  return made
}
