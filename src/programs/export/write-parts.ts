import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../database/open.ts'
import { openCsvPart } from './csv-part.ts'
import type { Kind } from './kinds.ts'
import { openParquetPart } from './parquet-part.ts'
import type { OpenPart } from './part-file.ts'
import { createPrivate, privateDirectory } from './private-file.ts'
import { type Progress, readProgress } from './progress.ts'

export const formats = { csv: openCsvPart, parquet: openParquetPart } as const satisfies Readonly<
  Record<string, OpenPart>
>
export type Format = keyof typeof formats

/** The export can not be made as it was requested; the message says what to do. */
export class CannotExport extends Error {
  override readonly name = 'CannotExport'
}

export type ExportOptions = {
  readonly kind: Kind
  readonly format: Format
  readonly directory: string
  /** Where a new export begins; null: at the beginning. */
  readonly after: string | null
  /** How many pages a part has at most. */
  readonly pagesPerPart: number
  /** Hears of each part once it is complete. */
  readonly written: (name: string, rows: number) => void
}

type Part = { readonly rows: number; readonly cursor: string | null; readonly isLast: boolean }

/**
 * Writes what is behind the last part that is there, in numbered parts. A part and then the cursor behind it take their
 * names once they are complete, so a run that was killed leaves whole parts, and the next one writes the same bytes as
 * if it had not been.
 *
 * @throws {CannotExport} with nothing written.
 */
export async function writeParts(database: Database, options: ExportOptions): Promise<Progress> {
  const { kind, format, directory, pagesPerPart, written } = options
  await mkdir(directory, { recursive: true, mode: privateDirectory })
  const progressPath = join(directory, `${kind.name}.cursor.json`)
  let progress = await begin(database, options, await readProgress(progressPath))
  for (let isLast = false; !isLast; ) {
    const part = progress.part + 1
    const file = `${kind.name}-${`${part}`.padStart(6, '0')}.${format}`
    const done = await writePart(database, kind, join(directory, file), { format, after: progress.after, pagesPerPart })
    isLast = done.isLast
    progress = { ...progress, ...(done.rows > 0 && { part, after: done.cursor }), complete: isLast }
    await replace(progressPath, `${JSON.stringify(progress, null, 2)}\n`)
    if (done.rows > 0) written(file, done.rows)
  }
  return progress
}

async function begin(database: Database, options: ExportOptions, before: Progress | null): Promise<Progress> {
  const { kind, format, directory, after } = options
  if (before !== null && before.format !== format) {
    throw new CannotExport(`${directory} has ${kind.name} as ${before.format}: name that format, or another directory`)
  }
  if (before !== null && after !== null) {
    throw new CannotExport(`${directory} has ${kind.name} already, and continues behind them: leave out --after`)
  }
  const first: Progress = { kind: kind.name, format, part: 0, after, complete: false }
  const progress = before === null || (before.complete && kind.changes) ? first : before
  const cursor = progress.after
  if (cursor === null || (await database.snapshot((client) => kind.accepts(client, cursor)))) return progress
  throw new CannotExport(
    `'${cursor}' is no place in this database: give the id of an event. If an earlier state of the database was restored, begin again in another directory`,
  )
}

type PartOptions = { readonly format: Format; readonly after: string | null; readonly pagesPerPart: number }

/** A part without rows leaves no file. */
async function writePart(
  database: Database,
  kind: Kind,
  path: string,
  { format, after, pagesPerPart }: PartOptions,
): Promise<Part> {
  const read = (behind: string | null) => database.snapshot((client) => kind.read(client, behind, kind.pageSize))
  let page = await read(after)
  if (page.rows.length === 0) return { rows: 0, cursor: after, isLast: true }
  const unfinished = `${path}.unfinished`
  const file = await formats[format](unfinished, kind.columns)
  let rows = 0
  let cursor = after
  for (let pages = 1; ; pages += 1) {
    if (page.rows.length > 0) await file.append(page.rows)
    rows += page.rows.length
    cursor = page.cursor ?? cursor
    if (page.isLast || pages === pagesPerPart) break
    page = await read(cursor)
  }
  await file.finish()
  await rename(unfinished, path)
  return { rows, cursor, isLast: page.isLast }
}

async function replace(path: string, text: string): Promise<void> {
  const unfinished = `${path}.unfinished`
  const file = await createPrivate(unfinished)
  try {
    await file.write(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}
