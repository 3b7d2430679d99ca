import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { videosAtStart } from '../../setup/at-start.ts'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import { advanceClock, balanceOf, grant, makeTeam, mutate } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

let gateway: Gateway
let directory: string
let client: Client

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credits-catalog-'))
  const catalog = join(directory, 'videos-at-start.yaml')
  await writeFile(catalog, videosAtStart())
  gateway = await startGateway({ catalog })
})
afterAll(async () => {
  await client?.dispose()
  await gateway?.close()
  await rm(directory, { recursive: true })
})

type Seen = { accountEvents: { type: string; amount: string | null; activity: { type: string } | null } }

test('W8: a hold that was charged and never confirmed comes back at its deadline, with nobody asking, and the pill hears of it', async () => {
  await makeTeam(gateway.url, 'silent')
  const before = await balanceOf(gateway.url, 'silent')
  client = connect(gateway.url, { team: 'silent', role: 'VIEWER' })
  const watched = new Watch<Seen>(client, 'subscription { accountEvents { type amount activity { type } } }')
  const first = watched.next()
  while (!(await Promise.race([first, new Promise<null>((resolve) => setTimeout(resolve, 50, null))]))) {
    await grant(gateway.url, 'silent', '1')
  }
  const credits = (amount: string) => Number(amount) - Number(before.available)
  const granted = credits((await balanceOf(gateway.url, 'silent')).available)

  const usage = [{ rate: 'video.kling-3-0', quantity: '5' }]
  const held = await mutate(gateway.url, 'holdCredits', { teamId: 'silent', usage, expiresInSeconds: 600 })
  expect(held.__typename).toBe('Hold')
  const charged = await watched.until(({ accountEvents }) => accountEvents.type !== 'CREDITS_ADDED')
  expect(charged.accountEvents).toEqual({ type: 'CREDITS_CHARGED', amount: '-850', activity: { type: 'CHARGE' } })

  await advanceClock(gateway.url, new Date(Date.now() + 601_000))
  const back = await watched.next()
  expect(back.accountEvents).toEqual({ type: 'CREDITS_REFUNDED', amount: '850', activity: { type: 'REFUND' } })
  const after = await balanceOf(gateway.url, 'silent')
  expect(after).toMatchObject({ held: '0' })
  expect(credits(after.available)).toBe(granted)
})
