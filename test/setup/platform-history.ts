import pg from 'pg'
import { expect } from 'vitest'
import type { PlatformPlace } from '../../src/ledger/history/platform-events.ts'
import { encodePlatformPlace } from '../../src/resolvers/request/ids.ts'

const places = `
  select platform_position::float8 as "platformPosition", team_id as "teamId", revision::float8, 0 as number
  from entry where type is not null
  union all select platform_position::float8, team_id, revision::float8, number from account_notice
  order by 1, 2, 3, 4`

/** The ids of all events of a database, in their one order. Each team's own order is kept in it. */
export async function platformHistory(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<PlatformPlace>(places).finally(() => client.end())
  for (const own of Map.groupBy(rows, ({ teamId }) => teamId).values()) {
    const inOrder = own.toSorted((one, other) => one.revision - other.revision || one.number - other.number)
    expect(own).toEqual(inOrder)
  }
  return rows.map(encodePlatformPlace)
}

/** Each reader has the events of the order behind its first one: none lost, none twice, none in another place. */
export function expectOneOrder(history: readonly string[], readers: readonly (readonly string[])[]): void {
  for (const seen of readers) {
    const first = seen[0] === undefined ? history.length : history.indexOf(seen[0])
    expect(seen).toEqual(history.slice(first, first + seen.length))
  }
}
