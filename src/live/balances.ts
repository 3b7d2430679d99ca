import { balanceOf } from '../domain/balance.ts'
import type { TeamId } from '../domain/identity.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import type { LiveSources } from './sources.ts'
import { untilReadable } from './until-readable.ts'

/** The team now, then after each change that a balance shows; never an older revision than one already given. */
export async function* balances({ teams }: LiveSources, teamId: TeamId, alarm: Alarm): AsyncGenerator<TeamNow> {
  let sent: { revision: number; shown: string } | null = null
  do {
    const now = await untilReadable(alarm, () => teams.read(teamId))
    if (now === null) continue
    const { revision } = now.account
    const shown = shownBy(now)
    if (sent !== null && (revision < sent.revision || shown === sent.shown)) continue
    sent = { revision, shown }
    yield now
  } while (await alarm.rings())
}

const shownByNow = new WeakMap<TeamNow, string>()

/**
 * Everything a balance shows, but the instant of looking and what is counted down from it: two that are equal need not
 * both be sent.
 */
function shownBy(now: TeamNow): string {
  const known = shownByNow.get(now)
  if (known !== undefined) return known
  const { asOf: _, runwaySeconds: __, ...balance } = balanceOf(now.account, now.at)
  const shown = JSON.stringify(balance, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))
  shownByNow.set(now, shown)
  return shown
}
