'use client'
import { type PillOptions, type PillState, type TokenSource, tokenFrom } from '@credits-gateway/elements/controllers'
import { useEffect, useInsertionEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { PillStore } from './pill-store.ts'

/** `token` as a text or a function, or the `tokenUrl` of the host's backend. Functions may be others on each render. */
export type UsePillOptions = Omit<PillOptions, 'token'> &
  (
    | { readonly token: TokenSource; readonly tokenUrl?: undefined }
    | { readonly token?: undefined; readonly tokenUrl: string }
  )

export type Pill = PillState & { readonly dismiss: (noticeId: string) => void }

function tokenOf({ token, tokenUrl }: UsePillOptions): string | Promise<string> {
  if (token === undefined) return tokenFrom(tokenUrl)()
  return typeof token === 'function' ? token() : token
}

/**
 * A live pill without a view, over the connection that all tabs and pills of the same caller share. On a server and in hydration it
 * has `initial` alone.
 */
export function usePill(options: UsePillOptions): Pill {
  const { endpoint, teamId, token, tokenUrl, rate } = options
  const latest = useRef(options)
  useInsertionEffect(() => {
    latest.current = options
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: `initial` counts where a pill begins
  const store = useMemo(() => {
    const { initial = null } = options
    return new PillStore({
      endpoint,
      teamId,
      initial,
      rate,
      token: () => tokenOf(latest.current),
      on: (type, detail) => latest.current.on?.(type, detail),
      onExhausted: () => latest.current.onExhausted?.(),
    })
  }, [endpoint, teamId, rate])
  const text = typeof token === 'function' ? undefined : token
  // biome-ignore lint/correctness/useExhaustiveDependencies: another token is what it waits for
  useEffect(() => store.renew(), [store, text, tokenUrl])
  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot)
  return useMemo(() => ({ ...state, dismiss: store.dismiss }), [state, store])
}
