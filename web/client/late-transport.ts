import { messageOf } from './errors.ts'
import type { Session, Transport } from './session.ts'

type Waiting = { begin(session: Session): void }

/** A transport whose code is fetched when it is first needed. Where that fails, the attempt counts as a lost connection. */
export const lateTransport =
  (load: () => Promise<Transport>): Transport =>
  (authorization, events) => {
    let session: Session | null = null
    let over = false
    const waiting = new Set<Waiting>()
    load().then(
      (transport) => {
        if (over) return
        session = transport(authorization, events)
        for (const { begin } of waiting) begin(session)
      },
      (error) => {
        const message = `The code of the connection was not loaded: ${messageOf(error)}`
        if (!over) events.ended({ why: 'lost', code: 'CONNECTION_LOST', message, heardAt: Date.now() }, false)
      },
    )
    return {
      subscribe(payload, sink) {
        if (session !== null) return session.subscribe(payload, sink)
        let stop: (() => void) | null = null
        const one: Waiting = {
          begin: (begun) => {
            stop = begun.subscribe(payload, sink)
          },
        }
        waiting.add(one)
        return () => {
          waiting.delete(one)
          stop?.()
        }
      },
      probe: () => session?.probe(),
      end() {
        over = true
        session?.end()
      },
    }
  }
