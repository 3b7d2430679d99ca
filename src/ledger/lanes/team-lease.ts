import type { Database } from '../../database/open.ts'
import type { TeamId } from '../../domain/identity.ts'

const turnMs = 40
const contendedMs = 1_000
const maxTeams = 4

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

  /** Another process wrote this team. Only a few such teams take turns at once; the others contend without turns. */
  mark(teamId: TeamId): void {
    for (const [id, { lane, until }] of this.#teams) {
      if (until < performance.now() && !lane.busy) this.#teams.delete(id)
    }
    const lane = this.#teams.get(teamId)?.lane
    if (lane === undefined && this.#teams.size >= maxTeams) return
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

type Turn = {
  readonly begun: Promise<void>
  readonly ended: Promise<void>
  working: number
  over: boolean
  end(): void
}

/**
 * Work on one team in turns. `begin` is called at the start of each, when others may have written since the last one. A
 * turn whose time is over takes no new work, and ends when none is under way.
 */
export function underLease<Batch, Result>(
  database: Database,
  teamId: TeamId,
  begin: () => Promise<void>,
  run: (batch: Batch) => Promise<Result>,
): (batch: Batch) => Promise<Result> {
  let turn: Turn | null = null

  return async (batch) => {
    while (turn?.over) await turn.ended
    turn ??= take()
    const mine = turn
    mine.working += 1
    try {
      await mine.begun
      return await run(batch)
    } finally {
      mine.working -= 1
      if (mine.over && mine.working === 0) mine.end()
    }
  }

  function take(): Turn {
    const client = database.pool.connect()
    const ended = Promise.withResolvers<void>()
    const locked = client.then((connected) => connected.query(lock, [teamId]))
    const taken: Turn = {
      // Without a turn the work is slower, and no less right.
      begun: locked.then(begin).catch(() => undefined),
      ended: ended.promise,
      working: 0,
      over: false,
      end() {
        turn = null
        client
          .then((connected) => {
            connected.query(unlock, [teamId]).then(
              () => connected.release(),
              () => connected.release(true),
            )
          })
          .catch(() => undefined)
        ended.resolve()
      },
    }
    locked
      .catch(() => undefined)
      .then(() =>
        setTimeout(() => {
          taken.over = true
          if (taken.working === 0) taken.end()
        }, turnMs),
      )
    return taken
  }
}

const lock = 'select pg_advisory_lock(hashtextextended($1, 11))'
const unlock = 'select pg_advisory_unlock(hashtextextended($1, 11))'
