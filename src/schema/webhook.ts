import type { Connection, Edge } from '../resolvers/request/pages.ts'
import type { WebhookDeliveryView } from '../resolvers/request/results.ts'
import * as webhooks from '../resolvers/webhooks.ts'
import { builder } from './builder.ts'
import { commandCost, costOfPage, costOfRows, historyCost, paymentCost, pillTokenCost } from './costs.ts'
import { AccountEventTypeEnum } from './enums.ts'
import { pageArguments } from './page-arguments.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.WebhookDeliveryType.implement({
  interfaces: [refs.NodeType],
  description: 'One event sent to one endpoint, with its latest attempt. It is kept for 30 days.',
  fields: (t) => ({
    eventId: t.id({
      description:
        'The `webhook-id` of every attempt: the id of the event in `accountEvents`, or that of a test event.',
      resolve: webhooks.deliveryEventId,
    }),
    type: t.field({
      type: AccountEventTypeEnum,
      description: 'The type of the event.',
      resolve: ({ delivery }) => delivery.type,
    }),
    attempts: t.int({
      description: 'The number of attempts so far, those by hand too.',
      resolve: ({ delivery }) => delivery.attempts,
    }),
    delivered: t.boolean({
      description: 'Whether one of the attempts was answered with a status from 200 to 299.',
      resolve: ({ delivery }) => delivery.delivered,
    }),
    status: t.int({
      nullable: true,
      description: 'The HTTP status of the latest answer; null: there was none.',
      resolve: ({ delivery }) => delivery.status,
    }),
    latencyMs: t.int({
      nullable: true,
      description: 'How long the latest attempt took, in milliseconds: at most 10,000.',
      resolve: ({ delivery }) => delivery.latencyMs,
    }),
    answer: t.string({
      nullable: true,
      description: 'The first 1 KB of the latest answer; null: there was none.',
      resolve: ({ delivery }) => delivery.answer,
    }),
    failure: t.string({
      nullable: true,
      description: 'Why the latest attempt failed, for people; null: it did not.',
      resolve: ({ delivery }) => delivery.failure,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'The instant of the first attempt, by the real clock.',
      resolve: ({ delivery }) => delivery.at,
    }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The instant from which the event is sent again; null: it was delivered, or there is no further attempt.',
      resolve: ({ delivery }) => delivery.nextAttemptAt,
    }),
  }),
})

const WebhookDeliveryEdge = builder.objectRef<Edge<WebhookDeliveryView>>('WebhookDeliveryEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: refs.WebhookDeliveryType }),
  }),
})

const WebhookDeliveryConnection = builder
  .objectRef<Connection<WebhookDeliveryView>>('WebhookDeliveryConnection')
  .implement({
    fields: (t) => ({
      edges: t.expose('edges', { type: [WebhookDeliveryEdge] }),
      nodes: t.expose('nodes', { type: [refs.WebhookDeliveryType] }),
      pageInfo: t.expose('pageInfo', { type: refs.PageInfoType }),
    }),
  })

refs.WebhookEndpointType.implement({
  interfaces: [refs.NodeType],
  description:
    "Begins at the present. `lastFailure` is set from the first failed attempt on. `webhook-id` is the event's id; the body has `type`, `timestamp` and `data` with `id`, `team` and `revision`.",
  fields: (t) => ({
    url: t.string({ description: 'The address that events are posted to.', resolve: ({ endpoint }) => endpoint.url }),
    types: t.field({
      type: [AccountEventTypeEnum],
      description: 'The types of events that it receives; empty: every type.',
      resolve: ({ endpoint }) => endpoint.types,
    }),
    selection: t.string({
      nullable: true,
      description: 'The fields of `AccountEvent` that `data.event` has in each body; null: bodies have ids only.',
      resolve: ({ endpoint }) => endpoint.selection,
    }),
    publicKey: t.string({
      description: '`whpk_…`: the Ed25519 key that verifies the `v1a` signatures made with the present secret.',
      resolve: ({ endpoint }) => endpoint.publicKey,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'The instant of its creation, by the real clock.',
      resolve: ({ endpoint }) => endpoint.createdAt,
    }),
    disabledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Since when it receives nothing, because an event failed for more than three days, or it answered 410. `replayWebhookDeliveries` enables it.',
      resolve: ({ endpoint }) => endpoint.disabledAt,
    }),
    lastDeliveryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it last accepted an event, to the second; null: never.',
      resolve: ({ endpoint }) => endpoint.lastDeliveryAt,
    }),
    lastFailure: t.string({
      nullable: true,
      description: 'Why the last failed attempt failed, for people; null: none has failed.',
      resolve: ({ endpoint }) => endpoint.lastFailure,
    }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      nullable: true,
      description: 'The events that were sent within 30 days, the newest first.',
      args: pageArguments,
      complexity: costOfPage,
      resolve: webhooks.endpointDeliveries,
    }),
  }),
})

refs.CreatedWebhookEndpointType.implement({
  description: 'An endpoint with its new secret.',
  fields: (t) => ({
    endpoint: t.expose('endpoint', { type: refs.WebhookEndpointType, description: 'The endpoint as it is listed.' }),
    secret: t.exposeString('secret', {
      description: '`whsec_…`, which verifies the `v1` signatures. It is shown this once.',
    }),
  }),
})

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  fields: (t) => ({
    url: t.string({
      required: true,
      description:
        'An https address that the internet reaches, at most 2,000 characters. Private addresses are refused, also when a name resolves to one later.',
    }),
    types: t.field({ type: [AccountEventTypeEnum], description: 'Absent or empty: events of every type.' }),
    selection: t.string({
      description:
        'Fields of `AccountEvent`, such as `{ message amount balance { available } }`, at most 4,000 characters. They are read for each event with the role VIEWER of its team. Absent: bodies have ids only.',
    }),
    teamId: t.id({ description: 'Absent for a PLATFORM caller: the events of all teams.' }),
  }),
})

const CreateWebhookEndpointResult = resultUnion('CreateWebhookEndpointResult')
const DeleteWebhookEndpointResult = resultUnion('DeleteWebhookEndpointResult')

const ownEndpoint = "The `id` of an endpoint of the caller's team (ADMIN), or of any (PLATFORM)."

builder.mutationFields((t) => ({
  createWebhookEndpoint: t.field({
    type: CreateWebhookEndpointResult,
    description:
      'ADMIN (own team) or PLATFORM, by token or API key. At most 25 endpoints of a team, and as many of the operator. The secret is shown once.',
    args: { input: t.arg({ type: CreateWebhookEndpointInput, required: true }) },
    complexity: historyCost,
    resolve: webhooks.createWebhookEndpoint,
  }),
  deleteWebhookEndpoint: t.field({
    type: DeleteWebhookEndpointResult,
    description: 'ADMIN (own team) or PLATFORM. Its deliveries are deleted, too.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of the endpoint.' }) },
    complexity: commandCost,
    resolve: webhooks.deleteWebhookEndpoint,
  }),
  rotateWebhookSecret: t.field({
    type: CreateWebhookEndpointResult,
    description: 'The old secret keeps signing beside the new one for 24 hours.',
    args: { endpointId: t.arg.id({ required: true, description: ownEndpoint }) },
    // Each rotation leaves an audit record, and the sender reads its endpoints again.
    complexity: pillTokenCost,
    resolve: webhooks.rotateWebhookSecret,
  }),
  replayWebhookDeliveries: t.field({
    type: 'Int',
    description:
      "From a moment, or from right behind an event: the endpoint's position in the team's sequence is moved. How many events will be sent again.",
    args: {
      endpointId: t.arg.id({ required: true, description: `${ownEndpoint} A disabled one is enabled.` }),
      since: t.arg({
        type: 'DateTime',
        description: 'Events that took effect at this instant or later. Instead: `afterEventId`.',
      }),
      afterEventId: t.arg.id({
        description: 'An event of the team; of an endpoint of the operator only its team is moved.',
      }),
    },
    complexity: paymentCost + historyCost,
    resolve: webhooks.replayWebhookDeliveries,
  }),
  resendWebhookDelivery: t.field({
    type: refs.WebhookDeliveryType,
    nullable: true,
    description: 'Sends one delivery again, also one that succeeded.',
    args: {
      deliveryId: t.arg.id({
        required: true,
        description:
          "The `id` of a delivery of the caller's team (ADMIN), or of any (PLATFORM). It is answered within 10 seconds; the order of the others does not change.",
      }),
    },
    complexity: paymentCost,
    resolve: webhooks.resendWebhookDelivery,
  }),
  sendTestEvent: t.field({
    type: refs.WebhookDeliveryType,
    nullable: true,
    description:
      'ADMIN (own team) or PLATFORM. Sends an event of the type WEBHOOK_TEST, whatever the types of the endpoint, and returns what came of it within 10 seconds.',
    args: { endpointId: t.arg.id({ required: true, description: 'The `id` of the endpoint.' }) },
    complexity: paymentCost,
    resolve: webhooks.sendTestEvent,
  }),
}))

builder.queryField('webhookEndpoints', (t) =>
  t.field({
    type: [refs.WebhookEndpointType],
    nullable: true,
    description: "PLATFORM: the operator's own endpoints, which receive the events of all teams, the newest first.",
    complexity: costOfRows,
    resolve: webhooks.operatorWebhookEndpoints,
  }),
)
