import { setTimeout as delay } from 'node:timers/promises'
import { makeTeams, withGround } from '../bench-ledger.ts'
import type { Case, Figure } from '../figure.ts'
import type { Change } from '../live/asks.ts'
import { machineMs } from '../live/clock.ts'
import { Pills, revisionOf } from '../live/pills.ts'
import { type LiveServer, startBare, startGateway, tokensFor } from '../live/server.ts'

const count = 5_000
/** A change every 10 ms: 2,000 of them. */
const minSeconds = 20
const stalestMs = 10_000

/** How long after a commit its pill has the balance, where the commit was made in the same process and in another. */
export const liveLatency: Case = {
  name: 'live-latency',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      progress(`making ${count} teams`)
      const teams = await makeTeams(ground.ledger, count)
      const tokens = await tokensFor(teams)
      await using opened = new AsyncDisposableStack()
      const gateway = opened.use(await startGateway(ground))
      const other = opened.use(await startGateway(ground))
      progress(`${count} pills connect`)
      const pills = new Pills()
      opened.defer(() => pills.close())
      await pills.open(gateway.url, tokens)
      const bare = opened.use(await startBare(ground, pills.sample))
      const plain = new Pills()
      opened.defer(() => plain.close())
      await plain.open(bare.url, tokens)

      const places = new Map<string, number>(teams.map((team, index) => [team, index]))
      const measure = async (what: string, changing: LiveServer, goal: Figure['goal']): Promise<Figure> => {
        progress(what)
        const duration = Math.max(seconds, minSeconds)
        const [ofGateway, ofBare] = await Promise.all([
          latencies(pills, changing.changes(teams, duration), {
            ofPill: (pill) => pill,
            ofChange: ({ team }) => places.get(team),
          }),
          // Its revisions rise over all its sockets.
          latencies(plain, bare.changes(teams, duration), { ofPill: () => 0, ofChange: () => 0 }),
        ])
        return { what, measured: shown(ofGateway), baseline: shown(ofBare), ratio: quantile(ofGateway, 0.99), goal }
      }
      const few = 'of 5,000 teams with a pill each, one every 10 ms: p99 commit → pill, in ms'
      return [
        await measure(`changes ${few}`, gateway, { kind: 'below', floor: 50, aim: 15 }),
        await measure(`changes in another process ${few}`, other, { kind: 'below', floor: 150, aim: 60 }),
      ]
    }),
}

type Sequence = { ofPill(pill: number): number; ofChange(change: Change): number | undefined }

/** In milliseconds, sorted: from each change to the first value of its sequence that shows it. */
async function latencies(pills: Pills, changing: Promise<readonly Change[]>, sequence: Sequence): Promise<number[]> {
  const heard = new Map<number, { revision: number; at: number }[]>()
  pills.listener = ({ pill, text, at }) => {
    const place = sequence.ofPill(pill)
    const values = heard.get(place) ?? []
    heard.set(place, values)
    values.push({ revision: revisionOf(text), at })
  }
  const changes = await changing
  const tookOf = (change: Change) => {
    const values = heard.get(sequence.ofChange(change) ?? -1) ?? []
    return (values.find(({ revision }) => revision >= change.revision)?.at ?? Number.NaN) - change.at
  }
  const late = machineMs() + stalestMs
  let took = changes.map(tookOf)
  while (took.some(Number.isNaN)) {
    if (machineMs() > late) throw new Error(`${took.filter(Number.isNaN).length} changes were never shown`)
    pills.check()
    await delay(100)
    took = changes.map(tookOf)
  }
  pills.listener = null
  return took.sort((a, b) => a - b)
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
const shown = (sorted: readonly number[]) =>
  `${quantile(sorted, 0.99).toFixed(1)} ms (median ${quantile(sorted, 0.5).toFixed(1)})`
