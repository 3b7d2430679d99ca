import type { TeamId } from '../../domain/identity.ts'
import type { Hints } from './hints.ts'

/** The most channels of one command, so that no reply delays other messages for long. */
const maxAtOnce = 500
/**
 * The pause between two sweeps. A channel without watchers in two sweeps is left, so a client that reconnects soon
 * finds it still subscribed.
 */
const defaultLingerMs = 5_000

export type ChannelsOptions = {
  readonly hints: Hints
  readonly lingerMs?: number
  subscribe(teamIds: readonly TeamId[]): Promise<void>
  unsubscribe(teamIds: readonly TeamId[]): Promise<void>
  /** A command was refused. No further command is sent. */
  failed(error: unknown): void
}

/**
 * Keeps one connection subscribed to the channels of the teams that are watched in this process. One command is under
 * way at a time; the changes meanwhile go into the next one. Once a subscription is confirmed, its teams are hinted,
 * because earlier messages were not received. The returned function ends this.
 */
export function subscribeWatched(options: ChannelsOptions): () => void {
  const { hints, subscribe, unsubscribe, failed, lingerMs = defaultLingerMs } = options
  const held = new Set<TeamId>()
  const entering = new Set(hints.watchedTeams())
  const leaving = new Set<TeamId>()
  let idle = new Set<TeamId>()
  let running = false
  let ended = false

  async function run(): Promise<void> {
    if (running) return
    running = true
    while (!ended && entering.size + leaving.size > 0) {
      const out = takeFrom(leaving)
      if (out.length > 0) await unsubscribe(out)
      const come = takeFrom(entering)
      if (come.length > 0) await subscribe(come)
      for (const teamId of come) held.add(teamId)
      hints.publishSoon(come)
    }
    running = false
  }

  function go(): void {
    run().catch((error) => {
      if (ended) return
      end()
      failed(error)
    })
  }

  function watched(teamId: TeamId): void {
    if (held.has(teamId)) return
    // A channel that waits to be left is still subscribed.
    if (leaving.delete(teamId)) held.add(teamId)
    else entering.add(teamId)
    go()
  }

  function sweep(): void {
    const unwatched = [...held].filter((teamId) => !hints.watches(teamId))
    for (const teamId of unwatched) {
      if (!idle.has(teamId)) continue
      held.delete(teamId)
      leaving.add(teamId)
    }
    idle = new Set(unwatched)
    go()
  }

  const sweeping = setInterval(sweep, lingerMs)
  const unfollow = hints.follow(watched)
  function end(): void {
    ended = true
    clearInterval(sweeping)
    unfollow()
  }
  go()
  return end
}

function takeFrom(teams: Set<TeamId>): TeamId[] {
  const taken: TeamId[] = []
  for (const teamId of teams) {
    if (taken.length === maxAtOnce) break
    teams.delete(teamId)
    taken.push(teamId)
  }
  return taken
}
