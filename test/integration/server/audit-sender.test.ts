import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { type SpawnedGateway, spawnGateway, startGateway, stopped, tokenFor } from '../../setup/gateway.ts'
import { makeTeam, resultOf } from '../../setup/operator.ts'
import { expectSound } from '../../setup/under-load.ts'
import { connect } from '../../setup/watching.ts'

let home: TestDatabase
let gateway: Awaited<ReturnType<typeof startGateway>>
let other: SpawnedGateway

beforeAll(async () => {
  home = await createTestDatabase()
  gateway = await startGateway({ databaseUrl: home.url })
  other = await spawnGateway({ DATABASE_URL: home.url })
  await makeTeam(gateway.url, 'acme')
})
afterAll(async () => {
  other.child.kill('SIGTERM')
  await stopped(other.child)
  await gateway.close()
  await home.drop()
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const admin = { team: 'acme', member: 'boss', role: 'ADMIN' } as const
const limit = (credits: number) =>
  `mutation { result: setSpendingLimit(input: { memberId: "ana", per: DAY, credits: "${credits}" }) { __typename } }`

async function post(url: string, query: string, caller: Parameters<typeof tokenFor>[0], headers = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenFor(caller)}`, ...headers },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as { data: Record<string, never> }
}
type Seen = { callerId: string; address: string | null; traceId: string | null; after: object }
async function newest(caller: Parameters<typeof tokenFor>[0] = {}): Promise<Seen | undefined> {
  const text = '{ result: team(id: "acme") { auditLog(first: 1) { nodes { callerId address traceId after } } } }'
  const { auditLog } = resultOf<{ auditLog: { nodes: (Omit<Seen, 'after'> & { after: string })[] } }>(
    await post(other.url, text, caller),
  )
  const [entry] = auditLog.nodes
  return entry && { ...entry, after: JSON.parse(entry.after) }
}

test('every gateway records from where a request came, and its trace', async () => {
  let credits = 0
  for (const { url } of [gateway, other]) {
    for (const traceparent of [`00-${traceId}-00f067aa0ba902b7-01`, `01-${traceId}-00f067aa0ba902b7-01-more`]) {
      credits += 1
      await post(url, limit(credits), admin, { traceparent })
      expect(await newest()).toEqual({
        ...{
          callerId: 'boss',
          address: '127.0.0.1',
          traceId,
          after: expect.objectContaining({ credits: `${credits}` }),
        },
      })
    }
  }
})

test.each([
  'nonsense',
  `00-${traceId}-00f067aa0ba902b7-01-more`,
  `ff-${traceId}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
])('no trace is recorded of the traceparent %s', async (traceparent) => {
  const credits = 100 + Math.floor(Math.random() * 1e6)
  await post(gateway.url, limit(credits), admin, { traceparent, 'x-forwarded-for': '203.0.113.9' })
  expect(await newest()).toMatchObject({
    ...{ address: '127.0.0.1', traceId: null, after: expect.objectContaining({ credits: `${credits}` }) },
  })
})

test('an act over a socket has its address', async () => {
  const client = connect(gateway.url, admin)
  for await (const { errors } of client.iterate({ query: limit(77) })) expect(errors).toBeUndefined()
  await client.dispose()
  expect(await newest()).toMatchObject({ callerId: 'boss', address: '127.0.0.1', traceId: null })
})

test("an admin does not see the address of the operator's backend", async () => {
  const text =
    'mutation { result: setSpendingLimit(input: { teamId: "acme", memberId: "ana", per: DAY, credits: "5" }) { __typename } }'
  await post(gateway.url, text, { member: 'backend' })
  expect(await newest()).toMatchObject({ callerId: 'backend', address: '127.0.0.1' })
  expect(await newest(admin)).toMatchObject({ callerId: 'backend', address: null })
  expect(await newest({ team: 'globex', member: 'boss', role: 'ADMIN' }).catch(() => 'none')).toBe('none')
})

test('a key that is used at two gateways at once leaves one record', async () => {
  const grant = `mutation { result: grantCredits(input: { teamId: "acme", amount: "5", kind: PROMOTION, source: "once",
    idempotencyKey: "once" }) { __typename ... on Error { code } } }`
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => post(index % 2 === 0 ? gateway.url : other.url, grant, {})),
  )
  for (const answer of answers) expect(resultOf(answer)).toEqual({ __typename: 'CreditGrant' })
  const text = '{ result: auditLog(teamId: "acme", first: 100) { nodes { mutation reference } } }'
  const { nodes } = resultOf<{ nodes: { reference: string | null }[] }>(await post(other.url, text, {}))
  expect(nodes.filter(({ reference }) => reference === 'once')).toHaveLength(1)
  await expectSound(home.url)
})
