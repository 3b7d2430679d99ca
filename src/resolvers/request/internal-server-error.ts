import { ExpectedError } from '../../domain/errors.ts'

/** A defect that stopped one item of a list. The log has the whole error under `traceId`. */
export class InternalServerError extends ExpectedError<'INTERNAL_SERVER_ERROR'> {
  readonly traceId: string
  /** The team's rows contradict each other, so nothing was done. Only operators are told so. */
  readonly isInconsistentTeam: boolean

  constructor(facts: { traceId: string; isInconsistentTeam: boolean }) {
    const { traceId, isInconsistentTeam } = facts
    super(
      'InternalServerError',
      'INTERNAL_SERVER_ERROR',
      `Something went wrong on our side with this item alone. Try it again later with the same key, or ask support about ${traceId}.`,
    )
    this.traceId = traceId
    this.isInconsistentTeam = isInconsistentTeam
  }
}
