import type { Instant, TeamId } from '../domain/identity.ts'
import type { ActivityType } from '../domain/posting.ts'
import { paymentSource } from '../domain/purchase.ts'
import { type Activity, type ActivityFilter, readActivity } from '../ledger/history/activity.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { type PriceLine, priceLines } from './charges.ts'
import { memberView } from './members.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext } from './request/context.ts'
import { filterMark } from './request/cursors.ts'
import { badInput, checkedMember, checkedName, checkedText, type Optional } from './request/inputs.ts'
import { type Connection, listOf, type PageArguments, readPage, searchedPage } from './request/pages.ts'
import { readCaughtUp } from './request/reading.ts'
import type { ActivityView, MemberView, TeamView } from './request/results.ts'

type Filter = {
  from?: Optional<Instant>
  to?: Optional<Instant>
  types?: Optional<readonly ActivityType[]>
  memberId?: Optional<string>
  rate?: Optional<string>
  reference?: Optional<string>
}

export async function teamActivity(
  team: TeamView,
  { filter, ...given }: PageArguments & { filter?: Optional<Filter> },
  context: GatewayContext,
): Promise<Connection<ActivityView>> {
  const { teamId } = team.account
  const wanted = readFilter(filter ?? {}, teamId)
  const page = readPage(listOf('activity', teamId, markOf(wanted)), given)
  const search = { filter: wanted, span: page.span, limit: page.size }
  const found = await readCaughtUp(context, teamId, (client) => readActivity(client, teamId, search))
  return searchedPage(page, found, activityRevision, (activity) => asActivity(activity, team))
}

/** A filter without a reference keeps the mark that it had before references could be filtered. */
const markOf = ({ references, types, ...rest }: ActivityFilter): string =>
  filterMark({ ...rest, types: types?.toSorted() ?? null, ...(references && { references }) })

function readFilter({ from, to, types, memberId, rate, reference }: Filter, teamId: TeamId): ActivityFilter {
  if (from != null && to != null && from >= to)
    throw badInput('filter.from', 'the filter is empty: give an instant before `to`')
  return {
    from: from ?? null,
    to: to ?? null,
    types: types ?? null,
    memberId: memberId == null ? null : checkedMember('filter.memberId', teamId, memberId),
    rate: rate == null ? null : checkedName('filter.rate', codeOf('Rate', rate)),
    references: reference == null ? null : referencesOf(reference),
  }
}

/** The references that are shown as this one. */
function referencesOf(shown: string): readonly string[] {
  const reference = checkedText('filter.reference', shown) ?? shown
  return [reference, `${paymentSource}${reference}`]
}

export const asActivity = (activity: Activity, team: TeamNow | null): ActivityView => ({
  type: 'Activity',
  teamId: activity.teamId,
  activity,
  team,
})

const activityRevision = ({ revision }: { revision: number }) => revision

export const activityMember = ({ teamId, activity: { memberId } }: ActivityView): MemberView | null =>
  memberView(teamId, memberId)

export const activityLines = (
  { activity: { lines, rateCardVersion } }: ActivityView,
  _: unknown,
  { services }: GatewayContext,
): Promise<PriceLine[]> => priceLines(lines, rateCardVersion, services)

/** A payment is shown by its own name: the source `stripe:pi_…` is shown as `pi_…`. Source: facts V11. */
export const activityReference = ({ activity: { reference } }: ActivityView): string | null =>
  reference?.startsWith(paymentSource) ? reference.slice(paymentSource.length) : reference
