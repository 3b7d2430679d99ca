import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import type { Role } from '../../../src/domain/role.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

/** Teams begin on Free: 500 credits a week. */
const source = readFileSync('catalogs/wevion.yaml', 'utf8')
let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({}, { catalog: parseCatalog(source, 'wevion') })
})
afterAll(() => gateway.close())

const publish = async (text: string, effectiveFrom: string | null = null): Promise<Data> => {
  const mutation = `mutation ($input: PublishCatalogInput!) { publishCatalog(input: $input) { __typename
    ... on PublishedCatalog { version effectiveFrom origin publishedAt publishedBy changes } ... on Error { code message }
    ... on InvalidCatalog { faults { line column path problem expected } } } }`
  return (await gateway.ask(operator, mutation, { input: { source: text, effectiveFrom } })).publishCatalog
}
const catalogs = async (): Promise<Data> =>
  (await gateway.ask(operator, '{ catalogs { version effectiveFrom origin publishedAt publishedBy changes } }'))
    .catalogs

describe('publishing a catalog', () => {
  it('tells from when on it is in force, and lists it before those that were', async () => {
    const [first, ...none] = await catalogs()
    expect([first, none]).toMatchObject([{ origin: 'FILE', publishedBy: null, effectiveFrom: first.publishedAt }, []])
    const { __typename, ...published } = await publish(source.replace('name: Wevion', 'name: Wevion 2'))
    expect(published).toMatchObject({ origin: 'PUBLISHED', publishedBy: 'backend' })
    expect(Date.parse(published.effectiveFrom) - Date.parse(published.publishedAt)).toBe(3_000)
    expect(await catalogs()).toEqual([published, first])
  })

  it('of a wrong file is refused whole, with every fault at its place; what is in force stays', async () => {
    const before = await catalogs()
    const wrong = source
      .replace('timeZone: UTC', 'timeZone: Mars')
      .replace('name: Flux 2 Pro, money: 0.03', 'nome: Flux 2 Pro, money: -1')
    const refused = await publish(wrong)
    expect(refused).toMatchObject({ __typename: 'InvalidCatalog', code: 'INVALID_CATALOG' })
    const paths = refused.faults.map(({ path }: { path: string }) => path)
    const rate = 'categories[1].rates[0]'
    expect(paths.toSorted()).toEqual([`${rate}.money`, `${rate}.name`, `${rate}.nome`, 'timeZone'])
    for (const { line, column, problem, expected } of refused.faults) {
      expect([line > 1, column > 0, problem !== '', expected !== '']).toEqual([true, true, true, true])
    }
    expect(await catalogs()).toEqual(before)
  })

  it.each([
    ['that is too long', 'a'.repeat(64_001), /at most 64000 characters/],
    ['that is nested without end', '['.repeat(50_000), /^\[\{[^}]*is nested too deeply[^}]*\}\]$/],
    ['of mappings without end', '{a: '.repeat(15_000), /^\[\{[^}]*is nested too deeply[^}]*\}\]$/],
    ['of aliases', `a: &a 1\nb: [${'*a,'.repeat(10_000)}]`, /written out/],
    ['that is empty', '', /./],
  ])('of a text %s is refused, and soon', async (_, text, expected) => {
    const { __typename, faults } = await publish(text)
    expect(__typename).toBe('InvalidCatalog')
    expect(faults.length).toBeLessThanOrEqual(100)
    expect(JSON.stringify(faults)).toMatch(expected)
  })

  it('too soon, or in another currency, is refused with what to do', async () => {
    expect(await publish(source, '2020-01-01T00:00:00Z')).toMatchObject({
      __typename: 'InvalidPublication',
      code: 'INVALID_PUBLICATION',
      message: expect.stringMatching(/at least 3 seconds from now/),
    })
    expect((await publish(source.replace('currency: USD', 'currency: EUR'))).message).toMatch(/keep the currency/)
  })
})

describe('a team that nobody has assigned a plan', () => {
  const usage = 'usage: [{ rate: "image.flux-2-pro" }]'
  const plan = '{ team { name seats plan { code } balance { available } } }'
  const begun = { name: 'fresh', seats: 1, plan: { code: 'free' }, balance: { available: '500' } }

  it.each<[string, Role, (key: string) => string]>([
    ['viewer', 'VIEWER', () => '{ viewer { team { id } } }'],
    ['team', 'VIEWER', () => '{ team { id } }'],
    ['estimate', 'VIEWER', () => `{ estimate(${usage}) { ... on Estimate { sufficient } } }`],
    [
      'holdCredits',
      'MEMBER',
      (key) => `mutation { holdCredits(input: { ${usage}, idempotencyKey: "${key}" }) { ... on Hold { id } } }`,
    ],
    [
      'chargeUsage',
      'MEMBER',
      (key) => `mutation { chargeUsage(input: { ${usage}, idempotencyKey: "${key}" }) { ... on Charge { id } } }`,
    ],
    [
      'recordUsage',
      'MEMBER',
      (key) => `mutation { recordUsage(events: [{ ${usage}, idempotencyKey: "${key}" }]) { ... on Charge { id } } }`,
    ],
    [
      'setLowBalanceThreshold',
      'ADMIN',
      () => 'mutation { setLowBalanceThreshold(input: { credits: "5" }) { ... on Team { id } } }',
    ],
  ])('begins on the default plan with a first %s', async (field, role, text) => {
    const viewer = caller(role, `fresh-${field}`)
    const answer = await gateway.ask(viewer, text(newKey()))
    expect(JSON.stringify(answer)).toMatch(/"id":"|"sufficient":true/)
    const { team } = await gateway.ask(viewer, plan)
    expect(team).toMatchObject({ name: `fresh-${field}`, plan: { code: 'free' } })
  })

  it('begins with a first subscription', async () => {
    const stream = await gateway.watch(caller('VIEWER', 'fresh-stream'), 'subscription { balance { available } }')
    if ('errors' in stream) throw new Error(JSON.stringify(stream.errors))
    const { value } = await (stream as AsyncGenerator<Data>).next()
    expect(value.data.balance).toEqual({ available: '500' })
    await (stream as AsyncGenerator).return(undefined)
  })

  it('begins once, however many ask first', async () => {
    const viewer = caller('MEMBER', 'fresh')
    const charge = () =>
      `mutation { chargeUsage(input: { ${usage}, idempotencyKey: "${newKey()}" }) { ... on Charge { amount } } }`
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => gateway.ask(viewer, i % 2 === 0 ? plan : charge())),
    )
    expect(answers.flatMap(({ chargeUsage }) => (chargeUsage ? [chargeUsage.amount] : []))).toEqual(
      Array(10).fill('30'),
    )
    const { team } = await gateway.ask(
      viewer,
      '{ team { name plan { code } balance { available } activity { nodes { type } } } }',
    )
    expect(team).toMatchObject({ name: 'fresh', plan: { code: 'free' }, balance: { available: '200' } })
    expect(team.activity.nodes.filter(({ type }: { type: string }) => type === 'GRANT')).toHaveLength(1)
  })

  it('is named and moved to another plan by the operator as ever; one that was begun by it stays', async () => {
    const viewer = caller('MEMBER', 'named')
    expect((await gateway.ask(viewer, plan)).team).toEqual({ ...begun, name: 'named' })
    const assign =
      'mutation ($input: AssignPlanInput!) { assignPlan(input: $input) { ... on Team { name plan { code } } } }'
    const input = { teamId: 'named', teamName: 'Named', planId: 'pro', idempotencyKey: newKey() }
    expect((await gateway.ask(operator, assign, { input })).assignPlan).toEqual({
      name: 'Named',
      plan: { code: 'pro' },
    })
    await makeTeam(gateway, 'assigned', '0', 'starter')
    expect((await gateway.ask(caller('VIEWER', 'assigned'), plan)).team).toMatchObject({
      plan: { code: 'starter' },
      balance: { available: '2500' },
    })
  })

  it('does not begin by a foreign or an operator asking for it', async () => {
    for (const viewer of [caller('ADMIN', 'globex'), operator]) {
      expect((await gateway.ask(viewer, '{ team(id: "nobody") { id } }')).team).toBeNull()
    }
    const { rowCount } = await gateway.database.pool.query(`select from account where team_id = 'nobody'`)
    expect(rowCount).toBe(0)
  })

  it('stays unknown where the catalog has no default plan', async () => {
    const { effectiveFrom } = await publish(source.replace('defaultPlan: free\n', ''))
    await gateway.ask(operator, 'mutation ($to: DateTime!) { advanceClock(to: $to) }', { to: effectiveFrom })
    expect((await gateway.ask(caller('MEMBER', 'unknown'), plan)).team).toBeNull()
  })
})
