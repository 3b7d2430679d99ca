import type { Logger } from 'pino'
import { type BackgroundLoop, startBackgroundLoop } from '../database/background-loop.ts'
import type { Refunds } from './refunds.ts'

const everyMs = 5_000

/** Asks Stripe again for refunds whose answer was lost. Any number of gateways may do so: a refund is made once. */
export function startRefunding(refunds: Pick<Refunds, 'goOn'>, log: Logger): BackgroundLoop {
  const round = async (): Promise<number> => {
    await refunds.goOn()
    return everyMs
  }
  return startBackgroundLoop(round, 'Refunds could not be looked after; trying again', log)
}
