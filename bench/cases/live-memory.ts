import type { Case, Figure } from '../figure.ts'
import { makeTeams, withGround } from '../ground.ts'
import type { Memory } from '../live/asks.ts'
import { Pills } from '../live/pills.ts'
import { type LiveServer, startBare, startGateway, tokensFor } from '../live/server.ts'

/** What comes once, however many sockets, is not counted. */
const first = 500
const counts = [5_000, 9_000] as const

type PerSocket = Record<(typeof counts)[number], Memory>

/** What each further idle socket that watches a team takes, beside one of `ws` that has had the same messages. */
export const liveMemory: Case = {
  name: 'live-memory',
  run: ({ progress }) =>
    withGround(async (ground) => {
      const [team = ''] = await makeTeams(ground.ledger, 1)
      const tokens = await tokensFor(Array.from({ length: first + counts[1] }, () => team))
      progress('the gateway')
      const gateway = await perSocket(await startGateway(ground), tokens)
      progress('bare ws')
      const bare = await perSocket(await startBare(ground, gateway.sample), tokens)
      const figure = (count: keyof PerSocket, goal: Figure['goal']): Figure => {
        const [measured, baseline] = [gateway.each[count], bare.each[count]]
        return {
          what: `memory of each of ${count.toLocaleString('en')} subscribed idle sockets ÷ bare ws`,
          measured: shown(measured),
          baseline: shown(baseline),
          ratio: measured.rss / baseline.rss,
          goal,
        }
      }
      return [figure(5_000, { kind: 'below', floor: 2.5, aim: 1.5 }), figure(9_000, null)]
    }),
}

async function perSocket(server: LiveServer, tokens: readonly string[]): Promise<{ each: PerSocket; sample: string }> {
  await using _ = server
  const pills = new Pills()
  try {
    await pills.open(server.url, tokens.slice(0, first))
    const before = await server.memory()
    const upTo = async (count: number): Promise<Memory> => {
      await pills.open(server.url, tokens.slice(pills.count, first + count))
      await pills.quiet()
      const after = await server.memory()
      return { rss: (after.rss - before.rss) / count, heap: (after.heap - before.heap) / count }
    }
    const each = { 5000: await upTo(5_000), 9000: await upTo(9_000) }
    return { each, sample: pills.sample }
  } finally {
    pills.close()
  }
}

const shown = ({ rss, heap }: Memory) => `${kilobytes(rss)} (heap ${kilobytes(heap)})`
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
