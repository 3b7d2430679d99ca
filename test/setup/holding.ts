import type { Account } from '../../src/domain/account.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import type { Command, Decision } from '../../src/domain/decisions/command.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { memberId } from '../../src/domain/identity.ts'
import type { Caller } from '../../src/domain/placer.ts'
import { contextAt } from '../../src/domain/rules.ts'
import { cardOf, worldOf } from '../property/model/storing.ts'
import { rate } from '../property/model/world.ts'
import { ana, frozen, granted, noon } from './deciding.ts'

const usd = (amount: bigint) => ({ money: { amount, currency: 'USD' } })
const metered = { settlement: 'METERED' as const }

/** A micro-unit of `credit` costs a micro-credit, of `dear` two; of `gpu` three nano-dollars, of `tpu` five. */
const card = cardOf('held', [
  rate('credit', { credits: MICRO }),
  rate('dear', { credits: 2n * MICRO }),
  rate('free', { free: true }),
  rate('start', { credits: MICRO }, 'at-start'),
  { ...rate('gpu', usd(3_000_000n)), ...metered },
  { ...rate('tpu', usd(5_000_000n)), ...metered },
  { ...rate('chip', { auto: ['gpu', 'tpu'] }), ...metered },
  { ...rate('second', { credits: MICRO }), unit: 'SECOND' },
])
export const world = worldOf({}, card)

export const use = (...lines: (readonly [rate: string, quantity: number, count?: number])[]) =>
  lines.map(([id, quantity, count = 1]) => ({ rate: id, quantity: BigInt(quantity), count }))

export type Held = { readonly account: Account; readonly hold: Hold }

/** A hold of a team with 100 micro-credits. */
export function held(...lines: Parameters<typeof use>): Held {
  const place = { kind: 'place-hold', expiresInSeconds: 600, reference: 'job', memberId: memberId('mia') } as const
  return next(acted({ account: granted(100n) }, { ...place, usage: use(...lines), caller: ana }))
}

/** The decision of a command on the hold. */
export function acted({ account, hold }: Partial<Held> & Pick<Held, 'account'>, command: object, caller: Caller = ana) {
  const whole = { caller, holdId: hold?.id, ...command } as Command
  return decide(frozen(account), whole, { hold }, contextAt(world, noon))
}

/** The hold after the decision. */
export function next({ account, hold }: Decision): Held {
  if (hold === null) throw new Error('The command changed no hold')
  return { account, hold }
}

export const capture = (of: Held, ...lines: Parameters<typeof use>): Decision =>
  acted(of, { kind: 'capture-hold', usage: use(...lines) })

/** `lines`: null for what the hold was placed for. */
export const settle = (of: Held, lines: Parameters<typeof use> | null, caller: Caller = ana): Decision =>
  acted(of, { kind: 'settle-hold', usage: lines && use(...lines) }, caller)

/** The lines of the charge that the decision tells, each as rate, quantity, count and credits. */
export function chargedLines({ outcome }: Decision) {
  if (outcome.kind !== 'charge') throw new Error(`Nothing was charged: ${outcome.kind}`)
  return outcome.charge.lines.map(({ rate, quantity, count, credits }) => [rate, quantity, count, credits])
}
