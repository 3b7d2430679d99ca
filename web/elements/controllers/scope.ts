import { type AccountEvent, type CreditsClient, CreditsClientError } from '../../client/index.ts'
import { NowDocument } from '../billing/contract.ts'

/** Whose credits a controller is about. */
export type TeamScope = {
  readonly client: CreditsClient
  /** Only for PLATFORM tokens: anyone else's names the team. The client has the same `teamId` then. */
  readonly teamId?: string | undefined
}

/** The team of an answer. */
export function teamOf<Team>({ team }: { readonly team: Team | null }): Team {
  if (team === null) throw new CreditsClientError('NOT_FOUND', 'There is no such team, or it has not begun yet')
  return team
}

/** A field that is null only where the gateway has said why, which `request` throws. */
export function fieldOf<Value>(value: Value | null): Value {
  if (value === null) throw new CreditsClientError('PROTOCOL', 'The gateway answered without what was requested')
  return value
}

/** Now by the ledger's clock, which need not be the browser's. */
export async function ledgerNow({ client, teamId }: TeamScope, signal?: AbortSignal): Promise<Date> {
  return new Date(teamOf(await client.request(NowDocument, { teamId }, { signal })).balance.asOf)
}

/** Null: events were missed, so that everything may have changed. */
type Listener = (event: AccountEvent | null) => void
type EventHub = { readonly listeners: Set<Listener>; stop: () => void }
const hubs = new WeakMap<CreditsClient, EventHub>()

/** Hears of each event of the team. All controllers of a client share one subscription. */
export function onEvent({ client }: TeamScope, listener: Listener): () => void {
  const own: Listener = (event) => listener(event)
  const hub = hubs.get(client) ?? { listeners: new Set(), stop: () => undefined }
  hubs.set(client, hub)
  hub.listeners.add(own)
  if (hub.listeners.size === 1) {
    const tell = (event: AccountEvent | null) => {
      for (const each of [...hub.listeners]) each(event)
    }
    hub.stop = client.events.subscribe(tell, { onGap: () => tell(null) })
  }
  return () => {
    if (hub.listeners.delete(own) && hub.listeners.size === 0) hub.stop()
  }
}
