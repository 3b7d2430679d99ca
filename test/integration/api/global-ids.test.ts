import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memberId, teamId } from '../../../src/domain/identity.ts'
import { catalogId } from '../../../src/resolvers/request/catalog-ids.ts'
import { encodeMemberId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
const admin = caller('ADMIN', 'acme', 'ana')
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
})
afterAll(() => gateway.close())

const source = readFileSync('catalogs/wevion.yaml', 'utf8')
const idOfMember = (team: string, member: string) => encodeMemberId({ teamId: teamId(team), id: memberId(member) })
const theType = (id: string) => Buffer.from(id, 'base64url').toString().split(':')[0]

describe('ids of what a catalog has', () => {
  const card = 'version categories { id code name rates { id code credits } }'
  const read = `query ($at: DateTime) { plans { id code } packages { id code } rateCard(at: $at) { ${card} } }`

  it('are unique over all types: the plan and the package pro are two', async () => {
    const { plans, packages, rateCard } = await gateway.ask(admin, read)
    const rates = rateCard.categories.flatMap((category: Data) => category.rates)
    const all: Data[] = [...plans, ...packages, ...rateCard.categories, ...rates]
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(plans.map(({ code }: Data) => code)).toContain('pro')
    expect(packages.map(({ code }: Data) => code)).toContain('pro')
  })

  it('stand for one content: cards of two instants lie side by side in a cache', async () => {
    const before = (await gateway.ask(admin, read)).rateCard
    const mutation = `mutation ($input: PublishCatalogInput!) { publishCatalog(input: $input) {
      ... on PublishedCatalog { effectiveFrom } ... on Error { message } } }`
    const dearer = source.replace('name: Flux 2 Pro, money: 0.03', 'name: Flux 2 Pro, money: 0.06')
    const { publishCatalog } = await gateway.ask(operator, mutation, { input: { source: dearer } })
    const to = new Date(Date.parse(publishCatalog.effectiveFrom) + 5_000).toISOString()
    await gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to })
    const first = new Date(Date.parse(publishCatalog.effectiveFrom) - 1).toISOString()
    const [old, now] = [
      (await gateway.ask(admin, read, { at: first })).rateCard,
      (await gateway.ask(admin, read)).rateCard,
    ]
    expect(old).toEqual(before)
    expect(now.version).not.toBe(old.version)
    const cache = new Map<string, Data>()
    for (const { categories } of [old, now]) {
      for (const { rates, ...category } of categories) {
        for (const rate of rates) cache.set(rate.id, rate)
        cache.set(category.id, { ...category, rates: rates.map(({ id }: Data) => id) })
      }
    }
    const shown = ({ version, categories }: Data) => ({
      version,
      categories: categories.map(({ id }: Data) => {
        const { rates, ...category } = cache.get(id)
        return { ...category, rates: rates.map((rate: string) => cache.get(rate)) }
      }),
    })
    expect([shown(old), shown(now)]).toEqual([old, now])
    const changed =
      cache.size - new Set(old.categories.flatMap(({ id, rates }: Data) => [id, ...rates.map((r: Data) => r.id)])).size
    expect(changed).toBe(2)
  })
})

describe('an input takes a code or an id of it, also of an older content,', () => {
  const forms = (type: 'Plan' | 'CreditPackage' | 'Rate', code: string) => [code, catalogId(type, code, 'abcdef012345')]
  const usage = 'usage: [{ rate: $rate }]'

  it.each(forms('Rate', 'image.flux-2-pro'))('as the rate of an estimate, a hold and a charge: %s', async (rate) => {
    const text = `mutation ($rate: ID!) {
      holdCredits(input: { ${usage}, idempotencyKey: "${newKey()}" }) { ... on Hold { id } }
      chargeUsage(input: { ${usage}, idempotencyKey: "${newKey()}" }) { ... on Charge { lines { rate } } }
      recordUsage(events: [{ ${usage}, idempotencyKey: "${newKey()}" }]) { ... on Charge { lines { rate } } } }`
    const { holdCredits, chargeUsage, recordUsage } = await gateway.ask(admin, text, { rate })
    const lines = [{ rate: 'image.flux-2-pro' }]
    expect([chargeUsage.lines, recordUsage[0].lines]).toEqual([lines, lines])
    const settling = `mutation ($id: ID!, $rate: ID!) { settleHold(input: { holdId: $id, ${usage}, idempotencyKey: "${newKey()}" }) {
      ... on Charge { lines { rate } } } }`
    expect((await gateway.ask(admin, settling, { id: holdCredits.id, rate })).settleHold.lines).toEqual(lines)
    const query = `query ($rate: ID!) { estimate(${usage}) { ... on Estimate { lines { rate } } }
      team { activity(first: 1, filter: { rate: $rate }) { nodes { lines { rate } } } } }`
    const { estimate, team } = await gateway.ask(admin, query, { rate })
    expect([estimate.lines, team.activity.nodes[0].lines]).toEqual([lines, lines])
  })

  it('as the same input under one key', async () => {
    const idempotencyKey = newKey()
    const text =
      'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { id } } }'
    const charged = await Promise.all(
      forms('Rate', 'image.flux-2-pro').map((rate) =>
        gateway.ask(admin, text, { input: { usage: [{ rate }], idempotencyKey } }),
      ),
    )
    expect(charged[0].chargeUsage.__typename).toBe('Charge')
    expect(charged[1]).toEqual(charged[0])
  })

  it('as the rate of what is stored', async () => {
    const text = `mutation ($rate: ID!) { setStoredAmount(input: { rate: $rate, amount: "1", idempotencyKey: "${newKey()}" }) {
      __typename ... on Team { storedAmounts { rate } } ... on UnknownRate { rate } } }`
    for (const rate of forms('Rate', 'storage.none')) {
      expect((await gateway.ask(admin, text, { rate })).setStoredAmount).toMatchObject({ rate: 'storage.none' })
    }
  })

  it.each(forms('Plan', 'pro'))('as a plan: %s', async (planId) => {
    const text = `mutation ($planId: ID!) { assignPlan(input: { teamId: "planned", planId: $planId, idempotencyKey: "${newKey()}" }) {
      ... on Team { plan { code } } } }`
    expect((await gateway.ask(operator, text, { planId })).assignPlan.plan.code).toBe('pro')
  })

  it.each(forms('CreditPackage', 'pro'))('as a package: %s', async (packageId) => {
    const text = `mutation ($packageId: ID!) {
      purchaseCredits(input: { packageId: $packageId, idempotencyKey: "${newKey()}", teamId: "planned" }) { ... on Purchase { package { code } } }
      configureAutoRecharge(input: { enabled: true, threshold: "10", packageId: $packageId, teamId: "planned" }) { ... on AutoRecharge { package { code } } } }`
    const { purchaseCredits, configureAutoRecharge } = await gateway.ask(operator, text, { packageId })
    expect([purchaseCredits.package.code, configureAutoRecharge.package.code]).toEqual(['pro', 'pro'])
    const preview = 'query ($packageId: ID!) { purchasePreview(packageId: $packageId) { package { code } } }'
    expect((await gateway.ask(admin, preview, { packageId })).purchasePreview.package.code).toBe('pro')
  })

  it('and one of another type, or of nothing, is unknown', async () => {
    const text = `mutation ($packageId: ID!) { purchaseCredits(input: { packageId: $packageId, idempotencyKey: "${newKey()}" }) { __typename } }`
    for (const packageId of [
      catalogId('Plan', 'pro', 'abcdef012345'),
      catalogId('CreditPackage', 'none', 'abcdef012345'),
    ]) {
      expect((await gateway.ask(admin, text, { packageId })).purchaseCredits.__typename).toBe('UnknownPackage')
    }
  })
})

describe("a member's id", () => {
  const charging = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename ... on Charge { id } } }`
  const fault = '... on Error { code message } ... on InvalidInput { path }'
  const recording = `mutation ($input: ChargeUsageInput!) { recordUsage(events: [$input]) { ... on Charge { id } ${fault} } }`
  const spentBy = (memberId: string, extra = {}) => ({
    input: { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: newKey(), memberId, ...extra },
  })

  it('is opaque and of its team; memberId is the sub of its token', async () => {
    await gateway.ask(admin, charging, spentBy('ana'))
    const { team } = await gateway.ask(
      admin,
      '{ team { activity(first: 1) { nodes { member { id memberId name } } } } }',
    )
    const [{ member }] = team.activity.nodes
    expect(member).toEqual({ id: idOfMember('acme', 'ana'), memberId: 'ana', name: 'Ana' })
    const node = 'query ($id: ID!) { node(id: $id) { __typename id ... on Member { memberId name } } }'
    expect((await gateway.ask(admin, node, { id: member.id })).node).toEqual({ __typename: 'Member', ...member })
    for (const viewer of [caller('ADMIN', 'globex'), caller('MEMBER', 'globex')]) {
      expect((await gateway.ask(viewer, node, { id: member.id })).node).toBeNull()
    }
    expect((await gateway.ask(operator, node, { id: idOfMember('nobody', 'ana') })).node).toBeNull()
    expect(theType(member.id)).toBe('Member')
  })

  it('or the sub says for whom the platform acts', async () => {
    for (const [text, ben] of [
      [charging, 'ben'],
      [charging, idOfMember('acme', 'ben')],
      [recording, idOfMember('acme', 'ben')],
    ] as const) {
      await gateway.ask(operator, text, spentBy(ben, { teamId: 'acme' }))
    }
    for (const member of ['ben', idOfMember('acme', 'ben')]) {
      const text =
        'query ($member: ID) { team { activity(filter: { memberId: $member }) { nodes { member { memberId } } } } }'
      const { nodes } = (await gateway.ask(admin, text, { member })).team.activity
      expect(nodes).toEqual(Array(3).fill({ member: { memberId: 'ben' } }))
    }
  })

  it('of the caller itself is its own, and of anyone else is refused', async () => {
    expect((await gateway.run(admin, charging, spentBy(idOfMember('acme', 'ana')))).codes).toEqual([])
    expect((await gateway.run(admin, charging, spentBy(idOfMember('acme', 'ben')))).codes).toEqual(['NOT_ALLOWED'])
    expect((await gateway.run(admin, charging, spentBy(idOfMember('globex', 'ana')))).codes).toEqual(['NOT_ALLOWED'])
  })

  it('or the sub names whose spending is limited and whose tokens are revoked', async () => {
    const limiting = `mutation ($member: ID) { setSpendingLimit(input: { memberId: $member, per: DAY, credits: "5" }) {
      ... on Team { spendingLimits { member { memberId } } } } }`
    for (const member of ['dan', idOfMember('acme', 'dan')]) {
      const { spendingLimits } = (await gateway.ask(admin, limiting, { member })).setSpendingLimit
      expect(spendingLimits).toEqual([{ member: { memberId: 'dan' } }])
    }
    const revoking = 'mutation ($member: ID) { revokeTokens(input: { memberId: $member }) { __typename } }'
    const { revokeTokens } = await gateway.ask(admin, revoking, { member: idOfMember('acme', 'dan') })
    expect(revokeTokens.__typename).toBe('RevokedTokens')
    const log = '{ team { auditLog(first: 1) { nodes { mutation reference } } } }'
    expect((await gateway.ask(admin, log)).team.auditLog.nodes).toEqual([
      { mutation: 'revokeTokens', reference: 'dan' },
    ])
  })

  it('of another team is no member here, whether there is such a team or not', async () => {
    const filtered = 'query ($member: ID) { team { activity(filter: { memberId: $member }) { nodes { id } } } }'
    const limiting = `mutation ($member: ID) { setSpendingLimit(input: { memberId: $member, per: DAY, credits: "5" }) { __typename } }`
    for (const team of ['globex', 'nobody']) {
      const member = idOfMember(team, 'ana')
      expect((await gateway.run(admin, filtered, { member })).codes).toEqual(['BAD_USER_INPUT'])
      expect((await gateway.run(admin, limiting, { member })).codes).toEqual(['INVALID_INPUT'])
      const event = spentBy(member, { teamId: 'acme' })
      expect((await gateway.ask(operator, recording, event)).recordUsage).toEqual([
        { code: 'INVALID_INPUT', path: ['memberId'], message: expect.stringContaining('another team') },
      ])
      expect((await gateway.run(operator, charging, event)).codes).toEqual(['INVALID_INPUT'])
    }
  })
})
