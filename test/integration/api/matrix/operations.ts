import { encodePlace, filterMark } from '../../../../src/resolvers/request/cursors.ts'
import { newKey } from '../gateway.ts'
import { catalogText } from './catalog.ts'
import type { Column } from './columns.ts'
import { from, type Outcome } from './routes.ts'
import type { Ids } from './scene.ts'

/**
 * A field that takes arguments, or a field of the root. `expected`: the type of the answer, or the code of the error, for a caller
 * of the team that gives `argument`.
 */
export type Operation = {
  /** Every argument, and every field of those that are objects. */
  readonly arguments: string
  expected(column: Column, argument: string): Outcome
  /** Arguments that are sent together with every other. */
  readonly always?: string
  /** An argument that is sent instead of another. */
  readonly instead?: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, (ids: Ids) => string>>
  /** The operation deletes its webhook endpoint. */
  readonly deletesEndpoint?: true
  /** The operation closes its hold. */
  readonly closesHold?: true
  /** The field is the caller's own, or the catalog's: nobody else's can be named. */
  readonly ownAlone?: true
  /** The place of a field below the root. */
  readonly inside?: (field: string, team: string) => string
}

const string = (text: string) => JSON.stringify(text)
/** A usable value for each name. */
const values: Readonly<Record<string, (ids: Ids) => string>> = {
  after: ({ activityCursor }) => string(activityCursor),
  amount: () => '"0.001"',
  atLeast: () => '"1"',
  atMost: () => '"1"',
  asOf: () => '"2040-02-05T00:00:00Z"',
  at: () => '"2040-02-05T00:00:00Z"',
  anchor: () => '"2040-02-05T00:00:00Z"',
  before: ({ activityCursor }) => string(activityCursor),
  callerId: () => '"backend-7"',
  categories: () => '["music"]',
  cancelUrl: () => '"https://app.example/cancel"',
  chargeId: ({ charge }) => string(charge),
  city: () => '"Berlin"',
  count: () => '1',
  country: () => '"DE"',
  credits: () => '"5000000"',
  effectiveFrom: () => '"2040-04-01T00:00:00Z"',
  email: () => '"ana@acme.example"',
  enabled: () => 'false',
  endpointId: ({ endpoint }) => string(endpoint),
  deliveryId: ({ delivery }) => string(delivery),
  afterEventId: ({ event }) => string(event),
  endsAt: () => '"2041-01-01T00:00:00Z"',
  every: () => 'MONTH',
  expiresAt: () => '"2041-01-01T00:00:00Z"',
  expiresInSeconds: () => '86400',
  first: () => '2',
  groupId: () => '"crew"',
  from: () => '"2040-02-01T00:00:00Z"',
  groupBy: () => '[DAY]',
  groupByTags: () => '["project"]',
  holdId: ({ hold }) => string(hold),
  idempotencyKey: () => string(newKey()),
  ids: ({ hold }) => `[${string(hold)}]`,
  interval: () => 'MONTH',
  key: () => '"project"',
  kind: () => 'PROMOTION',
  last: () => '2',
  line1: () => '"Street 1"',
  line2: () => '"Floor 2"',
  locale: () => '"de"',
  memberId: () => '"ana"',
  month: () => '"2040-01"',
  monthlyCap: () => '"1000"',
  maxPerDay: () => '3',
  name: () => '"one"',
  packageId: () => '"starter"',
  pay: () => 'CHECKOUT',
  per: () => 'WEEK',
  percentOfMonthlyUsage: () => '"25"',
  planId: () => '"pro"',
  postalCode: () => '"10115"',
  purchaseOrder: () => '"PO-77"',
  purchaseId: ({ paidPurchase }) => string(paidPurchase),
  quantity: () => '"1"',
  quoteId: ({ quote }) => string(quote),
  rate: () => '"image"',
  rates: () => '["song"]',
  reason: () => '"Spoilt"',
  reference: () => string(newKey()),
  returnUrl: () => '"https://app.example/"',
  rollover: () => 'CAPPED',
  creditLine: () => '"20"',
  trial: () => 'false',
  rolloverUpTo: () => '"3"',
  scopes: () => '[READ]',
  seats: () => '2',
  source: () => string(newKey()),
  startsAt: () => '"2040-02-05T00:00:00Z"',
  state: () => '"BE"',
  successUrl: () => '"https://app.example/done"',
  targetBalance: () => '"40000"',
  teamId: ({ team }) => string(team),
  teamName: () => '"Acme"',
  threshold: () => '"20000"',
  to: () => '"2040-02-10T13:00:00Z"',
  types: () => '[CHARGE]',
  type: () => '"eu_vat"',
  units: () => '3',
  value: () => '"DE123456789"',
}

export function literalFor({ values: own }: Operation, argument: string, ids: Ids): string {
  const name = argument.split('.').at(-1) ?? ''
  const value = (own?.[argument] ?? values[name])?.(ids)
  if (value === undefined) throw new Error(`No value is known for ${argument}`)
  return value
}

/** Names of objects of a team: another team's caller gives them without the team. */
export const namesObject = (argument: string): boolean =>
  /^(after|before|afterEventId|chargeId|deliveryId|endpointId|holdId|ids?|quoteId)$/.test(argument)

/** Answers with the type to this role and higher ones; lower ones are refused. */
const least =
  (type: string, role: Parameters<typeof from>[0], below: Outcome): Operation['expected'] =>
  (column) => {
    const outcome = from(role, below)(column)
    return outcome === 'told' ? type : outcome
  }
const read = (type: string) => least(type, 'VIEWER', '')
const spend = (type: string) => least(type, 'MEMBER', 'RequirementNotMet')
const configure = (type: string) => least(type, 'ADMIN', 'NotAllowed')
const buy = (type: string) => least(type, 'ADMIN', 'PurchaseNotAllowed')
const operate = (type: string) => least(type, 'PLATFORM', 'NotAllowed')
/** An answer that is no union: a refusal is an error. */
const plain = (type: string, role: Parameters<typeof from>[0]) => least(type, role, 'FORBIDDEN')
const manage =
  (type: string): Operation['expected'] =>
  (column, argument) =>
    column.key && column.role !== null ? 'NotAllowed' : configure(type)(column, argument)

/** The operator's key rotates secrets, the key of a team does not. */
const rotate = (type: string): Operation['expected'] => {
  const [byOperator, byTeam] = [configure(type), manage(type)]
  return (column, argument) => (column.role === 'PLATFORM' ? byOperator : byTeam)(column, argument)
}

/** A key may make pill tokens; tokens that may buy only if the key may buy. */
const makePills: Operation['expected'] = (column, argument) =>
  plain('PillToken', column.key && argument !== 'mayBuy' ? 'VIEWER' : 'ADMIN')(column, argument)

/** A caller may spend for itself, and the operator for anyone. */
const spendFor =
  (type: string): Operation['expected'] =>
  (column, argument) => {
    const outcome = spend(type)(column, argument)
    const forAnother = argument === 'memberId' && !column.ana && column.role !== 'PLATFORM'
    return outcome === type && forAnother ? 'NotAllowed' : outcome
  }

/** The placer may act on its hold, and so may higher roles. */
const act =
  (type: string): Operation['expected'] =>
  (column, argument) => {
    const outcome = least(type, 'MEMBER', 'NotAllowed')(column, argument)
    return outcome === type && column.role === 'MEMBER' && !column.ana ? 'NotAllowed' : outcome
  }

/** The operator sets units without asking for money; an admin orders them from a subscription. */
const orderUnits: Operation['expected'] = (column, argument) =>
  column.role === 'PLATFORM' ? 'Team' : buy('AddOnNotAvailable')(column, argument)
/** The operator has no team that it could buy for. */
const preview: Operation['expected'] = (column, argument) =>
  column.role === 'PLATFORM' ? 'BAD_USER_INPUT' : read('PurchasePreview')(column, argument)

const usage = 'usage.count usage.quantity usage.rate usage.tags.key usage.tags.value'
const fit = 'fit.atLeast fit.atMost'
const ofVideo = { 'usage.rate': () => '"video"' }
const page = 'after before first last'
const cursorOf = (
  name: 'auditCursor' | 'deliveriesCursor' | 'holdsCursor' | 'purchasesCursor' | 'usesCursor',
): Operation['values'] => ({
  after: (ids) => string(ids[name]),
  before: (ids) => string(ids[name]),
})
const inTeam: Operation['inside'] = (field, team) => `team${team} { ${field} }`

/** The operations by type and field name. */
const inDollars = { currency: () => '"USD"' }
const inProduction = { space: () => 'PRODUCTION' }

export const operations: Readonly<Record<string, Operation>> = {
  'Query.apiKeys': { arguments: 'space', expected: plain('ApiKey', 'PLATFORM'), values: inProduction },
  'Query.auditLog': {
    arguments: `${page} teamId`,
    always: 'teamId',
    expected: plain('AuditConnection', 'PLATFORM'),
    values: cursorOf('auditCursor'),
  },
  'Query.catalogs': { arguments: '', expected: plain('PublishedCatalog', 'PLATFORM') },
  'Query.currencies': { arguments: '', expected: read('served'), ownAlone: true },
  'Query.promotionCodes': { arguments: '', expected: read('served'), ownAlone: true },
  'Query.customTopUp': { arguments: 'currency', expected: read('CustomTopUp'), ownAlone: true, values: inDollars },
  'Query.estimate': { arguments: `${fit} teamId ${usage}`, always: 'teamId', expected: read('Estimate') },
  'Query.node': { arguments: 'id', expected: read('Hold') },
  'Query.nodes': { arguments: 'ids', expected: read('Hold') },
  'Query.packages': { arguments: 'currency', expected: read('CreditPackage'), ownAlone: true, values: inDollars },
  'Query.plans': { arguments: '', expected: read('Plan'), ownAlone: true },
  'Query.planChangePreview': {
    arguments: 'interval planId proration seats teamId',
    always: 'planId teamId',
    expected: read('PlanChangePreview'),
    values: { interval: () => 'MONTH', proration: () => 'ALWAYS_INVOICE' },
  },
  'Query.purchasePreview': {
    arguments: 'credits currency packageId',
    always: 'packageId',
    instead: { credits: 'packageId' },
    expected: preview,
    ownAlone: true,
    values: { ...inDollars, credits: () => '"500"' },
  },
  'Query.billingDetails': { arguments: 'teamId', always: 'teamId', expected: plain('BillingDetails', 'ADMIN') },
  'Query.rechargeMandate': {
    arguments: 'currency maxPerDay monthlyCap packageId targetBalance threshold',
    always: 'packageId threshold',
    ownAlone: true,
    // A package and a target beside each other can't be turned on.
    expected: (column, argument) =>
      argument === 'targetBalance' ? read('nothing')(column, argument) : read('served')(column, argument),
    values: { ...inDollars, targetBalance: () => '"500"' },
  },
  'Query.paidInvoices': { arguments: 'teamId', expected: plain('PaidInvoice', 'PLATFORM') },
  'Query.refundPreview': {
    arguments: 'amount purchaseId',
    always: 'amount',
    expected: plain('RefundPreview', 'PLATFORM'),
    values: { amount: () => '"1"' },
  },
  'Query.usageEvidence': { arguments: 'purchaseId', expected: plain('UsageEvidence', 'PLATFORM') },
  'Query.rateCard': { arguments: 'at currency', expected: read('RateCard'), ownAlone: true, values: inDollars },
  'Query.rehearsal': {
    arguments: `amount at balanceAfter charge expiresAt id kind source startsAt team.anchor team.grants.amount team.grants.expiresAt team.grants.kind team.grants.source team.grants.startsAt team.interval team.name team.planId team.seats team.teamId type ${usage}`,
    expected: plain('Rehearsal', 'PLATFORM'),
    values: { balanceAfter: () => '"1"', charge: () => '"1"', type: () => 'CHARGE' },
  },
  'Query.rehearsals': {
    arguments: 'after before filter.diverged filter.teamId first last',
    expected: plain('TeamRehearsalConnection', 'PLATFORM'),
    values: {
      after: () => string(encodePlace({ kind: 'rehearsals', filter: '' }, 'acme')),
      before: () => string(encodePlace({ kind: 'rehearsals', filter: '' }, 'acme')),
      'filter.diverged': () => 'true',
    },
  },
  'Query.revenueReport': {
    arguments: 'after first month',
    always: 'month',
    expected: plain('RevenueReport', 'PLATFORM'),
    values: {
      after: () => string(encodePlace({ kind: 'revenue', filter: filterMark({ month: '2040-01' }) }, '["acme"]')),
    },
  },
  'Query.team': { arguments: 'id', expected: read('Team') },
  'Query.platformEvents': {
    arguments: page,
    expected: plain('PlatformEventConnection', 'PLATFORM'),
    values: {
      after: ({ platformEvent }) => string(platformEvent),
      before: ({ platformEvent }) => string(platformEvent),
    },
  },
  'Query.teams': {
    arguments:
      'after before last filter.availableBelow filter.inactiveSince filter.planId filter.rechargeState filter.search filter.state first orderBy',
    expected: plain('TeamConnection', 'PLATFORM'),
    values: {
      after: () => string(encodePlace({ kind: 'teams', filter: '' }, 'acme')),
      before: () => string(encodePlace({ kind: 'teams', filter: '' }, 'globex')),
      'filter.availableBelow': () => '"5"',
      'filter.inactiveSince': () => '"2040-01-01T00:00:00Z"',
      'filter.rechargeState': () => 'OFF',
      'filter.search': () => '"acme"',
      'filter.state': () => 'OK',
      orderBy: () => 'NAME_ASC',
    },
  },
  'Query.webhookEndpoints': { arguments: '', expected: plain('WebhookEndpoint', 'PLATFORM') },
  'Query.viewer': { arguments: '', expected: read('Viewer'), ownAlone: true },

  'Mutation.saveTestCard': {
    arguments: 'card teamId',
    always: 'teamId',
    expected: plain('served', 'ADMIN'),
    values: { card: () => 'PAYS' },
  },
  'Mutation.advanceClock': { arguments: 'to', expected: plain('served', 'PLATFORM') },
  'Mutation.assignPlan': {
    arguments: 'anchor currency idempotencyKey interval planId seats teamId teamName trial',
    expected: operate('Team'),
    values: inDollars,
  },
  'Mutation.captureHold': { arguments: `holdId idempotencyKey ${usage}`, expected: act('Charge'), values: ofVideo },
  'Mutation.chargeUsage': {
    arguments: `idempotencyKey memberId reference teamId ${usage}`,
    always: 'teamId',
    expected: spendFor('Charge'),
  },
  'Mutation.configureAutoRecharge': {
    arguments: 'currency enabled maxPerDay monthlyCap packageId targetBalance teamId threshold',
    always: 'teamId',
    expected: buy('AutoRecharge'),
    values: inDollars,
  },
  'Mutation.createApiKey': {
    arguments: 'allowedAddresses expiresAt name scopes space teamId',
    always: 'teamId',
    expected: manage('CreatedApiKey'),
    values: { allowedAddresses: () => '["2001:db8::/32"]', ...inProduction },
  },
  'Mutation.createContract': {
    arguments: 'creditLine credits endsAt every idempotencyKey reference rollover rolloverUpTo startsAt teamId',
    always: 'rollover rolloverUpTo',
    expected: operate('Contract'),
  },
  'Mutation.createPillToken': {
    arguments: 'expiresInSeconds mayBuy memberId origin teamId',
    always: 'teamId',
    expected: makePills,
    values: { expiresInSeconds: () => '60', mayBuy: () => 'true', origin: () => '"https://app.example"' },
  },
  'Mutation.createWebhookEndpoint': {
    arguments: 'selection teamId types url',
    always: 'teamId',
    expected: configure('CreatedWebhookEndpoint'),
    values: {
      selection: () => '"{ message }"',
      types: () => '[BALANCE_LOW]',
      url: () => '"http://127.0.0.1:9/"',
    },
  },
  'Mutation.deleteWebhookEndpoint': {
    arguments: 'id',
    expected: configure('WebhookEndpoint'),
    deletesEndpoint: true,
  },
  'Mutation.replayWebhookDeliveries': {
    arguments: 'afterEventId endpointId since',
    always: 'since',
    instead: { afterEventId: 'since' },
    expected: plain('served', 'ADMIN'),
    values: { since: () => '"2040-02-01T00:00:00Z"' },
  },
  'Mutation.resendWebhookDelivery': { arguments: 'deliveryId', expected: plain('WebhookDelivery', 'ADMIN') },
  'Mutation.rotateWebhookSecret': { arguments: 'endpointId', expected: rotate('CreatedWebhookEndpoint') },
  'Mutation.sendTestEvent': { arguments: 'endpointId', expected: plain('WebhookDelivery', 'ADMIN') },
  'Mutation.endContract': {
    arguments: 'idempotencyKey reference teamId',
    expected: operate('Contract'),
    values: { reference: () => '"ACME-42"' },
  },
  'Mutation.extendHold': {
    arguments: `expiresInSeconds holdId idempotencyKey ${usage}`,
    always: 'expiresInSeconds',
    expected: act('Hold'),
    values: ofVideo,
  },
  'Mutation.followTeams': {
    arguments:
      'system teams.startsAt teams.team.anchor teams.team.grants.amount teams.team.grants.expiresAt teams.team.grants.kind teams.team.grants.source teams.team.grants.startsAt teams.team.interval teams.team.name teams.team.planId teams.team.seats teams.team.teamId',
    expected: plain('FollowedTeam', 'PLATFORM'),
    values: { system: () => '"Old"' },
  },
  'Mutation.grantCredits': {
    arguments: 'amount expiresAt idempotencyKey kind scope.categories scope.rates source teamId',
    expected: operate('CreditGrant'),
  },
  'Mutation.holdCredits': {
    arguments: `expiresInSeconds ${fit} idempotencyKey memberId quoteId reference teamId ${usage}`,
    always: 'teamId usage.rate',
    instead: { quoteId: 'usage.rate' },
    expected: spendFor('Hold'),
  },
  'Mutation.importTeams': {
    arguments:
      'dryRun teams.anchor teams.grants.amount teams.grants.expiresAt teams.grants.kind teams.grants.source teams.grants.startsAt teams.interval teams.name teams.planId teams.seats teams.teamId',
    expected: plain('ImportedTeam', 'PLATFORM'),
    values: { dryRun: () => 'true' },
  },
  'Mutation.openBillingPortal': {
    arguments: 'returnUrl teamId',
    always: 'teamId',
    expected: plain('BillingPortal', 'ADMIN'),
  },
  'Mutation.publishCatalog': {
    arguments: 'effectiveFrom source',
    always: 'effectiveFrom',
    expected: operate('PublishedCatalog'),
    values: { source: () => string(catalogText) },
  },
  'Mutation.purchaseCredits': {
    arguments: 'cancelUrl credits currency idempotencyKey packageId pay successUrl teamId',
    always: 'packageId teamId',
    instead: { credits: 'packageId' },
    expected: buy('Purchase'),
    values: { ...inDollars, credits: () => '"500"' },
  },
  'Mutation.recordUsage': {
    arguments: `idempotencyKey memberId reference teamId ${usage}`,
    always: 'teamId',
    expected: spendFor('Charge'),
  },
  'Mutation.recordRehearsalEvents': {
    arguments:
      'teams.amount teams.at teams.balanceAfter teams.charge teams.expiresAt teams.id teams.kind teams.source teams.teamId teams.type teams.usage.count teams.usage.quantity teams.usage.rate teams.usage.tags.key teams.usage.tags.value',
    always: 'teams.usage.rate teams.usage.tags.key teams.usage.tags.value',
    expected: plain('RecordedTeam', 'PLATFORM'),
    values: {
      'teams.balanceAfter': () => '"1"',
      'teams.charge': () => '"1"',
      'teams.id': () => '"1"',
      'teams.type': () => 'CHARGE',
    },
  },
  'Mutation.refundCharge': {
    arguments: 'amount chargeId idempotencyKey reason teamId',
    always: 'amount',
    expected: operate('Refund'),
  },
  'Mutation.refundInvoice': {
    arguments: 'amount idempotencyKey invoice reason teamId',
    always: 'amount teamId',
    expected: operate('PaidInvoice'),
    values: { invoice: () => '"in_1"', amount: () => '"1"' },
  },
  'Mutation.refundPurchase': {
    arguments: 'amount idempotencyKey purchaseId reason',
    always: 'amount',
    expected: operate('Purchase'),
  },
  'Mutation.releaseHold': {
    arguments: 'holdId idempotencyKey reason',
    expected: act('Hold'),
    closesHold: true,
  },
  'Mutation.revokeApiKey': { arguments: 'id', expected: manage('ApiKey') },
  'Mutation.revokeTokens': {
    arguments: 'memberId teamId',
    always: 'teamId memberId',
    expected: manage('RevokedTokens'),
  },
  'Mutation.setAlertLevels': {
    arguments: 'levels.credits levels.percentOfMonthlyUsage teamId',
    always: 'teamId levels.credits',
    instead: { 'levels.percentOfMonthlyUsage': 'levels.credits' },
    expected: configure('Team'),
  },
  'Mutation.rotateApiKey': {
    arguments: 'id overlapSeconds',
    // Else every call would keep one more secret.
    always: 'overlapSeconds',
    expected: manage('CreatedApiKey'),
    values: { overlapSeconds: () => '0' },
  },
  'Mutation.setAllowedAddresses': {
    arguments: 'addresses id',
    always: 'addresses',
    expected: manage('ApiKey'),
    values: { addresses: () => '["203.0.113.0/24"]' },
  },
  'Mutation.setAddOnUnits': {
    arguments: 'idempotencyKey teamId units',
    always: 'teamId',
    expected: orderUnits,
  },
  'Mutation.setBillingDetails': {
    arguments: 'city country email line1 line2 name postalCode purchaseOrder state taxIds.type taxIds.value teamId',
    always: 'teamId taxIds.type taxIds.value',
    expected: configure('Team'),
  },
  'Mutation.setLowBalanceThreshold': {
    arguments: 'credits percentOfMonthlyUsage teamId',
    always: 'teamId',
    expected: configure('Team'),
  },
  'Mutation.setSpendingLimit': {
    arguments: 'callerId credits groupId memberId per teamId',
    always: 'teamId memberId credits',
    instead: { callerId: 'memberId', groupId: 'memberId' },
    expected: configure('Team'),
  },
  'Mutation.setMemberGroup': {
    arguments: 'groupId name parentId teamId',
    always: 'teamId groupId name',
    values: { groupId: () => '"made"', name: () => '"Made"', parentId: () => '"house"' },
    expected: configure('Team'),
  },
  'Mutation.moveMember': {
    arguments: 'groupId memberId teamId',
    always: 'teamId memberId',
    values: { memberId: () => '"wanderer"' },
    expected: configure('Team'),
  },
  'Mutation.cutBack': {
    arguments: 'idempotencyKey teamId',
    expected: operate('NotAllowed'),
  },
  'Mutation.cutOver': {
    arguments:
      'acceptDifference balance dryRun grants.amount grants.expiresAt grants.kind grants.source grants.startsAt idempotencyKey posted teamId',
    expected: operate('NotAllowed'),
    always: 'grants.amount grants.kind grants.source',
    values: {
      acceptDifference: () => 'true',
      balance: () => '"1"',
      dryRun: () => 'true',
      posted: () => '["stripe:pi_1"]',
    },
  },
  'Mutation.deleteMemberGroup': {
    arguments: 'groupId teamId',
    always: 'teamId groupId',
    values: { groupId: () => '"never-made"' },
    expected: configure('NotFound'),
  },
  'Mutation.setStoredAmount': {
    arguments: 'amount idempotencyKey memberId rate teamId',
    always: 'teamId',
    expected: spendFor('Team'),
    values: { rate: () => '"storage"' },
  },
  'Mutation.settleHold': {
    arguments: `holdId idempotencyKey ${usage}`,
    expected: act('Charge'),
    values: ofVideo,
    closesHold: true,
  },

  'Subscription.accountEvents': {
    arguments: 'after teamId',
    always: 'after teamId',
    expected: read('AccountEvent'),
    values: { after: ({ event }) => string(event) },
  },
  'Subscription.balance': { arguments: 'teamId', always: 'teamId', expected: read('Balance') },
  'Subscription.platformEvents': {
    arguments: 'after',
    always: 'after',
    expected: plain('PlatformEvent', 'PLATFORM'),
    values: { after: ({ platformEvent }) => string(platformEvent) },
  },
  'Subscription.lowBalance': { arguments: 'teamId', always: 'teamId', expected: read('LowBalanceAlert') },

  'Balance.spendable': {
    arguments: 'rate',
    ...{ expected: read('served'), inside: (field, team) => `team${team} { balance { ${field} } }` },
  },
  'Balance.label': {
    arguments: 'locale',
    ...{ expected: read('served'), inside: (field, team) => `team${team} { balance { ${field} } }` },
  },
  'CreditGrant.uses': {
    arguments: page,
    expected: read('served'),
    inside: (field, team) => `team${team} { grants { ${field} } }`,
    values: cursorOf('usesCursor'),
  },
  'MemberGroup.members': {
    arguments: page,
    expected: read('served'),
    inside: (field, team) => `team${team} { memberGroups { ${field} } }`,
    values: {
      after: ({ team }) => string(encodePlace({ kind: 'members', filter: filterMark({ teamId: team }) }, 'ana')),
      before: ({ team }) => string(encodePlace({ kind: 'members', filter: filterMark({ teamId: team }) }, 'ben')),
    },
  },
  'Team.activity': {
    arguments: `${page} filter.from filter.memberId filter.rate filter.reference filter.to filter.types`,
    expected: read('served'),
    inside: inTeam,
  },
  'Team.apiKeys': {
    arguments: 'space',
    expected: plain('served', 'ADMIN'),
    inside: inTeam,
    values: inProduction,
  },
  'Team.auditLog': {
    arguments: page,
    expected: plain('served', 'ADMIN'),
    inside: inTeam,
    values: cursorOf('auditCursor'),
  },
  'WebhookEndpoint.deliveries': {
    arguments: page,
    expected: plain('served', 'ADMIN'),
    inside: (field, team) => `team${team} { webhookEndpoints { ${field} } }`,
    values: cursorOf('deliveriesCursor'),
  },
  'Team.balance': { arguments: 'asOf', expected: read('served'), inside: inTeam },
  'Team.holds': {
    arguments: page,
    expected: read('served'),
    inside: inTeam,
    values: cursorOf('holdsCursor'),
  },
  'Team.meteredUsage': { arguments: 'month', expected: read('served'), inside: inTeam },
  'Team.purchases': {
    arguments: page,
    expected: read('served'),
    inside: inTeam,
    values: cursorOf('purchasesCursor'),
  },
  'Team.receipt': {
    arguments: 'reference',
    expected: read('served'),
    inside: inTeam,
    values: { reference: () => '"job-1"' },
  },
  'Team.usage': { arguments: 'from groupBy groupByTags to', expected: read('served'), inside: inTeam },
}
