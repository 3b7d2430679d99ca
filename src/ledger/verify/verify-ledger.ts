import type { PoolClient } from 'pg'
import type { Database } from '../../database/open.ts'
import { amounts } from './amounts.ts'
import { audit } from './audit.ts'
import { bills } from './bills.ts'
import { books } from './books.ts'
import { burning } from './burning.ts'
import { currencies } from './currencies.ts'
import { derived } from './derived.ts'
import { holds } from './holds.ts'
import type { Invariant } from './invariant.ts'
import { limits } from './limits.ts'
import { outcomes } from './outcomes.ts'
import { payments } from './payments.ts'
import { periods } from './periods.ts'
import { postings } from './postings.ts'
import { recharges } from './recharges.ts'
import { time } from './time.ts'

export const invariants: readonly Invariant[] = [
  ...amounts,
  ...postings,
  ...time,
  ...periods,
  ...burning,
  ...holds,
  ...limits,
  ...recharges,
  ...currencies,
  ...outcomes,
  ...audit,
  ...payments,
  ...books,
  ...derived,
  ...bills,
]

export type Verdict = {
  readonly name: string
  readonly says: string
  readonly violations: number
  /** Some of the violating rows. */
  readonly examples: readonly unknown[]
}

const maxExamples = 20

/** Checks every invariant over all teams, as of one moment, while the ledger may go on. Only reads. */
export async function verifyLedger(database: Pick<Database, 'snapshot'>): Promise<Verdict[]> {
  return database.snapshot((client) =>
    // Sent together where the connection pipelines: on a small ledger the round trips would cost more than the checks.
    Promise.all(invariants.map((invariant) => verdictOn(invariant, client))),
  )
}

async function verdictOn({ name, says, sql }: Invariant, client: Pick<PoolClient, 'query'>): Promise<Verdict> {
  const { rows } = await client.query<{ violations: string; example: unknown }>({
    name: `verify-${name}`,
    text: `select count(*) over () as violations, to_jsonb(v) as example from (${sql}) v limit ${maxExamples}`,
  })
  return {
    name,
    says,
    violations: Number(rows[0]?.violations ?? 0),
    examples: rows.map(({ example }) => example),
  }
}
