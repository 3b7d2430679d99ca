import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createTestDatabase } from '../../setup/database.ts'
import { spawnGateway, startGateway, stopped, tokenFor } from '../../setup/gateway.ts'
import { lockAccounts } from '../../setup/locked-accounts.ts'
import { balanceOf, charge, makeTeam, mutate } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

test('a gateway that stops answers the mutations it accepted and closes its sockets with 1012', async () => {
  const gateway = await startGateway()
  const { url } = gateway
  await makeTeam(url, 'stopping')
  const closed: number[] = []
  const client = connect(
    url,
    { team: 'stopping' },
    { on: { closed: (event) => closed.push((event as CloseEvent).code) } },
  )
  const watched = new Watch(client, 'subscription { balance { available } }')
  await watched.next()

  const lock = await lockAccounts(gateway.databaseUrl)
  const accepted = Array.from({ length: 20 }, () => charge(url, 'stopping'))
  const lost = watched.next().catch(() => 'lost')
  await untilUnderWay(url, 20)
  const closing = gateway.close()
  await lock.release()
  const answers = await Promise.all(accepted)
  expect(answers.map(({ __typename, amount }) => [__typename, amount])).toEqual(Array(20).fill(['Charge', '100']))
  await lost
  await closing
  await expect.poll(() => closed).toEqual([1012])
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  await gateway.close()
})

test('an event stream is cut off, not completed, so that its client comes back', async () => {
  const gateway = await startGateway()
  await makeTeam(gateway.url, 'streaming')
  const authorization = `Bearer ${await tokenFor({ team: 'streaming' })}`
  const response = await fetch(`${gateway.url}/graphql?query=subscription{balance{available}}`, {
    headers: { authorization, accept: 'text/event-stream' },
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  while (!seen.includes('50000')) seen += (await reader?.read())?.value ?? ''
  const rest = async () => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) seen += part.value
  }
  await Promise.all([gateway.close(), expect(rest()).rejects.toThrow('terminated')])
  expect(seen).not.toContain('complete')
})

test('SIGTERM ends the process by itself, with everything it accepted kept', async () => {
  const home = await createTestDatabase()
  const first = await spawnGateway({ DATABASE_URL: home.url })
  await makeTeam(first.url, 'kept')
  const socket = new WebSocket(`${first.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  await once(socket, 'open')
  const closed = once(socket, 'close')
  const asked = Array.from({ length: 50 }, () => charge(first.url, 'kept'))
  await asked[0]
  first.child.kill('SIGTERM')
  const answered = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled').length
  expect((await closed)[0]).toBe(1012)
  await stopped(first.child)
  expect(first.child.exitCode).toBe(0)

  const second = await startGateway({ databaseUrl: home.url })
  const { available } = await balanceOf(second.url, 'kept')
  expect(available).toBe(`${50_000 - 100 * answered}`)
  expect(
    (await mutate(second.url, 'chargeUsage', { teamId: 'kept', usage: [{ rate: 'image.resize' }] })).__typename,
  ).toBe('Charge')
  await second.close()
  await home.drop()
})

async function untilUnderWay(url: string, requests: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text()
    if (Number(/^credits_http_requests_under_way (\d+)/m.exec(text)?.[1]) > requests) return
  }
}
