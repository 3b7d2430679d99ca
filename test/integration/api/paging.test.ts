import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
const admin = caller('ADMIN')
const count = 7

beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
  const key = () => `idempotencyKey: "${newKey()}"`
  for (let i = 0; i < count; i += 1) {
    await gateway.ask(
      admin,
      `mutation {
        holdCredits(input: { usage: [{ rate: "chat.light" }], ${key()} }) { __typename }
        chargeUsage(input: { usage: [{ rate: "chat.light" }], ${key()} }) { __typename }
        purchaseCredits(input: { packageId: "starter", ${key()} }) { __typename }
        setLowBalanceThreshold(input: { credits: "${i + 1}" }) { __typename }
      }`,
    )
  }
})
afterAll(() => gateway.close())

const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
type Connection = {
  edges: { cursor: string; node: { id: string } }[]
  nodes: { id: string }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

/** Each list of a team by its name, with the arguments that are its own. */
const lists = [
  ['activity', ''],
  ['activity', 'filter: { types: [CHARGE] }'],
  ['holds', ''],
  ['purchases', ''],
  ['auditLog', ''],
] as const

const read = async (name: string, own: string, page: string): Promise<Connection> => {
  const given = [own, page].filter(Boolean).join(', ')
  const args = given === '' ? '' : `(${given})`
  const { team } = await gateway.ask(
    admin,
    `{ team { ${name}${args} { edges { cursor node { id } } nodes { id } ${pageInfo} } } }`,
  )
  return team[name]
}
const idsOf = ({ nodes }: Connection) => nodes.map(({ id }) => id)

describe.each(lists)('the list %s(%s)', (name, own) => {
  it('is read forwards in pages, whole and in its order', async () => {
    const all = await read(name, own, 'first: 100')
    expect(all.nodes.length).toBeGreaterThanOrEqual(count)
    const found: string[] = []
    let page = await read(name, own, 'first: 3')
    expect(page.pageInfo.hasPreviousPage).toBe(false)
    found.push(...idsOf(page))
    while (page.pageInfo.hasNextPage) {
      page = await read(name, own, `first: 3, after: "${page.pageInfo.endCursor}"`)
      expect(page.pageInfo.hasPreviousPage).toBe(true)
      found.push(...idsOf(page))
    }
    expect(found).toEqual(idsOf(all))
  })

  it('is read backwards in pages, each in the same order', async () => {
    const all = await read(name, own, 'first: 100')
    let page = await read(name, own, 'last: 3')
    expect(page.pageInfo.hasNextPage).toBe(false)
    expect(idsOf(page)).toEqual(idsOf(all).slice(-3))
    const found = idsOf(page)
    while (page.pageInfo.hasPreviousPage) {
      page = await read(name, own, `last: 3, before: "${page.pageInfo.startCursor}"`)
      expect(page.pageInfo.hasNextPage).toBe(true)
      found.unshift(...idsOf(page))
    }
    expect(found).toEqual(idsOf(all))
  })

  it('is read between two cursors', async () => {
    const all = await read(name, own, 'first: 100')
    const [newest, oldest] = [all.edges[1]?.cursor, all.edges[5]?.cursor]
    const between = `after: "${newest}", before: "${oldest}"`
    expect(idsOf(await read(name, own, `first: 2, ${between}`))).toEqual(idsOf(all).slice(2, 4))
    expect(idsOf(await read(name, own, `last: 2, ${between}`))).toEqual(idsOf(all).slice(3, 5))
    expect(idsOf(await read(name, own, between))).toEqual(idsOf(all).slice(2, 5))
  })

  it('has an empty page of size 0, which tells whether there is anything', async () => {
    for (const size of ['first: 0', 'last: 0']) {
      const page = await read(name, own, size)
      expect(page.edges).toEqual([])
      expect(page.pageInfo).toEqual({
        hasNextPage: size === 'first: 0',
        hasPreviousPage: size === 'last: 0',
        startCursor: null,
        endCursor: null,
      })
    }
  })

  it('takes no cursor but its own', async () => {
    const cursor = (await read(name, own, 'first: 1')).pageInfo.endCursor ?? ''
    const others = lists.filter(([other, filter]) => other !== name || filter !== own)
    for (const [other, filter] of others) {
      for (const argument of ['after', 'before']) {
        const given = [filter, `${argument}: "${cursor}"`].filter(Boolean).join(', ')
        const { data, errors } = await gateway.run(admin, `{ team { id ${other}(${given}) { nodes { id } } } }`)
        expect(data.team).toEqual({ id: 'acme', [other]: null })
        expect(errors?.[0]?.extensions).toMatchObject({ reason: 'INVALID_INPUT', path: [argument] })
      }
    }
    const given = [own, `after: "${cursor}"`].filter(Boolean).join(', ')
    const foreign = await gateway.run(caller('ADMIN', 'globex'), `{ team { ${name}(${given}) { nodes { id } } } }`)
    expect(foreign.errors?.[0]?.extensions.path).toEqual(['after'])
  })

  it('refuses what is no page', async () => {
    for (const [page, path] of [
      ['first: -1', 'first'],
      ['first: 101', 'first'],
      ['last: -1', 'last'],
      ['last: 101', 'last'],
      ['first: 1, last: 1', 'last'],
      ['after: ""', 'after'],
      [`before: "${'x'.repeat(2_000)}"`, 'before'],
      [`after: "${Buffer.from('2:holds::99999999999999999:acme').toString('base64url')}"`, 'after'],
    ]) {
      const given = [own, page].filter(Boolean).join(', ')
      const { errors } = await gateway.run(admin, `{ team { ${name}(${given}) { nodes { id } } } }`)
      expect(errors?.[0]?.extensions.path, page).toEqual([path])
    }
  })
})

describe('a cursor', () => {
  it('of the log of all teams is none of a team', async () => {
    const log = await gateway.ask(operator, `{ auditLog(first: 1) { ${pageInfo} } }`)
    const { endCursor } = log.auditLog.pageInfo
    expect(await gateway.ask(operator, `{ auditLog(first: 1, after: "${endCursor}") { nodes { id } } }`)).toBeTruthy()
    const { errors } = await gateway.run(
      operator,
      `{ auditLog(teamId: "acme", after: "${endCursor}") { nodes { id } } }`,
    )
    expect(errors?.[0]?.extensions.path).toEqual(['after'])
  })

  it('counts for the same filter, however its types are ordered', async () => {
    const filtered = (types: string, page: string) =>
      `{ team { activity(filter: { types: [${types}] }, ${page}) { nodes { id } ${pageInfo} } } }`
    const first = await gateway.ask(admin, filtered('CHARGE, HOLD', 'first: 2'))
    const { endCursor } = first.team.activity.pageInfo
    const next = await gateway.ask(admin, filtered('HOLD, CHARGE', `first: 2, after: "${endCursor}"`))
    expect(next.team.activity.nodes).toHaveLength(2)
  })
})

describe('totalCount', () => {
  it.each(['holds', 'purchases'])('counts all %s, whatever the page', async (name) => {
    const { team } = await gateway.ask(admin, `{ team { ${name}(first: 2) { totalCount nodes { id } } } }`)
    expect(team[name]).toMatchObject({ totalCount: count })
    expect(team[name].nodes).toHaveLength(2)
  })
})
