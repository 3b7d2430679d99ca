import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** How far an export has come: written after each part. */
const shape = z.object({
  kind: z.string(),
  format: z.string(),
  /** The number of the last part; 0: none is written. */
  part: z.int().nonnegative(),
  /** The cursor behind it; null: the beginning. */
  after: z.string().nullable(),
  /** Whether the last run reached the end. */
  complete: z.boolean(),
})
export type Progress = Readonly<z.infer<typeof shape>>

/** The progress of the runs before; null: there was none. */
export async function readProgress(path: string): Promise<Progress | null> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
