import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cuttingLine } from '../setup/cutting-line.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, resultOf } from '../setup/operator.ts'
import { randomOf, seed } from '../setup/random.ts'
import { snippet } from './project.ts'
import { newTeam } from './scene.ts'

const program = `${snippet('recipes', '## Python', 'python')}
import os
for event in events(os.environ["CREDITS"], lambda: os.environ["TOKEN"], os.environ["AFTER"]):
    print(event["id"], event["type"], flush=True)
`

const noPython = spawnSync('python3', ['--version']).status !== 0

describe.skipIf(noPython)(noPython ? 'Python (skipped: there is no python3)' : 'Python', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await startGateway()
  })

  afterAll(() => gateway?.close())

  test('hears each event once over event streams that are cut', async () => {
    const { team, member } = await newTeam(gateway)
    const token = await tokenFor(member)
    const place = async () =>
      resultOf<{ lastEventId: string }>(await ask(gateway.url, '{ result: team { lastEventId } }', {}, token))
        .lastEventId
    const after = await place()
    const random = randomOf(seed)
    const line = await cuttingLine(gateway.url, () => 500 + Math.floor(random() * 3_000))
    const python = spawn('python3', ['-c', program], {
      env: { PATH: process.env.PATH, CREDITS: `${line.url}/graphql`, TOKEN: token, AFTER: after },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const heard: string[] = []
    const charged = 20
    for (let time = 0; time < charged; time++) await charge(gateway.url, team)
    const last = await place()
    for await (const printed of createInterface(python.stdout)) {
      heard.push(printed)
      if (printed.startsWith(last)) break
    }
    python.kill()
    expect(line.cuts()).toBeGreaterThan(0)
    expect(new Set(heard).size).toBe(charged)
    expect(heard).toHaveLength(charged)
    for (const printed of heard) expect(printed).toContain('CHARGED')
    await line.close()
  })
})
