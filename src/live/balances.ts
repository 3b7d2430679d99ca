import { balanceOf } from '../domain/balance.ts'
import type { TeamId } from '../domain/identity.ts'
import type { TeamNow, TeamReading } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import { type Item, isBehind, isNews, type Mark, type Opening } from './feed.ts'
import { retryReads } from './retry-reads.ts'
import type { LiveSources } from './sources.ts'

/** The team as it is now; one that doesn't exist yet is waited for. */
export async function presentBalance(
  { teams }: Pick<LiveSources, 'teams'>,
  teamId: TeamId,
  alarm: Alarm,
): Promise<Opening<TeamNow> | null> {
  do {
    const now = await retryReads(alarm, () => teams.read(teamId))
    if (now !== null) return { first: now, mark: markOf(now) }
  } while (await alarm.rings())
  return null
}

/**
 * The team after each change, never an older revision than one already sent. A state that shows nothing new is sent,
 * too: a watcher that came in between may have received a state that is over already.
 */
export async function* balances(
  { teams }: Pick<LiveSources, 'teams'>,
  teamId: TeamId,
  from: Mark,
  alarm: Alarm,
): AsyncGenerator<Item<TeamNow>> {
  let told = from
  let version: number | null = null
  while (await alarm.rings()) {
    const now = await retryReads(alarm, () => teams.read(teamId))
    if (now === null) continue
    const mark = markOf(now)
    const isSame = now.account.version === version
    version = now.account.version
    if (isBehind(mark, told) || (isSame && !isNews(mark, told))) continue
    told = mark
    yield { value: now, mark }
  }
}

const marks = new WeakMap<TeamReading, Mark>()

function markOf(now: TeamReading): Mark {
  const known = marks.get(now)
  if (known !== undefined) return known
  const { account, reading } = now
  const mark = { revision: account.revision, number: 0, shown: { text: shownBy(now), reading } }
  marks.set(now, mark)
  return mark
}

/**
 * Everything that a balance shows, except the instant of the reading and times that are counted down from it: of two
 * equal states only one needs to be sent.
 */
function shownBy(now: TeamNow): string {
  const { asOf: _, runwaySeconds: __, ...balance } = balanceOf(now.account, now.at)
  return JSON.stringify(balance, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))
}
