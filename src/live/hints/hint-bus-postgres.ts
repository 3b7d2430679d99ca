import { randomUUID } from 'node:crypto'
import type { HintBus, HintBusOptions } from './hint-bus.ts'
import { type Outgoing, openHintOutbox } from './hint-outbox.ts'
import { channel, payloadsOf, readPayload, revocationPayload } from './hint-payload.ts'
import { keepConnected } from './keep-connected.ts'
import { openListener } from './listener.ts'

/** At most 40 statements a second, whatever is committed. */
const windowMs = 25

/**
 * A hint bus on LISTEN and NOTIFY, on one channel of the database. NOTIFY takes a lock of the whole server at commit,
 * so it is never part of a spending transaction: the hints of a window leave together, in a statement of their own.
 */
export async function openPostgresHintBus(options: HintBusOptions & { readonly url: string }): Promise<HintBus> {
  const { pool, url, hints, revoked, log, proofMs } = options
  const self = randomUUID()

  function heard(payload: string): void {
    const told = readPayload(payload)
    if (told.from === self) return
    if (told.teams === 'all') hints.publishToAll()
    else for (const [teamId] of told.teams) hints.publish(teamId)
    if (told.revoked) revoked()
  }

  async function send(outgoing: Outgoing): Promise<void> {
    const payloads = payloadsOf(self, outgoing.teams === 'all' ? 'all' : [...outgoing.teams])
    if (outgoing.revoked) payloads.push(revocationPayload(self))
    await pool.query({
      name: 'notify-hints',
      text: 'select pg_notify($1, payload) from unnest($2::text[]) payload',
      values: [channel, payloads],
    })
  }

  const outbox = openHintOutbox({ send, windowMs, log })
  const listener = await keepConnected({
    open: () => openListener({ url, channel, heard, queryTimeoutMs: proofMs }),
    opened(_, missed) {
      if (!missed) return
      outbox.poke()
      hints.publishToAll()
      revoked()
    },
    check: 'Check that the database can be reached',
    log,
    proofMs,
  })
  return {
    announce: outbox.announce,
    announceRevocations: outbox.announceRevocations,
    get connected() {
      return listener.current !== null
    },
    async close() {
      await outbox.close()
      await listener.close()
    },
  }
}
