import type { Credits } from '../domain/amounts/credits.ts'
import type { Answer, ImportedGrant, ImportTeam } from '../domain/decisions/command.ts'
import { InvalidInput } from '../domain/errors.ts'
import type { GrantKind } from '../domain/grant.ts'
import { type Instant, teamId } from '../domain/identity.ts'
import { isVisibleId, visibleIdRule } from '../domain/names.ts'
import type { Cadence } from '../domain/period.ts'
import { dryRun } from '../ledger/deciding/dry-run.ts'
import { keyless, type Submission } from '../ledger/deciding/team-state.ts'
import { answersOf } from './request/batch-answers.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext, Services } from './request/context.ts'
import { badInput, type Optional } from './request/inputs.ts'
import { InternalServerError } from './request/internal-server-error.ts'
import { served } from './request/submit.ts'

export type ImportGrantInput = {
  source: string
  amount: Credits
  kind: GrantKind
  startsAt?: Optional<Instant>
  expiresAt?: Optional<Instant>
}
export type ImportTeamInput = {
  teamId: string
  name?: Optional<string>
  planId: string
  seats?: Optional<number>
  interval?: Optional<Cadence>
  anchor?: Optional<Instant>
  grants: readonly ImportGrantInput[]
}
export type ImportTeamsInput = { dryRun?: Optional<boolean>; teams: readonly ImportTeamInput[] }

export type ImportedTeam = {
  readonly teamId: string
  readonly created: boolean
  readonly grants: number
  readonly available: Credits
  readonly problem: string | null
}

export const maxTeams = 1_000
export const maxGrantsOfTeam = 100
export const maxGrants = 10_000
/** A chunk is a batch of the ledger. Other teams wait no longer for an import than for any other batch. */
const maxTeamsOfChunk = 100
const maxGrantsOfChunk = 500

/** Imports the teams in chunks, one after the other. A team is imported whole or not at all. */
export async function importTeams(
  _: unknown,
  { input }: { input: ImportTeamsInput },
  context: GatewayContext,
): Promise<readonly ImportedTeam[]> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const { teams } = input
  checkSize(teams)
  const named = new Map<string, number>()
  const asked = teams.map((team, index) => {
    const earlier = named.get(team.teamId)
    if (earlier !== undefined) return problemOf(`teams.${earlier} is the same team: give all its grants there`)
    named.set(team.teamId, index)
    if (!isVisibleId(team.teamId)) return problemOf(`not a usable id: give ${visibleIdRule}`)
    const act = actOf(context, viewer, 'importTeams', codeOf('Plan', team.planId))
    return keyless(teamId(team.teamId), commandOf(team), act)
  })
  const decide = input.dryRun ? foresee : submit
  const answers = new Map<object, Answer | InternalServerError>()
  for (const chunk of chunksOf(asked.filter((one) => 'command' in one))) {
    const decided = answersOf(await decide(context.services, chunk), context.services)
    for (const [index, answer] of decided.entries()) {
      answers.set(chunk[index] ?? {}, answer)
    }
  }
  return asked.map((one, index) => imported(teams[index]?.teamId ?? '', answers.get(one) ?? one))
}

type Import = Submission<ImportTeam>

function checkSize(teams: readonly ImportTeamInput[]): void {
  if (teams.length < 1 || teams.length > maxTeams) throw badInput('teams', `give 1 to ${maxTeams} teams at once`)
  let sum = 0
  for (const [index, { grants }] of teams.entries()) {
    sum += grants.length
    if (grants.length > maxGrantsOfTeam) {
      throw badInput(`teams.${index}.grants`, `it has ${grants.length} grants: give at most ${maxGrantsOfTeam} at once`)
    }
  }
  if (sum > maxGrants) {
    throw badInput('teams', `they have ${sum} grants: give at most ${maxGrants} at once, in several calls`)
  }
}

const problemOfDefect = ({ isInconsistentTeam, message }: InternalServerError) =>
  isInconsistentTeam
    ? "The team's rows contradict each other: nothing was imported. Run verify-ledger and repair them, then import the team again."
    : message

const problemOf = (reason: string) => new InvalidInput({ path: ['teamId'], reason })

export const commandOf = ({ name, planId, seats, interval, anchor, grants }: ImportTeamInput): ImportTeam => ({
  kind: 'import-team',
  planId: codeOf('Plan', planId),
  teamName: name ?? null,
  seats: seats ?? 1,
  interval: interval ?? null,
  anchor: anchor ?? null,
  grants: grants.map(importedGrantOf),
})

export const importedGrantOf = ({ source, amount, kind, startsAt, expiresAt }: ImportGrantInput): ImportedGrant => ({
  ...{ source, amount, kind },
  ...{ startsAt: startsAt ?? null, expiresAt: expiresAt ?? null },
})

function chunksOf(imports: readonly Import[]): Import[][] {
  const chunks: Import[][] = []
  let grants = Infinity
  for (const one of imports) {
    const last = chunks.at(-1)
    grants += one.command.grants.length
    if (last !== undefined && last.length < maxTeamsOfChunk && grants <= maxGrantsOfChunk) {
      last.push(one)
      continue
    }
    chunks.push([one])
    grants = one.command.grants.length
  }
  return chunks
}

type Decided = PromiseSettledResult<Answer>

const foresee = ({ database, catalogs }: Services, imports: readonly Import[]): Promise<readonly Decided[]> =>
  served(() => dryRun(database, catalogs, imports))

const submit = ({ ledger }: Services, imports: readonly Import[]): Promise<readonly Decided[]> =>
  served(() => ledger.submitAll(imports))

function imported(teamId: string, answer: Answer | InternalServerError | InvalidInput | Import): ImportedTeam {
  const nothing = { teamId, created: false, grants: 0 }
  if (answer instanceof InternalServerError) return { ...nothing, available: 0n, problem: problemOfDefect(answer) }
  if (answer instanceof InvalidInput) return { ...nothing, available: 0n, problem: answer.message }
  if (!('outcome' in answer)) throw new Error(`The import of ${teamId} was not decided`)
  const { outcome, account } = answer
  const available = account?.available ?? 0n
  if (outcome.kind === 'refused') return { ...nothing, available, problem: outcome.failure.message }
  if (outcome.kind !== 'imported') throw new Error(`${outcome.kind} is no outcome of an import`)
  const { created, grants } = outcome
  return { teamId, created, grants, available, problem: null }
}
