import { makeTeams, withGround } from '../bench-ledger.ts'
import { type Case, rate } from '../figure.ts'
import { Pills } from '../live/pills.ts'
import { startGateway, tokensFor } from '../live/server.ts'
import { inTurns, median, medianRatio } from '../live/turns.ts'

const count = 5_000

/** Charges on a team that many watch, beside charges in a gateway without any socket. */
export const liveCharges: Case = {
  name: 'live-charges',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      const [watched = '', unwatched = ''] = await makeTeams(ground.ledger, 2)
      await using opened = new AsyncDisposableStack()
      const gateway = opened.use(await startGateway(ground))
      const alone = opened.use(await startGateway(ground))
      const pills = new Pills()
      opened.defer(() => pills.close())
      progress(`${count} pills connect`)
      await pills.open(gateway.url, await tokensFor(Array.from({ length: count }, () => watched)))

      const parts = [
        async (turnSeconds: number) => ({ ...(await alone.charges(unwatched, turnSeconds)), updates: 0 }),
        async (turnSeconds: number) => {
          const { received } = pills
          const charges = await gateway.charges(watched, turnSeconds)
          const updates = (pills.received - received) / count / turnSeconds
          await pills.showLast(() => gateway.rounds(watched, 0))
          progress(`${rate(charges.perSecond)}, ${updates.toFixed(1)} updates/s at each pill`)
          return { ...charges, updates }
        },
      ]
      progress('warming up')
      for (const part of parts) await part(2)
      const [without = [], withPills = []] = await inTurns(parts, seconds, 5)
      const [measured, baseline] = [withPills, without].map((turns) => turns.map(({ perSecond }) => perSecond))
      if (measured === undefined || baseline === undefined) throw new Error('Nothing was measured')
      const updates = median(withPills.map((turn) => turn.updates)).toFixed(1)
      return [
        {
          what: `charges on a team, 256 in flight, with ${count.toLocaleString('en')} pills on it ÷ with none`,
          measured: `${rate(median(measured))}, ${updates} updates/s at each pill`,
          baseline: rate(median(baseline)),
          ratio: medianRatio(measured, baseline),
          goal: { kind: 'at-least', floor: 0.8, aim: 0.95 },
        },
      ]
    }),
}
