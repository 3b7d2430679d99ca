import { randomUUID } from 'node:crypto'
import { type Balance, createCreditsClient } from '@credits-gateway/client'
import { QueryClient, QueryObserver } from '@tanstack/query-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, makeTeam } from '../setup/operator.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway?.close())

const balanceQuery = 'query { team { balance { available revision } } }'
type Shown = Pick<Balance, 'available' | 'revision'>

test('TanStack Query shows the balance of the stream, and a slower answer does not replace a newer one', async () => {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  const credits = createCreditsClient({ url: `${gateway.url}/graphql`, token: () => tokenFor({ team }) })
  const queries = new QueryClient()
  const queryKey = ['balance']
  const newer = (before: Shown | undefined, now: Shown) => (before && before.revision > now.revision ? before : now)
  const stop = credits.balance.subscribe((balance) => {
    queries.setQueryData<Shown>(queryKey, (before) => newer(before, balance))
  })
  const observer = new QueryObserver<Shown>(queries, {
    queryKey,
    queryFn: async () => (await credits.request<{ team: { balance: Shown } }, object>(balanceQuery)).team.balance,
    structuralSharing: (before, now) => newer(before as Shown | undefined, now as Shown),
    staleTime: Infinity,
  })
  const shown = new Arrivals<Shown>()
  const leave = observer.subscribe(({ data }) => data && shown.take(data))
  const first = await shown.until(({ available }) => available === '50000')
  await charge(gateway.url, team)
  const second = await shown.until(({ revision }) => revision > first.revision)
  expect(second.available).toBe('49900')
  queries.setQueryData<Shown>(queryKey, first)
  expect(queries.getQueryData<Shown>(queryKey)).toMatchObject({ available: '49900' })
  leave()
  stop()
  credits.close()
})
