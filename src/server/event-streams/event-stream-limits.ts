import type { ServerResponse } from 'node:http'
import { GraphQLError } from 'graphql'
import type { Access } from '../../access/open-access.ts'
import type { Viewer } from '../../access/viewer.ts'
import type { LimitedCaller, LimitedCallers } from '../limits/caller-limits.ts'

const lastWordWithinMs = 5_000

/** Counts an event stream among what its caller runs, as a socket with one operation. */
export function countStream(callers: LimitedCallers, viewer: Viewer | null, response: ServerResponse): LimitedCaller {
  const caller = callers.enter(viewer)
  caller.operations += 1
  whenClosed(response, () => {
    caller.operations -= 1
    callers.leave(caller)
  })
  return caller
}

/** The 429 of one stream more than a caller may have. */
export const tooMany = (broken: string) =>
  new GraphQLError(`A caller may have ${broken}: use fewer`, {
    extensions: { code: 'OVERLOADED', http: { status: 429 } },
  })

/** For a client that reads nothing any more, and so never comes to the last word. */
export function cutOffAfter(access: Pick<Access, 'watch'>, viewer: Viewer, response: ServerResponse): void {
  let timer: NodeJS.Timeout | undefined
  const callOff = access.watch(viewer, () => {
    timer = setTimeout(() => response.socket?.destroySoon(), lastWordWithinMs)
  })
  whenClosed(response, () => {
    callOff()
    clearTimeout(timer)
  })
}

/** Also ends the results of a client that left before the first result: Yoga does not end those. */
export function whenClosed(response: ServerResponse, done: () => unknown): void {
  if (response.closed) done()
  else response.once('close', done)
}
