import type Stripe from 'stripe'
import type { Alarms } from '../store/alarms.ts'
import type { Database } from '../store/database.ts'
import { idPrefixes, type Kind, type Kinds } from '../store/kinds.ts'
import type { Filter, Objects, Page } from '../store/objects.ts'
import type { Deliveries } from '../webhooks/deliveries.ts'
import { type Failure, missing } from './failure.ts'
import { newId } from './ids.ts'
import { shownCopy } from './shown.ts'
import { inVersion } from './versions.ts'

export type EventType = Stripe.Event['type']
export type ObjectOf<T extends EventType> = Extract<Stripe.Event, { type: T }>['data']['object']

export type Origin = { readonly id: string; readonly idempotency_key: string | null }

/** The list of an answer: all fields of Stripe's list without its class. */
export type Listing<T> = { object: 'list'; url: string; has_more: boolean; data: T[] }

/** The context of one transaction: a request, an alarm or a page. */
export type Work = {
  readonly database: Database
  readonly objects: Objects
  /** Seconds since 1970 of the sandbox's clock; an alarm runs at its own instant, however late. */
  readonly now: number
  /** Whether a request of the API does it, neither an alarm nor a page. */
  readonly isRequest: boolean
  /** The base URL of hosted pages. */
  readonly url: string
  id(kind: Kind): string
  /** The object; throws `resource_missing`: with `param` where a parameter named it. */
  need<K extends Kind>(kind: K, id: string, param?: string): Kinds[K]
  list<K extends Kind>(kind: K, url: string, page: Page, filter?: Filter): Listing<Kinds[K]>
  /** Writes the event of the last effect, for delivery after commit. The event has the object as it is now. */
  emit<T extends EventType>(type: T, object: ObjectOf<T>, previous?: Partial<ObjectOf<T>>): void
  /** Notifies the checkout or the invoice that waits for the intent. */
  settled(intent: Intent): void
  /** The decline code that is planned for the next charge; undefined: the card decides. */
  nextDecline(intent: Stripe.PaymentIntent): string | undefined
  /** Sets an alarm of that kind for the object at that instant. */
  at(instant: number, kind: string, id: string): void
}

export type Intent = Stripe.PaymentIntent | Stripe.SetupIntent

/** Carries out the consequences of an intent's new state. */
export type IntentWatcher = (work: Work, intent: Intent) => void

export type WorkParts = {
  readonly watchers: readonly IntentWatcher[]
  readonly nextDecline: (intent: Stripe.PaymentIntent) => string | undefined
  readonly database: Database
  readonly objects: Objects
  readonly alarms: Alarms
  readonly deliveries: Deliveries
  /** The account's API version, which its events have. */
  readonly eventVersion: () => string
  readonly url: () => string
}

export function beginWork(parts: WorkParts, nowMs: number, origin: Origin | null): Work {
  const { database, objects, alarms, deliveries } = parts
  const now = Math.floor(nowMs / 1000)
  const need: Work['need'] = (kind, id, param) => {
    const object = objects.get(kind, id)
    if (object === undefined) throw missingObject(kind, id, param)
    return object
  }
  const work: Work = {
    database,
    objects,
    now,
    isRequest: origin !== null,
    url: parts.url(),
    id: (kind) => newId(idPrefixes[kind]),
    need,
    list(kind, url, page, filter) {
      if (page.starting_after !== undefined) need(kind, page.starting_after, 'starting_after')
      if (page.ending_before !== undefined) need(kind, page.ending_before, 'ending_before')
      const { data, more } = objects.page(kind, page, filter)
      return { object: 'list', url, has_more: more, data }
    },
    emit(type, object, previous) {
      const version = parts.eventVersion()
      const told = inVersion(objects, version, shownCopy(object))
      const event: Stripe.EventBase = {
        id: newId(idPrefixes.event),
        object: 'event',
        api_version: version,
        created: now,
        data: previous === undefined ? { object: told } : { object: told, previous_attributes: shownCopy(previous) },
        livemode: false,
        pending_webhooks: 1,
        request: origin,
        type,
      }
      objects.put('event', event)
      deliveries.add(event.id, type, nowMs)
    },
    settled(intent) {
      for (const watch of parts.watchers) watch(work, intent)
    },
    nextDecline: parts.nextDecline,
    at: alarms.add,
  }
  return work
}

/** Stripe's word for the object, and for the parameter that a path stands for. */
function missingObject(kind: Kind, id: string, param: string | undefined): Failure {
  if (kind === 'payment_method') return missing('PaymentMethod', id, param ?? 'payment_method', param === undefined)
  return missing(kind.replace('checkout.session', 'checkout session'), id, param)
}

/** The fields that differ, with their former values. */
export function changed<T extends object>(before: T, after: T): Partial<T> {
  const previous: Partial<T> = {}
  for (const key in before) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) previous[key] = before[key]
  }
  return previous
}
