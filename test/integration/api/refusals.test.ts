import { type GraphQLOutputType, getNamedType, isListType, isNonNullType, isUnionType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../../src/schema/schema.ts'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
})
afterAll(() => gateway.close())

const admin = caller('ADMIN')
const refusal = '__typename ... on Error { code message } ... on InvalidInput { path }'

describe('a field of a team that is refused', () => {
  it.each([
    ['activity', 'activity(first: 101) { nodes { id } }', ['first']],
    ['usage', 'usage(from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z", groupBy: []) { total }', ['from']],
    ['meteredUsage', 'meteredUsage(month: "November") { month }', ['month']],
    ['holds', 'holds(after: "none") { nodes { id } }', ['after']],
    ['purchases', 'purchases(last: -1) { nodes { id } }', ['last']],
    ['auditLog', 'auditLog(first: 101) { nodes { id } }', ['first']],
  ])('is null and leaves its team: %s', async (name, selection, path) => {
    const { data, errors } = await gateway.run(admin, `{ team { id ${selection} } }`)
    expect(data?.team).toEqual({ id: 'acme', [name]: null })
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_USER_INPUT', reason: 'INVALID_INPUT', path },
    ])
  })

  it.each([
    ['apiKeys', 'apiKeys { id }'],
    ['auditLog', 'auditLog { nodes { id } }'],
  ])('is null for a role that does not suffice: %s', async (name, selection) => {
    const { data, codes } = await gateway.run(caller('MEMBER'), `{ team { id ${selection} } }`)
    expect(data?.team).toEqual({ id: 'acme', [name]: null })
    expect(codes).toEqual(['FORBIDDEN'])
  })

  it('leaves the other fields of a query', async () => {
    const { data, codes } = await gateway.run(
      admin,
      '{ team { id } apiKeys { id } catalogs { version } auditLog { nodes { id } } }',
    )
    expect(data).toEqual({ team: { id: 'acme' }, apiKeys: null, catalogs: null, auditLog: null })
    expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'])
  })
})

describe('a mutation', () => {
  const long = 'x'.repeat(201)
  const key = () => newKey()
  const usage = [{ rate: 'chat.light' }]

  it.each([
    ['chargeUsage', 'ChargeUsageInput', { usage, idempotencyKey: '' }, ['idempotencyKey']],
    ['chargeUsage', 'ChargeUsageInput', { usage, idempotencyKey: 'k', reference: 'a\0' }, ['reference']],
    ['chargeUsage', 'ChargeUsageInput', { usage, idempotencyKey: 'k', teamId: 'a\n' }, ['teamId']],
    ['holdCredits', 'HoldCreditsInput', { usage, idempotencyKey: long }, ['idempotencyKey']],
    ['holdCredits', 'HoldCreditsInput', { usage, idempotencyKey: 'k', expiresInSeconds: 0 }, ['expiresInSeconds']],
    ['extendHold', 'ExtendHoldInput', { holdId: 'x', idempotencyKey: '' }, ['idempotencyKey']],
    ['captureHold', 'CaptureHoldInput', { holdId: 'x', usage, idempotencyKey: '' }, ['idempotencyKey']],
    ['settleHold', 'SettleHoldInput', { holdId: 'x', idempotencyKey: '' }, ['idempotencyKey']],
    ['releaseHold', 'ReleaseHoldInput', { holdId: 'x', idempotencyKey: '' }, ['idempotencyKey']],
    ['releaseHold', 'ReleaseHoldInput', { holdId: 'x', idempotencyKey: 'k', reason: 'a\0' }, ['reason']],
    [
      'setStoredAmount',
      'SetStoredAmountInput',
      { rate: 'storage', amount: '1', idempotencyKey: '' },
      ['idempotencyKey'],
    ],
    ['setSpendingLimit', 'SpendingLimitInput', { memberId: '', per: 'DAY', credits: '1' }, ['memberId']],
    ['setMemberGroup', 'MemberGroupInput', { groupId: '', name: 'n' }, ['groupId']],
    ['setMemberGroup', 'MemberGroupInput', { groupId: 'g', name: 'n'.repeat(201) }, ['name']],
    ['setMemberGroup', 'MemberGroupInput', { groupId: 'g', name: 'n', parentId: '' }, ['parentId']],
    ['deleteMemberGroup', 'DeleteMemberGroupInput', { groupId: '' }, ['groupId']],
    ['moveMember', 'MoveMemberInput', { memberId: '' }, ['memberId']],
    ['moveMember', 'MoveMemberInput', { memberId: 'ana', groupId: '' }, ['groupId']],
    ['setAlertLevels', 'AlertLevelsInput', { levels: [], teamId: '' }, ['teamId']],
    ['setLowBalanceThreshold', 'LowBalanceThresholdInput', { credits: '1', teamId: '' }, ['teamId']],
    ['purchaseCredits', 'PurchaseCreditsInput', { packageId: 'starter', idempotencyKey: '' }, ['idempotencyKey']],
    [
      'purchaseCredits',
      'PurchaseCreditsInput',
      { packageId: 'starter', idempotencyKey: 'k', successUrl: 'ftp://x' },
      ['successUrl'],
    ],
    ['configureAutoRecharge', 'AutoRechargeInput', { enabled: true, packageId: '' }, ['packageId']],
    ['createApiKey', 'CreateApiKeyInput', { name: '', scopes: ['READ'] }, ['name']],
    ['revokeTokens', 'RevokeTokensInput', { memberId: '' }, ['memberId']],
  ])('%s answers a bad input as InvalidInput: %s %j', async (name, type, input, path) => {
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { ${refusal} } }`
    const answer = (await gateway.ask(admin, text, { input }))[name]
    expect(answer).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path })
    expect(answer.message.startsWith(`${path.join('.')}: `)).toBe(true)
  })

  it.each([
    ['grantCredits', 'GrantCreditsInput', { source: '' }, ['source']],
    ['grantCredits', 'GrantCreditsInput', { expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt']],
    ['grantCredits', 'GrantCreditsInput', { source: 'stripe:pi_1' }, ['source']],
    ['assignPlan', 'AssignPlanInput', { seats: 0 }, ['seats']],
    ['assignPlan', 'AssignPlanInput', { teamId: 'a\nb' }, ['teamId']],
    ['createContract', 'CreateContractInput', { reference: 'r'.repeat(101) }, ['reference']],
    ['createContract', 'CreateContractInput', { rolloverUpTo: '5' }, ['rolloverUpTo']],
    ['refundCharge', 'RefundChargeInput', { reason: '' }, ['reason']],
  ] as const)('%s answers the platform a bad input as InvalidInput: %s %j', async (name, type, more, path) => {
    const whole = {
      grantCredits: { teamId: 'acme', amount: '5', kind: 'PROMOTION', source: newKey(), idempotencyKey: key() },
      assignPlan: { teamId: 'acme', planId: 'free', idempotencyKey: key() },
      createContract: { teamId: 'acme', reference: 'R', credits: '5', idempotencyKey: key() },
      refundCharge: { chargeId: 'x', reason: 'r', teamId: 'acme', idempotencyKey: key() },
    }[name]
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { ${refusal} } }`
    const answer = (await gateway.ask(operator, text, { input: { ...whole, ...more } }))[name]
    expect(answer).toMatchObject({ __typename: 'InvalidInput', path })
  })

  it('says the path of each bad amount', async () => {
    const text = `mutation { setLowBalanceThreshold(input: { credits: "-1" }) { ... on InvalidAmount { path } } }`
    expect((await gateway.ask(admin, text)).setLowBalanceThreshold.path).toEqual(['credits'])
  })

  it('says for each event of many what is wrong in it', async () => {
    const text = `mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { ${refusal} } }`
    const events = [
      { usage, idempotencyKey: '' },
      { usage, idempotencyKey: key(), reference: 'a\0' },
      { usage, idempotencyKey: key(), memberId: 'somebody' },
      { usage, idempotencyKey: key(), teamId: 'a\n' },
    ]
    const { recordUsage } = await gateway.ask(admin, text, { events })
    expect(recordUsage.map(({ __typename, path }: Record<string, unknown>) => [__typename, path])).toEqual([
      ['InvalidInput', ['idempotencyKey']],
      ['InvalidInput', ['reference']],
      ['NotAllowed', undefined],
      ['InvalidInput', ['teamId']],
    ])
  })

  it.each([
    ['settleHold', 'VIEWER', 'SettleHoldInput', { holdId: 'x', idempotencyKey: 'k' }],
    ['extendHold', 'VIEWER', 'ExtendHoldInput', { holdId: 'x', idempotencyKey: 'k' }],
    ['chargeUsage', 'ADMIN', 'ChargeUsageInput', { usage, idempotencyKey: 'k', memberId: 'somebody' }],
    ['setSpendingLimit', 'MEMBER', 'SpendingLimitInput', { memberId: 'ana', per: 'DAY' }],
    ['setMemberGroup', 'MEMBER', 'MemberGroupInput', { groupId: 'g', name: 'n' }],
    ['deleteMemberGroup', 'MEMBER', 'DeleteMemberGroupInput', { groupId: 'g' }],
    ['moveMember', 'MEMBER', 'MoveMemberInput', { memberId: 'ana' }],
    ['createApiKey', 'MEMBER', 'CreateApiKeyInput', { name: 'n', scopes: ['READ'] }],
    [
      'grantCredits',
      'ADMIN',
      'GrantCreditsInput',
      { teamId: 'acme', amount: '1', kind: 'PROMOTION', source: 's', idempotencyKey: 'k' },
    ],
    ['publishCatalog', 'ADMIN', 'PublishCatalogInput', { source: 'x' }],
  ] as const)('%s answers the role %s as NotAllowed', async (name, role, type, input) => {
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { ${refusal} } }`
    expect((await gateway.ask(caller(role), text, { input }))[name]).toMatchObject({ __typename: 'NotAllowed' })
  })

  it.each([
    ['setLowBalanceThreshold', 'LowBalanceThresholdInput', { credits: '1', teamId: 'nobody' }],
    ['setAlertLevels', 'AlertLevelsInput', { levels: [], teamId: 'nobody' }],
    ['setMemberGroup', 'MemberGroupInput', { groupId: 'g', name: 'n', teamId: 'nobody' }],
    ['deleteMemberGroup', 'DeleteMemberGroupInput', { groupId: 'g', teamId: 'nobody' }],
    ['moveMember', 'MoveMemberInput', { memberId: 'ana', teamId: 'nobody' }],
    ['setSpendingLimit', 'SpendingLimitInput', { memberId: 'ana', per: 'DAY', teamId: 'nobody' }],
    ['configureAutoRecharge', 'AutoRechargeInput', { enabled: false, teamId: 'nobody' }],
    ['purchaseCredits', 'PurchaseCreditsInput', { packageId: 'starter', idempotencyKey: 'k', teamId: 'nobody' }],
    ['createApiKey', 'CreateApiKeyInput', { name: 'n', scopes: ['READ'], teamId: 'nobody' }],
    ['chargeUsage', 'ChargeUsageInput', { usage, idempotencyKey: 'k', teamId: 'nobody' }],
  ])('%s answers an unknown team as NotFound', async (name, type, input) => {
    const text = `mutation ($input: ${type}!) { ${name}(input: $input) { ${refusal} } }`
    expect((await gateway.ask(admin, text, { input }))[name]).toMatchObject({ __typename: 'NotFound' })
  })

  it('has a place in its result for each of them', () => {
    const unions = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ type }) => {
      const named = getNamedType(type)
      return isUnionType(named) ? [named] : []
    })
    for (const union of unions) {
      const names = union.getTypes().map(({ name }) => name)
      expect(names, union.name).toEqual(expect.arrayContaining(['InvalidInput', 'NotAllowed', 'NotFound']))
    }
  })
})

describe('an estimate', () => {
  it.each([
    ['an unknown team', { teamId: 'nobody' }, { __typename: 'NotFound' }],
    ['a bad team id', { teamId: '' }, { __typename: 'InvalidInput', path: ['teamId'] }],
  ])('answers %s as data', async (_, variables, expected) => {
    const text = `query ($teamId: ID) { estimate(usage: [{ rate: "chat.light" }], teamId: $teamId) { ${refusal} } }`
    expect((await gateway.ask(admin, text, variables)).estimate).toMatchObject(expected)
  })
})

describe('the schema', () => {
  /** Fields that are never refused once their object is there, although they are read or have arguments. Each of `nodes` may be null. */
  const certain = new Set([
    ...['Team.balance', 'Team.forecast', 'Balance.label'],
    ...['Query.rateCard', 'Query.estimate', 'Query.nodes', 'Query.packages'],
  ])
  const isCertain = (type: GraphQLOutputType) => isNonNullType(type)

  it('lets every field with an argument be null', () => {
    const sure = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (!('getFields' in type) || type.name.startsWith('__') || isListType(type)) return []
      if (['Mutation', 'Subscription'].includes(type.name)) return []
      return Object.values(type.getFields()).flatMap((field) =>
        'args' in field && field.args.length > 0 && isCertain(field.type) ? [`${type.name}.${field.name}`] : [],
      )
    })
    expect(sure.filter((name) => !certain.has(name))).toEqual([])
  })
})
