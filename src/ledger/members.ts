import { keepNewest } from '../concurrency/bounded-map.ts'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { MemberId, TeamId } from '../domain/identity.ts'

/** A caller who acts for a team. `role` is the role in its token; KEY for an API key. */
export type SeenMember = {
  readonly teamId: TeamId
  readonly id: MemberId
  readonly name: string | null
  readonly role: string
}

export type Admin = { readonly id: MemberId; readonly name: string | null }

export type Members = {
  /** Stores who acts for a team. Returns at once, and writes only what is new to this process. */
  seen(member: SeenMember): void
  /** The name of a member, as last seen. Calls that wait at the same time share one read. */
  nameOf(teamId: TeamId, id: MemberId): Promise<string | null>
  /**
   * The team's members who were admins when last seen, by name; at most 20. Calls that wait at the same time share one
   * read.
   */
  adminsOf(teamId: TeamId): Promise<readonly Admin[]>
  /** Resolves when everything seen is written. */
  idle(): Promise<void>
}

type Place = { readonly teamId: TeamId; readonly id: MemberId }

type AdminRow = { team_id: TeamId; id: MemberId; name: string | null }

const maxKnown = 50_000
const keyOf = ({ teamId, id }: { teamId: string; id: string }) => `${teamId}\n${id}`

const readAdmins = `
  select t.team_id, m.id, m.name from unnest($1::text[]) t(team_id) cross join lateral (
    select id, name from member where team_id = t.team_id and role = 'ADMIN' order by name, id limit 20) m`

/** Loaded with MikroORM for the first member, because no start needs it. */
const loadEntity = async () => (await import('../entities/member.ts')).MemberEntity

export function createMembers(database: Database): Members {
  const known = new Map<string, string>()
  const writing = new Map<string, Promise<void>>()

  function seen(member: SeenMember): void {
    const key = keyOf(member)
    const facts = `${member.role}\n${member.name ?? ''}`
    if (known.get(key) === facts) return
    known.delete(key)
    known.set(key, facts)
    keepNewest(known, maxKnown)
    const before = writing.get(key) ?? Promise.resolve()
    const written = before
      .then(() => write(member))
      .catch((error) => {
        known.delete(key)
        database.log.warn({ error }, 'A member could not be remembered')
      })
      .finally(() => writing.get(key) === written && writing.delete(key))
    writing.set(key, written)
  }

  async function write(member: SeenMember): Promise<void> {
    const [em, MemberEntity] = await Promise.all([database.em(), loadEntity()])
    await em.upsert(MemberEntity, { ...member, seenAt: new Date() })
  }

  const names = new Lane<Place, string | null>(
    async (places) => {
      const wanted = [...new Map(places.map((place) => [keyOf(place), place])).values()]
      const [em, MemberEntity] = await Promise.all([database.em(), loadEntity()])
      const rows = await em.find(MemberEntity, { $or: wanted.map(({ teamId, id }) => ({ teamId, id })) })
      const found = new Map(rows.map((row) => [keyOf(row), row.name ?? null]))
      return places.map((place) => ({ status: 'fulfilled' as const, value: found.get(keyOf(place)) ?? null }))
    },
    { batch: 200, parallel: 1, capacity: 100_000 },
  )

  const admins = new Lane<TeamId, readonly Admin[]>(
    async (teams) => {
      const values = [[...new Set(teams)]]
      const { rows } = await database.pool.query<AdminRow>({ name: 'admins', text: readAdmins, values })
      const found = Map.groupBy(rows, (row) => row.team_id)
      return teams.map((teamId) => {
        const value = (found.get(teamId) ?? []).map(({ id, name }) => ({ id, name }))
        return { status: 'fulfilled' as const, value }
      })
    },
    { batch: 200, parallel: 1, capacity: 100_000 },
  )

  return {
    seen,
    async nameOf(teamId, id) {
      await writing.get(keyOf({ teamId, id }))
      return names.one({ teamId, id })
    },
    async adminsOf(teamId) {
      await Promise.all([...writing].flatMap(([key, written]) => (key.startsWith(`${teamId}\n`) ? [written] : [])))
      return admins.one(teamId)
    },
    async idle() {
      await Promise.all(writing.values())
    },
  }
}
