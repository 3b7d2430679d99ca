import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import type { Space } from './domain/space.ts'

/** Logs go to stderr: messages for people go to stdout. */
export function createLog(
  { logLevel: level }: Pick<Config, 'logLevel'>,
  to: DestinationStream = standardError(),
): Logger {
  return pino({ level, serializers: { err: errorForLog, error: errorForLog } }, to)
}

/** The log of a space: each line of the test space has `space: 'test'`. */
export const logOfSpace = (log: Logger, space: Space): Logger => (space === 'TEST' ? log.child({ space: 'test' }) : log)

/** Lines that can't be written, to a closed terminal or a full disk, are lost. */
function standardError(): DestinationStream {
  return pino.destination({ dest: 2, sync: true }).on('error', () => undefined)
}

/**
 * An error in words and numbers, with the errors in it. Not the objects that it carries: one of Stripe's has the whole
 * payment with it, whose secret confirms it, and who pays.
 */
function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const inside = Object.entries(error).flatMap(([name, value]) => (value instanceof Error ? [[name, told(value)]] : []))
  const several = error instanceof AggregateError ? { aggregateErrors: error.errors.map(told) } : {}
  return { ...told(error), ...Object.fromEntries(inside), ...several }
}

function told(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { type, message, stack } = pino.stdSerializers.err(error)
  const own = Object.entries(error).filter(([, value]) => typeof value !== 'object' && typeof value !== 'function')
  return { type, message, stack, ...Object.fromEntries(own) }
}
