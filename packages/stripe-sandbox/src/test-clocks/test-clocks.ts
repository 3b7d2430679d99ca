import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { integer, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { deleteCustomer } from '../customers/delete.ts'
import { openClock } from '../store/clock.ts'
import { openSettings } from '../store/settings.ts'

/** The alarm at which a clock has arrived. */
export const testClockArrives = 'test_clock.arrives'

const createParameters = parameters({ frozen_time: integer(0), name: text(300).optional() })
const advanceParameters = parameters({ frozen_time: integer(0) })
const nothing = parameters({})
const daysKept = 30

/**
 * Test clocks. The sandbox has one time: a test clock moves it for everybody, and it goes on by itself. At Stripe each clock
 * stands still, and moves its own customers alone.
 */
export const testClockRoutes: readonly Route[] = [
  route('POST', '/v1/test_helpers/test_clocks', createParameters, (work, { frozen_time, name = null }) => {
    const clock: Stripe.TestHelpers.TestClock = {
      id: work.id('test_helpers.test_clock'),
      object: 'test_helpers.test_clock',
      created: work.now,
      deletes_after: work.now + daysKept * 86_400,
      frozen_time,
      livemode: false,
      name,
      status: 'ready',
      status_details: {},
    }
    moveTo(work, frozen_time)
    work.objects.put('test_helpers.test_clock', clock)
    work.emit('test_helpers.test_clock.created', clock)
    return clock
  }),
  route('GET', '/v1/test_helpers/test_clocks', parameters(paging), (work, page) =>
    work.list('test_helpers.test_clock', '/v1/test_helpers/test_clocks', page),
  ),
  route('GET', '/v1/test_helpers/test_clocks/:id', nothing, (work, _, id) => work.need('test_helpers.test_clock', id)),
  route('POST', '/v1/test_helpers/test_clocks/:id/advance', advanceParameters, (work, { frozen_time }, id) => {
    const clock = work.need('test_helpers.test_clock', id)
    if (frozen_time <= clock.frozen_time) throw invalid(`${frozen_time} is not after ${clock.frozen_time}.`, whereTo)
    const status_details = { advancing: { target_frozen_time: frozen_time } }
    const moving: typeof clock = { ...clock, frozen_time, status: 'advancing', status_details }
    moveTo(work, frozen_time)
    work.objects.put('test_helpers.test_clock', moving)
    work.emit('test_helpers.test_clock.advancing', moving)
    work.at(frozen_time, testClockArrives, id)
    return moving
  }),
  route('DELETE', '/v1/test_helpers/test_clocks/:id', nothing, (work, _, id) => {
    const clock = work.need('test_helpers.test_clock', id)
    for (const customer of work.objects.all('customer', { test_clock: id })) deleteCustomer(work, customer.id)
    work.objects.remove(id)
    work.emit('test_helpers.test_clock.deleted', clock)
    const deleted: Stripe.TestHelpers.DeletedTestClock = { id, object: 'test_helpers.test_clock', deleted: true }
    return deleted
  }),
]

const whereTo = { param: 'frozen_time' }

/** The alarms until then run before the next request, each at its own instant. */
function moveTo(work: Work, instant: number): void {
  openClock(openSettings(work.database)).advance(Math.max(0, instant - work.now))
}

/** Every alarm before this one has run. */
export function arrive(work: Work, id: string): void {
  const clock = work.objects.get('test_helpers.test_clock', id)
  if (clock === undefined) return
  const ready: typeof clock = { ...clock, status: 'ready', status_details: {} }
  work.objects.put('test_helpers.test_clock', ready)
  work.emit('test_helpers.test_clock.ready', ready)
}
