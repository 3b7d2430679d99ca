import type { Column, Row } from './column.ts'

/** A file that is being written. Pages have up to some thousand rows, and none is kept once it is appended. */
export type PartFile = {
  append(rows: readonly Row[]): Promise<void>
  /** Completes the file; its bytes are on the disk afterwards. */
  finish(): Promise<void>
}

export type OpenPart = (path: string, columns: readonly Column[]) => Promise<PartFile>
