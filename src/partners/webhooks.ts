import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { operatorId } from '../access/viewer.ts'
import type { Database } from '../database/open.ts'
import type { Act, AuditFacts } from '../domain/audit.ts'
import { storedTypesOf } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { urlRefusal } from './address-rules.ts'
import { SendingByHand } from './by-hand.ts'
import { Deliverer } from './deliver.ts'
import type { Delivery } from './delivery.ts'
import { type Endpoint, maxSelectionLength } from './endpoint.ts'
import * as rows from './endpoint-rows.ts'
import type { EventViews } from './event-views.ts'
import * as positions from './position-rows.ts'
import type { PostOptions } from './post.ts'
import { postOnDemand } from './post-on-demand.ts'
import type { DisabledEndpoint, LastFailure } from './sender.ts'
import { newSeed, type SecretBox, signingSecretOf } from './signing-keys.ts'

/** An endpoint and its `whsec_…` secret, which is returned only here. */
export type NewEndpoint = { readonly endpoint: Endpoint; readonly secret: string }

/** Where a replay begins. */
export type ReplayFrom =
  | { readonly since: Instant }
  | { readonly behind: { readonly teamId: TeamId; readonly position: EventPosition } }

export type Webhooks = {
  urlRefusal(url: string): string | null
  selectionRefusal(selection: string): string | null
  create(terms: rows.EndpointTerms, act: Act): Promise<NewEndpoint | rows.TooManyEndpoints>
  /** Null: the owner has no such endpoint. Nothing is sent to it from then on, but an attempt that is under way ends. */
  remove(teamId: TeamId, id: number, act: Act): Promise<Endpoint | null>
  /** A new secret; the old one signs beside it for 24 hours. Null: the owner has no such endpoint. */
  rotateSecret(endpoint: Endpoint, act: Act): Promise<NewEndpoint | null>
  /**
   * Moves the endpoint, and enables it where it was disabled. Returns how many events will be sent.
   *
   * @throws {ReadingLineFull} {ReadingOverdue}, with nothing changed.
   */
  replay(endpoint: Endpoint, from: ReplayFrom, act: Act): Promise<number>
  /** Sends an event again, out of the order, and writes what came of it. Null: the endpoint or the delivery is gone. */
  resend(endpoint: Endpoint, delivery: Delivery, act: Act): Promise<Delivery | null | 'BUSY'>
  /** Sends a test event, and writes what came of it. */
  sendTest(endpoint: Endpoint, act: Act): Promise<Delivery | null | 'BUSY'>
  /** Listeners hear when endpoints, or their positions, were changed here. */
  onChanged(listener: () => void): void
  close(): void
}

export type WebhooksOptions = PostOptions & {
  readonly database: Database
  readonly box: SecretBox
  readonly views: EventViews
}

/** The endpoints of partners, as the API changes them, and the events that people send by hand. */
export function createWebhooks({ database, box, views, ...options }: WebhooksOptions): Webhooks {
  const post = postOnDemand(options)
  const byHand = new SendingByHand({ pool: database.pool, deliverer: new Deliverer(post, box), views })
  const listeners: (() => void)[] = []

  /** Listeners hear of a change that failed, too: the outcome of a lost connection is unknown. */
  async function changing<T>(change: Promise<T>): Promise<T> {
    return change.finally(() => {
      for (const listener of listeners) listener()
    })
  }

  function newSecret() {
    const seed = newSeed()
    const { symmetric, publicKey } = signingSecretOf(seed)
    return { secret: symmetric, stored: { sealed: box.seal(seed), publicKey } }
  }

  return {
    urlRefusal: (url) => urlRefusal(url, options.allowPrivate),
    selectionRefusal(selection) {
      if (selection.length <= maxSelectionLength) return views.selectionRefusal(selection)
      return `it has ${selection.length} characters: give at most ${maxSelectionLength}`
    },
    async create(terms, act) {
      const { secret, stored } = newSecret()
      const endpoint = await changing(rows.createEndpoint(database, terms, stored, act))
      return typeof endpoint === 'string' ? endpoint : { endpoint, secret }
    },
    remove: (teamId, id, act) => changing(rows.removeEndpoint(database, teamId, id, act)),
    async rotateSecret(endpoint, act) {
      const { secret, stored } = newSecret()
      const rotated = await changing(rows.replaceSecret(database, endpoint, stored, act))
      return rotated && { endpoint: rotated, secret }
    },
    replay: (endpoint, from, act) => changing(movedTo(database, endpoint, from, act)),
    async resend(endpoint, delivery, act) {
      const audited = () => rows.auditEndpointAct(database, endpoint, act, { delivery: delivery.number })
      return byHand.resend(endpoint, delivery, audited)
    },
    async sendTest(endpoint, act) {
      return byHand.sendTest(endpoint, () => rows.auditEndpointAct(database, endpoint, act, {}))
    },
    onChanged(listener) {
      listeners.push(listener)
    },
    close: () => post.close(),
  }
}

/** GraphQL's Int ends there. */
const maxInt = 2 ** 31 - 1

/**
 * Finds and counts on connections that the ledger does not use, in the line of the owner's replays, and ends at a
 * deadline. The ledger's connections are used for the move alone.
 */
const movedTo = (database: Database, endpoint: Endpoint, from: ReplayFrom, act: Act): Promise<number> =>
  database.readings.read({ caller: JSON.stringify(['webhook-replays', endpoint.teamId]) }, async ({ snapshot }) => {
    const { to, count } = await snapshot(async (client) => {
      const to = 'since' in from ? await positions.readPositionsBefore(client, endpoint, from.since) : [behind(from)]
      return { to, count: await positions.countEventsBehind(client, to, storedTypesOf(endpoint.types)) }
    })
    await database.transaction(async (client) => {
      await positions.moveEndpoint(client, endpoint.id, to)
      await rows.enableEndpoint(client, endpoint.id)
      await rows.auditInside(client, endpoint, act, { ...factsOf(from), events: count })
    })
    return Math.min(count, maxInt)
  })

const behind = ({ behind: { teamId, position } }: Extract<ReplayFrom, { behind: unknown }>) => ({ teamId, ...position })

const factsOf = (from: ReplayFrom): AuditFacts =>
  'since' in from
    ? { since: new Date(from.since).toISOString(), behind: null }
    : { since: null, behind: `${from.behind.position.revision}.${from.behind.position.number}` }

export type DisableOptions = { readonly pool: Pool; readonly ledger: Ledger; readonly log: Logger }

/**
 * Disables an endpoint that has failed for three days, or is gone, unless its position was moved meanwhile. Its team gets
 * an event first: where the gateway dies in between, the next failed attempt disables it, with another event.
 */
export const disabling =
  ({ pool, ledger, log }: DisableOptions) =>
  async ({ id, teamId, url }: DisabledEndpoint, { failure, ...failed }: LastFailure): Promise<void> => {
    if (!(await positions.isFailing(pool, id, failed))) return
    const { origin = '' } = URL.parse(url) ?? {}
    log.warn({ endpoint: id, team: teamId, origin, failure }, 'A webhook endpoint is disabled')
    if (teamId !== operatorId) {
      const reason = `The webhook endpoint at ${origin} is disabled: ${failure}. Mend it, then replay its events`
      await ledger.submit(keyless(teamId, { kind: 'tell-of-webhook', reason }))
    }
    await rows.disableEndpoint(pool, id, failure, failed)
  }
