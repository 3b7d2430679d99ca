import type { PoolClient } from 'pg'
import { countedInWords } from '../catalog/words.ts'
import { formatDecimal } from '../domain/amounts/decimal.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { billAmount, billLines } from '../domain/metered-bill.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { instant } from '../ledger/rows/instants.ts'
import type { BillLine } from './metered-bill-rows.ts'

const readSums = `
  select t.team_id, u.rate, u.currency, sum(u.quantity)::text as quantity, sum(u.money)::text as money
  from unnest($1::text[]) t(team_id)
  cross join lateral usage_between(t.team_id, ${instant('$2::float8')}, ${instant('$3::float8')}) u
  where u.currency <> '' group by 1, 2, 3 order by 1, 3, sum(u.money) desc, 2`
const writeRows = `
  insert into metered_bill (team_id, month, currency, amount, lines, state, created_at, ask_at)
  select team_id, $1, currency, amount, lines, case amount when 0 then 'NOTHING' else 'DUE' end, ledger_now(),
    case amount when 0 then null else ledger_now() end
  from jsonb_to_recordset($2::jsonb) as bill(team_id text, currency text, amount numeric, lines jsonb)
  on conflict do nothing`

type SumRow = { team_id: TeamId; rate: string; currency: string; quantity: string; money: string }

/** A month that is over. `name`: `2026-11`. */
export type PastMonth = { readonly name: string; readonly startsAt: Instant; readonly endsAt: Instant }

export type RateNames = Pick<Catalogs, 'rulesAt' | 'nameOf'>

/** Writes what each team owes for its metered usage in the month: one bill a currency. A written bill stays as it is. */
export async function writeBills(
  client: PoolClient,
  catalogs: RateNames,
  teams: readonly TeamId[],
  { name, startsAt, endsAt }: PastMonth,
): Promise<void> {
  const { rows } = await client.query<SumRow>(readSums, [teams, startsAt, endsAt])
  const bills = billsOf(rows, (sum, amount) => lineOf(catalogs, sum, amount, endsAt))
  await client.query(writeRows, [name, JSON.stringify(bills)])
}

function billsOf(sums: readonly SumRow[], lineOf: (sum: SumRow, amount: bigint) => BillLine) {
  const groups = Map.groupBy(sums, ({ team_id, currency }) => `${currency} ${team_id}`)
  return [...groups.values()].flatMap((group) => {
    const [{ team_id, currency } = { team_id: '', currency: '' }] = group
    const used = group.filter(({ money }) => money !== '0')
    const amounts = billLines(
      used.map(({ money }) => BigInt(money)),
      currency,
    )
    const lines = used.map((sum, index) => lineOf(sum, amounts[index] ?? 0n))
    return { team_id, currency, amount: `${billAmount(amounts, currency)}`, lines }
  })
}

function lineOf(catalogs: RateNames, { rate, quantity }: SumRow, amount: bigint, endsAt: Instant): BillLine {
  const priced = catalogs.rulesAt(endsAt).card.rates.get(rate)
  return {
    rate,
    name: catalogs.nameOf(rate) ?? rate,
    quantity: formatDecimal(BigInt(quantity)),
    amount: `${amount}`,
    counted: priced === undefined ? null : countedInWords(priced),
  }
}
