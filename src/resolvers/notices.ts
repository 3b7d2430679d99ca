import type { Scope } from '../access/viewer.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { fillNotice } from '../catalog/notices.ts'
import { grouped } from '../catalog/words.ts'
import { type Account, nextArrival } from '../domain/account.ts'
import { type Credits, creditsLabel, formatCredits } from '../domain/amounts/credits.ts'
import type { InsufficientCredits, SpendingLimitReached } from '../domain/errors.ts'
import { type Instant, memberId } from '../domain/identity.ts'
import type { BalanceState } from '../domain/low-balance.ts'
import { visibleText } from '../domain/names.ts'
import { cutOffOf, runwaySeconds } from '../domain/runway.ts'
import { buys, sells } from '../domain/who-may-buy.ts'
import type { AlertState } from '../live/alerts.ts'
import { adminsInWords } from './admins.ts'
import { planOf } from './plans.ts'
import type { GatewayContext, Services } from './request/context.ts'
import type { LimitReachedView } from './request/results.ts'
import { served } from './request/submit.ts'

/** `AI Credits exhausted — top up or wait until Monday, November 23`. Source: facts W7. */
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

/**
 * The text of an alert. A live session that is about to be cut off comes before the balance. `At this rate your credits
 * last 60 seconds — top up to keep the session running`
 */
export function alertInWords(catalog: Catalog, { state, account, at, ending }: Omit<AlertState, 'overtaken'>): string {
  const seconds = runwaySeconds(cutOffOf(account, at), at)
  if (ending && seconds !== null && (state === 'LOW' || seconds > 0)) {
    const runway = `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
    return fillNotice(catalog.notices, 'runningOut', { runway })
  }
  return alertNotice(catalog, state, account.available, nextArrival(account, at))
}

/** `900 Credits left, below your alert at 1,000 Credits` */
export const levelNotice = ({ notices }: Catalog, available: Credits, level: Credits): string =>
  fillNotice(notices, 'belowLevel', { balance: creditsLabel(available, 'en'), level: creditsLabel(level, 'en') })

export type BalanceEmail = { readonly subject: string; readonly text: string }

/** A name of invisible characters alone is no name: such a team is called by its id. */
export const balanceEmail = (
  { notices }: Catalog,
  { name, teamId }: Pick<Account, 'name' | 'teamId'>,
  notice: string,
): BalanceEmail => ({
  subject: notice,
  text: fillNotice(notices, 'email', { team: visibleText(name) || teamId, notice }),
})

export type Shortage = Pick<InsufficientCredits, 'required' | 'available' | 'shortfall' | 'nextGrantAt'>

/**
 * Why there are too few credits and what this caller can do about it, without a full stop: `Insufficient Credits. This
 * needs 170,000 credits and 9,300 are available: add 160,700 credits; the next grant lands on Monday, November 23`.
 * Source: facts W7, W9, V10, G4.
 */
export async function shortageNotice(
  services: Services,
  viewer: Scope,
  { account, at }: { readonly account: Account | null; readonly at: Instant },
  { required, available, shortfall, nextGrantAt }: Shortage,
): Promise<string> {
  const catalog = services.catalogs.catalogAt(at, account)
  const { notices, timeZone } = catalog
  if (available <= 0n) return exhaustedNotice(catalog, nextGrantAt)
  const lack = `This needs ${told(required)} credits and ${told(available)} are available`
  const wait = nextGrantAt === null ? '' : `; the next grant lands on ${dayNames(timeZone).format(nextGrantAt)}`
  return `${notices.insufficient}. ${lack}: ${await wayToMore(services, { viewer, account, catalog, shortfall })}${wait}`
}

/** The credits that `viewer` is short of. `account`: of its team; null: the team does not exist. */
type Lack = {
  readonly viewer: Scope
  readonly account: Account | null
  readonly catalog: Catalog
  readonly shortfall: Credits
}

/** How the caller gets more credits: the plan says whether they are sold, and the role says who may buy. */
async function wayToMore(services: Services, { viewer, account, catalog, shortfall }: Lack): Promise<string> {
  const plan = planOf(catalog, account)
  if (plan === null) return 'choose a plan to get more'
  if (!sells(plan)) return plan.contact === null ? 'change the plan to get more' : `contact ${plan.contact}`
  if (buys(viewer.role)) return `add ${told(shortfall)} credits`
  const admins = account === null ? null : await adminsInWords(services, account.teamId)
  return `ask ${admins ?? 'an admin'} to add credits`
}

/**
 * The limit of a member, an API caller or a group, and when it resets, without a full stop: `Ben may spend 500 credits a day and
 * has used 480: this needs 40. The limit resets on Thursday, November 19; an admin can raise it`.
 */
export function limitNotice(timeZone: string, name: string, reached: SpendingLimitReached): string {
  const { subject, id, groupName, per, limit, used, required, resetsAt } = reached
  const who = { MEMBER: name, CALLER: `The API caller ${name}`, GROUP: `The group ${groupName ?? id}` }
  const may = `${who[subject]} may spend ${told(limit)} credits a ${per.toLowerCase()} and has used ${told(used)}`
  const until = `The limit resets on ${dayNames(timeZone).format(resetsAt)}`
  return `${may}: this needs ${told(required)}. ${until}; an admin can raise it`
}

export async function limitReachedMessage(
  { reached, teamId, at }: LimitReachedView,
  _: unknown,
  { services }: GatewayContext,
): Promise<string> {
  const isGroups = reached.subject === 'GROUP'
  const name = isGroups ? null : await served(() => services.members.nameOf(teamId, memberId(reached.id)))
  const { timeZone } = services.catalogs.wholeAt(at)
  return `${limitNotice(timeZone, name ?? reached.id, reached)}.`
}

/** `170,000`, `1,234.05` */
const told = (credits: Credits): string => grouped(formatCredits(credits))

const formats = new Map<string, Intl.DateTimeFormat>()

function dayNames(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone })
  formats.set(timeZone, made)
  return made
}
