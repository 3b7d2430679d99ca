import { CloseCode } from 'graphql-ws'

/** A limit is broken: the stock client does not come back by itself. */
export const policyViolation = 1008
export const serviceRestart = 1012
export const tryAgainLater = 1013

const ours: readonly number[] = [
  policyViolation,
  serviceRestart,
  tryAgainLater,
  CloseCode.BadRequest,
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
  CloseCode.SubprotocolNotAcceptable,
  CloseCode.ConnectionInitialisationTimeout,
  CloseCode.SubscriberAlreadyExists,
  CloseCode.TooManyInitialisationRequests,
  CloseCode.InternalServerError,
]
/** Codes with which clients leave, or with which ws itself answers broken frames. */
const others: readonly number[] = [1000, 1001, 1002, 1005, 1006, 1007, 1009]

/** For a metric's label: a client may close with any of thousands of codes. */
export function closeLabel(sent: number | null, received: number): string {
  if (sent !== null) return ours.includes(sent) ? `${sent}` : 'other'
  return others.includes(received) ? `${received}` : 'other'
}
