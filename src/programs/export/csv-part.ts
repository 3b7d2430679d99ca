import { stringify } from 'csv-stringify/sync'
import { formatCredits } from '../../domain/amounts/credits.ts'
import { formatMoney } from '../../domain/amounts/money.ts'
import type { Cell, Column } from './column.ts'
import type { OpenPart } from './part-file.ts'
import { createPrivate } from './private-file.ts'

/** Amounts are exact decimals, instants ISO 8601 in UTC. Text that a spreadsheet would compute begins with an apostrophe. */
export const openCsvPart: OpenPart = async (path, columns) => {
  const file = await createPrivate(path)
  const isInstant = columns.map(({ type }) => type === 'instant')
  await file.write(`${columns.map(({ name }) => name).join(',')}\n`)
  return {
    async append(rows) {
      const shown = rows.map((row) => row.map((cell, index) => (isInstant[index] ? iso(cell) : cell)))
      await file.write(csvOf(shown, columns))
    },
    async finish() {
      await file.sync()
      await file.close()
    },
  }
}

const csvOf = (rows: Cell[][], columns: readonly Column[]): string =>
  stringify(rows, {
    // Text of callers could begin as a formula. Amounts are bigint, whose minus sign stays.
    escape_formulas: true,
    cast: { bigint: (amount, { index }) => exact(amount, columns[index]?.type) },
  })

const exact = (amount: bigint, type: Column['type'] | undefined): string =>
  type === 'money' ? formatMoney({ amount, currency: '' }) : formatCredits(amount)

const iso = (cell: Cell): Cell => (typeof cell === 'number' ? new Date(cell).toISOString() : cell)
