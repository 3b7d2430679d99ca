import { Forbidden, RequestFault } from '../access/faults.ts'
import { operatorId, requireRole, type Scope, type Viewer } from '../access/viewer.ts'
import { InvalidInput, NotFound } from '../domain/errors.ts'
import type { AccountEventType } from '../domain/event-type.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { hasEvent } from '../ledger/history/account-events.ts'
import { type Delivery, testEventId } from '../partners/delivery.ts'
import { findDelivery, readDeliveries } from '../partners/delivery-rows.ts'
import { type Endpoint, maxEndpoints, maxEndpointsADay } from '../partners/endpoint.ts'
import { findEndpoint, listEndpointsOf, type TooManyEndpoints } from '../partners/endpoint-rows.ts'
import type { NewEndpoint, ReplayFrom } from '../partners/webhooks.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { decodeIdOf, encodeId } from './request/ids.ts'
import { badInput, type Optional, reachable, teamFor } from './request/inputs.ts'
import { type Connection, listOf, type PageArguments, pageOf, readPage } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import type { TeamView, WebhookDeliveryView, WebhookEndpointView } from './request/results.ts'
import { knownTeam, served } from './request/submit.ts'

export type CreateWebhookEndpointInput = {
  url: string
  types?: Optional<AccountEventType[]>
  selection?: Optional<string>
  teamId?: Optional<string>
}
export type CreatedWebhookEndpointView = {
  readonly type: 'CreatedWebhookEndpoint'
  readonly endpoint: WebhookEndpointView
  readonly secret: string
}

const viewOf = (endpoint: Endpoint): WebhookEndpointView => ({ type: 'WebhookEndpoint', endpoint })
const createdView = ({ endpoint, secret }: NewEndpoint): CreatedWebhookEndpointView => ({
  type: 'CreatedWebhookEndpoint',
  endpoint: viewOf(endpoint),
  secret,
})
const deliveryView = (owner: TeamId, delivery: Delivery): WebhookDeliveryView => ({
  type: 'WebhookDelivery',
  owner,
  delivery,
})

/** The owner of a new endpoint: the team, or for a PLATFORM caller that names none the operator. */
async function ownerFor(context: GatewayContext, viewer: Viewer, given: Optional<string>): Promise<TeamId> {
  if (viewer.role === 'PLATFORM' && given == null) return operatorId
  return (await knownTeam(context.services, teamFor(viewer, given))).account.teamId
}

export async function createWebhookEndpoint(
  _: unknown,
  { input }: { input: CreateWebhookEndpointInput },
  context: GatewayContext,
): Promise<CreatedWebhookEndpointView | InvalidInput> {
  const viewer = callerWithRole(context, 'ADMIN')
  const { webhooks } = context.services
  const refusal = refusalOf(context, input)
  if (refusal !== null) return refusal
  const teamId = await ownerFor(context, viewer, input.teamId)
  const types = [...new Set(input.types ?? [])]
  const terms = { teamId, url: new URL(input.url).href, types, selection: input.selection ?? null }
  const made = await served(() => webhooks.create(terms, actOf(context, viewer, 'createWebhookEndpoint')))
  return typeof made === 'string' ? invalid('teamId', tooMany[made]) : createdView(made)
}

const tooMany: Readonly<Record<TooManyEndpoints, string>> = {
  LIVE: `there are ${maxEndpoints} endpoints already: delete one that is not used any more`,
  MADE_TODAY: `${maxEndpointsADay} endpoints were made in the last 24 hours: use one of them, or try again tomorrow`,
}

function refusalOf(
  { services: { webhooks } }: GatewayContext,
  { url, types, selection }: CreateWebhookEndpointInput,
): InvalidInput | null {
  const wrongUrl = webhooks.urlRefusal(url)
  if (wrongUrl !== null) return invalid('url', wrongUrl)
  if (types?.includes('WEBHOOK_TEST')) {
    return invalid('types', 'WEBHOOK_TEST is sent by sendTestEvent alone, to every endpoint: leave it out')
  }
  const wrongFields = selection == null ? null : webhooks.selectionRefusal(selection)
  return wrongFields === null ? null : invalid('selection', wrongFields)
}

const invalid = (field: string, reason: string) => new InvalidInput({ path: [field], reason })
const noSuchEndpoint = () => new NotFound({ what: 'webhook endpoint' })

/** The endpoint, if the caller may change it; null: it has none of this id. */
async function reachedEndpoint(context: GatewayContext, viewer: Viewer, id: string): Promise<Endpoint | null> {
  const decoded = decodeIdOf('WebhookEndpoint', id)
  const teamId = decoded === null ? null : reachable(viewer, decoded.teamId)
  if (decoded === null || teamId === null) return null
  return readSnapshot(context, (client) => findEndpoint(client, teamId, decoded.number))
}

export async function deleteWebhookEndpoint(
  _: unknown,
  { id }: { id: string },
  context: GatewayContext,
): Promise<WebhookEndpointView | NotFound> {
  const viewer = callerWithRole(context, 'ADMIN')
  const found = await reachedEndpoint(context, viewer, id)
  if (found === null) return noSuchEndpoint()
  const act = actOf(context, viewer, 'deleteWebhookEndpoint')
  const endpoint = await served(() => context.services.webhooks.remove(found.teamId, found.id, act))
  return endpoint === null ? noSuchEndpoint() : viewOf(endpoint)
}

/** The caller, if it may see new secrets of endpoints that exist. A leaked key of a team gets none that outlives it. */
function rotating(context: GatewayContext): Viewer {
  const viewer = callerWithRole(context, 'ADMIN')
  if (viewer.credential.kind === 'KEY' && viewer.role !== 'PLATFORM') {
    throw new Forbidden('an API key of a team rotates no secret: use a token with the role ADMIN')
  }
  return viewer
}

export async function rotateWebhookSecret(
  _: unknown,
  { endpointId }: { endpointId: string },
  context: GatewayContext,
): Promise<CreatedWebhookEndpointView | NotFound> {
  const viewer = rotating(context)
  const found = await reachedEndpoint(context, viewer, endpointId)
  if (found === null) return noSuchEndpoint()
  const act = actOf(context, viewer, 'rotateWebhookSecret')
  const rotated = await served(() => context.services.webhooks.rotateSecret(found, act))
  return rotated === null ? noSuchEndpoint() : createdView(rotated)
}

export async function replayWebhookDeliveries(
  _: unknown,
  args: { endpointId: string; since?: Optional<Instant>; afterEventId?: Optional<string> },
  context: GatewayContext,
): Promise<number> {
  const viewer = callerWithRole(context, 'ADMIN')
  const endpoint = (await reachedEndpoint(context, viewer, args.endpointId)) ?? unknown('webhook endpoint')
  const from = await replayFrom(context, endpoint, args)
  const act = actOf(context, viewer, 'replayWebhookDeliveries')
  return served(() => context.services.webhooks.replay(endpoint, from, act))
}

async function replayFrom(
  context: GatewayContext,
  { teamId: owner }: Endpoint,
  { since, afterEventId }: { since?: Optional<Instant>; afterEventId?: Optional<string> },
): Promise<ReplayFrom> {
  if ((since == null) === (afterEventId == null)) throw badInput('since', 'give since or afterEventId: one of them')
  if (since != null) return { since }
  const id = decodeIdOf('Event', afterEventId ?? '')
  if (id === null || (owner !== operatorId && id.teamId !== owner)) return unknown('event')
  const { teamId } = id
  const position = { revision: id.number, number: id.place }
  if (!(await readSnapshot(context, (client) => hasEvent(client, teamId, position)))) return unknown('event')
  return { behind: { teamId, position } }
}

export async function resendWebhookDelivery(
  _: unknown,
  { deliveryId }: { deliveryId: string },
  context: GatewayContext,
): Promise<WebhookDeliveryView> {
  const viewer = callerWithRole(context, 'ADMIN')
  const id = decodeIdOf('WebhookDelivery', deliveryId)
  const owner = id === null ? null : reachable(viewer, id.teamId)
  if (id === null || owner === null) return unknown('webhook delivery')
  const found = await readSnapshot(context, async (client) => {
    const delivery = await findDelivery(client, owner, id.number)
    const endpoint = delivery && (await findEndpoint(client, owner, delivery.endpointId))
    return delivery && endpoint && { delivery, endpoint }
  })
  if (found === null) return unknown('webhook delivery')
  const act = actOf(context, viewer, 'resendWebhookDelivery')
  const sent = await served(() => context.services.webhooks.resend(found.endpoint, found.delivery, act))
  return shown(owner, sent)
}

export async function sendTestEvent(
  _: unknown,
  { endpointId }: { endpointId: string },
  context: GatewayContext,
): Promise<WebhookDeliveryView> {
  const viewer = callerWithRole(context, 'ADMIN')
  const endpoint = (await reachedEndpoint(context, viewer, endpointId)) ?? unknown('webhook endpoint')
  const act = actOf(context, viewer, 'sendTestEvent')
  return shown(endpoint.teamId, await served(() => context.services.webhooks.sendTest(endpoint, act)))
}

function shown(owner: TeamId, sent: Delivery | null | 'BUSY'): WebhookDeliveryView {
  if (sent === null) return unknown('webhook delivery')
  if (sent === 'BUSY') {
    throw new RequestFault('OVERLOADED', 'The endpoint has not answered your earlier events: try again in a moment.')
  }
  return deliveryView(owner, sent)
}

/** For an answer that is no union. */
function unknown(what: Sought): never {
  throw new RequestFault('NOT_FOUND', `There is no such ${what}. Check the id.`)
}
type Sought = 'webhook endpoint' | 'webhook delivery' | 'event'

export async function teamWebhookEndpoints(
  { account }: TeamView,
  _: unknown,
  context: GatewayContext,
): Promise<WebhookEndpointView[]> {
  requireRole(context.viewer, 'ADMIN')
  return endpointsOf(context, account.teamId)
}

export async function operatorWebhookEndpoints(
  _: unknown,
  __: unknown,
  context: GatewayContext,
): Promise<WebhookEndpointView[]> {
  callerWithRole(context, 'PLATFORM')
  return endpointsOf(context, operatorId)
}

const endpointsOf = async (context: GatewayContext, teamId: TeamId): Promise<WebhookEndpointView[]> =>
  (await readSnapshot(context, (client) => listEndpointsOf(client, teamId))).map(viewOf)

export async function findWebhookEndpoint(
  context: GatewayContext,
  teamId: TeamId,
  id: number,
  caller: Scope,
): Promise<WebhookEndpointView | null> {
  requireRole(caller, 'ADMIN')
  const endpoint = await readSnapshot(context, (client) => findEndpoint(client, teamId, id))
  return endpoint && viewOf(endpoint)
}

export async function findWebhookDelivery(
  context: GatewayContext,
  teamId: TeamId,
  number: number,
  caller: Scope,
): Promise<WebhookDeliveryView | null> {
  requireRole(caller, 'ADMIN')
  const delivery = await readSnapshot(context, (client) => findDelivery(client, teamId, number))
  return delivery && deliveryView(teamId, delivery)
}

export async function endpointDeliveries(
  { endpoint }: WebhookEndpointView,
  given: PageArguments,
  context: GatewayContext,
): Promise<Connection<WebhookDeliveryView>> {
  requireRole(context.viewer, 'ADMIN')
  const page = readPage(listOf('deliveries', endpoint.teamId), given)
  const read = readSnapshot(context, (client) => readDeliveries(client, endpoint.id, page.span, page.size + 1))
  return pageOf(page, await read, numberOf, (delivery) => deliveryView(endpoint.teamId, delivery))
}

const numberOf = ({ number }: Delivery): number => number

export const deliveryEventId = ({ delivery: { number, teamId, position } }: WebhookDeliveryView): string =>
  position === null ? testEventId(number) : encodeId('Event', `${position.revision}.${position.number}`, teamId)
