import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import type { ActivityType } from '../domain/posting.ts'
import { paymentSource } from '../domain/purchase.ts'
import { type Activity, type ActivityFilter, readActivity } from '../ledger/activity.ts'
import { type PriceLine, priceLines } from './charges.ts'
import type { GatewayContext } from './context.ts'
import { filterMark } from './cursors.ts'
import { badInput, checkedName, type Optional } from './inputs.ts'
import { type Connection, listOf, type PageArguments, readPage, searchedPage } from './pages.ts'
import { readCaughtUp } from './reading.ts'
import type { ActivityView, TeamView } from './results.ts'

type Filter = {
  from?: Optional<Instant>
  to?: Optional<Instant>
  types?: Optional<readonly ActivityType[]>
  memberId?: Optional<string>
  rate?: Optional<string>
}

export async function teamActivity(
  { account: { teamId } }: TeamView,
  { filter, ...given }: PageArguments & { filter?: Optional<Filter> },
  context: GatewayContext,
): Promise<Connection<ActivityView>> {
  const wanted = readFilter(filter ?? {})
  const page = readPage(
    listOf('activity', teamId, filterMark({ ...wanted, types: wanted.types?.toSorted() ?? null })),
    given,
  )
  const { span, size } = page
  const found = await readCaughtUp(context, teamId, (client) => readActivity(client, teamId, wanted, span, size))
  return searchedPage(page, found, activityRevision, asActivity)
}

function readFilter({ from, to, types, memberId, rate }: Filter): ActivityFilter {
  if (from != null && to != null && from >= to)
    throw badInput('filter.from', 'the filter is empty: give an instant before `to`')
  return {
    from: from ?? null,
    to: to ?? null,
    types: types ?? null,
    memberId: memberId == null ? null : checkedName('filter.memberId', memberId),
    rate: rate == null ? null : checkedName('filter.rate', rate),
  }
}

export const asActivity = (activity: Activity): ActivityView => ({
  type: 'Activity',
  teamId: activity.teamId,
  activity,
})

const activityRevision = ({ revision }: { revision: number }) => revision

export const activityMember = ({
  teamId,
  activity: { memberId },
}: ActivityView): { teamId: TeamId; id: MemberId } | null => (memberId === null ? null : { teamId, id: memberId })

export const activityLines = (
  { activity: { lines, rateCardVersion } }: ActivityView,
  _: unknown,
  { services }: GatewayContext,
): Promise<PriceLine[]> => priceLines(lines, rateCardVersion, services)

/** A payment is told by its own name: the source `stripe:pi_…` is shown as `pi_…`. Source: SEEDS V11. */
export const activityReference = ({ activity: { reference } }: ActivityView): string | null =>
  reference?.startsWith(paymentSource) ? reference.slice(paymentSource.length) : reference
