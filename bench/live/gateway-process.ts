import { teamId } from '../../src/domain/identity.ts'
import { charge, submit } from '../bench-ledger.ts'
import { load } from '../load.ts'
import { answerAsks } from './asks.ts'
import { machineMs } from './clock.ts'
import { startDrivenGateway } from './driven-gateway.ts'
import { changesFor, memoryNow, processorMs, roundsFor } from './drives.ts'

/* The gateway, with changes made in its own process. */

const { url, services, close } = await startDrivenGateway()
const chargeOf = (team: string) => submit(services.ledger, teamId(team), charge)
answerAsks((ask) => {
  switch (ask.ask) {
    case 'memory':
      return memoryNow()
    case 'processor':
      return processorMs()
    case 'rounds':
      return roundsFor(ask.seconds, async () => (await chargeOf(ask.team)).revision)
    case 'charges':
      return load(256, ask.seconds, () => chargeOf(ask.team))
    case 'changes':
      return changesFor(ask.teams, ask.seconds, async (team) => {
        const { revision } = await chargeOf(team)
        return { team, revision, at: machineMs() }
      })
  }
})
process.send?.({ url })
process.once('disconnect', () => close().then(() => process.exit()))
