import type { CreditsClient } from '../../client/index.ts'
import { type Choice, liveUsage } from './actions.ts'
import { CaptureDocument, ExtendDocument, HoldDocument, ReleaseDocument } from './contract.ts'

/** A live conversation. `charged` is in credits. */
export type Live = {
  readonly state: 'live' | 'ended'
  readonly seconds: number
  readonly charged: number
  readonly message: string
  readonly canPurchase: boolean
}

const stepSeconds = 2
const aheadSeconds = 20

/** A conversation that is charged while it continues. It ends when the visitor hangs up or no credits are left. */
export async function runLive(
  request: CreditsClient['request'],
  choice: Choice,
  hungUp: AbortSignal,
  show: (live: Live) => void,
): Promise<void> {
  let live: Live = { state: 'live', seconds: 0, charged: 0, message: '', canPurchase: false }
  const tell = (change: Partial<Live>) => {
    live = { ...live, ...change }
    show(live)
  }
  const reference = `live-${crypto.randomUUID().slice(0, 8)}`
  const { holdCredits: hold } = await request(HoldDocument, {
    usage: liveUsage(choice, aheadSeconds),
    reference,
    seconds: 120,
    key: crypto.randomUUID(),
  })
  if (hold.__typename !== 'Hold') {
    const canPurchase = hold.__typename === 'InsufficientCredits' && hold.canPurchase
    return tell({ state: 'ended', message: hold.message, canPurchase })
  }
  tell({})
  const step = liveUsage(choice, stepSeconds)
  while (!hungUp.aborted) {
    await new Promise((resolve) => setTimeout(resolve, stepSeconds * 1000))
    const { captureHold } = await request(CaptureDocument, { hold: hold.id, usage: step, key: crypto.randomUUID() })
    if (captureHold.__typename !== 'Charge') {
      tell({ state: 'ended', message: captureHold.message })
      break
    }
    tell({ seconds: live.seconds + stepSeconds, charged: live.charged + Number(captureHold.amount) })
    const { extendHold } = await request(ExtendDocument, {
      hold: hold.id,
      usage: step,
      seconds: 120,
      key: crypto.randomUUID(),
    })
    if (extendHold.__typename === 'InsufficientCredits') {
      tell({ message: extendHold.message, canPurchase: extendHold.canPurchase })
      if (Number(captureHold.hold?.remaining ?? 0) <= 0) break
    }
  }
  await request(ReleaseDocument, { hold: hold.id, reason: 'hung up', key: crypto.randomUUID() })
  tell({ state: 'ended' })
}
