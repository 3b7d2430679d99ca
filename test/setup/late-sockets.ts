/*
 * Preloaded, it delays one of fourteen writes of any socket by up to 40 ms, in their order: to PostgreSQL, to Stripe's
 * stand-in, to clients and back. A test that guesses at time fails then, and so does code that does. See docs/testing.md.
 */
import { Socket } from 'node:net'
import { randomOf, seed } from './random.ts'

const delayed = 1 / 14
const maxDelayMs = 40
const draw = randomOf(seed)
// Tests replace the global one.
const { setTimeout } = globalThis

// The two have other parameters each, which are passed on as they come.
for (const name of ['_write', '_writev'] as const) {
  const write: (...given: never[]) => void = Socket.prototype[name] as never
  Socket.prototype[name] = function late(this: Socket, ...given: never[]): void {
    if (draw() >= delayed) write.apply(this, given)
    else setTimeout(() => write.apply(this, given), draw() * maxDelayMs)
  } as never
}
