import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../database/open.ts'
import type { Catalogs } from './catalogs.ts'

const refreshEveryMs = 500

/**
 * Reads the catalogs in the background, so that decisions need not wait for it, and tells within about half a second when
 * another one is in force. Resolves `stop` when it has ended.
 */
export function keepFresh(
  catalogs: Pick<Catalogs, 'refresh' | 'catalogAt'>,
  { log }: Pick<Database, 'log'>,
  switched: () => void = () => undefined,
) {
  const stopping = new AbortController()
  const { signal } = stopping
  async function run(): Promise<void> {
    let failing = false
    let version: string | null = null
    while (!signal.aborted) {
      await delay(refreshEveryMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      try {
        const inForce = catalogs.catalogAt(await catalogs.refresh()).version
        if (version !== null && inForce !== version) switched()
        version = inForce
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
