import { type GraphQLInputType, getNamedType, isInputObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeyScope, keyScopes as scopes } from '../../../src/access/key-scope.ts'
import type { Viewer } from '../../../src/access/viewer.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { isAtLeast, type Role, roles } from '../../../src/domain/role.ts'
import { encodeId } from '../../../src/resolvers/ids.ts'
import { schema } from '../../../src/schema/schema.ts'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
})
afterAll(() => gateway.close())

const key = () => `idempotencyKey: "${newKey()}"`
const usage = 'usage: [{ rate: "image.flux-2-pro" }]'
const holding = `mutation { holdCredits(input: { ${usage}, idempotencyKey: "${newKey()}" }) { ... on Hold { id } } }`
const makingKey =
  'mutation { createApiKey(input: { name: "n", scopes: [READ], teamId: "acme" }) { ... on CreatedApiKey { key { id } } } }'
const acmeHold = encodeId('Hold', 1, teamId('acme'))
const acmeKey = encodeId('ApiKey', 999, teamId('acme'))

/**
 * Every root field, with the least role that is served. `asData`: others are refused as data, with a ROLE_REQUIRED blocker.
 * `inPerson`: to the operator, and to an admin, but not to a team's API key.
 */
const operations: Record<string, { least: Role; asData?: true; inPerson?: true; text: () => string }> = {
  node: { least: 'VIEWER', text: () => '{ node(id: "acme") { id } }' },
  viewer: { least: 'VIEWER', text: () => '{ viewer { role } }' },
  team: { least: 'VIEWER', text: () => '{ team(id: "acme") { id } }' },
  rateCard: { least: 'VIEWER', text: () => '{ rateCard { version } }' },
  packages: { least: 'VIEWER', text: () => '{ packages { id } }' },
  plans: { least: 'VIEWER', text: () => '{ plans { id } }' },
  purchasePreview: { least: 'VIEWER', text: () => '{ purchasePreview(packageId: "starter") { projectedBalance } }' },
  estimate: { least: 'VIEWER', text: () => `{ estimate(${usage}, teamId: "acme") { __typename } }` },
  holdCredits: {
    ...{ least: 'MEMBER', asData: true },
    text: () => `mutation { holdCredits(input: { ${usage}, ${key()}, teamId: "acme" }) { __typename } }`,
  },
  chargeUsage: {
    ...{ least: 'MEMBER', asData: true },
    text: () => `mutation { chargeUsage(input: { ${usage}, ${key()}, teamId: "acme" }) { __typename } }`,
  },
  recordUsage: {
    ...{ least: 'MEMBER', asData: true },
    text: () => `mutation { recordUsage(events: [{ ${usage}, ${key()}, teamId: "acme" }]) { __typename } }`,
  },
  extendHold: {
    least: 'MEMBER',
    text: () => `mutation { extendHold(input: { holdId: "${acmeHold}", ${usage}, ${key()} }) { __typename } }`,
  },
  captureHold: {
    least: 'MEMBER',
    text: () => `mutation { captureHold(input: { holdId: "${acmeHold}", ${usage}, ${key()} }) { __typename } }`,
  },
  settleHold: {
    least: 'MEMBER',
    text: () => `mutation { settleHold(input: { holdId: "${acmeHold}", ${key()} }) { __typename } }`,
  },
  releaseHold: {
    least: 'MEMBER',
    text: () => `mutation { releaseHold(input: { holdId: "${acmeHold}", ${key()} }) { __typename } }`,
  },
  setStoredAmount: {
    ...{ least: 'MEMBER', asData: true },
    text: () =>
      `mutation { setStoredAmount(input: { rate: "storage", amount: "1", ${key()}, teamId: "acme" }) { __typename } }`,
  },
  setLowBalanceThreshold: {
    least: 'ADMIN',
    text: () => 'mutation { setLowBalanceThreshold(input: { credits: "100", teamId: "acme" }) { __typename } }',
  },
  purchaseCredits: {
    ...{ least: 'ADMIN', asData: true },
    text: () =>
      `mutation { purchaseCredits(input: { packageId: "starter", ${key()}, teamId: "acme" }) { __typename } }`,
  },
  configureAutoRecharge: {
    ...{ least: 'ADMIN', asData: true },
    text: () => 'mutation { configureAutoRecharge(input: { enabled: false, teamId: "acme" }) { __typename } }',
  },
  openBillingPortal: {
    least: 'ADMIN',
    text: () => 'mutation { openBillingPortal(returnUrl: "https://app.example/", teamId: "acme") { url } }',
  },
  setSpendingLimit: {
    least: 'ADMIN',
    text: () =>
      'mutation { setSpendingLimit(input: { memberId: "nobody", per: DAY, credits: "100", teamId: "acme" }) { __typename } }',
  },
  refundCharge: {
    least: 'PLATFORM',
    text: () => `mutation { refundCharge(input: { chargeId: "x", reason: "r", ${key()} }) { __typename } }`,
  },
  grantCredits: {
    least: 'PLATFORM',
    text: () =>
      `mutation { grantCredits(input: { teamId: "acme", amount: "1", kind: PROMOTION, source: "${newKey()}", ${key()} }) { __typename } }`,
  },
  assignPlan: {
    least: 'PLATFORM',
    text: () => `mutation { assignPlan(input: { teamId: "acme", planId: "free", ${key()} }) { __typename } }`,
  },
  createContract: {
    least: 'PLATFORM',
    text: () =>
      `mutation { createContract(input: { teamId: "acme", reference: "${newKey()}", credits: "5", ${key()} }) { __typename } }`,
  },
  endContract: {
    least: 'PLATFORM',
    text: () => `mutation { endContract(input: { teamId: "acme", reference: "none", ${key()} }) { __typename } }`,
  },
  setAddOnUnits: {
    ...{ least: 'ADMIN', asData: true },
    text: () => `mutation { setAddOnUnits(teamId: "acme", units: 0, ${key()}) { __typename } }`,
  },
  createApiKey: {
    ...{ least: 'ADMIN', inPerson: true },
    text: () => 'mutation { createApiKey(input: { name: "one", scopes: [READ], teamId: "acme" }) { __typename } }',
  },
  revokeApiKey: {
    ...{ least: 'ADMIN', inPerson: true },
    text: () => `mutation { revokeApiKey(id: "${acmeKey}") { __typename } }`,
  },
  revokeTokens: {
    ...{ least: 'ADMIN', inPerson: true },
    text: () => 'mutation { revokeTokens(input: { memberId: "nobody", teamId: "acme" }) { __typename } }',
  },
  auditLog: { least: 'PLATFORM', text: () => '{ auditLog { nodes { id } } }' },
  apiKeys: { least: 'PLATFORM', text: () => '{ apiKeys { id } }' },
  catalogs: { least: 'PLATFORM', text: () => '{ catalogs { version } }' },
  publishCatalog: {
    least: 'PLATFORM',
    text: () => 'mutation { publishCatalog(input: { source: "name: nothing else" }) { __typename } }',
  },
  advanceClock: { least: 'PLATFORM', text: () => `mutation { advanceClock(to: "${soon()}") }` },
  balance: { least: 'VIEWER', text: () => 'subscription { balance(teamId: "acme") { available } }' },
  lowBalance: { least: 'VIEWER', text: () => 'subscription { lowBalance(teamId: "acme") { message } }' },
  accountEvents: { least: 'VIEWER', text: () => 'subscription { accountEvents(teamId: "acme") { id } }' },
}
const soon = () => new Date(Date.now() + 1_000).toISOString()

const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
  Object.keys(type?.getFields() ?? {}),
)

/** Names within the caller's own team or of the catalog, which are no ids of objects. */
const names = new Set(['memberId', 'callerId', 'packageId', 'planId', 'rate', 'category'])

/** `field.argument` of every id that somebody else than the operator may give. */
function idArguments(): string[] {
  const idsOf = (type: GraphQLInputType): string[] => {
    const named = getNamedType(type)
    if (!isInputObjectType(named)) return []
    return Object.values(named.getFields()).flatMap((field) => idOf(field.name, field.type))
  }
  const idOf = (name: string, type: GraphQLInputType) =>
    getNamedType(type).name === 'ID' ? (names.has(name) ? [] : [name]) : idsOf(type)
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return types
    .flatMap((type) => Object.values(type?.getFields() ?? {}))
    .filter(({ name }) => operations[name]?.least !== 'PLATFORM')
    .flatMap(({ name, args }) => args.flatMap((arg) => idOf(arg.name, arg.type)).map((id) => `${name}.${id}`))
}

/** The fault codes of an operation, also of one that subscribes; nothing is left running. */
async function codesOf(viewer: Viewer | null, text: string): Promise<unknown[]> {
  // An id that there is not is served, too.
  if (!text.startsWith('subscription'))
    return (await gateway.run(viewer, text)).codes.filter((code) => code !== 'NOT_FOUND')
  const result = await gateway.watch(viewer, text)
  if (!('errors' in result)) {
    await (result as AsyncGenerator).return(undefined)
    return []
  }
  return (result.errors ?? []).map(({ extensions }) => extensions.code)
}

/** A role that does not suffice is data where the result is a union, and an error elsewhere. */
const refusalOf = (text: string) =>
  text.includes('__typename') && text.startsWith('mutation') ? 'NOT_ALLOWED' : 'FORBIDDEN'

describe('who may ask', () => {
  it('is said for every root field', () => {
    expect(Object.keys(operations).sort()).toEqual(rootFields.sort())
  })

  it.each(Object.entries(operations))(
    '%s is served from its role on, and to nobody who has not signed in',
    async (_, operation) => {
      const { least, asData, text } = operation
      expect(await codesOf(null, text())).toEqual(['UNAUTHENTICATED'])
      for (const role of roles) {
        const codes = await codesOf(caller(role), text())
        expect(codes, role).toEqual(isAtLeast(role, least) || asData ? [] : [refusalOf(text())])
      }
    },
  )

  describe('with an API key', () => {
    const keys = new Map<KeyScope, Viewer>()
    beforeAll(async () => {
      for (const scope of scopes) keys.set(scope, await keyOf([scope]))
    })
    const roleBy = { READ: 'VIEWER', SPEND: 'MEMBER', BILLING: 'ADMIN', PLATFORM: 'PLATFORM' } as const

    it.each(Object.entries(operations))('%s is served by its scopes', async (_, operation) => {
      const { least, asData, inPerson, text } = operation
      for (const scope of scopes) {
        const role = roleBy[scope]
        const served = isAtLeast(role, least) && !inPerson
        const codes = await codesOf(keys.get(scope) ?? null, text())
        // An operator's key has no team of its own that a preview could be for.
        expect(
          scope === 'PLATFORM' ? codes.filter((code) => code !== 'BAD_USER_INPUT' && code !== 'INVALID_INPUT') : codes,
          scope,
        ).toEqual(served || asData ? [] : [refusalOf(text())])
      }
    })

    it('the highest of its scopes counts, in any order', async () => {
      expect((await keyOf(['SPEND', 'READ', 'SPEND'])).role).toBe('MEMBER')
      expect((await keyOf(['BILLING', 'READ'])).role).toBe('ADMIN')
    })
  })

  it('refuses spending by a viewer as data, and stores nothing under the key', async () => {
    const text = (
      mutation: string,
    ) => `mutation ($input: ${mutation === 'holdCredits' ? 'HoldCreditsInput' : 'ChargeUsageInput'}!) {
      ${mutation}(input: $input) { __typename ... on RequirementNotMet { blockers { code } } } }`
    for (const mutation of ['holdCredits', 'chargeUsage']) {
      const input = { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey() }
      const refused = await gateway.ask(caller('VIEWER'), text(mutation), { input })
      expect(refused[mutation]?.blockers).toEqual([{ code: 'ROLE_REQUIRED' }])
      const served = await gateway.ask(caller('MEMBER'), text(mutation), { input })
      expect(served[mutation]?.__typename).toMatch(/^(Hold|Charge)$/)
    }
  })

  it('lets a member act for itself only, and the platform for anyone', async () => {
    const text = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { id } } }`
    const input = () => ({ usage: [{ rate: 'chat.light' }], idempotencyKey: newKey(), memberId: 'ana' })
    expect((await gateway.run(caller('ADMIN'), text, { input: input() })).codes).toEqual(['NOT_ALLOWED'])
    await gateway.ask(caller('MEMBER', 'acme', 'ana'), text, { input: input() })
    await gateway.ask(operator, text, { input: { ...input(), teamId: 'acme' } })
    const { team } = await gateway.ask(
      operator,
      '{ team(id: "acme") { activity(first: 2) { nodes { member { id name } } } } }',
    )
    expect(team.activity.nodes).toEqual([
      { member: { id: 'ana', name: 'Ana' } },
      { member: { id: 'ana', name: 'Ana' } },
    ])
  })

  it('asks a platform caller without a team which one it means', async () => {
    for (const text of [
      `{ estimate(${usage}) { __typename } }`,
      `mutation { chargeUsage(input: { ${usage}, ${key()} }) { __typename } }`,
    ]) {
      expect((await gateway.run(operator, text)).codes).toEqual(['INVALID_INPUT'])
    }
    const { viewer, team } = await gateway.ask(operator, '{ viewer { team { id } } team { id } }')
    expect([viewer.team, team]).toEqual([null, null])
  })
})

async function keyOf(scopes: readonly KeyScope[]): Promise<Viewer> {
  const created = await gateway.ask(
    operator,
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreatedApiKey { secret } } }',
    { input: { name: scopes.join(), scopes, teamId: scopes.includes('PLATFORM') ? null : 'acme' } },
  )
  const viewer = await gateway.services.access.read(`Bearer ${created.createApiKey.secret}`)
  if (viewer === null) throw new Error('A key is somebody')
  return viewer
}

describe("another team's ids", () => {
  /** Both answers without the ids that were asked for. */
  async function alike(text: (id: string) => string, foreign: string, unknown: string) {
    const of = async (id: string) => {
      const viewer = caller('ADMIN', 'globex')
      const source = text(id)
      const answered = source.startsWith('subscription')
        ? await gateway.watch(viewer, source)
        : await gateway.run(viewer, source)
      return JSON.stringify(answered).replaceAll(id, '(id)')
    }
    const answer = await of(foreign)
    expect(answer).toBe(await of(unknown))
    return answer
  }

  const ofTeams = [
    ['team.id', (id: string) => `{ team(id: "${id}") { id name } }`],
    ['node.id', (id: string) => `{ node(id: "${id}") { id } }`],
    ['estimate.teamId', (id: string) => `{ estimate(${usage}, teamId: "${id}") { __typename } }`],
    [
      'holdCredits.teamId',
      (id: string) =>
        `mutation { holdCredits(input: { ${usage}, idempotencyKey: "f", teamId: "${id}" }) { ... on Error { code message } } }`,
    ],
    [
      'chargeUsage.teamId',
      (id: string) =>
        `mutation { chargeUsage(input: { ${usage}, idempotencyKey: "f", teamId: "${id}" }) { ... on Error { code message } } }`,
    ],
    [
      'recordUsage.teamId',
      (id: string) =>
        `mutation { recordUsage(events: [{ ${usage}, idempotencyKey: "f", teamId: "${id}" }]) { ... on Error { code message } } }`,
    ],
    [
      'setStoredAmount.teamId',
      (id: string) =>
        `mutation { setStoredAmount(input: { rate: "storage", amount: "1", idempotencyKey: "f", teamId: "${id}" }) { ... on Error { code message } } }`,
    ],
    [
      'setLowBalanceThreshold.teamId',
      (id: string) => `mutation { setLowBalanceThreshold(input: { teamId: "${id}" }) { __typename } }`,
    ],
    [
      'purchaseCredits.teamId',
      (id: string) =>
        `mutation { purchaseCredits(input: { packageId: "starter", idempotencyKey: "f", teamId: "${id}" }) { __typename } }`,
    ],
    [
      'configureAutoRecharge.teamId',
      (id: string) => `mutation { configureAutoRecharge(input: { enabled: false, teamId: "${id}" }) { __typename } }`,
    ],
    [
      'openBillingPortal.teamId',
      (id: string) => `mutation { openBillingPortal(returnUrl: "https://app.example/", teamId: "${id}") { url } }`,
    ],
    [
      'createApiKey.teamId',
      (id: string) => `mutation { createApiKey(input: { name: "n", scopes: [READ], teamId: "${id}" }) { __typename } }`,
    ],
    [
      'revokeTokens.teamId',
      (id: string) =>
        `mutation { revokeTokens(input: { memberId: "ana", teamId: "${id}" }) { ... on Error { code message } } }`,
    ],
    ['balance.teamId', (id: string) => `subscription { balance(teamId: "${id}") { available } }`],
    ['lowBalance.teamId', (id: string) => `subscription { lowBalance(teamId: "${id}") { message } }`],
    ['accountEvents.teamId', (id: string) => `subscription { accountEvents(teamId: "${id}") { id } }`],
    [
      'setSpendingLimit.teamId',
      (id: string) =>
        `mutation { setSpendingLimit(input: { memberId: "ana", per: DAY, credits: "1", teamId: "${id}" }) { ... on Error { code message } } }`,
    ],
    [
      'setAddOnUnits.teamId',
      (id: string) => `mutation { setAddOnUnits(units: 1, idempotencyKey: "f", teamId: "${id}") { __typename } }`,
    ],
  ] as const
  const unknownHold = encodeId('Hold', 999, teamId('nobody'))
  const aHold = async () => (await gateway.ask(caller('MEMBER'), holding)).holdCredits.id
  const onHold = (mutation: string, more = '') =>
    [
      `${mutation}.holdId`,
      aHold,
      unknownHold,
      (id: string) =>
        `mutation { ${mutation}(input: { holdId: "${id}", ${more} ${key()} }) { ... on Error { code message } } }`,
    ] as const
  /** What team `acme` has, and what it is not told apart from. */
  const ofObjects = [
    onHold('settleHold'),
    onHold('releaseHold'),
    onHold('captureHold', `${usage},`),
    onHold('extendHold', `${usage},`),
    [
      'holdCredits.quoteId',
      async () =>
        (await gateway.ask(caller('MEMBER'), `{ estimate(${usage}) { ... on Estimate { quoteId } } }`)).estimate
          .quoteId,
      'quote_unknown',
      (id: string) =>
        `mutation { holdCredits(input: { quoteId: "${id}", ${key()} }) { ... on Error { code message } } }`,
    ],
    [
      'revokeApiKey.id',
      async () => (await gateway.ask(operator, makingKey)).createApiKey.key.id,
      encodeId('ApiKey', 999, teamId('nobody')),
      (id: string) => `mutation { revokeApiKey(id: "${id}") { ... on Error { code message } } }`,
    ],
    [
      'accountEvents.after',
      async () => encodeId('Event', '1.0', teamId('acme')),
      encodeId('Event', '1.0', teamId('nobody')),
      (id: string) => `subscription { accountEvents(after: "${id}") { id } }`,
    ],
  ] as const

  it('are tried in every argument that takes one', () => {
    const tried = new Set<string>([...ofTeams, ...ofObjects].map(([argument]) => argument))
    expect(idArguments().filter((argument) => !tried.has(argument))).toEqual([])
  })

  it.each(ofObjects)('%s answers what is foreign like what is unknown', async (_, foreign, unknown, text) => {
    const id = await foreign()
    expect(typeof id).toBe('string')
    expect(await alike(text, id, unknown)).toMatch(/NOT_FOUND|BAD_USER_INPUT|QUOTE/)
  })

  it.each(ofTeams)('%s answers a foreign team like an unknown one', async (_, text) => {
    expect(await alike(text, 'acme', 'nobody')).toMatch(/NOT_FOUND|NotFound|:null/)
  })

  it('of holds, charges, grants, activities, refunds, purchases and events are answered like unknown ones', async () => {
    const acme = caller('MEMBER')
    const held = await gateway.ask(
      acme,
      `mutation { holdCredits(input: { ${usage}, ${key()} }) { ... on Hold { id } } chargeUsage(input: { ${usage}, ${key()} }) { ... on Charge { id } } }`,
    )
    const { team } = await gateway.ask(
      acme,
      '{ team { grants { id } activity { nodes { id } pageInfo { endCursor } } } }',
    )
    const bought = await gateway.ask(
      caller('ADMIN'),
      `mutation { purchaseCredits(input: { packageId: "starter", ${key()} }) { ... on Purchase { id } } }`,
    )
    const theirs = teamId('nobody')
    const pairs = [
      [held.holdCredits.id, encodeId('Hold', 2, theirs)],
      [held.chargeUsage.id, encodeId('Charge', 2, theirs)],
      [team.grants[0]?.id, encodeId('CreditGrant', 2, theirs)],
      [team.activity.nodes[0]?.id, encodeId('Activity', 2, theirs)],
      [bought.purchaseCredits.id, encodeId('Purchase', 2, theirs)],
    ].map(([one, other]) => [`${one}`, `${other}`] as const)
    for (const [foreign, unknown] of pairs) {
      expect((await gateway.ask(acme, `{ node(id: "${foreign}") { id } }`)).node).toEqual({ id: foreign })
      expect(await alike((id) => `{ node(id: "${id}") { id } }`, foreign, unknown)).toContain('"node":null')
    }
    const [[foreign, unknown] = ['', '']] = pairs
    for (const mutation of ['settleHold', 'releaseHold']) {
      let attempt = 0
      const answer = await alike(
        (id) =>
          `mutation { ${mutation}(input: { holdId: "${id}", idempotencyKey: "${mutation}-${attempt++}" }) { ... on Error { code message } } }`,
        foreign,
        unknown,
      )
      expect(answer).toContain('NOT_FOUND')
    }
    const cursor = team.activity.pageInfo.endCursor
    const { codes } = await gateway.run(
      caller('MEMBER', 'globex'),
      `{ team { activity(after: "${cursor}") { nodes { id } } } }`,
    )
    expect(codes).toEqual(['BAD_USER_INPUT'])
    const after = encodeId('Event', '1.0', teamId('acme'))
    const told = await alike(
      (id) => `subscription { accountEvents(after: "${id}") { id } }`,
      after,
      encodeId('Event', '1.0', theirs),
    )
    expect(told).toContain('NOT_FOUND')
  })

  it('refuses a foreign hold like an unknown one, and keeps neither under the key', async () => {
    const text = (id: string) =>
      `mutation { settleHold(input: { holdId: "${id}", idempotencyKey: "own" }) { ... on Error { code } } }`
    const viewer = caller('MEMBER', 'globex')
    expect((await gateway.ask(viewer, text(acmeHold))).settleHold.code).toBe('NOT_FOUND')
    expect((await gateway.ask(viewer, text(acmeHold))).settleHold.code).toBe('NOT_FOUND')
    expect((await gateway.ask(viewer, text('other'))).settleHold.code).toBe('NOT_FOUND')
  })
})
