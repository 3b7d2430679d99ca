import type { PoolClient } from 'pg'
import { countedInWords } from '../catalog/words.ts'
import { formatDecimal } from '../domain/amounts/decimal.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { billAmount, billLines, fateOf } from '../domain/metered-bill.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { instant } from '../ledger/rows/instants.ts'
import type { BillLine } from './metered-bill-rows.ts'

const readSums = `
  select t.team_id, u.rate, u.currency, sum(u.quantity)::text as quantity, sum(u.money)::text as money
  from unnest($1::text[]) t(team_id)
  cross join lateral usage_between(t.team_id, ${instant('$2::float8')}, ${instant('$3::float8')}) u
  where u.currency <> '' group by 1, 2, 3 order by 1, 3, sum(u.money) desc, 2`
// The rows that take over are written in the same transaction.
const takeCarried = `
  update metered_bill b set carried_to = $1
  from unnest($2::text[], $3::text[]) taking(team_id, currency)
  where b.team_id = taking.team_id and b.currency = taking.currency and b.state = 'CARRIED' and b.carried_to is null
    and b.month < $1 and not exists (
      select from metered_bill w where w.team_id = b.team_id and w.month = $1 and w.currency = b.currency)
  returning b.team_id, b.currency, (b.amount + b.carried)::text as left`
const writeRows = `
  insert into metered_bill (team_id, month, currency, amount, carried, lines, state, created_at, ask_at)
  select team_id, $1, currency, amount, carried, lines, state, ledger_now(),
    case state when 'DUE' then ledger_now() end
  from jsonb_to_recordset($2::jsonb)
    as bill(team_id text, currency text, amount numeric, carried numeric, lines jsonb, state text)
  on conflict do nothing`

type CarriedRow = { team_id: TeamId; currency: string; left: string }
type SumRow = { team_id: TeamId; rate: string; currency: string; quantity: string; money: string }

/** A month that is over. `name`: `2026-11`. */
export type PastMonth = { readonly name: string; readonly startsAt: Instant; readonly endsAt: Instant }

export type RateNames = Pick<Catalogs, 'wholeAt' | 'nameOf'>

/**
 * Writes what each team owes for its metered usage in the month: one bill a currency, which takes over what earlier bills
 * were too small to charge. A written bill stays as it is.
 */
export async function writeBills(
  client: PoolClient,
  catalogs: RateNames,
  teams: readonly TeamId[],
  { name, startsAt, endsAt }: PastMonth,
): Promise<void> {
  const { rows } = await client.query<SumRow>(readSums, [teams, startsAt, endsAt])
  const used = billsOf(rows, (sum, amount) => lineOf(catalogs, sum, amount, endsAt))
  const takers = [name, used.map(({ team_id }) => team_id), used.map(({ currency }) => currency)]
  const left = (await client.query<CarriedRow>(takeCarried, takers)).rows
  const carriedTo = new Map(left.map((row) => [`${row.currency} ${row.team_id}`, BigInt(row.left)]))
  const bills = used.map(({ amount, ...bill }) => {
    const carried = carriedTo.get(`${bill.currency} ${bill.team_id}`) ?? 0n
    const state = fateOf(amount + carried, bill.currency)
    return { ...bill, amount: `${amount}`, carried: `${carried}`, state }
  })
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
    return { team_id, currency, amount: billAmount(amounts, currency), lines }
  })
}

function lineOf(catalogs: RateNames, { rate, quantity }: SumRow, amount: bigint, endsAt: Instant): BillLine {
  const priced = catalogs.wholeAt(endsAt).rateCard.rates.get(rate)
  return {
    rate,
    name: catalogs.nameOf(rate) ?? rate,
    quantity: formatDecimal(BigInt(quantity)),
    amount: `${amount}`,
    counted: priced === undefined ? null : countedInWords(priced),
  }
}
