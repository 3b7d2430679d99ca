import { makeTeams, withGround } from '../bench-ledger.ts'
import type { Case, Figure } from '../figure.ts'
import type { Memory } from '../live/asks.ts'
import { Pills } from '../live/pills.ts'
import { type LiveServer, startBare, startGateway, tokensFor } from '../live/server.ts'

/** The first sockets are not counted: they cause one-time costs, and steps of V8's small heap. */
const first = 2_000
const count = 9_000

/** The memory of each further idle socket that watches a team, beside one of `ws` that has had the same messages. */
export const liveMemory: Case = {
  name: 'live-memory',
  run: ({ progress }) =>
    withGround(async (ground) => {
      const [team = ''] = await makeTeams(ground.ledger, 1)
      const tokens = await tokensFor(Array.from({ length: first + count }, () => team))
      progress('the gateway')
      const gateway = await perSocket(await startGateway(ground), tokens)
      progress('bare ws')
      const bare = await perSocket(await startBare(ground, gateway.sample), tokens)
      const figure = (what: string, of: keyof Memory, goal: Figure['goal']): Figure => ({
        what,
        measured: kilobytes(gateway.each[of]),
        baseline: kilobytes(bare.each[of]),
        ratio: gateway.each[of] / bare.each[of],
        goal,
      })
      return [
        figure(`memory of each of ${count.toLocaleString('en')} subscribed idle sockets ÷ bare ws`, 'rss', {
          kind: 'below',
          floor: 2.5,
          aim: 1.5,
        }),
        figure('the same on the heap and held by it', 'heap', null),
      ]
    }),
}

async function perSocket(server: LiveServer, tokens: readonly string[]): Promise<{ each: Memory; sample: string }> {
  await using _ = server
  const pills = new Pills()
  try {
    await pills.open(server.url, tokens.slice(0, first))
    const before = await server.memory()
    await pills.open(server.url, tokens.slice(first))
    const after = await server.memory()
    const each = { rss: (after.rss - before.rss) / count, heap: (after.heap - before.heap) / count }
    return { each, sample: pills.sample }
  } finally {
    pills.close()
  }
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
