import type { TeamId } from '../../domain/identity.ts'
import type { Hints } from './hints.ts'

/** Of channels that go into one command: no answer is so long that other messages wait for it. */
const mostAtOnce = 500
/** A team that nobody has watched for one to two of these is left: who reconnects finds it still there. */
const defaultLingerMs = 5_000

export type ChannelsOptions = {
  readonly hints: Hints
  readonly lingerMs?: number
  subscribe(teamIds: readonly TeamId[]): Promise<void>
  unsubscribe(teamIds: readonly TeamId[]): Promise<void>
  /** A command was refused; nothing more is asked. */
  failed(error: unknown): void
}

/**
 * Subscribed, on one connection, is what is watched in this process. One command is under way at a time, and what comes
 * meanwhile goes together. Once a subscription is confirmed its teams are looked at again, because what was sent
 * before was not heard. Ends by the function that it returns.
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
    // What was about to be left is subscribed still.
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
    if (taken.length === mostAtOnce) break
    teams.delete(teamId)
    taken.push(teamId)
  }
  return taken
}
