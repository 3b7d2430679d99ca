import { unpricedSeats } from '../pretend-payments.ts'
import { catalogText } from './catalog.ts'
import type { Column } from './columns.ts'
import type { Outcome, Route } from './routes.ts'
import * as routes from './routes.ts'

/**
 * The outcome of a field for a caller of the team that has reached its object. `varies`: each caller has a value of its
 * own. `refuses`: with an error.
 */
export type Rule = { expected(column: Column): Outcome; readonly varies?: true; readonly refuses?: true }

/** The rule of every field without its own: a caller that reaches the object sees the field. */
export const asItsObject: Rule = { expected: () => 'told' }
const inOwnWords: Rule = { ...asItsObject, varies: true }
const forAdmins: Rule = { expected: routes.from('ADMIN', 'FORBIDDEN'), refuses: true }
const nullBelowAdmin: Rule = { expected: routes.from('ADMIN', 'nothing') }
const falseBelowAdmin: Rule = { expected: routes.from('ADMIN', 'false') }
const nullBelowPlatform: Rule = { expected: routes.from('PLATFORM', 'nothing') }
/** An admin sees all limits and groups, a member its own. */
const ownLimits: Rule = { expected: (column) => (column.ana ? 'part' : nullBelowAdmin.expected(column)) }
const ownTeam: Rule = { expected: ({ role }) => (role === 'PLATFORM' ? 'nothing' : 'told'), varies: true }

/** `fields`: every field of the type. `rules`: those of fields that not everyone sees who reaches the object. */
export type Place = {
  readonly fields: string
  readonly routes: readonly PlacedRoute[]
  readonly rules?: Readonly<Record<string, Rule>>
}
export type PlacedRoute = Route & { readonly rules?: Readonly<Record<string, Rule>> }

export const ruleOf = (place: Place | undefined, route: PlacedRoute, field: string): Rule =>
  route.rules?.[field] ?? place?.rules?.[field] ?? asItsObject

/** The outcome of a field for a caller of the team. */
export function expectedOf(route: Route, rule: Rule, column: Column): Outcome {
  const reached = route.expected(column)
  return reached === 'told' ? rule.expected(column) : reached
}

const huge = '{ rate: "video", quantity: "10000000" }'
const usage =
  'usage(from: "2040-02-09T00:00:00Z", to: "2040-02-12T00:00:00Z", groupBy: [DAY, HOUR, RATE, CATEGORY, MEMBER, CALLER, REFERENCE], groupByTags: ["project"])'
const receipt = (reference: string) => (selection: string) => `receipt(reference: "${reference}") { ${selection} }`
const page = (name: string) => (inside: (selection: string) => string) =>
  routes.ofTeam((selection) => `${name} { ${inside(selection)} }`)
const lines = (selection: string) => `lines { ${selection} }`
const burn = (selection: string) => `burn { ${selection} }`
const money = (selection: string) => `price { ${selection} }`
const estimate = (inside: (selection: string) => string): Route => ({
  ...routes.ofTeam(inside),
  text: ({ team }, selection) =>
    `estimate(teamId: "${team}", usage: [${huge}, { rate: "metered" }]) { ... on Estimate { ${inside(selection)} } }`,
})
const planChange = (inside: (selection: string) => string, seats = 1): Route => ({
  ...routes.ofTeam(inside),
  text: ({ team }, selection) =>
    `planChangePreview(planId: "pro", seats: ${seats}, teamId: "${team}") { ... on PlanChangePreview { ${inside(selection)} } }`,
})

/** The plan does not have the rate, so that there is a blocker for everyone. */
const fitting: Route = {
  ...routes.ofTeam((selection) => selection),
  text: ({ team }, selection) =>
    `estimate(teamId: "${team}", usage: [{ rate: "closed" }], fit: { atLeast: "1", atMost: "1" }) { ... on Estimate { ${selection} } }`,
}

const auditLog = (page: string, inside: (selection: string) => string): Route => ({
  ...routes.ofTeam((selection) => `auditLog(${page}) { ${inside(selection)} }`),
  expected: routes.from('ADMIN', 'FORBIDDEN'),
})
/** The act before the newest one is the operator's. */
const operatorsAct: Route = {
  ...auditLog('', (selection) => selection),
  text: ({ team, auditCursor }, selection) =>
    `team(id: "${team}") { auditLog(first: 1, after: "${auditCursor}") { nodes { ${selection} } } }`,
}
const deliveries = (inside: (selection: string) => string): Route => ({
  ...routes.ofTeam((selection) => `webhookEndpoints { deliveries(first: 5) { ${inside(selection)} } }`),
  expected: routes.from('ADMIN', 'FORBIDDEN'),
})
const ofViewer: Route = { ...routes.ofCaller((selection) => `viewer { ${selection} }`) }
const preview: Route = {
  ...routes.ofCaller((selection) => `purchasePreview(packageId: "starter") { ${selection} }`),
  // The operator has no team that it could buy for.
  expected: (column) => (column.role === 'PLATFORM' ? 'BAD_USER_INPUT' : routes.everyone(column)),
}
const billingDetails = {
  ...routes.ofOperator(({ team }, selection) => `billingDetails(teamId: "${team}") { ${selection} }`),
  expected: routes.from('ADMIN', 'FORBIDDEN'),
}
const keyOfTeam: Route = { ...routes.byId('ApiKey', 'key'), expected: routes.from('ADMIN', 'FORBIDDEN') }
const soldToNobody: Route = {
  ...routes.operating('PurchaseNotAllowed', (_) => ''),
  text: (_, selection) =>
    `purchaseCredits(input: { teamId: "corporate", packageId: "starter", ${routes.key()} }) { ... on PurchaseNotAllowed { ${selection} } }`,
  expected: routes.from('PLATFORM', 'nothing'),
}
/** An admin's purchase is accepted. */
const forAdminsToBuy: Route = {
  ...routes.buying('PurchaseNotAllowed', {}),
  expected: ({ role }) => {
    if (role === null) return 'UNAUTHENTICATED'
    return role === 'VIEWER' || role === 'MEMBER' ? 'told' : 'nothing'
  },
  most: 'VIEWER',
}
/** Another team than the one whose auto-recharge buys a package. */
const toTarget: Route = {
  ...routes.operating('AutoRecharge', (_) => ''),
  text: (_, selection) =>
    `configureAutoRecharge(input: { teamId: "globex", enabled: true, threshold: "5", targetBalance: "500" }) { ... on AutoRecharge { ${selection} } }`,
  before: (payments) => payments.method(true),
}
const amountNotSold: Route = {
  ...routes.buying('AmountNotSold', {}),
  text: ({ team }, selection) =>
    `purchaseCredits(input: { teamId: "${team}", credits: "1", ${routes.key()} }) { ... on AmountNotSold { ${selection} } }`,
}
const backendsHold: Route = {
  ...routes.onHold('NotAllowed', 'releaseHold', 'operatorHold', (column) => {
    return column.role === 'PLATFORM' ? 'nothing' : routes.everyone(column)
  }),
  most: 'ADMIN',
}
const limitOfAna = routes.charging(
  'SpendingLimitReached',
  '{ rate: "video", quantity: "11000" }',
  (column) => {
    if (column.role === 'VIEWER' || column.role === null) return routes.spending(column)
    return column.ana || column.role === 'PLATFORM' ? 'told' : 'nothing'
  },
  ', memberId: "ana"',
)
const rehearsal = (inside: (selection: string) => string): Route => ({
  ...routes.ofOperator(
    (_, selection) =>
      `rehearsal(input: { team: { teamId: "moving", planId: "pro", grants: [] }, startsAt: "2040-02-05T00:00:00Z", events: [
        { id: "1", at: "2040-02-05T00:00:00Z", type: CHARGE, amount: "1", balanceAfter: "-1" }] }) { ${inside(selection)} }`,
  ),
})
const recording = (inside: (selection: string) => string, team = 'followed'): Route => ({
  ...routes.ofOperator(
    (_, selection) =>
      `recordRehearsalEvents(input: { teams: [{ teamId: "${team}", events: [] }] }) { ${inside(selection)} }`,
  ),
  kind: 'mutation',
})
const moving = (type: string, text: string): Route =>
  routes.answered(type, () => text, routes.from('PLATFORM', 'nothing'))
const conflict = routes.charging(
  'IdempotencyConflict',
  '{ rate: "image", count: 2 }',
  routes.spending,
  '',
  () => 'idempotencyKey: "conflict"',
)
const needsPlan = routes.charging('RequirementNotMet', '{ rate: "closed" }', routes.everyone)
const failure = 'code message'

/** Fields that are null for everyone: this catalog has no tax, and this scene lends and bills nothing and reaches no limit of a group. */
export const withoutValue: ReadonlySet<string> = new Set([
  // The gateway serves the team.
  'Team.servedBy',
  'CreditLine.billedAt',
  'UsageEvidence.charges',
  'UsageEvidence.mandate',
  'Purchase.tax',
  'SpendingLimitReached.groupId',
  'PurchasePreview.tax',
  // No team of the scene is broken: team-orders.test.ts breaks one.
  'TeamConnection.unreadable',
  'UnreadableTeam.message',
  'UnreadableTeam.teamId',
])

/** Every type, and the place of each of its fields. */
export const places: Readonly<Record<string, Place>> = {
  AmountNotSold: { fields: `${failure} least most step`, routes: [amountNotSold] },
  AccountEvent: {
    fields: 'activity amount at balance email id message revision subject type',
    routes: [
      routes.watched(
        ({ team, event }, selection) => `accountEvents(teamId: "${team}", after: "${event}") { ${selection} }`,
      ),
      routes.watched(
        ({ team, balanceEvent }, selection) =>
          `accountEvents(teamId: "${team}", after: "${balanceEvent}") { ${selection} }`,
      ),
    ],
  },
  Activity: {
    fields: 'amount at balanceAfter grantKind id lines member reason reference revision subject type',
    routes: [
      routes.byId('Activity', 'chargeActivity'),
      routes.byId('Activity', 'grantActivity'),
      routes.byId('Activity', 'refundActivity'),
      page('activity(first: 5)')((selection) => `nodes { ${selection} }`),
    ],
  },
  ActivityConnection: {
    fields: 'edges nodes pageInfo',
    routes: [page('activity(first: 5)')((selection) => selection)],
  },
  ActivityEdge: {
    fields: 'cursor node',
    routes: [page('activity(first: 5)')((selection) => `edges { ${selection} }`)],
  },
  AddOn: {
    fields: 'credits illustrative price',
    routes: [
      routes.ofCatalog((selection) => `plans { addOn { ${selection} } }`),
      routes.ofTeam((selection) => `plan { addOn { ${selection} } }`),
    ],
  },
  AddOnNotAvailable: {
    fields: failure,
    routes: [
      routes.answered(
        'AddOnNotAvailable',
        ({ team }) => `setAddOnUnits(teamId: "${team}", units: 5, ${routes.key()})`,
        // The operator's units are given at once, and are no order.
        (column) => (column.role === 'PLATFORM' ? 'nothing' : routes.from('ADMIN', 'nothing')(column)),
        { most: 'ADMIN' },
      ),
    ],
  },
  Allowance: {
    fields: 'credits every illustrative interval perSeat rollover rolloverUpTo',
    routes: [
      routes.ofCatalog((selection) => `plans { allowances { ${selection} } }`),
      routes.ofTeam((selection) => `plan { allowances { ${selection} } }`),
    ],
  },
  AllowancePeriod: {
    fields: 'allowance remaining resetsAt startsAt used',
    routes: [routes.ofTeam((selection) => `balance { period { ${selection} } }`)],
  },
  ApiKey: {
    fields:
      'allowedAddresses createdAt expiresAt id lastUsedAt name prefix previousSecretUntil revokedAt rotatedAt scopes space',
    routes: [
      keyOfTeam,
      { ...routes.ofTeam((selection) => `apiKeys { ${selection} }`), expected: routes.from('ADMIN', 'FORBIDDEN') },
      routes.ofOperator((_, selection) => `apiKeys { ${selection} }`),
    ],
  },
  AuditConnection: { fields: 'edges nodes pageInfo', routes: [auditLog('first: 5', (selection) => selection)] },
  AuditEdge: {
    fields: 'cursor node',
    routes: [auditLog('first: 5', (selection) => `edges { ${selection} }`)],
  },
  AuditEntry: {
    fields: 'address after at before callerId credential id mutation reference role teamId traceId',
    // Teams are not told where the operator's backend runs.
    rules: { address: nullBelowPlatform },
    routes: [
      { ...auditLog('first: 1', (selection) => `nodes { ${selection} }`), rules: { address: asItsObject } },
      operatorsAct,
      routes.ofOperator(({ team }, selection) => `auditLog(teamId: "${team}", first: 5) { nodes { ${selection} } }`),
      {
        ...routes.byId('AuditEntry', 'auditEntry'),
        expected: routes.from('ADMIN', 'FORBIDDEN'),
        rules: { address: asItsObject },
      },
    ],
  },
  AutoRecharge: {
    fields:
      'actionUrl enabled lastFailure mandate maxPerDay monthlyCap package rechargesToday spentThisMonth state targetBalance team threshold',
    rules: { actionUrl: nullBelowAdmin },
    routes: [
      routes.ofTeam((selection) => `autoRecharge { ${selection} }`),
      routes.watched(({ team }, selection) => `lowBalance(teamId: "${team}") { autoRecharge { ${selection} } }`),
      toTarget,
    ],
  },
  Balance: {
    fields:
      'additional asOf available held id included label locked lowThreshold nextExpiry nextUnlock owed period revision runwaySeconds scoped spendable state team',
    routes: [
      routes.ofTeam((selection) => `balance { ${selection} }`),
      routes.byId('Hold', 'hold', (selection) => `balance { ${selection} }`),
      routes.watched(({ team }, selection) => `balance(teamId: "${team}") { ${selection} }`),
    ],
  },
  BillingDetails: {
    fields: 'city country email line1 line2 name postalCode purchaseOrder state taxIds',
    routes: [billingDetails],
  },
  BillingPortal: {
    fields: 'url',
    routes: [
      {
        ...routes.answered(
          'BillingPortal',
          ({ team }) => `openBillingPortal(returnUrl: "https://app.example/", teamId: "${team}")`,
          routes.from('ADMIN', 'FORBIDDEN'),
        ),
      },
    ],
  },
  Blocker: {
    fields: 'code message',
    rules: { code: inOwnWords, message: inOwnWords },
    routes: [
      estimate((selection) => `blockers { ${selection} }`),
      { ...needsPlan, text: (ids, selection) => needsPlan.text(ids, `blockers { ${selection} }`) },
    ],
  },
  BurnStep: { fields: 'amount expiresAt grantId kind', routes: [routes.byId('Charge', 'charge', burn)] },
  CatalogFault: {
    fields: 'column expected line path problem',
    routes: [
      {
        ...routes.publishing('InvalidCatalog', '', 'name: 1'),
        text: (ids, selection) =>
          routes.publishing('InvalidCatalog', '', 'name: 1').text(ids, `faults { ${selection} }`),
      },
    ],
  },
  Charge: {
    fields: 'amount at balance burn hold id lines metered rateCardVersion reference team',
    routes: [
      routes.byId('Charge', 'charge'),
      routes.byId('Charge', 'heldCharge'),
      routes.byId('Refund', 'refund', (selection) => `charge { ${selection} }`),
    ],
  },
  Contract: {
    fields: 'creditLine credits endsAt every nextGrantAt reference rollover rolloverUpTo startsAt state team',
    routes: [routes.ofTeam((selection) => `contracts { ${selection} }`)],
  },
  CreditLine: {
    fields: 'billedAt credits left owed perCredit',
    routes: [routes.ofTeam((selection) => `creditLine { ${selection} }`)],
  },
  CreatedApiKey: {
    fields: 'key secret',
    rules: { key: inOwnWords, secret: inOwnWords },
    routes: [
      routes.answered(
        'CreatedApiKey',
        ({ team }) => `createApiKey(input: { name: "one", scopes: [READ], teamId: "${team}" })`,
        routes.inPerson,
      ),
    ],
  },
  CreatedWebhookEndpoint: {
    fields: 'endpoint secret',
    rules: { endpoint: inOwnWords, secret: inOwnWords },
    routes: [
      routes.answered(
        'CreatedWebhookEndpoint',
        ({ team }) => `createWebhookEndpoint(input: { url: "http://127.0.0.1:9/", teamId: "${team}" })`,
        routes.configuring,
      ),
    ],
  },
  CreditGrant: {
    fields:
      'available costBasis expiresAt frozen granted held id kind locked scope source spent startsAt team unlocksAt uses',
    routes: [
      routes.byId('CreditGrant', 'grant'),
      routes.ofTeam((selection) => `grants { ${selection} }`),
      routes.byId('Purchase', 'paidPurchase', (selection) => `grant { ${selection} }`),
    ],
  },
  GrantScope: {
    fields: 'categories rates',
    routes: [
      routes.ofTeam((selection) => `grants { scope { ${selection} } }`),
      routes.ofTeam((selection) => `balance { scoped { scope { ${selection} } } }`),
    ],
  },
  ScopedCredits: {
    fields: 'available nextExpiry scope',
    routes: [routes.ofTeam((selection) => `balance { scoped { ${selection} } }`)],
  },
  GrantUse: {
    fields: 'amount charge',
    routes: [routes.ofTeam((selection) => `grants { uses { nodes { ${selection} } } }`)],
  },
  GrantUseConnection: {
    fields: 'edges nodes pageInfo',
    routes: [routes.ofTeam((selection) => `grants { uses { ${selection} } }`)],
  },
  GrantUseEdge: {
    fields: 'cursor node',
    routes: [routes.ofTeam((selection) => `grants { uses { edges { ${selection} } } }`)],
  },
  CustomTopUp: {
    fields: 'illustrative least most purchasable step tiers',
    rules: { purchasable: falseBelowAdmin },
    routes: [routes.ofCatalog((selection) => `customTopUp { ${selection} }`)],
  },
  CreditPackage: {
    fields: 'approxMessages code credits id illustrative name price pricePer1000 prices purchasable',
    rules: { purchasable: falseBelowAdmin },
    routes: [
      routes.ofCatalog((selection) => `packages { ${selection} }`),
      routes.byId('Purchase', 'paidPurchase', (selection) => `package { ${selection} }`),
      routes.ofTeam((selection) => `autoRecharge { package { ${selection} } }`),
    ],
  },
  Error: {
    fields: failure,
    routes: [routes.onHold('Error', 'releaseHold', 'closedHold', routes.everyone)],
    rules: { code: inOwnWords, message: inOwnWords },
  },
  Estimate: {
    fields:
      'available balanceAfter blockers burn fitted high lines low metered quoteExpiresAt quoteId sufficient total wouldTriggerRecharge',
    rules: { blockers: inOwnWords, quoteId: inOwnWords },
    routes: [estimate((selection) => selection), fitting],
  },
  Expiry: { fields: 'amount at', routes: [routes.ofTeam((selection) => `balance { nextExpiry { ${selection} } }`)] },
  Unlock: { fields: 'amount at', routes: [routes.ofTeam((selection) => `balance { nextUnlock { ${selection} } }`)] },
  Forecast: { fields: 'perDay runsOutAt', routes: [routes.ofTeam((selection) => `forecast { ${selection} }`)] },
  Hold: {
    fields: 'amount balance captured chargedAtStart expiresAt fitted id reference remaining state team',
    routes: [
      routes.byId('Hold', 'hold'),
      routes.byId('Hold', 'startedHold'),
      page('holds')((selection) => `nodes { ${selection} }`),
    ],
  },
  HoldClosed: {
    fields: `${failure} state`,
    routes: [routes.onHold('HoldClosed', 'releaseHold', 'closedHold', routes.byPlacer)],
  },
  HoldConnection: { fields: 'edges nodes pageInfo totalCount', routes: [page('holds')((selection) => selection)] },
  HoldEdge: { fields: 'cursor node', routes: [page('holds')((selection) => `edges { ${selection} }`)] },
  IdempotencyConflict: { fields: failure, routes: [conflict] },
  ImportedTeam: {
    fields: 'available created grants problem teamId',
    routes: [
      {
        ...routes.ofOperator(
          ({ team }, selection) =>
            `importTeams(input: { teams: [{ teamId: "${team}", planId: "none", grants: [] }] }) { ${selection} }`,
        ),
        kind: 'mutation',
      },
    ],
  },
  CutBack: {
    fields: 'at balance cutOverAt grants system teamId',
    routes: [moving('CutBack', 'cutBack(input: { teamId: "moved", idempotencyKey: "back" })')],
  },
  CutOver: {
    fields: 'available grants owed teamId',
    routes: [
      moving(
        'CutOver',
        'cutOver(input: { teamId: "followed", balance: "9", dryRun: true, acceptDifference: true, idempotencyKey: "over" })',
      ),
    ],
  },
  FollowedTeam: {
    fields: 'problem teamId',
    routes: [
      {
        ...routes.ofOperator(
          (_, selection) =>
            `followTeams(input: { system: "Old", teams: [{ startsAt: "2040-02-01T00:00:00Z", team: { teamId: "none", planId: "none", grants: [] } }] }) { ${selection} }`,
        ),
        kind: 'mutation',
      },
    ],
  },
  RecordedTeam: {
    fields: 'ignored problem recorded rehearsal teamId',
    routes: [recording((selection) => selection), recording((selection) => selection, 'none')],
  },
  TeamRehearsal: {
    fields:
      'difference events firstDivergence lastEventAt lastEventId ours recordedAt stage startsAt system teamId theirs',
    routes: [
      recording((selection) => `rehearsal { ${selection} }`),
      routes.ofOperator((_, selection) => `rehearsals { nodes { ${selection} } }`),
    ],
  },
  TeamRehearsalConnection: {
    fields: 'edges nodes pageInfo',
    routes: [routes.ofOperator((_, selection) => `rehearsals { ${selection} }`)],
  },
  TeamRehearsalEdge: {
    fields: 'cursor node',
    routes: [routes.ofOperator((_, selection) => `rehearsals { edges { ${selection} } }`)],
  },
  InsufficientCredits: {
    fields: `available canPurchase ${failure} nextGrantAt packages required shortfall`,
    rules: { canPurchase: falseBelowAdmin, packages: nullBelowAdmin, message: inOwnWords },
    // The limit of ana comes first.
    routes: [
      routes.charging('InsufficientCredits', huge, (column) => (column.ana ? 'nothing' : routes.spending(column))),
    ],
  },
  InternalServerError: {
    fields: `${failure} traceId`,
    rules: { message: inOwnWords, traceId: inOwnWords },
    routes: [
      {
        ...routes.operating('InternalServerError', (_) => ''),
        text: (_, selection) =>
          `recordUsage(events: [{ teamId: "damaged", usage: [{ rate: "image" }], ${routes.key()} }]) { ... on InternalServerError { ${selection} } }`,
      },
    ],
  },
  InvalidAmount: {
    fields: `${failure} path`,
    routes: [
      routes.answered(
        'InvalidAmount',
        ({ team }) => `setLowBalanceThreshold(input: { teamId: "${team}", credits: "1", percentOfMonthlyUsage: "1" })`,
        routes.configuring,
      ),
    ],
  },
  InvalidCatalog: { fields: `${failure} faults`, routes: [routes.publishing('InvalidCatalog', '', 'name: 1')] },
  InvalidInput: {
    fields: `${failure} path`,
    routes: [
      routes.answered(
        'InvalidInput',
        ({ team }) => `createApiKey(input: { name: "", scopes: [READ], teamId: "${team}" })`,
        routes.inPerson,
      ),
    ],
  },
  InvalidPublication: {
    fields: failure,
    routes: [routes.publishing('InvalidPublication', 'effectiveFrom: "2030-01-01T00:00:00Z"')],
  },
  InvalidUsage: {
    fields: `${failure} path`,
    routes: [routes.charging('InvalidUsage', '{ rate: "image", count: 0 }', routes.spending)],
  },
  LowBalanceAlert: {
    fields: 'autoRecharge balance canPurchase message nextGrantAt packages state',
    rules: { canPurchase: falseBelowAdmin, packages: nullBelowAdmin },
    routes: [routes.watched(({ team }, selection) => `lowBalance(teamId: "${team}") { ${selection} }`)],
  },
  Member: {
    fields: 'id memberId name',
    routes: [
      routes.byId('Member', 'member'),
      routes.byId('Activity', 'chargeActivity', (selection) => `member { ${selection} }`),
      routes.byId('Purchase', 'paidPurchase', (selection) => `member { ${selection} }`),
    ],
  },
  MemberConnection: {
    fields: 'edges nodes pageInfo',
    rules: { edges: nullBelowAdmin, nodes: nullBelowAdmin, pageInfo: nullBelowAdmin },
    routes: [routes.ofTeam((selection) => `memberGroups { members { ${selection} } }`)],
  },
  MemberEdge: {
    fields: 'cursor node',
    rules: { cursor: nullBelowAdmin, node: nullBelowAdmin },
    routes: [routes.ofTeam((selection) => `memberGroups { members { edges { ${selection} } } }`)],
  },
  MemberGroup: {
    fields: 'groupId members name parentId',
    rules: { groupId: ownLimits, members: nullBelowAdmin, name: ownLimits, parentId: ownLimits },
    routes: [routes.ofTeam((selection) => `memberGroups { ${selection} }`)],
  },
  MeteredBill: {
    fields: 'amount carried carriedTo invoiceUrl month overdueAt state total',
    routes: [
      {
        ...routes.ofTeam((selection) => `meteredBills { ${selection} }`),
        expected: routes.from('ADMIN', 'FORBIDDEN'),
      },
    ],
  },
  MeteredReport: {
    fields: 'billable endsAt final invoiceUrl month rows startsAt total',
    routes: [routes.ofTeam((selection) => `meteredUsage(month: "2040-01") { ${selection} }`)],
  },
  MeteredRow: {
    fields: 'category count money name quantity rate',
    routes: [routes.ofTeam((selection) => `meteredUsage(month: "2040-01") { rows { ${selection} } }`)],
  },
  Money: {
    fields: 'amount currency',
    routes: [
      routes.byId('Purchase', 'paidPurchase', money),
      routes.ofCatalog((selection) => `packages { price { ${selection} } }`),
    ],
  },
  NoPaymentMethod: {
    fields: `${failure} setupUrl`,
    routes: [
      routes.answered(
        'NoPaymentMethod',
        ({ team }) =>
          `configureAutoRecharge(input: { teamId: "${team}", enabled: true, threshold: "5", packageId: "starter" })`,
        routes.from('ADMIN', 'nothing'),
        { before: (payments) => payments.method(false) },
      ),
    ],
  },
  Node: { fields: 'id', routes: [routes.byId('Node', 'hold'), routes.byId('Node', 'team')] },
  NotAllowed: { fields: failure, rules: { message: inOwnWords }, routes: [backendsHold] },
  NotFound: {
    fields: failure,
    routes: [
      routes.answered(
        'NotFound',
        () => `releaseHold(input: { holdId: "nothing", ${routes.key()} })`,
        routes.from('MEMBER', 'nothing'),
      ),
    ],
  },
  PageInfo: {
    fields: 'endCursor hasNextPage hasPreviousPage startCursor',
    routes: [
      page('activity(first: 5)')((selection) => `pageInfo { ${selection} }`),
      page('purchases')((selection) => `pageInfo { ${selection} }`),
    ],
  },
  PaymentActionRequired: {
    fields: `actionUrl ${failure}`,
    routes: [routes.buying('PaymentActionRequired', { actionUrl: 'https://bank.example/confirm' })],
  },
  PaymentDeclined: {
    fields: `${failure} declineCode`,
    routes: [routes.buying('PaymentDeclined', { outcome: 'FAILED', declineCode: 'lost', failure: 'It is lost.' })],
  },
  PaymentUnavailable: {
    fields: `${failure} retryAfterSeconds`,
    routes: [routes.buying('PaymentUnavailable', 'unreachable')],
  },
  PillToken: {
    fields: 'expiresAt token',
    rules: { expiresAt: inOwnWords, token: inOwnWords },
    routes: [
      routes.answered(
        'PillToken',
        ({ team }) => `createPillToken(teamId: "${team}")`,
        (column) => (column.key ? routes.everyone(column) : routes.from('ADMIN', 'FORBIDDEN')(column)),
      ),
    ],
  },
  Plan: {
    fields: 'addOn allowances code contact creditLine id name topUp trial',
    routes: [
      routes.ofCatalog((selection) => `plans { ${selection} }`),
      routes.ofTeam((selection) => `plan { ${selection} }`),
    ],
  },
  PlatformEvent: {
    fields: 'event id team',
    routes: [
      routes.ofOperator((_, selection) => `platformEvents(first: 5) { nodes { ${selection} } }`),
      {
        ...routes.ofOperator(
          ({ platformEvent }, selection) => `platformEvents(after: "${platformEvent}") { ${selection} }`,
        ),
        kind: 'subscription',
      },
    ],
  },
  PlatformEventConnection: {
    fields: 'edges nodes pageInfo',
    routes: [routes.ofOperator((_, selection) => `platformEvents(first: 5) { ${selection} }`)],
  },
  PlatformEventEdge: {
    fields: 'cursor node',
    routes: [routes.ofOperator((_, selection) => `platformEvents(first: 5) { edges { ${selection} } }`)],
  },
  PriceLine: {
    fields: 'count credits money name quantity rate tags',
    routes: [routes.byId('Charge', 'charge', lines), routes.byId('Activity', 'chargeActivity', lines), estimate(lines)],
  },
  PublishedCatalog: {
    fields: 'changes effectiveFrom origin publishedAt publishedBy version',
    routes: [
      routes.ofOperator((_, selection) => `catalogs { ${selection} }`),
      routes.publishing(
        'PublishedCatalog',
        'effectiveFrom: "2040-03-01T00:00:00Z"',
        catalogText.replace('name: Matrix', 'name: Renamed'),
      ),
    ],
  },
  PaidInvoice: {
    fields: 'createdAt invoice invoiceUrl kind returned total',
    routes: [routes.ofOperator(({ team }, selection) => `paidInvoices(teamId: "${team}") { ${selection} }`)],
  },
  Purchase: {
    fields:
      'balance balanceTransaction cause checkoutUrl confirmUrl createdAt credits discount failure fee grant id invoiceUrl isUnderWay member net package paymentReference payout price refunded state tax team total',
    rules: {
      balanceTransaction: nullBelowPlatform,
      checkoutUrl: nullBelowAdmin,
      confirmUrl: nullBelowAdmin,
      fee: nullBelowPlatform,
      payout: nullBelowPlatform,
    },
    routes: [
      routes.byId('Purchase', 'pendingPurchase'),
      routes.byId('Purchase', 'failedPurchase'),
      routes.byId('Purchase', 'paidPurchase'),
      page('purchases')((selection) => `nodes { ${selection} }`),
    ],
  },
  PurchaseConnection: {
    fields: 'edges nodes pageInfo totalCount',
    routes: [page('purchases')((selection) => selection)],
  },
  PurchaseEdge: { fields: 'cursor node', routes: [page('purchases')((selection) => `edges { ${selection} }`)] },
  PurchaseNotAllowed: { fields: `admins ${failure} contact`, routes: [forAdminsToBuy, soldToNobody] },
  PurchasePreview: {
    fields: 'credits currentBalance locked net package price projectedBalance tax total unlocksAt',
    routes: [preview],
  },
  QuoteExpired: {
    fields: failure,
    routes: [
      routes.answered(
        'QuoteExpired',
        ({ team }) => `holdCredits(input: { teamId: "${team}", quoteId: "quote_old", ${routes.key()} })`,
        routes.spending,
      ),
    ],
  },
  Rate: {
    fields: 'charge code credits free id illustrative money name per requires role roundsUp settlement unit',
    routes: [routes.ofCatalog((selection) => `rateCard { categories { rates { ${selection} } } }`)],
  },
  RateCard: {
    fields: 'categories effectiveFrom roundedTo roundingMode version',
    routes: [routes.ofCatalog((selection) => `rateCard { ${selection} }`)],
  },
  RateCategory: {
    fields: 'code id name rates',
    routes: [routes.ofCatalog((selection) => `rateCard { categories { ${selection} } }`)],
  },
  Receipt: {
    fields: 'charged charges complete held holds member net reference refunded refunds',
    routes: [routes.ofTeam(receipt('job-1')), routes.ofTeam(receipt('job-of-one-member'))],
  },
  Refund: { fields: 'amount at balance charge id reason team', routes: [routes.byId('Refund', 'refund')] },
  RefundExceedsCharge: {
    fields: `${failure} refundable`,
    routes: [
      routes.answered(
        'RefundExceedsCharge',
        ({ charge }) => `refundCharge(input: { chargeId: "${charge}", amount: "1000", reason: "r", ${routes.key()} })`,
        routes.from('PLATFORM', 'nothing'),
      ),
    ],
  },
  RechargeMandate: {
    fields: 'acceptedAt acceptedBy text',
    routes: [routes.ofTeam((selection) => `autoRecharge { mandate { ${selection} } }`)],
  },
  RefundExceedsPurchase: {
    fields: `${failure} refundable`,
    routes: [
      routes.answered(
        'RefundExceedsPurchase',
        ({ paidPurchase }) =>
          `refundPurchase(input: { purchaseId: "${paidPurchase}", amount: "1000", reason: "r", ${routes.key()} })`,
        routes.from('PLATFORM', 'nothing'),
      ),
    ],
  },
  RefundPreview: {
    fields: 'amount credits owed refundable',
    routes: [
      routes.ofOperator(
        ({ paidPurchase }, selection) => `refundPreview(purchaseId: "${paidPurchase}", amount: "1") { ${selection} }`,
      ),
    ],
  },
  Rehearsal: {
    fields: 'difference firstDivergence ours theirs',
    routes: [rehearsal((selection) => selection)],
  },
  RehearsalDivergence: {
    fields: 'at eventId ours rule theirs',
    routes: [rehearsal((selection) => `firstDivergence { ${selection} }`)],
  },
  RequirementNotMet: {
    fields: `blockers ${failure}`,
    rules: { blockers: inOwnWords, message: inOwnWords },
    routes: [needsPlan],
  },
  RevenueCredits: {
    fields: 'earned expired openAtEnd openAtStart refunded sold',
    routes: [
      routes.ofOperator((_, selection) => `revenueReport(month: "2040-02") { nodes { credits { ${selection} } } }`),
    ],
  },
  RevenueReport: {
    fields: 'endsAt final month nodes pageInfo startsAt',
    routes: [routes.ofOperator((_, selection) => `revenueReport(month: "2040-02") { ${selection} }`)],
  },
  RevenueRow: {
    fields: 'credits earned expired kind openAtEnd openAtStart refunded sold teamId',
    routes: [routes.ofOperator((_, selection) => `revenueReport(month: "2040-02") { nodes { ${selection} } }`)],
  },
  RevokedTokens: {
    fields: 'issuedBefore',
    rules: { issuedBefore: inOwnWords },
    routes: [
      routes.answered(
        'RevokedTokens',
        ({ team }) => `revokeTokens(input: { memberId: "gone", teamId: "${team}" })`,
        routes.inPerson,
      ),
    ],
  },
  PlanTrial: {
    fields: 'credits days',
    routes: [routes.ofCatalog((selection) => `plans { trial { ${selection} } }`)],
  },
  Trial: {
    fields: 'credits endReason endedAt endsAt plan',
    routes: [routes.ofTeam((selection) => `trial { ${selection} }`)],
  },
  AlertLevel: {
    fields: 'credits isTold percentOfMonthlyUsage',
    routes: [routes.ofTeam((selection) => `alertLevels { ${selection} }`)],
  },
  BalanceEmail: {
    fields: 'subject text',
    routes: [
      routes.watched(
        ({ team, balanceEvent }, selection) =>
          `accountEvents(teamId: "${team}", after: "${balanceEvent}") { email { ${selection} } }`,
      ),
    ],
  },
  PlanChangePreview: {
    fields:
      'addOnUnits currentBalance deposited money nextDeposit plan projectedBalance seats takenBack unpricedReason',
    routes: [planChange((selection) => selection), planChange((selection) => selection, unpricedSeats)],
  },
  PlanChangeMoney: {
    fields: 'dueNow nextPayment prorationDate',
    routes: [planChange((selection) => `money { ${selection} }`)],
  },
  PlannedPayment: {
    fields: 'amount at lines net tax total',
    routes: ['dueNow', 'nextPayment'].map((payment) => planChange((inside) => `money { ${payment} { ${inside} } }`)),
  },
  PlannedPaymentLine: {
    fields: 'amount description endsAt isProration startsAt',
    routes: [planChange((selection) => `money { nextPayment { lines { ${selection} } } }`)],
  },
  PlannedDeposit: {
    fields: 'at credits',
    routes: [planChange((selection) => `nextDeposit { ${selection} }`)],
  },
  SpendingLimit: {
    fields: 'callerId credits group member per remaining resetsAt used',
    rules: {
      ...Object.fromEntries(
        'credits group member per remaining resetsAt used'.split(' ').map((field) => [field, ownLimits]),
      ),
      callerId: nullBelowAdmin,
    },
    routes: [routes.ofTeam((selection) => `spendingLimits { ${selection} }`)],
  },
  SpendingLimitReached: {
    fields: `${failure} groupId limit per remaining required resetsAt used`,
    routes: [limitOfAna],
  },
  StoredAmount: {
    fields: 'accruedToday amount name rate since',
    routes: [routes.ofTeam((selection) => `storedAmounts { ${selection} }`)],
  },
  Tag: {
    fields: 'key value',
    routes: [routes.byId('Charge', 'charge', (selection) => lines(`tags { ${selection} }`))],
  },
  TaxId: {
    fields: 'type value',
    routes: [{ ...billingDetails, text: (ids, selection) => billingDetails.text(ids, `taxIds { ${selection} }`) }],
  },
  Team: {
    fields:
      'activity addOnUnits alertLevels apiKeys auditLog autoRecharge balance contracts creditLine currencies currency forecast grants holds id lastActivityAt lastEventId lowBalanceThreshold memberGroups meteredBills meteredUsage name plan purchases receipt seats servedBy spendingLimits storedAmounts trial usage webhookEndpoints',
    rules: {
      apiKeys: forAdmins,
      auditLog: forAdmins,
      memberGroups: ownLimits,
      meteredBills: forAdmins,
      spendingLimits: ownLimits,
      webhookEndpoints: forAdmins,
    },
    routes: [
      routes.ofTeam((selection) => selection),
      routes.byId('Team', 'team'),
      {
        ...routes.ofCaller((selection) => `viewer { team { ${selection} } }`),
        expected: (column) => (column.role === 'PLATFORM' ? 'nothing' : routes.everyone(column)),
      },
    ],
  },
  TeamConnection: {
    fields: 'edges nodes pageInfo unreadable',
    routes: [routes.ofOperator((_, selection) => `teams(first: 5) { ${selection} }`)],
  },
  TeamEdge: {
    fields: 'cursor node',
    routes: [routes.ofOperator((_, selection) => `teams(first: 5) { edges { ${selection} } }`)],
  },
  TopUpTier: {
    fields: 'from perCredit',
    routes: [routes.ofCatalog((selection) => `customTopUp { tiers { ${selection} } }`)],
  },
  UnreadableTeam: {
    fields: 'message teamId',
    routes: [routes.ofOperator((_, selection) => `teams(first: 5) { unreadable { ${selection} } }`)],
  },
  UnknownPackage: { fields: failure, routes: [routes.buying('UnknownPackage', {}, 'none')] },
  UnknownPlan: {
    fields: failure,
    routes: [routes.operating('UnknownPlan', (terms) => `assignPlan(input: { planId: "none", ${terms} })`)],
  },
  UnknownRate: {
    fields: `${failure} rate`,
    routes: [routes.charging('UnknownRate', '{ rate: "none" }', routes.spending)],
  },
  UsageEvidence: {
    fields: 'accessActivityLog charges customerPurchaseIp mandate purchase used',
    routes: [
      routes.ofOperator(
        ({ paidPurchase }, selection) => `usageEvidence(purchaseId: "${paidPurchase}") { ${selection} }`,
      ),
    ],
  },
  UsageReport: {
    fields: 'rows total',
    routes: [routes.ofTeam((selection) => `${usage} { ${selection} }`)],
  },
  UsageRow: {
    fields: 'caller category count credits day hour member rate reference tags',
    routes: [routes.ofTeam((selection) => `${usage} { rows { ${selection} } }`)],
  },
  WebhookDelivery: {
    fields: 'answer at attempts delivered eventId failure id latencyMs nextAttemptAt status type',
    routes: [
      { ...routes.byId('WebhookDelivery', 'delivery'), expected: routes.from('ADMIN', 'FORBIDDEN') },
      deliveries((selection) => `nodes { ${selection} }`),
    ],
  },
  WebhookDeliveryConnection: { fields: 'edges nodes pageInfo', routes: [deliveries((selection) => selection)] },
  WebhookDeliveryEdge: { fields: 'cursor node', routes: [deliveries((selection) => `edges { ${selection} }`)] },
  WebhookEndpoint: {
    fields: 'createdAt deliveries disabledAt id lastDeliveryAt lastFailure publicKey selection types url',
    routes: [
      { ...routes.byId('WebhookEndpoint', 'endpoint'), expected: routes.from('ADMIN', 'FORBIDDEN') },
      {
        ...routes.ofTeam((selection) => `webhookEndpoints { ${selection} }`),
        expected: routes.from('ADMIN', 'FORBIDDEN'),
      },
      routes.ofOperator((_, selection) => `webhookEndpoints { ${selection} }`),
    ],
  },
  Viewer: {
    fields: 'memberId name role team',
    rules: { memberId: inOwnWords, name: inOwnWords, role: inOwnWords, team: ownTeam },
    routes: [ofViewer],
  },
}
