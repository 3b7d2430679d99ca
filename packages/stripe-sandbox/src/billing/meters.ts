import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from '../api/failure.ts'
import { randomText } from '../api/ids.ts'
import { integer, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import type { Period } from './calendar.ts'

const uniqueSeconds = 24 * 3600
const oldestSeconds = 35 * uniqueSeconds
const latestSeconds = 300

const createParameters = parameters({
  display_name: text(250),
  event_name: text(100),
  default_aggregation: parameters({ formula: oneOf(['count', 'last', 'sum']) }),
  customer_mapping: parameters({ event_payload_key: text(100), type: oneOf(['by_id']) }).optional(),
  event_time_window: oneOf(['day', 'hour']).optional(),
  value_settings: parameters({ event_payload_key: text(100) }).optional(),
})
const eventParameters = parameters({
  event_name: text(100),
  payload: z.record(z.string(), text()),
  identifier: text(100).optional(),
  timestamp: integer().optional(),
})

export const meterRoutes: readonly Route[] = [
  route('POST', '/v1/billing/meters', createParameters, (work, given) => {
    const [taken] = work.objects.all('billing.meter', { event_name: given.event_name, status: 'active' })
    if (taken !== undefined) {
      throw invalid(`There is already an active meter (${taken.id}) with this event_name.`, { param: 'event_name' })
    }
    const meter: Stripe.Billing.Meter = {
      id: work.id('billing.meter'),
      object: 'billing.meter',
      created: work.now,
      customer_mapping: given.customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      default_aggregation: given.default_aggregation,
      display_name: given.display_name,
      event_name: given.event_name,
      event_time_window: given.event_time_window ?? null,
      livemode: false,
      status: 'active',
      status_transitions: { deactivated_at: null },
      updated: work.now,
      value_settings: given.value_settings ?? { event_payload_key: 'value' },
    }
    work.objects.put('billing.meter', meter)
    work.emit('billing.meter.created', meter)
    return meter
  }),
  route(
    'GET',
    '/v1/billing/meters',
    parameters({ ...paging, status: oneOf(['active', 'inactive']).optional() }),
    (work, { status, ...page }) => work.list('billing.meter', '/v1/billing/meters', page, { status }),
  ),
  route('GET', '/v1/billing/meters/:id', parameters({}), (work, _, id) => work.need('billing.meter', id)),
  route('POST', '/v1/billing/meter_events', eventParameters, (work, given) => {
    const { event_name, payload, identifier = randomText(32), timestamp = work.now } = given
    const meter = meterOf(work, event_name)
    const { event_payload_key: valueKey } = meter.value_settings
    const customer = payload[meter.customer_mapping.event_payload_key]
    if (customer === undefined) throw lacks(meter.customer_mapping.event_payload_key)
    work.need('customer', customer, `payload[${meter.customer_mapping.event_payload_key}]`)
    const value = payload[valueKey]
    if (meter.default_aggregation.formula !== 'count' && !/^-?\d+(\.\d{1,12})?$/.test(value ?? ''))
      throw lacks(valueKey)
    if (timestamp < work.now - oldestSeconds || timestamp > work.now + latestSeconds) {
      throw invalid('The timestamp must be within the past 35 calendar days and at most 5 minutes in the future.', {
        code: 'timestamp_invalid',
        param: 'timestamp',
      })
    }
    const [known] = work.objects.all('billing.meter_event', { identifier })
    if (known !== undefined && known.created > work.now - uniqueSeconds) {
      throw invalid(`An event already exists with identifier ${identifier}.`, {
        code: 'duplicate_meter_event',
        param: 'identifier',
      })
    }
    const event: Stripe.Billing.MeterEvent = {
      object: 'billing.meter_event',
      created: work.now,
      event_name,
      identifier,
      livemode: false,
      payload,
      timestamp,
    }
    work.objects.put('billing.meter_event', { ...event, id: work.id('billing.meter_event') })
    return event
  }),
]

/** The meter's count for the customer in the period. */
export function usage(work: Work, meter: Stripe.Billing.Meter, customer: string, { start, end }: Period): number {
  const events = work.objects
    .all('billing.meter_event', { event_name: meter.event_name })
    .filter((event) => event.payload[meter.customer_mapping.event_payload_key] === customer)
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
  const values = events.map(({ payload }) => Number(payload[meter.value_settings.event_payload_key]))
  if (meter.default_aggregation.formula === 'count') return events.length
  if (meter.default_aggregation.formula === 'last') return values[0] ?? 0
  return values.reduce((sum, value) => sum + value, 0)
}

function meterOf(work: Work, event_name: string): Stripe.Billing.Meter {
  const [meter] = work.objects.all('billing.meter', { event_name, status: 'active' })
  if (meter !== undefined) return meter
  throw invalid(`No active meter found for event name ${event_name}.`, { param: 'event_name' })
}

const lacks = (key: string) =>
  invalid(`Required payload key missing or not valid: ${key}.`, { param: `payload[${key}]` })
