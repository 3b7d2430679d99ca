import { readFileSync } from 'node:fs'
import { type GraphQLOutputType, getNamedType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidCatalog } from '../../../src/catalog/faults.ts'
import { readSource } from '../../../src/catalog/source.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { encodeId, idTypes } from '../../../src/resolvers/request/ids.ts'
import { schema } from '../../../src/schema/schema.ts'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
const usual = readFileSync('catalogs/wevion.yaml', 'utf8')
const largest = '  - { id: largest, name: Largest, credits: 999999999999, price: 50 }'
const catalog = readSource(usual.replace('packages:', `packages:\n${largest}`))
if (catalog instanceof InvalidCatalog) throw new Error(JSON.stringify(catalog.faults))

beforeAll(async () => {
  gateway = await openGateway({}, { catalog })
  await makeTeam(gateway, 'acme')
})
afterAll(() => gateway.close())

const admin = caller('ADMIN')
const maxInt = 2_147_483_647
/** A defect has no code here, where nothing masks it. */
const defectsOf = (codes: readonly unknown[]) => codes.filter((code) => code === undefined)

describe('an Int', () => {
  /** Why each Int of an answer stays below 2^31. */
  const bounds: Readonly<Record<string, string>> = {
    'CatalogFault.column': 'a catalog has at most 64,000 characters',
    'CatalogFault.line': 'a catalog has at most 64,000 characters',
    'CreditPackage.approxMessages': 'clamped',
    'CutOver.grants': 'at most 100 in a call, or those of a rehearsal: at most 2,000',
    'HoldConnection.totalCount': 'clamped',
    'ImportedTeam.grants': 'at most 100 of a team in a call',
    'MeteredRow.count': 'clamped',
    'PaymentUnavailable.retryAfterSeconds': 'one of some constants',
    'PlanChangePreview.addOnUnits': 'at most 10,000',
    'PlanChangePreview.seats': 'at most 100,000',
    'PlanTrial.days': 'at most 366',
    'PriceLine.count': 'at most 1,000 of each of 50 lines',
    'PurchaseConnection.totalCount': 'clamped',
    'AutoRecharge.maxPerDay': 'settingsOf: at most 1,000',
    'AutoRecharge.rechargesToday': 'a recharge is paid, or has failed, before the next one begins',
    'Balance.runwaySeconds': 'clamped',
    'RecordedTeam.ignored': 'at most 1,000 in a call',
    'RecordedTeam.recorded': 'at most 1,000 in a call',
    'Team.addOnUnits': 'at most 10,000',
    'Team.seats': 'at most 100,000',
    'UsageRow.count': 'clamped',
    'Mutation.replayWebhookDeliveries': 'clamped',
    'WebhookDelivery.attempts': 'ten, and one for each time that somebody waits for it to be sent again',
    'WebhookDelivery.latencyMs': 'an attempt ends after 10 seconds',
    'WebhookDelivery.status': 'a status has three digits',
  }

  it('of an answer is bounded, each by something', () => {
    const isInt = (type: GraphQLOutputType) => getNamedType(type).name === 'Int'
    const ints = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (!('getFields' in type) || type.name.startsWith('__')) return []
      if (type.astNode?.kind === 'InputObjectTypeDefinition') return []
      return Object.values(type.getFields()).flatMap((field) =>
        'args' in field && isInt(field.type) ? [`${type.name}.${field.name}`] : [],
      )
    })
    expect(ints.sort()).toEqual(Object.keys(bounds).sort())
  })

  it('of a package with many credits is clamped', async () => {
    const { packages } = await gateway.ask(admin, '{ packages { code approxMessages } }')
    expect(packages).toContainEqual({ code: 'largest', approxMessages: maxInt })
  })

  it('of usage is clamped, and leaves its team', async () => {
    const usage = [{ rate: 'chat.light' }]
    await gateway.ask(admin, `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }`, {
      input: { usage, idempotencyKey: newKey() },
    })
    const hour = Date.now() - (Date.now() % 3_600_000) - 3 * 3_600_000
    const write = `insert into usage_hour (team_id, hour, rate, member_id, credits, count, quantity, money)
      values ('acme', to_timestamp($1::float8 / 1000), 'chat.light', 'admin', 0, 2150000000, 0, 0),
        ('acme', to_timestamp($1::float8 / 1000), 'chat.pro', 'admin', 0, 5, 0, 0)`
    await gateway.database.pool.query(write, [hour])
    const [from, to] = [hour, hour + 7_200_000].map((at) => new Date(at).toISOString())
    const text =
      'query ($from: DateTime!, $to: DateTime!) { team { id usage(from: $from, to: $to, groupBy: [RATE]) { rows { rate count } } } }'
    const { team } = await gateway.ask(admin, text, { from, to })
    // The ledger that is left is verified, and no charge made these hours.
    await gateway.database.pool.query('delete from usage_hour where count in (2150000000, 5)')
    expect(team.usage.rows).toContainEqual({ rate: 'chat.light', count: maxInt })
    expect(team.usage.rows).toContainEqual({ rate: 'chat.pro', count: 5 })
  })
})

describe('an id', () => {
  it('of any type and number is none or somebody', async () => {
    for (const team of ['acme', '', 'constructor']) {
      for (const type of idTypes) {
        for (const number of [0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
          const id = encodeId(type, type === 'Event' ? `${number}.${999_999_999}` : number, teamId(team))
          for (const viewer of [admin, operator]) {
            const { codes } = await gateway.run(viewer, `{ node(id: "${id}") { id } }`)
            expect(defectsOf(codes), `${type} ${number} ${team}`).toEqual([])
            const key = `idempotencyKey: "${newKey()}"`
            const all = await gateway.run(
              viewer,
              `mutation {
                revokeApiKey(id: "${id}") { __typename }
                settleHold(input: { holdId: "${id}", ${key} }) { __typename }
                refundCharge(input: { chargeId: "${id}", reason: "r", teamId: "acme", ${key} }) { __typename }
              }`,
            )
            expect(defectsOf(all.codes), `${type} ${number} ${team}`).toEqual([])
          }
          if (type !== 'Event') continue
          const watched = await gateway.watch(admin, `subscription { accountEvents(after: "${id}") { id } }`)
          expect('errors' in watched && watched.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
        }
      }
    }
  })
})

describe('a name that people choose', () => {
  const names = ['constructor', '__proto__', 'then', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON', '0', ':', '%00']

  it.each(names)('is a name as any other: %s', async (name) => {
    await makeTeam(gateway, name)
    const member = caller('ADMIN', name, name)
    const run = async (text: string, variables: Record<string, unknown> = {}) => {
      const { data, codes, errors } = await gateway.run(member, text, variables)
      expect(errors ?? []).toEqual([])
      expect(defectsOf(codes)).toEqual([])
      return JSON.parse(JSON.stringify(data))
    }
    const charge =
      'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Error { message } } }'
    const input = { usage: [{ rate: 'chat.light' }], idempotencyKey: name, reference: name }
    expect((await run(charge, { input })).chargeUsage.__typename).toBe('Charge')
    const unknown = { ...input, usage: [{ rate: name }], idempotencyKey: `${name}-2` }
    expect((await run(charge, { input: unknown })).chargeUsage.__typename).toBe('UnknownRate')
    expect((await run(`{ estimate(usage: [{ rate: "${name}" }]) { __typename } }`)).estimate.__typename).toBe(
      'UnknownRate',
    )
    await run(
      `mutation { setSpendingLimit(input: { memberId: "${name}", per: DAY, credits: "10000" }) { __typename } }`,
    )
    await run(
      `mutation { setStoredAmount(input: { rate: "${name}", amount: "1", idempotencyKey: "${name}" }) { __typename } }`,
    )
    await run(`mutation { purchaseCredits(input: { packageId: "${name}", idempotencyKey: "${name}" }) { __typename } }`)
    await run(`{ purchasePreview(packageId: "${name}") { projectedBalance } }`)
    const { team } = await run(
      `{ team {
        id
        activity(first: 5, filter: { memberId: "${name}", types: [CHARGE] }) { nodes { reference member { memberId name } } }
        none: activity(filter: { rate: "${name}" }) { nodes { id } }
        usage(from: "2020-01-01T00:00:00Z", to: "2021-01-01T00:00:00Z", groupBy: [RATE, MEMBER, CATEGORY, DAY]) { rows { count } }
        spendingLimits { member { memberId } }
      } }`,
    )
    expect(team.id).toBe(name)
    expect(team.activity.nodes).toMatchObject([{ reference: name, member: { memberId: name } }])
    expect(team.spendingLimits).toEqual([{ member: { memberId: name } }])
    for (const text of ['balance { available label }', 'accountEvents { id message activity { member { name } } }']) {
      const watched = await gateway.watch(member, `subscription { ${text} }`)
      expect('errors' in watched ? watched.errors : []).toEqual([])
      await (watched as AsyncGenerator).return(undefined)
    }
  })

  it('is a plan, a reference and a locale like any other', async () => {
    for (const name of names) {
      const key = `idempotencyKey: "${newKey()}"`
      const { codes } = await gateway.run(
        operator,
        `mutation {
          assignPlan(input: { teamId: "acme", planId: "${name}", ${key} }) { __typename }
          createContract(input: { teamId: "acme", reference: "${name}", credits: "1", ${key} }) { __typename }
          grantCredits(input: { teamId: "acme", amount: "1", kind: PROMOTION, source: "${name}", ${key} }) { __typename }
        }`,
      )
      expect(defectsOf(codes), name).toEqual([])
      const { data, errors } = await gateway.run(admin, `{ team { balance { label(locale: "${name}") } } }`)
      expect(errors, name).toBeUndefined()
      expect(data.team.balance.label).toMatch(/Credits/)
    }
  })
})

describe('an instant', () => {
  const instants = [
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999Z',
    '9999-12-31T23:59:59.999Z',
  ]

  it.each(instants)('as far away as %s is answered or refused', async (at) => {
    const texts = [
      `{ rateCard(at: "${at}") { version } }`,
      `{ team { balance(asOf: "${at}") { available } } }`,
      `{ team { activity(filter: { from: "${at}" }) { nodes { id } } } }`,
      `{ team { activity(filter: { to: "${at}" }) { nodes { id } } } }`,
      `{ team { usage(from: "0000-01-01T00:00:00Z", to: "${at}", groupBy: [DAY]) { total } } }`,
      `{ team { usage(from: "${at}", to: "9999-12-31T23:59:59.999Z", groupBy: [DAY]) { total } } }`,
      `{ team { meteredUsage(month: "${at.slice(0, 7)}") { startsAt endsAt } } }`,
    ]
    for (const text of texts) {
      const { codes, errors } = await gateway.run(admin, text)
      expect(defectsOf(codes), `${text} ${errors}`).toEqual([])
    }
    const key = () => `idempotencyKey: "${newKey()}"`
    for (const mutation of [
      `assignPlan(input: { teamId: "far", planId: "free", anchor: "${at}", ${key()} }) { __typename ... on Team { balance { available nextExpiry { at } period { resetsAt } } } }`,
      `grantCredits(input: { teamId: "acme", amount: "1", kind: PROMOTION, source: "${at}", expiresAt: "${at}", ${key()} }) { __typename }`,
      `createContract(input: { teamId: "acme", reference: "${at}s", every: YEAR, credits: "1", startsAt: "${at}", ${key()} }) { __typename ... on Contract { nextGrantAt endsAt } }`,
      `createContract(input: { teamId: "acme", reference: "${at}e", every: MONTH, credits: "1", endsAt: "${at}", ${key()} }) { __typename }`,
      `advanceClock(to: "${at}")`,
    ]) {
      const { codes, errors } = await gateway.run(operator, `mutation { ${mutation} }`)
      expect(defectsOf(codes), `${mutation} ${errors}`).toEqual([])
    }
  })
})
