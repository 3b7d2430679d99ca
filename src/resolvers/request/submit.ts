import { RequestFault, UnknownTeam } from '../../access/faults.ts'
import { LaneFull } from '../../concurrency/lane.ts'
import { ReadingLineFull } from '../../database/reading-lines.ts'
import { ReadingAbandoned, ReadingOverdue } from '../../database/readings.ts'
import type { Act } from '../../domain/audit.ts'
import type { Answer, Command, CommandOf, Refuse } from '../../domain/decisions/command.ts'
import type { Failures } from '../../domain/decisions/outcomes.ts'
import { NotFound } from '../../domain/errors.ts'
import type { TeamId } from '../../domain/identity.ts'
import type { Caller } from '../../domain/placer.ts'
import type { Submission } from '../../ledger/deciding/team-state.ts'
import { isLedgerOutage } from '../../ledger/retry-lost-connection.ts'
import type { TeamNow } from '../../ledger/team-reader.ts'
import type { Services } from './context.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { KeyedUnion, KindOf, MemberOf, UnionName } from './result-unions.ts'
import { type ResultOf, resultOf } from './results.ts'

/** A command whose outcomes the union shows, or a refusal of the union. */
export type CommandIn<Name extends UnionName> =
  | CommandOf<KindOf<Name>>
  | Refuse<Failures[MemberOf<Name> & keyof Failures]>

/** A command of one mutation. */
export type SubmitInput<C extends Command = Command> = {
  readonly teamId: TeamId
  readonly key: string
  readonly mutation: string
  /** The caller itself, also when it acts for a member. */
  readonly caller: Caller
  /** The normalised input: what makes this another input than that of an earlier call with the key. */
  readonly input: Readonly<Record<string, unknown>>
  readonly command: C
  /** The act for the mutation's audit record; absent: it leaves no record. */
  readonly act?: Act
}

export const noSuchTeam = () => new NotFound({ what: 'team' })

/** The same, thrown: a member of the result where the root field has a union, and an error where it has none. */
export const unknownTeam = () => new UnknownTeam()

export const submissionOf = <C extends Command>({
  teamId,
  key,
  mutation,
  caller,
  input,
  command,
  act,
}: SubmitInput<C>): Submission<C> => ({
  teamId,
  key,
  origin: { mutation, caller },
  fingerprint: fingerprintOf(mutation, input),
  command,
  ...(act && { act }),
})

/** Submits the command of a mutation and shows what it comes to. */
export const submitKeyed = <Name extends KeyedUnion>(
  services: Services,
  asked: SubmitInput<CommandIn<Name>>,
  name: Name,
): Promise<ResultOf<Name>> => submit(services, submissionOf(asked), name)

/** The same for a submission, such as one without a key. */
export async function submit<Name extends UnionName>(
  services: Services,
  submission: Submission<CommandIn<Name>>,
  name: Name,
): Promise<ResultOf<Name>> {
  return resultOf(await answerTo(services, submission), submission.teamId, name)
}

export const answerTo = ({ ledger }: Services, submission: Submission): Promise<Answer> =>
  served(() => ledger.submit(submission))

export const readTeam = (services: Services, teamId: TeamId): Promise<TeamNow | null> =>
  served(() => services.teams.read(teamId))

/** The team now. @throws {UnknownTeam} if there is none. */
export async function knownTeam(services: Services, teamId: TeamId | null): Promise<TeamNow> {
  const found = teamId === null ? null : await readTeam(services, teamId)
  if (found === null) throw unknownTeam()
  return found
}

/** Runs a reading or writing; a ledger that can't be asked now is told as a fault, with what to do about it. */
export async function served<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw faultOf(error)
  }
}

export function faultOf(error: unknown): unknown {
  if (error instanceof LaneFull) {
    return new RequestFault('OVERLOADED', 'Too much waits already: try again in a moment, with the same key.')
  }
  if (error instanceof ReadingLineFull) {
    return new RequestFault(
      'OVERLOADED',
      'Too many of your readings wait already: try again in a moment, with fewer at once.',
    )
  }
  if (error instanceof ReadingOverdue || error instanceof ReadingAbandoned) {
    const message =
      'The reading took too long and was stopped: request a shorter range, a smaller page, or less at once.'
    return new RequestFault('READING_TOO_LONG', message)
  }
  if (isLedgerOutage(error)) {
    const message = 'The ledger is out of reach: try again with the same key, which tells what happened.'
    return new RequestFault('LEDGER_UNAVAILABLE', message)
  }
  return error
}
