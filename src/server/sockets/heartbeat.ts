import type { Socket } from './socket.ts'

const sliceEveryMs = 1_000
/** Each socket's turn comes every 10 seconds. */
const slices = 10

/**
 * Pings each socket every 10 seconds, a tenth of them each second, and cuts off one that has left its last ping
 * unanswered: whose peer is gone is found within 20 seconds, and some more on a busy machine.
 */
export class Heartbeat {
  readonly #slices = Array.from({ length: slices }, () => new Set<Socket>())
  readonly #beating: NodeJS.Timeout
  #turn = 0

  constructor() {
    this.#beating = setInterval(() => this.#beat(), sliceEveryMs)
  }

  add(socket: Socket): void {
    const smallest = this.#slices.reduce((one, other) => (other.size < one.size ? other : one))
    smallest.add(socket)
  }

  remove(socket: Socket): void {
    for (const slice of this.#slices) if (slice.delete(socket)) return
  }

  stop(): void {
    clearInterval(this.#beating)
  }

  #beat(): void {
    this.#turn = (this.#turn + 1) % slices
    for (const socket of this.#slices[this.#turn] ?? []) {
      if (!socket.line.alive) socket.terminate()
      else {
        socket.line.alive = false
        socket.ping()
      }
    }
  }
}
