import type { Stripe } from 'stripe'

/** Stripe's list of events, newest first. */
export type ListEvents = (page: {
  readonly created: { readonly gte: number; readonly lt?: number }
  readonly starting_after?: string
}) => Promise<Pick<Stripe.ApiList<Stripe.Event>, 'data' | 'has_more'>>

/** The most events that are held at once, apart from those of a single second. */
const maxHeld = 1_000

type Slice = {
  /** Oldest first. */
  readonly events: readonly Stripe.Event[]
  /** The second at which the next slice begins; null: this slice ends with the list. */
  readonly until: number | null
}

/**
 * All events of the list since a second, oldest first, in slices of time that hold a bounded number of events. The list
 * begins with the newest, so that a slice with too many of them is read again as its older half.
 */
export async function* readEvents(list: ListEvents, since: number): AsyncGenerator<readonly Stripe.Event[]> {
  let width: number | null = null
  for (let from: number | null = since; from !== null; ) {
    const { events, until }: Slice = await readSlice(list, from, width)
    yield events
    // Where events are few again, the rest of the list is tried as one slice.
    width = until === null || events.length < maxHeld / 4 ? null : until - from
    from = until
  }
}

async function readSlice(list: ListEvents, from: number, width: number | null): Promise<Slice> {
  let until = width === null ? null : from + width
  for (;;) {
    const newestFirst: Stripe.Event[] = []
    let oldest = Number.POSITIVE_INFINITY
    let isMore = true
    while (isMore && (newestFirst.length < maxHeld || oldest <= from)) {
      const before = newestFirst.at(-1)
      const page = await list({
        created: { gte: from, ...(until === null ? {} : { lt: until }) },
        ...(before === undefined ? {} : { starting_after: before.id }),
      })
      newestFirst.push(...page.data)
      oldest = newestFirst.at(-1)?.created ?? from
      isMore = page.has_more && page.data.length > 0
    }
    if (!isMore) return { events: newestFirst.reverse(), until }
    until = from + Math.max(1, Math.floor((oldest - from) / 2))
  }
}
