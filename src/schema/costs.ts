import type { Instant } from '../domain/identity.ts'
import { maxGroups } from '../domain/member-group.ts'
import { limitPeriods, maxLimits } from '../domain/spending-limit.ts'
import { dayMs } from '../domain/wall-clock.ts'
import type { FollowTeamsInput, RecordRehearsalEventsInput } from '../resolvers/followed-teams.ts'
import type { ImportTeamsInput } from '../resolvers/imports.ts'
import type { CutOverInput } from '../resolvers/moves.ts'
import { maxDays, type RehearsalInput } from '../resolvers/rehearsals.ts'
import { maxPageSize, type PageArguments, usualPageSize } from '../resolvers/request/pages.ts'
import type { SpendingLimitInput } from '../resolvers/spending-limits.ts'
import { maxUsageDays, type UsageDimension } from '../resolvers/usages.ts'

/**
 * Costs of fields, in points. A point is some 10 microseconds of the gateway and its database together. A field without
 * a cost of its own has 1 point. The selection of a list counts ten times; that of a page counts as often as the page
 * has items.
 */

/** A request, or a message over a socket, without what its document does: headers, token, answer. */
export const requestCost = 25
/** A row is read by its id. */
export const rowCost = 80
/** Each is read by its id. */
export const costOfNodes = ({ ids }: { readonly ids: readonly unknown[] }) => ({
  field: rowCost * ids.length,
  multiplier: multiplierOf(Math.max(ids.length, 1)),
})
/** A list of rows is read whole. */
export const costOfRows = { field: rowCost, multiplier: 10 }
/** A page of what is in memory. */
export const costOfKnownPage = (page: PageArguments) => ({ field: 5, multiplier: costOfPage(page).multiplier })
/** A team's groups, all of them. */
export const costOfGroups = { field: rowCost, multiplier: maxGroups }
/** A team's limits, all of them. Each value has a tenth of a point. */
export const costOfLimits = { field: 1, multiplier: maxLimits / 10 }
/** The group of each limit: the groups have one limit a period at most, and the list of limits counts already. */
export const costOfLimitedGroup = {
  field: 1,
  multiplier: (maxGroups * limitPeriods.length) / costOfLimits.multiplier,
}
/** A new limit of a member or a caller sums up what it used in the window. */
export const costOfLimit = ({ input: { groupId, credits } }: { readonly input: SpendingLimitInput }) => ({
  field: groupId != null || credits == null ? commandCost : usageOfOneCost,
  multiplier: 1,
})
/** A group is written with all of its members. */
export const groupCommandCost = 1_500
/** Usage is priced in memory. */
export const estimateCost = 5
/** One command is decided, written and committed. */
export const commandCost = 15
/** So many that one key makes at most 50 a second: each leaves an audit record for ever. */
export const pillTokenCost = 1_000
/** Stripe is asked. */
export const paymentCost = 500
/** The history of a team is searched from its last checkpoint on. */
export const historyCost = 700
/** The postings of a reference are summed up, and the newest of them are read. */
export const receiptCost = 600
/** The usage of 14 days is summed up. */
export const forecastCost = 900
/** The usage of one member in a month is summed up, while other teams of the lane wait. */
const usageOfOneCost = 2_000
/** The usage of a month is summed up. */
export const monthCost = 1_000
/** A catalog is read, checked and compared. */
export const catalogCost = 2_000
/** Two catalogs are compared. */
export const comparisonCost = 200
/** Selections of the schema itself. Their size does not depend on the team. */
export const introspectionCosts: Readonly<Record<string, number>> = { __schema: 1_000, __type: 50 }

const pageCost = 100
/** A filter searches up to 5,000 postings. */
const filterCost = 400
export const teamCost = 20
const teamFilterCost = 5_000
const usageCost = 200
/** Each entry of the range is read. */
const entriesCost = 5_000
/** Callers, references and tags may make any number of rows. */
const manyRows = 200
const dayCost = 6
const eventCost = 5
/** A team is opened in memory. */
const rehearsalCost = 50
const grantsPassedInAPoint = 100
/** The shadow of a team is read, with the events that wait: some hundreds where it is busy. */
const replayCost = 200
/** A team is opened, and its audit record written, beside its grants. */
const importCost = 10

/** The list inside counts ten times already. */
const multiplierOf = (items: number) => items / 10

/** Each item of a page may be selected twice, as an edge and as a node. */
export const costOfPage = ({ first, last }: PageArguments) => ({
  field: pageCost,
  multiplier: multiplierOf(Math.min(Math.max(first ?? last ?? usualPageSize, 1), maxPageSize)),
})

export const costOfActivity = ({ filter, ...page }: PageArguments & { readonly filter?: object | null }) => {
  const { field, multiplier } = costOfPage(page)
  return { field: filter == null ? field : field + filterCost, multiplier }
}

/** Each team is read whole. With a filter up to 10,000 rows are searched, and up to 200 teams read. */
export const costOfTeams = ({ filter, ...page }: PageArguments & { readonly filter?: object | null }) => {
  const { multiplier } = costOfPage(page)
  return { field: pageCost + (filter == null ? multiplier * 10 * teamCost : teamFilterCost), multiplier }
}

/** The entries of the month's teams are summed up. */
export const costOfRevenue = (page: PageArguments) => {
  const { field, multiplier } = costOfPage(page)
  return { field: field + monthCost, multiplier }
}

/** Now is read from memory. */
export const costOfBalance = ({ asOf }: { readonly asOf?: Instant | null }) => (asOf == null ? 1 : historyCost)

/** Usage is summed up by days and dimensions. */
export const costOfUsage = ({
  from,
  to,
  groupBy,
  groupByTags,
}: {
  readonly from: Instant
  readonly to: Instant
  readonly groupBy: readonly UsageDimension[]
  readonly groupByTags?: readonly string[] | null
}) => {
  const days = Math.min(Math.max(Math.ceil((to - from) / dayMs), 1), maxUsageDays)
  const dimensions = new Set(groupBy)
  const tags = groupByTags?.length ?? 0
  const isOfEntries = tags > 0 || dimensions.has('CALLER') || dimensions.has('REFERENCE')
  const times = dimensions.has('HOUR') ? days * 24 : dimensions.has('DAY') ? days : 1
  const rows = isOfEntries ? Math.max(times, manyRows) : times
  const field = usageCost + days * (dayCost + dimensions.size + tags) + (isOfEntries ? entriesCost : 0)
  return { field, multiplier: Math.max(1, multiplierOf(rows)) }
}

/** Several teams share one commit. Each value of their results has a tenth of a point. */
export const costOfImport = ({ input: { teams } }: { readonly input: ImportTeamsInput }) => ({
  field: commandCost + teams.reduce((sum, { grants }) => sum + importCost + grants.length, 0),
  multiplier: Math.max(1, multiplierOf(teams.length)),
})

/** Each event is decided in memory, and each event and each day of deposits passes the grants of the team. */
export const costOfRehearsal = ({ input: { team, startsAt, events } }: { readonly input: RehearsalInput }) => {
  const lasts = Math.max(0, ...events.map(({ at }) => at - startsAt))
  const days = Math.min(Math.ceil(lasts / dayMs), maxDays)
  const grants = team.grants.length + events.filter(({ type }) => type === 'GRANT').length
  const passed = Math.ceil(((events.length + days) * grants) / grantsPassedInAPoint)
  const decided = events.reduce((sum, { usage }) => sum + eventCost + (usage?.length ?? 0), 0)
  return { field: rehearsalCost + days + passed + decided, multiplier: 1 }
}

/** A team is opened in memory and in the ledger. */
export const costOfFollowing = ({ input: { teams } }: { readonly input: FollowTeamsInput }) => ({
  field: commandCost + teams.reduce((sum, { team }) => sum + rehearsalCost + importCost + team.grants.length, 0),
  multiplier: Math.max(1, multiplierOf(teams.length)),
})

/** The events that wait are replayed for each team, and the new ones stored. */
export const costOfRecording = ({ input: { teams } }: { readonly input: RecordRehearsalEventsInput }) => ({
  field: teams.reduce((sum, { events }) => sum + replayCost + events.length * 2 * eventCost, commandCost),
  multiplier: Math.max(1, multiplierOf(teams.length)),
})

export const costOfCutOver = ({ input: { grants } }: { readonly input: CutOverInput }) => ({
  field: commandCost + replayCost + importCost + (grants?.length ?? 0),
  multiplier: 1,
})

/** A team's shadow is stored. */
export const cutBackCost = commandCost + rehearsalCost

/** Each line is priced, and paid from the grants in memory. A fit finds twice what pays, and prices its line some 60 times. */
export const costOfEstimate = ({
  usage,
  fit,
}: {
  readonly usage: readonly unknown[]
  readonly fit?: object | null
}) => ({
  field: (estimateCost + usage.length) * (fit == null ? 1 : 2),
  multiplier: 1,
})

/** Several charges share one commit. Each value of their results has a tenth of a point. */
export const costOfEvents = ({ events }: { readonly events: readonly unknown[] }) => ({
  field: commandCost + events.length * eventCost,
  multiplier: Math.max(1, multiplierOf(events.length)),
})
