import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestFault, unavailable } from '../../access/faults.ts'
import { discardBody } from '../discard.ts'
import { toPublic } from '../operations/masking.ts'

/** The error for an operation that the gateway refuses because it is overloaded. */
export const overloaded = new RequestFault(
  'OVERLOADED',
  'The gateway has more to do than it can do in time: try again in a second, with the same idempotency key.',
)

const { status, headers } = unavailable
const body = JSON.stringify({ errors: [toPublic(overloaded)] })
const answer = {
  ...headers,
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': `${Buffer.byteLength(body)}`,
}

/** Refuses a request before its body is read, at a small part of the cost of serving it. */
export function refuseOverloaded(request: IncomingMessage, response: ServerResponse): void {
  discardBody(request)
  response.writeHead(status, answer).end(body)
}
