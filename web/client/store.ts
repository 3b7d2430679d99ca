import type { CreditsClientError } from './errors.ts'
import type { Feed } from './feed.ts'
import type { ClientState, Line } from './line.ts'
import { tell, type Unsubscribe } from './listeners.ts'

/** The values that a view shows. The same object as long as nothing in it changes. */
export type Snapshot<Value> = {
  /** The latest value; null before the first. After the end of the subscription it stays, for as long as a view shows it. */
  readonly value: Value | null
  readonly state: ClientState
  /** Why the client is not live, or why the gateway refused this subscription. */
  readonly error: CreditsClientError | null
}

/** A feed in the shape of React's `useSyncExternalStore`; its functions need no `this`. */
export type Store<Value> = {
  /** `changed` hears of each change of the snapshot. The client connects while somebody subscribes. Never throws. */
  readonly subscribe: (changed: () => void) => Unsubscribe
  readonly getSnapshot: () => Snapshot<Value>
  /** For rendering on a server and for hydration: always the same, without a value, in the state `idle`. Connects nowhere. */
  readonly getServerSnapshot: () => Snapshot<Value>
}

const empty: Snapshot<never> = Object.freeze({ value: null, state: 'idle', error: null })

export function storeOf<Value>(
  line: Pick<Line, 'state' | 'error' | 'onState'>,
  feed: Pick<Feed<Value>, 'current' | 'subscribe'>,
): Store<Value> {
  const listeners = new Map<object, () => void>()
  let refusal: CreditsClientError | null = null
  let last: Snapshot<Value> = empty
  let stop: Unsubscribe = () => undefined

  const getSnapshot = (): Snapshot<Value> => {
    const value = feed.current ?? (listeners.size > 0 ? last.value : null)
    const { state } = line
    const error = refusal ?? line.error
    if (value !== last.value || state !== last.state || error !== last.error)
      last = Object.freeze({ value, state, error })
    return last
  }
  // Also where the snapshot was read since it changed: another view may show the one before.
  const changed = () => {
    for (const listener of [...listeners.values()]) tell(listener)
  }
  const start = () => {
    const stopState = line.onState(changed)
    let stopFeed: Unsubscribe = () => undefined
    refusal = null
    try {
      const onError = (error: CreditsClientError) => {
        refusal = error
        changed()
      }
      stopFeed = feed.subscribe(changed, { onError })
    } catch (error) {
      refusal = error as CreditsClientError
    }
    stop = () => {
      stopState()
      stopFeed()
    }
  }
  return {
    subscribe(listener) {
      const key = {}
      // A value that no view has shown since is forgotten.
      if (listeners.size === 0) getSnapshot()
      listeners.set(key, listener)
      if (listeners.size === 1) start()
      return () => {
        if (listeners.delete(key) && listeners.size === 0) stop()
      }
    },
    getSnapshot,
    getServerSnapshot: () => empty,
  }
}
