import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { advanceClock, makeTeam, resultOf } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

test('an open pill follows a published catalog, though nothing has moved in its team', async () => {
  await makeTeam(gateway.url, 'quiet', 'free')
  const client = connect(gateway.url, { team: 'quiet', role: 'VIEWER' })
  const query = 'subscription { balance { available state lowThreshold revision } }'
  const pill = new Watch<{ balance: Record<string, unknown> }>(client, query)
  const first = (await pill.next()).balance
  expect(first).toMatchObject({ available: '500', state: 'OK', lowThreshold: '100' })

  const source = (await readFile('catalogs/wevion.yaml', 'utf8')).replace('lowThreshold: 100', 'lowThreshold: 600')
  const publish = `mutation ($source: String!) {
    result: publishCatalog(input: { source: $source }) { ... on PublishedCatalog { effectiveFrom changes } } }`
  const published = resultOf<{ effectiveFrom: string; changes: string[] }>(await ask(gateway.url, publish, { source }))
  expect(published.changes).toHaveLength(1)
  await advanceClock(gateway.url, new Date(published.effectiveFrom))
  expect((await pill.next()).balance).toEqual({ ...first, state: 'LOW', lowThreshold: '600' })
  await pill.end()
  await client.dispose()
})
