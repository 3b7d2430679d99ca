import type { PoolClient } from 'pg'
import { type TeamId, teamId } from '../../src/domain/identity.ts'
import { type ActivityFilter, readActivity } from '../../src/ledger/history/activity.ts'
import { addFacets } from '../../src/ledger/history/take-checkpoint.ts'
import { wholeSpan } from '../../src/ledger/rows/span.ts'
import { catalog, type Ground, withGround } from '../bench-ledger.ts'
import type { Case } from '../figure.ts'

const few = 5_000
const many = 5_000_000
const none: ActivityFilter = { from: null, to: null, types: null, memberId: null, rate: null, references: null }

/** A page of activity at any depth of a long history, beside one of a short history. */
export const activityPage: Case = {
  name: 'activity-page',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      const short = { team: await writeHistory(ground, 'short', few, progress), entries: few }
      const long = { team: await writeHistory(ground, 'long', many, progress), entries: many }
      progress('vacuum')
      await ground.database.pool.query('vacuum (analyze) entry, posting_facet')
      const client = await ground.database.pool.connect()
      try {
        const pages = async (filter: ActivityFilter) => {
          const median = (history: History, share: number) => medianPage(client, history, filter, seconds * share)
          await median(short, 1 / 4)
          const before = await median(short, 1 / 2)
          const at = await median(long, 1)
          const after = await median(short, 1 / 2)
          return { at, beside: (before + after) / 2 }
        }
        progress('pages at random depths')
        const plain = await pages(none)
        progress('pages of one member and of one rate')
        const member = await pages({ ...none, memberId: 'ana' })
        const byRate = await pages({ ...none, rate: 'video.kling-3-0' })
        return Object.entries({ any: plain, 'one member': member, 'one rate': byRate }).map(
          ([which, { at, beside }]) => ({
            what: `an activity page of 50 (${which}) at 5,000,000 entries ÷ at 5,000`,
            measured: `${at.toFixed(2)} ms`,
            baseline: `${beside.toFixed(2)} ms`,
            ratio: at / beside,
            goal: { kind: 'below' as const, floor: 1.5, aim: 1.1 },
          }),
        )
      } finally {
        client.release()
      }
    }),
}

type History = { readonly team: TeamId; readonly entries: number }

async function medianPage(client: PoolClient, { team, entries }: History, filter: ActivityFilter, seconds: number) {
  const took: number[] = []
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    const below = 1_000 + Math.floor(Math.random() * (entries - 1_000))
    const begun = performance.now()
    const { items } = await readActivity(client, team, { filter, span: { ...wholeSpan, below }, limit: 50 })
    took.push(performance.now() - begun)
    if (items.length === 0) throw new Error('An empty page is no measure')
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? Number.NaN
}

/** Charges written as the ledger writes them, by the database itself: one in 20 by ana, one in 50 of a video rate. */
async function writeHistory(
  { database }: Ground,
  name: string,
  entries: number,
  progress: (message: string) => void,
): Promise<TeamId> {
  const chunk = 250_000
  for (let from = 1; from <= entries; from += chunk) {
    const to = Math.min(from + chunk - 1, entries)
    await database.pool.query(
      `insert into entry (team_id, revision, grant_id, from_state, to_state, amount, available_after, held_after, owed_after,
         effective_at, posting, size, type, change, member_id, reference, rate_card_version, line, rate, quantity, count)
       select $1, i, 1, 'available', 'spent', 1500000, ($4::bigint - i) * 1500000, 0, 0,
         timestamptz '2026-01-01' + i * interval '1 second', i, 1, 'CHARGE', -1500000,
         case when i % 20 = 0 then 'ana' else 'ben' end, 'job-' || i, $5, 0,
         case when i % 50 = 0 then 'video.kling-3-0' else 'tts.openai' end, 100000000, 1
       from generate_series($2::bigint, $3::bigint) i`,
      [name, from, to, entries, catalog.version],
    )
    await database.pool.query(addFacets, [name, from - 1, to])
    if (entries > chunk) progress(`${to.toLocaleString('en')} of ${entries.toLocaleString('en')} entries`)
  }
  const checkpoint = `insert into checkpoint (team_id, revision, effective_at, grants) values ($1, $2, now(), '[]')`
  await database.pool.query(checkpoint, [name, entries])
  return teamId(name)
}
