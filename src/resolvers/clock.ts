import { Forbidden } from '../access/faults.ts'
import type { Instant } from '../domain/identity.ts'
import { dayMs } from '../domain/wall-clock.ts'
import { moveClock } from '../ledger/clock/move-clock.ts'
import { operating } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput } from './request/inputs.ts'
import { served } from './request/submit.ts'

/** Each period on the way is posted: without a bound, one request could keep a team busy for long. */
const farthestMs = 10 * 366 * dayMs

/**
 * A test space has one clock for all partners, which never goes back. Without a bound in sum, one of them could move it to
 * the last year that a date may have.
 */
const farthestAheadMs = 5 * 366 * dayMs

export async function advanceClock(_: unknown, { to }: { to: Instant }, context: GatewayContext): Promise<Instant> {
  operating(context)
  const { services } = context
  if (!services.devClock) {
    throw new Forbidden('this gateway runs on real time: start it with DEV_CLOCK=1 to move its clock')
  }
  const now = await served(() => services.now())
  if (to - now > farthestMs) throw badInput('to', 'the clock moves at most 10 years at once: give a nearer instant')
  if (services.space === 'TEST') checkAhead(to)
  const moved = await served(() => moveClock(services.database, to))
  if (moved === null)
    throw badInput(
      'to',
      `the clock only moves forward, and it is ${new Date(now).toISOString()} already: give a later instant`,
    )
  await served(() => services.catalogs.refresh())
  services.onClockMoved?.(moved)
  return moved
}

function checkAhead(to: Instant): void {
  const farthest = Date.now() + farthestAheadMs
  if (to <= farthest) return
  throw badInput(
    'to',
    `the clock of a test space is at most 5 years ahead of the real time: give an instant before ${new Date(farthest).toISOString()}`,
  )
}
