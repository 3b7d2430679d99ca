import { makeTeams, withGround } from '../bench-ledger.ts'
import { type Case, rate } from '../figure.ts'
import { machineMs } from '../live/clock.ts'
import { processorMs } from '../live/drives.ts'
import { Pills } from '../live/pills.ts'
import { type LiveServer, startBare, startGateway, startStock, tokensFor } from '../live/server.ts'
import { inTurns, median, medianRatio } from '../live/turns.ts'

const count = 5_000

type Turn = { readonly perSecond: number; readonly cpuUs: number; readonly rounds: number }

/** One team's changes to 5,000 sockets, beside a loop that sends the same text and the stock server on the same schema. */
export const liveDeliveries: Case = {
  name: 'live-deliveries',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      const [team = ''] = await makeTeams(ground.ledger, 1)
      const tokens = await tokensFor(Array.from({ length: count }, () => team))
      await using servers = new AsyncDisposableStack()

      const attend = async (name: string, server: LiveServer) => {
        progress(`${count} sockets connect to ${name}`)
        servers.use(server)
        const pills = new Pills()
        servers.defer(() => pills.close())
        const begun = machineMs()
        await pills.open(server.url, tokens)
        const connectedPerSecond = (count / (pills.lastAt - begun)) * 1000
        const turn = async (turnSeconds: number): Promise<Turn> => {
          const { received } = pills
          const [before, clientBefore] = [await server.processor(), processorMs()]
          const started = machineMs()
          const { rounds } = await server.rounds(team, turnSeconds)
          await pills.showLast(() => server.rounds(team, 0))
          const took = pills.lastAt - started
          const [spent, clients] = [(await server.processor()) - before, processorMs() - clientBefore]
          const values = pills.received - received
          const perSecond = (values / took) * 1000
          const share = (ms: number) => `${((ms / took) * 100).toFixed(0)} %`
          progress(`${name}: ${rate(perSecond)}; server ${share(spent)}, clients ${share(clients)}`)
          return { perSecond, cpuUs: (spent * 1000) / values, rounds: ((rounds + 1) / took) * 1000 }
        }
        return { connectedPerSecond, sample: pills.sample, turn }
      }

      const gateway = await attend('the gateway', await startGateway(ground))
      const bare = await attend('a bare loop', await startBare(ground, gateway.sample))
      const stock = await attend('stock', await startStock(ground))
      const parts = [bare.turn, gateway.turn, stock.turn]
      progress('warming up')
      for (const part of parts) await part(1)
      const [loop = [], measured = [], yoga = []] = await inTurns(parts, seconds)

      const perSecond = (turns: readonly Turn[]) => turns.map((turn) => turn.perSecond)
      const cpu = (turns: readonly Turn[]) => turns.map((turn) => turn.cpuUs)
      const shown = `${rate(median(perSecond(measured)))}, ${median(measured.map((turn) => turn.rounds)).toFixed(1)} changes/s`
      const cpuShown = (turns: readonly Turn[]) => `${median(cpu(turns)).toFixed(1)} µs`
      return [
        {
          what: `deliveries, ${count.toLocaleString('en')} sockets on one team ÷ a bare ws loop that sends the same text`,
          measured: shown,
          baseline: rate(median(perSecond(loop))),
          ratio: medianRatio(perSecond(measured), perSecond(loop)),
          goal: { kind: 'at-least', floor: 0.7, aim: 0.95 },
        },
        {
          what: 'the same ÷ stock graphql-ws and graphql-yoga, same schema',
          measured: shown,
          baseline: rate(median(perSecond(yoga))),
          ratio: medianRatio(perSecond(measured), perSecond(yoga)),
          goal: { kind: 'at-least', floor: 4, aim: 8 },
        },
        {
          what: "the server's processor time of a delivery ÷ in the bare loop",
          measured: cpuShown(measured),
          baseline: cpuShown(loop),
          ratio: medianRatio(cpu(measured), cpu(loop)),
          goal: null,
        },
        {
          what: 'the same ÷ in stock',
          measured: cpuShown(measured),
          baseline: cpuShown(yoga),
          ratio: medianRatio(cpu(measured), cpu(yoga)),
          goal: null,
        },
        {
          what: 'sockets that connect, subscribe and have their first value ÷ bare ws',
          measured: rate(gateway.connectedPerSecond),
          baseline: rate(bare.connectedPerSecond),
          ratio: gateway.connectedPerSecond / bare.connectedPerSecond,
          goal: null,
        },
      ]
    }),
}
