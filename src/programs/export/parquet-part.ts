import { open } from 'node:fs/promises'
import type { SchemaElement } from 'hyparquet'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import { type Cell, type Column, scales } from './column.ts'
import type { OpenPart } from './part-file.ts'
import { createPrivate } from './private-file.ts'

/** A decimal of 64 bits has no more digits; the largest amounts have as many. */
const precision = 18

/** A page of rows becomes a row group. Amounts are decimals, instants UTC timestamps in milliseconds. */
export const openParquetPart: OpenPart = async (path, columns) => {
  const schema = [{ name: 'export', num_children: columns.length }, ...columns.map(elementOf)]
  // The writer appends to the file that is there.
  await (await createPrivate(path)).close()
  const writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'credits-gateway' })
  return {
    async append(rows) {
      const columnData = columns.map(({ name }, index) => ({
        name,
        data: rows.map((row) => stored(row[index] ?? null)),
      }))
      await writer.write({ columnData, rowGroupSize: Math.max(1, rows.length) })
    },
    async finish() {
      await writer.finish()
      const file = await open(path, 'r+')
      await file.sync().finally(() => file.close())
    },
  }
}

function elementOf({ name, type }: Column): SchemaElement {
  const element = { name, repetition_type: 'OPTIONAL' } as const
  if (type === 'integer') return { ...element, type: 'INT64' }
  if (type === 'text') {
    return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
  }
  if (type === 'instant') {
    const logical_type = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } as const
    return { ...element, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type }
  }
  return { ...element, type: 'INT64', converted_type: 'DECIMAL', precision, scale: scales[type] }
}

/** Every number is a whole one of 64 bits. */
const stored = (cell: Cell): Cell => (typeof cell === 'number' ? BigInt(cell) : cell)
