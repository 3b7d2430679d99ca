import type { Unsubscribe } from '../../client/index.ts'

/** Calls `seen` whenever the customer comes back to the page; never where there is no page. */
export function onSeenAgain(seen: () => void): Unsubscribe {
  const { document } = globalThis
  if (document === undefined) return () => undefined
  const changed = () => {
    if (document.visibilityState === 'visible') seen()
  }
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
