import { type Credits, formatCredits } from '../domain/amounts/credits.ts'
import type { Answer, CutOver, ImportedGrant } from '../domain/decisions/command.ts'
import { InvalidInput, NotAllowed } from '../domain/errors.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { servedBy } from '../domain/move.ts'
import { isName } from '../domain/names.ts'
import { disagreement } from '../domain/rehearsal/agreement.ts'
import { Shadow } from '../domain/rehearsal/shadow.ts'
import { grantsOf } from '../domain/rehearsal/standing-of.ts'
import { dryRun } from '../ledger/deciding/dry-run.ts'
import { beginRehearsal, endRehearsal } from '../ledger/rehearsals/begin-rehearsal.ts'
import { readShadow, type ShadowNow } from '../ledger/rehearsals/read-rehearsals.ts'
import { maxSourceCharacters, notFollowed } from './followed-teams.ts'
import { teamGrants } from './grants.ts'
import { type ImportGrantInput, importedGrantOf, maxGrantsOfTeam } from './imports.ts'
import { actOf, callerOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedKey, type Optional, teamFor } from './request/inputs.ts'
import { type GrantView, type ResultOf, resultOf, type TeamView } from './request/results.ts'
import { answerTo, noSuchTeam, readTeam, served, submissionOf } from './request/submit.ts'

export const maxPosted = 1_000

export type CutOverInput = {
  teamId: string
  balance: Credits
  grants?: Optional<readonly ImportGrantInput[]>
  acceptDifference?: Optional<boolean>
  posted?: Optional<readonly string[]>
  dryRun?: Optional<boolean>
  idempotencyKey: string
}
export type CutBackInput = { teamId: string; idempotencyKey: string }

export type CutOverView = {
  readonly type: 'CutOver'
  readonly teamId: TeamId
  readonly available: Credits
  readonly owed: Credits
  readonly grants: number
}
export type CutBackView = {
  readonly type: 'CutBack'
  readonly teamId: TeamId
  readonly system: string
  readonly balance: Credits
  readonly grants: readonly GrantView[]
  readonly cutOverAt: Instant
  readonly at: Instant
}

type MoveUnion = 'CutOverResult' | 'CutBackResult'
type Refused<Name extends MoveUnion> = Exclude<ResultOf<Name>, TeamView>

function refusalOf<Name extends MoveUnion>(answer: Answer, teamId: TeamId, name: Name): Refused<Name> {
  const result = resultOf(answer, teamId, name)
  if ('account' in result) throw new Error(`${answer.outcome.kind} is shown by ${name}`)
  return result as Refused<Name>
}

/** The gateway serves the team from now on, once for a key. */
export async function cutOver(
  _: unknown,
  { input }: { input: CutOverInput },
  context: GatewayContext,
): Promise<CutOverView | Refused<'CutOverResult'>> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const { services } = context
  const key = checkedKey(input.idempotencyKey)
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) return noSuchTeam()
  const { balance } = input
  const grants = input.grants?.map(importedGrantOf) ?? null
  if (grants !== null && grants.length > maxGrantsOfTeam) {
    throw badInput('grants', `give at most ${maxGrantsOfTeam} grants`)
  }
  const acceptDifference = input.acceptDifference ?? false
  const posted = checkedPosted(input.posted)
  const command = await cutOverCommand(context, teamId, { balance, grants, acceptDifference, posted })
  const submission = submissionOf({
    ...{ teamId, key, mutation: 'cutOver', caller: callerOf(viewer) },
    input: { balance, grants, acceptDifference, posted },
    command,
    act: actOf(context, viewer, 'cutOver'),
  })
  const answer = input.dryRun
    ? await served(async () => {
        const [result] = await dryRun(services.database, services.catalogs, [submission])
        if (result?.status === 'fulfilled') return result.value
        throw result?.reason
      })
    : await answerTo(services, submission)
  if (answer.outcome.kind !== 'imported') return refusalOf(answer, teamId, 'CutOverResult')
  if (!input.dryRun) await served(() => endRehearsal(services.database, teamId, answer.at))
  const { available, owed } = answer.account ?? { available: 0n, owed: 0n }
  return { type: 'CutOver', teamId, available, owed, grants: answer.outcome.grants }
}

function checkedPosted(posted: CutOverInput['posted']): readonly string[] | null {
  if (posted == null) return null
  if (posted.length > maxPosted) throw badInput('posted', `give at most ${maxPosted} sources`)
  if (!posted.every((source) => isName(source, maxSourceCharacters))) {
    throw badInput('posted', `not usable: give sources of 1 to ${maxSourceCharacters} characters`)
  }
  return posted
}

type Asked = {
  readonly balance: Credits
  readonly grants: readonly ImportedGrant[] | null
  readonly acceptDifference: boolean
  /** Null: those of the recorded entries. */
  readonly posted: readonly string[] | null
}
type Refusal = { readonly kind: 'refuse'; readonly failure: InvalidInput | NotAllowed }

const refuse = (failure: InvalidInput | NotAllowed): Refusal => ({ kind: 'refuse', failure })
const invalid = (field: string, reason: string) => refuse(new InvalidInput({ path: [field], reason }))

/** The command as the team's shadow and the other system's balance have it. A refusal also reaches the ledger, which knows the key. */
async function cutOverCommand(context: GatewayContext, teamId: TeamId, asked: Asked): Promise<CutOver | Refusal> {
  const { services } = context
  const { balance, grants, acceptDifference } = asked
  if (balance < 0n) return invalid('balance', 'a team that owes does not move: grant what it owes in its system first')
  const [team, at] = [await readTeam(services, teamId), await served(services.now)]
  const move = team?.account.move ?? null
  const system = servedBy(move)
  if (move === null || system === null) {
    return refuse(new NotAllowed({ reason: 'the gateway serves the team already: there is nothing to cut over' }))
  }
  const { database, catalogs } = services
  const now = await served(() => readShadow(database, catalogs, teamId, at))
  if (now === null && (move.stage === 'FOLLOWED' || !acceptDifference)) {
    return refuse(new NotAllowed({ reason: notFollowed.slice(0, -1) }))
  }
  const { firstDivergence } = now?.rehearsal ?? { firstDivergence: null }
  const differs = now && disagreement(balance, { ours: now.shadow.balance, firstDivergence }, system)
  if (differs !== null && !acceptDifference) return refuse(differs)
  if (move.stage === 'CUT_BACK') {
    if (grants !== null) return invalid('grants', 'the team has its grants here: leave them out, the balance counts')
    const known = differs === null ? (now?.posted ?? null) : null
    const posted = asked.posted === null ? known : [...asked.posted, ...(now?.posted ?? [])]
    return { kind: 'cut-over', since: move.since, team: null, balance, posted, ended: now?.shadow.ended ?? [] }
  }
  return importOf(now, move.since, asked)
}

function importOf(now: ShadowNow | null, since: Instant, { balance, grants }: Asked): CutOver | Refusal {
  if (now === null || now.standing === null) return refuse(new NotAllowed({ reason: notFollowed.slice(0, -1) }))
  const moved = grants ?? grantsOf(now.shadow)
  const sum = moved.reduce((credits, { amount }) => credits + amount, 0n)
  if (grants !== null && sum !== balance) {
    return invalid('grants', `their sum is ${formatCredits(sum)} and the balance ${formatCredits(balance)}: give all`)
  }
  return { kind: 'cut-over', since, team: { ...now.standing, grants: moved }, balance, posted: [], ended: [] }
}

/** The other system serves the team again, once for a key. It is followed from the balance of now. */
export async function cutBack(
  _: unknown,
  { input }: { input: CutBackInput },
  context: GatewayContext,
): Promise<CutBackView | Refused<'CutBackResult'>> {
  const viewer = callerWithRole(context, 'PLATFORM')
  const key = checkedKey(input.idempotencyKey)
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) return noSuchTeam()
  const submission = submissionOf({
    ...{ teamId, key, mutation: 'cutBack', caller: callerOf(viewer), input: {} },
    command: { kind: 'cut-back' } as const,
    act: actOf(context, viewer, 'cutBack'),
  })
  const answer = await answerTo(context.services, submission)
  const { account, at } = answer
  if (answer.outcome.kind !== 'done' || account === null) return refusalOf(answer, teamId, 'CutBackResult')
  await followAgain(context, answer)
  const view: TeamView = { type: 'Team', account, at }
  return {
    ...{ type: 'CutBack', teamId, at, system: account.move?.system ?? '', cutOverAt: account.move?.cutOverAt ?? at },
    balance: account.available - account.owed,
    grants: teamGrants(view),
  }
}

/** A repetition of the key completes it, and changes no rehearsal that has begun. Where the team has changed since, `followTeams` begins anew. */
async function followAgain({ services }: GatewayContext, { account, overtaken }: Answer): Promise<void> {
  const move = account?.move ?? null
  if (account === null || overtaken || move?.stage !== 'CUT_BACK') return
  const { database, catalogs } = services
  const shadow = Shadow.of(catalogs.in(account.currency), account)
  const { teamId } = account
  await served(() => beginRehearsal(database, { teamId, move, startsAt: move.since, shadow, standing: null }))
}
