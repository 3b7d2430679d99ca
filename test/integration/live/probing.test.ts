import { once } from 'node:events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Role } from '../../../src/domain/role.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { makeTeam, mutate, resultOf } from '../../setup/operator.ts'
import { randomOf, seed } from '../../setup/random.ts'

/** Texts that only one team's answers may contain: the names of its members and jobs, and its threshold. */
const markers = { amber: ['amber', '70001'], cobalt: ['cobalt', '80002'] } as const
type Team = keyof typeof markers
const teams: readonly Team[] = ['amber', 'cobalt']
const roles: readonly Role[] = ['VIEWER', 'MEMBER', 'ADMIN', 'PLATFORM']
const otherThan = (team: Team): Team => (team === 'amber' ? 'cobalt' : 'amber')
const patience = { timeout: 20_000, interval: 20 }

const documents = [
  'subscription ($teamId: ID) { balance(teamId: $teamId) { available revision lowThreshold } }',
  'subscription ($teamId: ID) { accountEvents(teamId: $teamId) { id balance { lowThreshold } activity { reference member { memberId } } } }',
  'subscription ($teamId: ID) { lowBalance(teamId: $teamId) { balance { lowThreshold } canPurchase packages { code } } }',
] as const
const [, , alerts] = documents

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
  for (const team of teams) {
    await makeTeam(gateway.url, team, 'free')
    await mutate(gateway.url, 'grantCredits', {
      teamId: team,
      amount: '60000',
      kind: 'PACKAGE',
      source: `test:${team}`,
    })
    await threshold(team)
  }
})
afterAll(() => gateway?.close())

const threshold = async (teamId: Team) =>
  resultOf(
    await ask(
      gateway.url,
      `mutation { result: setLowBalanceThreshold(input: { teamId: "${teamId}", credits: "${markers[teamId][1]}" }) { __typename } }`,
    ),
  )

const charge = (team: Team, job: number) =>
  mutate(gateway.url, 'chargeUsage', {
    ...{ teamId: team, usage: [{ rate: 'image.resize' }], reference: `${team} job ${job}`, memberId: `${team} member` },
  })

/** A socket that keeps every frame, by the operation that it answers. */
class Probe {
  readonly frames = new Map<string, string[]>()
  readonly asked = new Map<string, Team>()
  readonly #socket: WebSocket
  #ids = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const text = String(data)
      const { id = '' } = JSON.parse(text)
      this.frames.set(id, [...(this.frames.get(id) ?? []), text])
    })
  }

  static async open(role: Role, team: Team): Promise<Probe> {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(socket, 'open')
    const probe = new Probe(socket)
    const own = role === 'PLATFORM' ? {} : { team }
    const authorization = `Bearer ${await tokenFor({ ...own, role, member: 'probe' })}`
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }))
    await vi.waitFor(() => expect(probe.frames.has('')).toBe(true), patience)
    return probe
  }

  /** The answers must be of `team`, whichever it asks for. */
  subscribe(query: string, teamId: string | null, team: Team): string {
    const id = `${++this.#ids}`
    this.asked.set(id, team)
    this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { teamId } } }))
    return id
  }

  complete(id: string): void {
    this.#socket.send(JSON.stringify({ id, type: 'complete' }))
  }

  close(): void {
    this.#socket.terminate()
  }

  async first(id: string): Promise<string> {
    return vi.waitFor(() => {
      const [frame] = this.frames.get(id) ?? []
      if (frame === undefined) throw new Error('Nothing was answered yet')
      return frame
    }, patience)
  }

  expectOwn(): void {
    for (const [id, team] of this.asked) {
      for (const frame of this.frames.get(id) ?? []) {
        for (const marker of markers[otherThan(team)]) expect(frame).not.toContain(marker)
      }
    }
  }
}

test(`nobody is told of another team, however many join and leave under load (TEST_SEED=${seed})`, async () => {
  const draw = randomOf(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(draw() * all.length)] as T
  const probes: { probe: Probe; role: Role; team: Team; running: string[] }[] = []
  for (const role of roles) {
    for (const team of teams) {
      for (let count = 0; count < 3; count += 1) {
        probes.push({ probe: await Probe.open(role, team), role, team, running: [] })
      }
    }
  }
  let loaded = true
  const load = Promise.all(
    teams.map(async (team) => {
      for (let job = 0; loaded; job += 1) await charge(team, job)
    }),
  )
  const rounds = 600
  for (let round = 0; round < rounds; round += 1) {
    const { probe, role, team, running } = pick(probes)
    if (running.length > 5 || (running.length > 0 && draw() < 0.4)) probe.complete(running.shift() ?? '')
    else if (role === 'PLATFORM') {
      const target = pick(teams)
      running.push(probe.subscribe(pick(documents), target, target))
    } else running.push(probe.subscribe(pick(documents), draw() < 0.5 ? team : null, team))
    if (round % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    if (round % 40 === 0) await charge(pick(teams), -round)
  }
  await vi.waitFor(() => {
    for (const { probe, running } of probes) for (const id of running) expect(probe.frames.has(id)).toBe(true)
  }, patience)
  loaded = false
  await load
  const frames = probes.flatMap(({ probe }) => [...probe.frames.values()].flat())
  for (const team of teams) {
    for (const marker of markers[team]) expect(frames.some((frame) => frame.includes(marker))).toBe(true)
  }
  for (const { probe } of probes) {
    probe.expectOwn()
    probe.close()
  }
})

test.each(documents)(
  "a member that asks for another team's is refused as for one that does not exist, also while it is told to others: %s",
  async (query) => {
    const theirs = await Probe.open('ADMIN', 'cobalt')
    const operator = await Probe.open('PLATFORM', 'cobalt')
    theirs.subscribe(query, 'cobalt', 'cobalt')
    operator.subscribe(query, 'cobalt', 'cobalt')
    for (const role of roles.slice(0, 3)) {
      const probe = await Probe.open(role, 'amber')
      const refusals = await Promise.all(
        ['cobalt', 'nowhere'].map(async (team) => {
          const id = probe.subscribe(query, team, 'amber')
          const { id: _, ...answer } = JSON.parse(await probe.first(id))
          return answer
        }),
      )
      expect(JSON.stringify(refusals[0])).toContain('"code"')
      expect(refusals[1]).toEqual(refusals[0])
      probe.close()
    }
    theirs.close()
    operator.close()
  },
)

test('a viewer and an admin of one team are each told what their own role may buy', async () => {
  const probes = await Promise.all(roles.slice(0, 3).map((role) => Probe.open(role, 'amber')))
  const told = async () =>
    Promise.all(
      probes.map(async (probe) => JSON.parse(await probe.first(probe.subscribe(alerts, 'amber', 'amber'))).payload),
    )
  for (let round = 0; round < 5; round += 1) {
    const [viewer, member, admin] = (await told()).map(({ data }) => data.lowBalance)
    expect(viewer).toMatchObject({ canPurchase: false })
    expect(member).toMatchObject({ canPurchase: false })
    expect(admin).toMatchObject({ canPurchase: true })
    expect(admin.packages).not.toEqual([])
  }
  for (const probe of probes) probe.close()
})
