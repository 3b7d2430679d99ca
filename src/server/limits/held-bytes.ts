import type { Viewer } from '../../access/viewer.ts'

/** Bytes of one caller's bodies that are read or answered at the same time. */
export const maxCallerBodyBytes = 32_000_000
/** The bound for all callers of production together; one PLATFORM caller may have all of it. */
export const maxAllBodyBytes = 256_000_000
/** The same for the test space, whose callers leave production's bytes alone. */
export const maxTestSpaceBodyBytes = 64_000_000
/** The bound for senders without a token from one address. */
export const maxAddressBodyBytes = 4_000_000
/** The bound for senders without a token from all addresses. */
export const maxAllAnonymousBodyBytes = 32_000_000

/** More bytes are under way than may be. `whose`: the caller's own, or those of all. */
export class TooManyBytes extends Error {
  override readonly name = 'TooManyBytes'
  readonly whose: 'own' | 'all'

  constructor(whose: 'own' | 'all') {
    const message =
      whose === 'own'
        ? 'Too many bytes of your requests are under way: wait for answers, or send less at once'
        : 'Too many bytes of requests are under way: try again in a moment'
    super(message)
    this.whose = whose
  }
}

/** Bytes of one request. */
export type Held = {
  /** @throws {TooManyBytes} */
  add(bytes: number): void
  /** The request is answered. Again is harmless. */
  release(): void
}

type Sum = { bytes: number; readonly most: number }

/** The bytes of all bodies of a space that are under way, bounded by caller and in sum. */
export class HeldBytes {
  readonly #all: Sum
  readonly #anonymous: Sum = { bytes: 0, most: maxAllAnonymousBodyBytes }
  readonly #payers = new Map<string, Sum>()

  /** `most`: of all callers together. */
  constructor(most: number) {
    this.#all = { bytes: 0, most }
  }

  /** `key`: one caller, or one address of nobody. */
  begin(viewer: Viewer | null, key: string): Held {
    const all = viewer === null ? this.#anonymous : this.#all
    let own: Sum | undefined
    let held = 0
    return {
      add: (bytes) => {
        own ??= this.#payers.get(key) ?? { bytes: 0, most: this.#ownMost(viewer) }
        if (own.bytes + bytes > own.most) throw new TooManyBytes('own')
        if (all.bytes + bytes > all.most) throw new TooManyBytes('all')
        this.#payers.set(key, own)
        own.bytes += bytes
        all.bytes += bytes
        held += bytes
      },
      release: () => {
        all.bytes -= held
        if (own !== undefined) own.bytes -= held
        if (own?.bytes === 0) this.#payers.delete(key)
        held = 0
      },
    }
  }

  #ownMost(viewer: Viewer | null): number {
    if (viewer === null) return maxAddressBodyBytes
    return viewer.role === 'PLATFORM' ? this.#all.most : maxCallerBodyBytes
  }
}
