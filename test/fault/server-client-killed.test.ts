import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCredits } from '../../web/server/index.ts'
import { makeFolder } from '../setup/folders.ts'
import { compileCache, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { type GatewayDoor, gatewayDoor, type Treatment } from '../setup/gateway-door.ts'
import { balanceOf, grant, makeTeam } from '../setup/operator.ts'
import { randomOf } from '../setup/random.ts'
import { expectSound } from '../setup/under-load.ts'

const rounds = 100
const perRound = 3
const teamId = 'killed'
/** When a process is killed between its outbox and the acknowledgement. */
const moments = ['BEFORE_GATEWAY', 'BEFORE_ANSWER', 'WITH_ANSWER'] as const

let gateway: Gateway
let door: GatewayDoor
let folder: string
let token: string
let round: { readonly name: string; readonly moment: (typeof moments)[number]; readonly child: ChildProcess }

const isOfRound = (body: string) => body.includes(`"${round.name}-`)
const kill = () => round.child.kill('SIGKILL')

async function decide(body: string): Promise<Treatment> {
  if (!isOfRound(body) || round.moment !== 'BEFORE_GATEWAY') return 'PASS'
  kill()
  return 'LOSE_REQUEST'
}

function answered(body: string): void {
  if (!isOfRound(body)) return
  if (round.moment === 'BEFORE_ANSWER') kill()
  if (round.moment === 'WITH_ANSWER') setImmediate(kill)
}

beforeAll(async () => {
  folder = await makeFolder('credits-outbox-')
  gateway = await startGateway()
  door = await gatewayDoor(() => gateway.url, decide, answered)
  await makeTeam(gateway.url, teamId, 'free')
  await grant(gateway.url, teamId, '10000')
  token = await tokenFor()
})
afterAll(async () => {
  await door?.close()
  await gateway?.close()
  rmSync(folder, { recursive: true, force: true })
})

test(`a backend that is killed in ${rounds} rounds between its outbox and the acknowledgement is charged once for each usage`, async () => {
  const { available: before } = await balanceOf(gateway.url, teamId)
  const random = randomOf(20_261_130)
  const outbox = join(folder, 'outbox.db')
  const recorded: string[] = []
  for (let number = 0; number < rounds; number += 1) {
    const name = `round-${number}`
    const env = {
      PREFIX: name,
      COUNT: `${perRound}`,
      GATEWAY: `${door.url}/graphql`,
      TOKEN: token,
      OUTBOX: outbox,
      TEAM: teamId,
    }
    const child = spawn(process.execPath, [resolve('test/fault/recording-process.ts')], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    round = { name, child, moment: moments[Math.floor(random() * moments.length)] ?? 'BEFORE_ANSWER' }
    recorded.push(...(await text(child.stdout)).trim().split('\n'))
  }
  const names = Array.from(
    { length: rounds * perRound },
    (_, index) => `round-${Math.floor(index / perRound)}-${index % perRound}`,
  )
  expect(recorded.toSorted()).toEqual(names.toSorted())

  const credits = createCredits({ url: `${gateway.url}/graphql`, token, outbox })
  expect(await credits.flush()).toBe(0)
  expect(await credits.outbox.size()).toEqual({ waiting: 0, parked: 0 })
  await credits.close()
  const sent = door.bodies.flatMap((body) => [...body.matchAll(/"reference":"(round-\d+-\d)"/g)].map(([, one]) => one))
  expect(sent.length).toBeGreaterThan(names.length)
  expect(await chargesByReference()).toEqual(Object.fromEntries(names.map((name) => [name, 1])))
  const { available } = await balanceOf(gateway.url, teamId)
  expect(Number(before) - Number(available)).toBe(20 * names.length)
  await expectSound(gateway.databaseUrl)
}, 300_000)

async function chargesByReference(): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: gateway.databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ reference: string; charges: number }>(
    `select reference, count(*)::int charges from entry where team_id = $1 and type = 'CHARGE' group by reference`,
    [teamId],
  )
  await client.end()
  return Object.fromEntries(rows.map(({ reference, charges }) => [reference, charges]))
}
