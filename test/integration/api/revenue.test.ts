import { afterAll, beforeAll, expect, it } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { purchaseId, teamId } from '../../../src/domain/identity.ts'
import { keyless } from '../../../src/ledger/deciding/team-state.ts'
import { type Data, type Gateway, makeTeam, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
  await gateway.database.pool.query(`
    create table standing_clock (instant timestamptz not null);
    insert into standing_clock values ('2040-02-10T12:00:00Z');
    create or replace function ledger_now() returns timestamptz language sql volatile as
      $$ select instant from standing_clock $$`)
  for (const team of ['acme', 'globex', 'initech']) {
    await makeTeam(gateway, team)
    for (const cause of ['PURCHASE', 'RECHARGE'] as const) {
      const price = { amount: NANO / 2n, currency: 'USD' }
      const paid = { source: `stripe:pi_${cause}`, credits: 3n * MICRO, price, costBasis: price }
      const terms = { purchase: purchaseId(1), cause, memberId: null, ofNewTeam: false, loss: null } as const
      await gateway.services.ledger.submit(keyless(teamId(team), { kind: 'land-purchase', ...terms, ...paid }))
    }
  }
})
afterAll(() => gateway.close())

const setClock = (to: string) => gateway.database.pool.query('update standing_clock set instant = $1', [to])
const money = 'openAtStart { amount } sold { amount currency } openAtEnd { amount }'
const text = `query ($month: String!, $first: Int, $after: String) { revenueReport(month: $month, first: $first, after: $after) {
  month startsAt endsAt final pageInfo { hasNextPage hasPreviousPage endCursor }
  nodes { teamId kind ${money} credits { sold openAtEnd } } } }`
const report = async (variables: object): Promise<Data> =>
  (await gateway.ask(operator, text, { month: '2040-02', ...variables })).revenueReport

it('the operator reads a month in pages, each row once, in money and in credits', async () => {
  const found: Data[] = []
  let after: string | null = null
  for (let hasNext = true; hasNext; ) {
    const { nodes, pageInfo }: Data = await report({ first: 4, after })
    expect(pageInfo.hasPreviousPage).toBe(after !== null)
    found.push(...nodes)
    after = pageInfo.endCursor
    hasNext = pageInfo.hasNextPage
  }
  const [sold, none] = [{ amount: '0.5', currency: 'USD' }, { amount: '0' }]
  const expected = ['acme', 'globex', 'initech'].flatMap((team) =>
    ['AUTO_RECHARGE', 'PACKAGE'].map((kind) => ({
      ...{ teamId: team, kind, openAtStart: none, sold, openAtEnd: { amount: '0.5' } },
      credits: { sold: '3', openAtEnd: '3' },
    })),
  )
  expect(found).toEqual(expected)
})

it('a page leads on from its end, and the report of another month does not', async () => {
  const { nodes } = await report({})
  const { endCursor: after } = (await report({ first: 2 })).pageInfo
  const { nodes: rest } = await report({ after })
  expect(rest).toEqual(nodes.slice(2))
  for (const variables of [{ month: '2040-01', after }, { after: 'x' }, { first: 101 }])
    expect((await gateway.run(operator, text, { month: '2040-02', ...variables })).codes).toEqual(['BAD_USER_INPUT'])
})

it('a month is final once it is over, and one that has not begun has no report', async () => {
  expect(await report({})).toMatchObject({ month: '2040-02', final: false })
  for (const month of ['2040-03', '2040-13', 'February'])
    expect((await gateway.run(operator, text, { month })).codes).toEqual(['BAD_USER_INPUT'])
  const { endsAt } = await report({})
  await setClock(endsAt)
  expect(await report({})).toMatchObject({ final: false, nodes: { length: 6 } })
  await setClock(new Date(Date.parse(endsAt) + 300_000).toISOString())
  expect(await report({})).toMatchObject({ final: true, nodes: { length: 6 } })
})
