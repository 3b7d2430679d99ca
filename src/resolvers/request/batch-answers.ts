import { randomUUID } from 'node:crypto'
import type { Answer } from '../../domain/decisions/command.ts'
import { InconsistentTeam } from '../../ledger/rows/inconsistent-team.ts'
import type { Services } from './context.ts'
import { InternalServerError } from './internal-server-error.ts'
import { faultOf } from './submit.ts'

/**
 * The answers of a batch, each of its own: a defect of one leaves the others, and is logged once.
 *
 * @throws {RequestFault} where the ledger can't be asked now. All of the batch may be submitted again.
 */
export function answersOf(
  settled: readonly PromiseSettledResult<Answer>[],
  { database }: Pick<Services, 'database'>,
): readonly (Answer | InternalServerError)[] {
  const known = new Map<unknown, InternalServerError>()
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value
    const { reason } = result
    const fault = faultOf(reason)
    if (fault !== reason) throw fault
    const error = known.get(reason) ?? defectOf(reason)
    if (!known.has(reason)) {
      database.log.error({ err: reason, traceId: error.traceId }, 'A defect stopped one item of a list')
    }
    known.set(reason, error)
    return error
  })
}

const defectOf = (reason: unknown) =>
  new InternalServerError({ traceId: randomUUID(), isInconsistentTeam: reason instanceof InconsistentTeam })
