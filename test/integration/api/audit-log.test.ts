import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Viewer } from '../../../src/access/viewer.ts'
import { parseCatalog } from '../../../src/catalog/load.ts'
import { type AuditedMutation, mutations } from '../../../src/domain/audit.ts'
import type { FollowSubscription } from '../../../src/domain/decisions/command.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { schema } from '../../../src/schema/schema.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

/** Wevion, with an add-on on each plan. */
const source = readFileSync('catalogs/wevion.yaml', 'utf8').replaceAll(
  /^( *)(allowances:)/gm,
  '$1addOn: { credits: 100, price: 1 }\n$1$2',
)
let gateway: Gateway
const payments = pretendPayments()
/** The scopes of a team's key do not include credentials: it acts as an admin on everything else. */
let key: Viewer
const secrets: string[] = []
const admin = caller('ADMIN', 'acme', 'boss')
const ana = caller('MEMBER', 'acme', 'ana')
let chargeId: string

const fields = 'id at teamId callerId credential role mutation reference address traceId before after'
const log = async (viewer: Viewer, page = '', of = `team(id: "acme") { auditLog`): Promise<Data[]> => {
  const data = await gateway.ask(viewer, `{ log: ${of}${page} { nodes { ${fields} } } ${of.includes('{') ? '}' : ''} }`)
  const { nodes } = data.log.auditLog ?? data.log
  return nodes.map((node: Data) => ({ ...node, before: JSON.parse(node.before), after: JSON.parse(node.after) }))
}
const everything = () => log(operator, '(first: 100)', 'auditLog')

beforeAll(async () => {
  gateway = await openGateway(
    { payments: payments.api },
    { catalog: parseCatalog(source, 'wevion'), allowPrivate: true },
  )
  payments.of(gateway)
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team, '20000')
  const charged = await done(ana, 'chargeUsage', { usage: images, idempotencyKey: newKey() })
  chargeId = charged.id
  const made = await done(admin, 'createApiKey', { name: 'billing', scopes: ['BILLING'] })
  secrets.push(made.secret)
  key = (await gateway.services.access.read(`Bearer ${made.secret}`)) ?? expect.unreachable('nobody')
})
afterAll(() => gateway.close())

const images = [{ rate: 'image.flux-2-pro' }]
const typeOf = (mutation: string) =>
  schema
    .getMutationType()
    ?.getFields()
    [mutation]?.args.find(({ name }) => name === 'input')?.type
const results: Record<string, string> = {
  createApiKey: '... on CreatedApiKey { secret key { id } } ... on Error { code message }',
  revokeApiKey: '... on ApiKey { id prefix } ... on Error { code message }',
  purchaseCredits: '... on Purchase { id } ... on Error { code message }',
  createWebhookEndpoint: '... on CreatedWebhookEndpoint { secret endpoint { id } } ... on Error { code message }',
}
const withoutInput: Record<string, string> = {
  rotateApiKey: `mutation ($id: ID!) { rotateApiKey(id: $id) { ... on CreatedApiKey { secret } ... on Error { code } } }`,
  setAllowedAddresses: `mutation ($id: ID!, $to: [String!]) { setAllowedAddresses(id: $id, addresses: $to) {
    __typename ... on Error { code } } }`,
  setAddOnUnits: `mutation ($units: Int!, $key: String!, $team: ID) {
    setAddOnUnits(units: $units, idempotencyKey: $key, teamId: $team) { __typename ... on Error { code message } } }`,
  importTeams: `mutation ($input: ImportTeamsInput!) { importTeams(input: $input) { problem } }`,
  followTeams: `mutation ($input: FollowTeamsInput!) { followTeams(input: $input) { problem } }`,
  createPillToken: `mutation ($memberId: ID, $origin: String) {
    createPillToken(memberId: $memberId, origin: $origin) { secret: token expiresAt } }`,
  deleteWebhookEndpoint: `mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) { __typename ... on Error { code } } }`,
  rotateWebhookSecret: `mutation ($id: ID!) { rotateWebhookSecret(endpointId: $id) {
    ... on CreatedWebhookEndpoint { secret endpoint { publicKey } } ... on Error { code } } }`,
  replayWebhookDeliveries: `mutation ($id: ID!) {
    replayWebhookDeliveries(endpointId: $id, since: "2020-01-01T00:00:00Z") }`,
  resendWebhookDelivery: `mutation ($delivery: ID!) { resendWebhookDelivery(deliveryId: $delivery) { id } }`,
  sendTestEvent: `mutation ($id: ID!) { sendTestEvent(endpointId: $id) { id } }`,
}
const ofHolds = (mutation: string) =>
  `... on ${/^(hold|extend|release)/.test(mutation) ? 'Hold' : 'Charge'} { id } ... on Error { code message }`

/** The member of the result, which is no refusal unless `expected` says so. */
async function attempt(viewer: Viewer, mutation: string, input: object): Promise<Data> {
  const usual = /^hold|Hold$|Usage$/.test(mutation) ? ofHolds(mutation) : '... on Error { code message }'
  const selection = `{ __typename ${results[mutation] ?? usual} }`
  const type = typeOf(mutation)
  const text = withoutInput[mutation] ?? `mutation ($input: ${type}) { ${mutation}(input: $input) ${selection} }`
  return (await gateway.ask(viewer, text, type === undefined ? { ...input } : { input }))[mutation]
}
async function done(viewer: Viewer, mutation: string, input: object): Promise<Data> {
  const result = await attempt(viewer, mutation, input)
  expect(result.code, JSON.stringify(result)).toBeUndefined()
  return result
}
const held = async (): Promise<string> =>
  (await done(ana, 'holdCredits', { usage: images, idempotencyKey: newKey() })).id

type Example = {
  readonly by: () => Viewer
  /** The input, or what it follows from. */
  readonly input: () => object | Promise<object>
  readonly expected: (input: Data, result: Data) => object
  /** An input that is refused. */
  readonly refused?: () => object
  /** Not about a team. */
  readonly ofOperator?: true
  /** Each time anew, also with the same input. */
  readonly everyTime?: true
}
const yesterday = new Date(Date.now() - 86_400_000).toISOString()
const platform = () => operator
const boss = () => admin
const hold = async (more: object = {}) => ({ holdId: await held(), idempotencyKey: newKey(), ...more })
const ofHold = (after: object) => ({
  by: boss,
  expected: ({ holdId }: Data) => ({
    reference: holdId,
    before: { state: 'OPEN', amount: '30', captured: '0', placedBy: 'ana', placedAs: 'MEMBER' },
    after,
  }),
})

const keyToChange = async (): Promise<{ id: string }> => {
  const made = await done(admin, 'createApiKey', { name: 'reader', scopes: ['READ'] })
  secrets.push(made.secret)
  return { id: made.key.id }
}
const hooks = { url: 'http://127.0.0.1:9/a-secret-path', types: ['WEBHOOK_DISABLED'] }
const endpoint = async (): Promise<{ id: string }> => {
  const made = await done(admin, 'createWebhookEndpoint', hooks)
  secrets.push(made.secret)
  return { id: made.endpoint.id }
}
/** An act on a webhook endpoint. */
const onEndpoint = (before: unknown, after: (result: Data) => unknown): Example => ({
  by: () => key,
  everyTime: true,
  input: endpoint,
  expected: (_, result) => ({ reference: expect.stringMatching(/^webhook:\d+$/), before, after: after(result) }),
})
const hookFacts = { url: 'http://127.0.0.1:9', types: ['WEBHOOK_DISABLED'], selection: null }

const acts: Record<AuditedMutation, Example> = {
  createWebhookEndpoint: {
    ...onEndpoint(null, () => hookFacts),
    input: () => hooks,
    refused: () => ({ url: 'ftp://a' }),
  },
  deleteWebhookEndpoint: onEndpoint(hookFacts, () => null),
  rotateWebhookSecret: { ...onEndpoint(null, ({ endpoint }) => ({ publicKey: endpoint.publicKey })), by: boss },
  replayWebhookDeliveries: onEndpoint(null, () => ({ since: '2020-01-01T00:00:00.000Z', behind: null, events: 0 })),
  sendTestEvent: onEndpoint(null, () => ({})),
  resendWebhookDelivery: {
    ...onEndpoint(null, () => ({ delivery: expect.any(Number) })),
    async input() {
      const { id } = await endpoint()
      return { delivery: (await done(admin, 'sendTestEvent', { id })).id }
    },
  },
  grantCredits: {
    by: platform,
    input: () => ({ teamId: 'acme', amount: '12.5', kind: 'PROMOTION', source: newKey(), idempotencyKey: newKey() }),
    refused: () => ({ teamId: 'acme', amount: '0', kind: 'PROMOTION', source: 'none', idempotencyKey: newKey() }),
    expected: ({ source }) => ({
      reference: source,
      before: null,
      after: { kind: 'PROMOTION', amount: '12.5', expiresAt: null },
    }),
  },
  importTeams: {
    by: platform,
    input: () => ({
      teams: [{ teamId: 'acme', planId: 'free', grants: [{ source: newKey(), amount: '5', kind: 'PROMOTION' }] }],
    }),
    expected: () => ({
      reference: 'free',
      before: { planId: 'free', grants: 0, credits: '0' },
      after: { planId: 'free', grants: 1, credits: '5' },
    }),
  },
  followTeams: {
    by: platform,
    input: () => ({
      system: 'Old',
      teams: [{ startsAt: yesterday, team: { teamId: 'moving', planId: 'free', grants: [] } }],
    }),
    expected: () => ({
      teamId: 'moving',
      reference: 'Old',
      before: null,
      after: { system: 'Old', stage: 'FOLLOWED', balance: '0' },
    }),
  },
  cutOver: {
    by: platform,
    input: () => ({ teamId: 'moving', balance: '0', acceptDifference: true, grants: [], idempotencyKey: newKey() }),
    refused: () => ({ teamId: 'moving', balance: '-1', idempotencyKey: newKey() }),
    expected: () => ({
      ...{ teamId: 'moving', reference: null },
      before: { system: 'Old', stage: 'FOLLOWED', grants: 0 },
      after: { system: 'Old', stage: 'CUT_OVER', planId: 'free', grants: 0 },
    }),
  },
  cutBack: {
    by: platform,
    input: () => ({ teamId: 'moving', idempotencyKey: newKey() }),
    expected: () => ({
      teamId: 'moving',
      reference: null,
      before: { stage: 'CUT_OVER' },
      after: { stage: 'CUT_BACK', balance: '0' },
    }),
  },
  refundCharge: {
    by: platform,
    input: () => ({ chargeId, amount: '2', reason: 'a bad picture', idempotencyKey: newKey() }),
    refused: () => ({ chargeId, amount: '999', reason: 'too much', idempotencyKey: newKey() }),
    expected: () => ({
      reference: chargeId,
      before: { refunded: '0' },
      after: { refunded: '2', reason: 'a bad picture' },
    }),
  },
  refundInvoice: {
    by: platform,
    input: () => ({ teamId: 'acme', invoice: 'in_1', reason: 'by mistake', idempotencyKey: newKey() }),
    refused: () => ({ teamId: 'acme', invoice: 'in_2', reason: 'too much', idempotencyKey: newKey() }),
    expected: () => ({ reference: 'in_1', before: null, after: { reason: 'by mistake' } }),
  },
  refundPurchase: {
    by: platform,
    input: async () => {
      payments.tell({ outcome: 'PAID', intent: newKey() })
      const { id } = await done(admin, 'purchaseCredits', { packageId: 'starter', idempotencyKey: newKey() })
      payments.tell({})
      return { purchaseId: id, amount: '2', reason: 'by mistake', idempotencyKey: newKey() }
    },
    refused: () => ({ purchaseId: 'none', amount: '999', reason: 'too much', idempotencyKey: newKey() }),
    expected: ({ purchaseId }) => ({
      reference: purchaseId,
      before: null,
      after: { reason: 'by mistake' },
    }),
  },
  assignPlan: {
    by: platform,
    input: () => ({ teamId: 'acme', planId: 'pro', seats: 4, idempotencyKey: newKey() }),
    refused: () => ({ teamId: 'acme', planId: 'no such plan', idempotencyKey: newKey() }),
    expected: () => ({
      reference: 'pro',
      before: { planId: 'free', seats: 1, interval: 'WEEK' },
      after: { planId: 'pro', seats: 4, interval: 'WEEK' },
    }),
  },
  createContract: {
    by: platform,
    input: () => ({ teamId: 'acme', reference: 'PO-1', credits: '500', every: 'MONTH', idempotencyKey: newKey() }),
    refused: () => ({ teamId: 'acme', reference: 'PO-1', credits: '1', idempotencyKey: newKey() }),
    expected: () => ({
      reference: 'PO-1',
      before: null,
      after: { credits: '500', every: 'MONTH', endsAt: null, ended: false },
    }),
  },
  endContract: {
    by: platform,
    input: () => ({ teamId: 'acme', reference: 'PO-1', idempotencyKey: newKey() }),
    refused: () => ({ teamId: 'acme', reference: 'PO-2', idempotencyKey: newKey() }),
    expected: () => ({
      reference: 'PO-1',
      before: { ended: false, endsAt: null },
      after: { ended: true, endsAt: expect.stringMatching(/Z$/) },
    }),
  },
  setSpendingLimit: {
    by: boss,
    input: () => ({ memberId: 'ana', per: 'DAY', credits: '700' }),
    refused: () => ({ memberId: 'ana', per: 'DAY', credits: '-1' }),
    expected: () => ({
      reference: 'ana',
      before: null,
      after: { subject: 'MEMBER', per: 'DAY', credits: '700' },
    }),
  },
  setMemberGroup: {
    by: boss,
    input: () => ({ groupId: 'marketing', name: 'Marketing' }),
    refused: () => ({ groupId: 'marketing', name: 'Marketing', parentId: 'nothing' }),
    expected: () => ({
      reference: 'marketing',
      before: null,
      after: { name: 'Marketing', parentId: null, members: 0, limits: [] },
    }),
  },
  moveMember: {
    by: boss,
    input: () => ({ memberId: 'ana', groupId: 'marketing' }),
    refused: () => ({ memberId: 'ana', groupId: 'nothing' }),
    expected: () => ({ reference: 'ana', before: { groupId: null }, after: { groupId: 'marketing' } }),
  },
  deleteMemberGroup: {
    by: boss,
    everyTime: true,
    input: () => ({ groupId: 'marketing' }),
    refused: () => ({ groupId: 'nothing' }),
    expected: () => ({
      reference: 'marketing',
      before: { name: 'Marketing', parentId: null, members: 1, limits: [] },
      after: null,
    }),
  },
  setAlertLevels: {
    by: boss,
    input: () => ({ levels: [{ credits: '500' }, { percentOfMonthlyUsage: '25' }] }),
    refused: () => ({ levels: [{ credits: '0' }] }),
    expected: () => ({ reference: null, before: { levels: [] }, after: { levels: ['500', '25%'] } }),
  },
  setBillingDetails: {
    by: boss,
    input: () => ({ name: 'Acme', country: 'DE' }),
    refused: () => ({ country: 'Germany' }),
    expected: () => ({ reference: null, before: null, after: { parts: ['country', 'name'] } }),
    everyTime: true,
  },
  setLowBalanceThreshold: {
    by: () => key,
    input: () => ({ percentOfMonthlyUsage: '25' }),
    refused: () => ({ credits: '-1' }),
    expected: () => ({
      reference: null,
      before: { credits: null, percentOfMonthlyUsage: null },
      after: { credits: null, percentOfMonthlyUsage: '25' },
    }),
  },
  configureAutoRecharge: {
    by: boss,
    input: () => ({ enabled: true, threshold: '100', packageId: 'starter', monthlyCap: '50' }),
    refused: () => ({ enabled: true, threshold: '100', packageId: 'no such package' }),
    expected: () => ({
      reference: null,
      before: null,
      after: { state: 'ARMED', threshold: '100', packageId: 'starter', monthlyCap: '50' },
    }),
  },
  purchaseCredits: {
    by: () => key,
    input: () => ({
      packageId: 'starter',
      idempotencyKey: newKey(),
      successUrl: 'https://app.example/?session=s3cret',
      cancelUrl: 'https://app.example/?session=s3cret',
    }),
    refused: () => ({ packageId: 'no such package', idempotencyKey: newKey() }),
    expected: (_, { id }) => ({ reference: id, before: null, after: { packageId: 'starter', pay: 'AUTO' } }),
  },
  setAddOnUnits: {
    by: platform,
    input: () => ({ units: 2, key: newKey(), team: 'acme' }),
    expected: () => ({ reference: null, before: { units: 0 }, after: { units: 2 } }),
  },
  extendHold: {
    input: () => hold({ usage: images }),
    ...ofHold({ state: 'OPEN', amount: '60', captured: '0' }),
  },
  captureHold: {
    input: () => hold({ usage: images }),
    ...ofHold({ state: 'OPEN', captured: '30' }),
  },
  settleHold: { input: () => hold(), ...ofHold({ state: 'SETTLED', captured: '30' }) },
  releaseHold: { input: () => hold(), ...ofHold({ state: 'RELEASED', captured: '0' }) },
  createApiKey: {
    by: boss,
    everyTime: true,
    input: () => ({ name: 'reader', scopes: ['READ'] }),
    refused: () => ({ name: 'reader', scopes: [] }),
    expected: (_, { secret }) => ({
      reference: expect.stringMatching(/^cg_/),
      before: null,
      after: { name: 'reader', scopes: ['READ'], expiresAt: null, revokedAt: null },
      secret,
    }),
  },
  rotateApiKey: {
    by: boss,
    everyTime: true,
    input: keyToChange,
    expected: () => ({
      reference: expect.stringMatching(/^cg_[\w-]{8}$/),
      before: { name: 'reader', rotatedAt: null, previousSecretUntil: null },
      after: {
        name: 'reader',
        rotatedAt: expect.stringMatching(/Z$/),
        previousSecretUntil: expect.stringMatching(/Z$/),
        revokedAt: null,
      },
    }),
  },
  setAllowedAddresses: {
    by: boss,
    input: async () => ({ ...(await keyToChange()), to: ['203.0.113.0/24', '2001:db8::1'] }),
    expected: () => ({
      reference: expect.stringMatching(/^cg_[\w-]{8}$/),
      before: { name: 'reader', allowedAddresses: null },
      after: { name: 'reader', allowedAddresses: ['203.0.113.0/24', '2001:db8::1'] },
    }),
  },
  createPillToken: {
    by: () => key,
    everyTime: true,
    input: () => ({ memberId: 'ana', origin: 'https://app.example' }),
    expected: (_, { expiresAt }) => ({
      reference: expect.stringMatching(/^pill_[\w-]{8}$/),
      before: null,
      after: { memberId: 'ana', use: 'WATCH', origin: 'https://app.example', expiresAt },
    }),
  },
  revokeApiKey: { by: boss, input: () => ({}), expected: () => ({}) },
  revokeTokens: {
    by: boss,
    everyTime: true,
    input: () => ({ memberId: 'leaver' }),
    expected: () => ({ reference: 'leaver', before: null, after: { revokedAt: expect.stringMatching(/Z$/) } }),
  },
  publishCatalog: {
    by: platform,
    ofOperator: true,
    input: () => ({ source: source.replace('name: Wevion', 'name: Wevion 2') }),
    refused: () => ({ source: 'name: nothing else' }),
    expected: () => ({
      reference: expect.stringMatching(/./),
      before: { version: expect.stringMatching(/./) },
      after: { version: expect.stringMatching(/./), effectiveFrom: expect.stringMatching(/Z$/) },
    }),
  },
}
const { revokeApiKey: _, ...byInput } = acts

describe('the audit log', () => {
  it('says of every mutation of the schema whether it is audited', () => {
    const all = Object.keys(schema.getMutationType()?.getFields() ?? {})
    expect(Object.keys(mutations).sort()).toEqual(all.sort())
  })

  it.each(Object.entries(byInput))(
    'has one record of %s, and none of a repeat or a refusal',
    async (mutation, example) => {
      const { by, refused, ofOperator, everyTime } = example
      const input = await example.input()
      const before = await everything()
      const result = await done(by(), mutation, input)
      if (result.secret !== undefined) secrets.push(result.secret)
      const [record, ...others] = await everything()
      expect(others).toEqual(before)
      const { memberId, role, credential } = by()
      const { secret, ...expected } = example.expected(input, result) as Data
      expect(record).toMatchObject({
        mutation,
        callerId: memberId,
        role,
        teamId: ofOperator ? null : 'acme',
        address: null,
        traceId: null,
        credential: credential.kind === 'KEY' ? memberId : 'TOKEN',
        ...expected,
      })
      if (!everyTime) await done(by(), mutation, input)
      if (refused !== undefined) {
        const answer = await attempt(by(), mutation, refused())
        expect(answer.__typename).toMatch(/^(Invalid|Unknown|NotFound|RefundExceeds)/)
      }
      expect(await everything()).toEqual([record, ...before])
    },
  )

  it('has one record of revokeApiKey, with the key as it was, and none when it is revoked again', async () => {
    const made = await gateway.ask(
      operator,
      'mutation { made: createApiKey(input: { name: "backend", scopes: [PLATFORM] }) { ... on CreatedApiKey { secret key { id prefix } } } }',
    )
    secrets.push(made.made.secret)
    const { id, prefix } = made.made.key
    const revoke = `mutation { revokeApiKey(id: "${id}") { __typename } }`
    await gateway.ask(operator, revoke)
    const [record, creation, ...earlier] = await everything()
    expect([record, creation]).toMatchObject([
      { mutation: 'revokeApiKey', teamId: null, reference: prefix, before: { name: 'backend', revokedAt: null } },
      { mutation: 'createApiKey', teamId: null, reference: prefix, before: null, after: { scopes: ['PLATFORM'] } },
    ])
    expect(record.after.revokedAt).toMatch(/Z$/)
    await gateway.ask(operator, revoke)
    expect(await everything()).toEqual([record, creation, ...earlier])
  })

  it('has one record of an order of add-on units, which come with their payment', async () => {
    const now = Date.now()
    const standing: FollowSubscription = {
      kind: 'follow-subscription',
      subscription: 'sub_1',
      planId: 'pro',
      seats: 1,
      addOnUnits: 0,
      ended: false,
      interval: 'MONTH',
      anchor: now - 86_400_000,
      paidThrough: now + 20 * 86_400_000,
      renews: true,
      refunded: false,
      isTrialing: false,
    }
    await gateway.services.ledger.submit(keyless(teamId('paying'), standing))
    const before = await everything()
    const viewer = caller('ADMIN', 'paying')
    for (const _ of ['once', 'again']) await done(viewer, 'setAddOnUnits', { units: 3, key: 'order' })
    const [record, ...others] = await everything()
    expect(others).toEqual(before)
    expect(record).toMatchObject({ mutation: 'setAddOnUnits', teamId: 'paying', role: 'ADMIN' })
    expect([record.before, record.after]).toEqual([{ units: 0 }, { units: 0, ordered: 3 }])
  })

  it('has no records of reads, of plain use, of acts on own holds, or of what changes nothing', async () => {
    const before = await everything()
    const ownHold = async (mutation: string, more: object = {}) =>
      done(ana, mutation, { holdId: await held(), idempotencyKey: newKey(), ...more })
    await done(ana, 'chargeUsage', { usage: images, idempotencyKey: newKey() })
    await ownHold('extendHold', { usage: images })
    await ownHold('captureHold', { usage: images })
    await ownHold('settleHold')
    await ownHold('releaseHold')
    await done(admin, 'setSpendingLimit', { memberId: 'nobody', per: 'DAY', credits: null })
    await done(admin, 'setLowBalanceThreshold', { percentOfMonthlyUsage: '25' })
    await gateway.ask(admin, '{ team { activity { nodes { id } } spendingLimits { credits } apiKeys { id } } }')
    expect(await everything()).toEqual(before)
  })

  it('has one record for each of many acts at once, in the order in which they were decided', async () => {
    const sources = Array.from({ length: 20 }, newKey)
    await Promise.all(
      sources.map((source) =>
        done(operator, 'grantCredits', {
          teamId: 'globex',
          amount: '1',
          kind: 'PROMOTION',
          source,
          idempotencyKey: source,
        }),
      ),
    )
    const records = await log(caller('ADMIN', 'globex'), '(first: 20)', 'team { auditLog')
    expect(records.map(({ reference }) => reference)).toEqual(sources.toReversed())
  })

  it('has entries that are found by their ids, for an admin of the team and for the operator', async () => {
    const [entry] = await log(admin, '(first: 1)')
    const node = async (viewer: Viewer, id: string) => {
      const text = 'query ($id: ID!) { node(id: $id) { id ... on AuditEntry { mutation callerId } } }'
      const { data, codes } = await gateway.run(viewer, text, { id })
      return codes.length > 0 ? codes : JSON.parse(JSON.stringify(data)).node
    }
    const { id, mutation, callerId } = entry ?? {}
    for (const viewer of [admin, operator]) expect(await node(viewer, id)).toEqual({ id, mutation, callerId })
    expect(await node(ana, id)).toEqual(['FORBIDDEN'])
    expect(await node(caller('ADMIN', 'globex'), id)).toBeNull()
    expect(await node(admin, encodeId('AuditRecord', 999_999, teamId('acme')))).toBeNull()
    const own = (await everything()).find((one) => one.teamId === null)
    expect(await node(operator, own?.id)).toMatchObject({ id: own?.id })
    expect(await node(admin, own?.id)).toBeNull()
  })

  it('is for an admin of the own team, without the addresses of the operator, and pages', async () => {
    for (const viewer of [ana, caller('VIEWER')]) {
      const { codes } = await gateway.run(viewer, '{ team { auditLog { nodes { id } } } }')
      expect(codes).toEqual(['FORBIDDEN'])
    }
    expect((await gateway.run(admin, '{ auditLog { nodes { id } } }')).codes).toEqual(['FORBIDDEN'])
    const all = (await everything()).filter(({ teamId }) => teamId === 'acme')
    expect(await log(admin, '(first: 100)', 'team { auditLog')).toEqual(all)
    expect(await log(key, '(first: 100)', 'team { auditLog')).toEqual(all)
    expect(await log(operator, '(teamId: "acme", first: 100)', 'auditLog')).toEqual(all)
    const ids: string[] = []
    for (let after: string | null = null, more = true; more; ) {
      const page: Data = await gateway.ask(
        admin,
        'query ($after: String) { team { auditLog(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }',
        { after },
      )
      const { nodes, pageInfo } = page.team.auditLog
      ids.push(...nodes.map(({ id }: Data) => id))
      ;({ endCursor: after, hasNextPage: more } = pageInfo)
    }
    expect(ids).toEqual(all.map(({ id }) => id))
    const one = `{ node(id: "${ids[0]}") { id ... on AuditEntry { mutation } } }`
    expect((await gateway.ask(admin, one)).node).toEqual({ id: ids[0], mutation: all[0]?.mutation })
    expect((await gateway.run(ana, one)).codes).toEqual(['FORBIDDEN'])
    expect((await gateway.ask(caller('ADMIN', 'globex'), one)).node).toBeNull()
    const { endCursor } = (await gateway.ask(operator, '{ auditLog(first: 1) { pageInfo { endCursor } } }')).auditLog
      .pageInfo
    const foreign = await gateway.run(admin, `{ team { auditLog(after: "${endCursor}") { nodes { id } } } }`)
    expect(foreign.codes).toEqual(['BAD_USER_INPUT'])
    const { nodes } = (await gateway.ask(operator, '{ auditLog(teamId: "nobody") { nodes { id } } }')).auditLog
    expect(nodes).toEqual([])
  })

  it('keeps no secret, and at most 4 KB of what changed', async () => {
    const long = '𝒳'.repeat(200)
    const text = { teamName: long.slice(0, 200), planId: 'pro', teamId: 'acme', idempotencyKey: newKey() }
    await done(operator, 'assignPlan', text)
    await done(operator, 'refundCharge', {
      chargeId,
      amount: '1',
      reason: '\u0001'.repeat(500),
      idempotencyKey: newKey(),
    })
    const { rows } = await gateway.database.pool.query(
      'select to_jsonb(r)::text as text, octet_length(before::text) as before, octet_length(after::text) as after from audit_record r',
    )
    expect(rows.length).toBeGreaterThan(20)
    for (const { before, after } of rows) expect(Math.max(before ?? 0, after ?? 0)).toBeLessThanOrEqual(4_096)
    for (const secret of [...secrets, 's3cret']) {
      expect(secret.length).toBeGreaterThan(5)
      expect(rows.filter(({ text }) => text.includes(secret))).toEqual([])
    }
  })

  it.each(['update audit_record set reference = null', 'delete from audit_record', 'truncate audit_record'])(
    'refuses in the database: %s',
    async (statement) => {
      const before = await everything()
      await expect(gateway.database.pool.query(statement)).rejects.toThrow(/append-only|permission denied/)
      expect(await everything()).toEqual(before)
    },
  )
})
