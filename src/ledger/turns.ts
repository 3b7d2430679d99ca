import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'

const turnMs = 40
const contendedMs = 1_000
const mostTeams = 4

/** This process's turns on one team that other processes write, too. */
type Turns<Lane> = { readonly lane: Lane; readonly until: number }

/**
 * Teams that several processes write at the same time. Each process takes turns of some 40 ms, so that what it read of
 * the team stays true for several batches instead of none. A turn is politeness only, held as an advisory lock of the
 * session: the team's version decides what is written, and a process that dies loses its turn with its connection.
 */
export class ContendedTeams<Lane extends { readonly busy: boolean; idle(): Promise<void> }> {
  readonly #teams = new Map<TeamId, Turns<Lane>>()
  readonly #makeLane: (teamId: TeamId) => Lane

  /** `makeLane`: a lane for this team alone, so that nobody else waits for its turns. */
  constructor(makeLane: (teamId: TeamId) => Lane) {
    this.#makeLane = makeLane
  }

  /** Somebody else wrote this team. Beyond a few such teams at once, the rest contend as they may. */
  mark(teamId: TeamId): void {
    for (const [id, { lane, until }] of this.#teams) {
      if (until < performance.now() && !lane.busy) this.#teams.delete(id)
    }
    const lane = this.#teams.get(teamId)?.lane
    if (lane === undefined && this.#teams.size >= mostTeams) return
    this.#teams.set(teamId, { lane: lane ?? this.#makeLane(teamId), until: performance.now() + contendedMs })
  }

  laneOf(teamId: TeamId): Lane | null {
    if (this.#teams.size === 0) return null
    const turns = this.#teams.get(teamId)
    return turns !== undefined && turns.until > performance.now() ? turns.lane : null
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#teams.values()].map(({ lane }) => lane.idle()))
  }
}

/**
 * Work on one team in turns: `run` is called with `first` true when others may have written since the last call. A turn
 * ends by itself when its time is over and no work is under way.
 */
export function inTurns<Batch, Result>(
  database: Database,
  teamId: TeamId,
  run: (batch: Batch, first: boolean) => Promise<Result>,
): (batch: Batch) => Promise<Result> {
  let turn: { end(): Promise<void>; over: boolean } | null = null
  let working = false

  return async (batch) => {
    working = true
    const first = turn === null
    try {
      turn ??= await take()
      return await run(batch, first)
    } finally {
      working = false
      if (turn?.over) await turn.end()
    }
  }

  async function take() {
    const client = await database.pool.connect()
    try {
      await client.query('select pg_advisory_lock(hashtextextended($1, 11))', [teamId])
    } catch (error) {
      client.release(true)
      throw error
    }
    const taken = {
      over: false,
      async end() {
        turn = null
        await client.query('select pg_advisory_unlock(hashtextextended($1, 11))', [teamId]).then(
          () => client.release(),
          () => client.release(true),
        )
      },
    }
    setTimeout(() => {
      taken.over = true
      if (!working) void taken.end()
    }, turnMs)
    return taken
  }
}
