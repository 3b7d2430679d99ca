type Place = {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

/** The parts of a page that tell of its surroundings; in Node they are absent. */
const surroundings: {
  readonly setTimeout: unknown
  readonly window?: Place
  readonly document?: Place & { readonly visibilityState: string }
  readonly location?: { readonly href: string }
} = globalThis

/** The address that a page's relative ones are relative to. */
export const pageAddress = (): string | undefined => surroundings.location?.href

/** Calls when the line may have come or gone: the device is on- or offline, the page is looked at again. Returns how to stop. */
export function onChangedSurroundings(changed: () => void): () => void {
  const { window, document } = surroundings
  const seen = () => {
    if (document?.visibilityState === 'visible') changed()
  }
  for (const type of ['online', 'offline'] as const) window?.addEventListener(type, changed)
  document?.addEventListener('visibilitychange', seen)
  return () => {
    for (const type of ['online', 'offline'] as const) window?.removeEventListener(type, changed)
    document?.removeEventListener('visibilitychange', seen)
  }
}
