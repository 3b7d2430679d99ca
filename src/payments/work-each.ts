import type { Logger } from 'pino'
import { levelOf } from './outages.ts'

/**
 * Works on each item, one after another. One that fails keeps no other waiting: `failed` is told in the log with its
 * names, and its claim ends, so that it is worked on again.
 */
export async function workEach<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
  { log, failed, namesOf }: { log: Logger; failed: string; namesOf: (item: Item) => object },
): Promise<void> {
  for (const item of items) {
    try {
      await work(item)
    } catch (error) {
      log[levelOf(error)]({ err: error, ...namesOf(item) }, failed)
    }
  }
}
