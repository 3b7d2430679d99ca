import type { Logger } from 'pino'
import { Stripe } from 'stripe'

/** `2026-10-28.endive`: the name is the major version. Versions before 2024-09-30 have none. */
const majorOf = (version: string): string => version.split('.')[1] ?? version

/** Says once for each version that events have another major version than this gateway's requests. */
export class EventVersions {
  readonly #log: Logger
  readonly #told = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Events that the gateway lists have the account's version. Events of a webhook have that of its endpoint. */
  see({ api_version: version }: { readonly api_version?: string | null }): void {
    if (!version || this.#told.has(version)) return
    this.#told.add(version)
    if (majorOf(version) === majorOf(Stripe.API_VERSION)) return
    this.#log.warn({ version, expected: Stripe.API_VERSION }, otherVersion)
  }
}

const otherVersion =
  "Events of Stripe have another API version than this gateway's requests: create the webhook endpoint with `api_version`"

/** The property of an invoice that names its subscription: `parent`, and `subscription` before 2025-03-31. */
type Naming = { readonly parent?: Stripe.Invoice.Parent | null; readonly subscription?: unknown }

/** Whether the invoice of an event may be a subscription's: it says so, or it does not say. */
export function mayBeOfSubscription({ parent, subscription }: Naming): boolean {
  return parent === undefined ? subscription !== null : parent?.subscription_details?.subscription != null
}
