import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../database/open.ts'
import type { Catalogs } from './catalogs.ts'

const refreshEveryMs = 500

/** Reads the catalogs in the background, so that decisions need not wait for it. `stop` resolves when that has ended. */
export function refreshCatalogs(catalogs: Pick<Catalogs, 'refresh'>, { log }: Pick<Database, 'log'>) {
  const stopping = new AbortController()
  const { signal } = stopping
  async function run(): Promise<void> {
    let failing = false
    while (!signal.aborted) {
      await delay(refreshEveryMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await catalogs.refresh()
        failing = false
      } catch (error) {
        if (!failing) log.warn({ err: error }, 'The catalogs could not be read; trying again')
        failing = true
      }
    }
  }
  const done = run()
  return {
    async stop(): Promise<void> {
      stopping.abort()
      await done
    },
  }
}
