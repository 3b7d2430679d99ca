import { inTurns } from '../concurrency/in-turns.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { ExpectedError, type Failure, InvalidInput } from '../domain/errors.ts'
import type { GrantKind } from '../domain/grant.ts'
import { type Instant, teamId } from '../domain/identity.ts'
import { rehearseByStep } from '../domain/rehearsal/rehearse.ts'
import type { Rehearsal, RehearsedEvent, RehearsedType } from '../domain/rehearsal/rehearsed-event.ts'
import { Shadow } from '../domain/rehearsal/shadow.ts'
import type { UsageLine } from '../domain/usage.ts'
import { dayMs } from '../domain/wall-clock.ts'
import { eventsInATurn } from '../ledger/rehearsals/record-events.ts'
import { commandOf, type ImportTeamInput, maxGrantsOfTeam } from './imports.ts'
import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, type Optional, readAskedIfAny } from './request/inputs.ts'

export type RehearsedEventInput = {
  id: string
  at: Instant
  type: RehearsedType
  amount: Credits
  balanceAfter: Credits
  usage?: Optional<readonly UsageLine[]>
  charge?: Optional<string>
  source?: Optional<string>
  kind?: Optional<GrantKind>
  expiresAt?: Optional<Instant>
}
export type RehearsalInput = { team: ImportTeamInput; startsAt: Instant; events: readonly RehearsedEventInput[] }

export const maxEvents = 1_000
export const maxDays = 400

/** Decides from the input and the catalogs alone: nothing is stored, and no team is read. */
export async function rehearsal(
  _: unknown,
  { input }: { input: RehearsalInput },
  context: GatewayContext,
): Promise<Rehearsal> {
  callerWithRole(context, 'PLATFORM')
  const { team, startsAt, events } = input
  if (team.grants.length > maxGrantsOfTeam) throw badInput('team.grants', `give at most ${maxGrantsOfTeam} grants`)
  checkEvents(startsAt, events)
  const world = context.services.catalogs.in(null)
  const shadow = Shadow.open(world, teamId(team.teamId), commandOf(team), startsAt)
  if (!(shadow instanceof ExpectedError)) {
    return inTurns(rehearseByStep(shadow, events.map(eventOf), world), eventsInATurn)
  }
  const { path, reason } = standingFault(shadow)
  throw badInput(['team', ...path].join('.'), reason)
}

/** Why the team can't be opened as its standing says. */
export const standingFault = (failure: Failure): InvalidInput =>
  failure instanceof InvalidInput
    ? failure
    : new InvalidInput({ path: ['planId'], reason: 'the catalog has no such plan: give one of Query.plans' })

function checkEvents(startsAt: Instant, events: readonly RehearsedEventInput[]): void {
  if (events.length < 1 || events.length > maxEvents) throw badInput('events', `give 1 to ${maxEvents} events at once`)
  let before = startsAt
  for (const [index, { at, amount }] of events.entries()) {
    if (at < before)
      throw badInput(`events.${index}.at`, 'it is earlier than what comes before it: give the events in order')
    if (amount <= 0n)
      throw badInput(`events.${index}.amount`, 'an entry moves something: give more than 0, or leave it out')
    before = at
  }
  if (before - startsAt > maxDays * dayMs) {
    throw badInput('events', `they last longer than ${maxDays} days: begin the rehearsal with a later standing`)
  }
}

export const eventOf = (event: RehearsedEventInput): RehearsedEvent => {
  const { id, at, type, amount, balanceAfter, usage, charge, source, kind, expiresAt } = event
  return {
    ...{ id, at, type, amount, balanceAfter },
    usage: readAskedIfAny(usage)?.asked ?? null,
    ...{ charge: charge ?? null, source: source ?? null, kind: kind ?? null, expiresAt: expiresAt ?? null },
  }
}
