import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test, vi } from 'vitest'
import { compileCache, secret, startGateway, stopped } from '../setup/gateway.ts'
import { charge, grant, makeTeam } from '../setup/operator.ts'
import { eventsOf } from '../setup/webhook-history.ts'
import { WebhookReceiver } from '../setup/webhook-receiver.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

test("a team's events are forwarded to a server on this machine, signed", async () => {
  const gateway = await startGateway()
  open.push(() => gateway.close())
  const receiver = await new WebhookReceiver().listen()
  open.push(() => receiver.close())
  await makeTeam(gateway.url, 'acme')
  await grant(gateway.url, 'acme', '10000')
  const known = await eventsOf(gateway.databaseUrl, 'acme')
  const after = ['--after', known.at(-1) ?? '']
  const args = ['tail', '--team', 'acme', '--forward-to', receiver.url(), '--url', gateway.url, ...after]
  const child = spawn(resolve('node_modules/.bin/node'), ['src/programs/events.ts', ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, AUTH_SECRET: secret },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  open.push(() => {
    child.kill('SIGTERM')
    return stopped(child)
  })
  for await (const line of createInterface(child.stderr)) {
    const [signing] = /whsec_\S+/.exec(line) ?? []
    if (signing === undefined) continue
    receiver.expect([signing])
    break
  }
  for (let count = 0; count < 3; count += 1) await charge(gateway.url, 'acme')
  const ids = await eventsOf(gateway.databaseUrl, 'acme', known.length)
  await vi.waitFor(() => expect(receiver.ids()).toEqual(ids), { timeout: 20_000 })
  expect(receiver.refused).toEqual([])
}, 60_000)
