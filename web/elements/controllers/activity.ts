import type { CreditsClientError } from '../../client/index.ts'
import {
  ActivityDocument,
  type ActivityFilter,
  NewerActivityDocument,
  type PostingFragment,
} from '../billing/contract.ts'
import { type ActivityChoice, everything, filterOf, hasText } from './activity-filter.ts'
import { type Member, readMembers } from './members.ts'
import { pausesFor } from './patience.ts'
import { fieldOf, ledgerNow, onEvent, type TeamScope, teamOf } from './scope.ts'
import { Cell, type Store } from './store.ts'

export type Posting = PostingFragment

export type ActivitySnapshot = {
  readonly phase: 'loading' | 'ready' | 'failed' | 'forbidden'
  readonly choice: ActivityChoice
  /** Newest first, each once. While another choice is read, the rows of the last one stay. */
  readonly rows: readonly Posting[]
  readonly hasMore: boolean
  /** `first`: another choice is read; `more`: older rows. */
  readonly busy: 'first' | 'more' | null
  /** Of the last request; rows that are there stay. */
  readonly error: CreditsClientError | null
  /** Rows beyond this revision came while somebody was looking. */
  readonly seenRevision: number
  /** Whom the choice can name. */
  readonly members: readonly Member[]
}

export type ActivityController = Store<ActivitySnapshot> & {
  readonly choose: (change: Partial<ActivityChoice>) => Promise<void>
  readonly loadMore: () => Promise<void>
  readonly retry: () => Promise<void>
  /** Everything that the choice lets pass, up to `max` postings; `progress` hears how many there are so far. */
  readonly readAll: (max: number, progress?: (rows: number) => void) => Promise<readonly Posting[]>
}

const pageSize = 25
/** With a text, so many postings are searched before somebody must ask for more. */
const searchPages = 5
const searchPageSize = 100

/** A team's activity with filters, page by page, that follows the team live. */
export function createActivity(scope: TeamScope): ActivityController {
  return new Activity(scope)
}

type Place = { readonly filter: ActivityFilter; start: string | null; end: string | null }

class Activity implements ActivityController {
  readonly #scope: TeamScope
  readonly #cell: Cell<ActivitySnapshot>
  #place: Place | null = null
  /** All that was read, whatever its text. */
  #read: readonly Posting[] = []
  #running = new AbortController()
  #following: Promise<void> | null = null
  #followAgain = false

  constructor(scope: TeamScope) {
    this.#scope = scope
    this.#cell = new Cell<ActivitySnapshot>(
      {
        phase: 'loading',
        choice: everything,
        rows: [],
        hasMore: false,
        busy: 'first',
        error: null,
        seenRevision: 0,
        members: [],
      },
      () => this.#start(),
    )
  }

  subscribe = (changed: () => void) => this.#cell.subscribe(changed)
  getSnapshot = () => this.#cell.getSnapshot()

  choose = (change: Partial<ActivityChoice>): Promise<void> => {
    this.#change({ choice: { ...this.getSnapshot().choice, ...change }, busy: 'first' })
    return this.#readFirst()
  }

  retry = (): Promise<void> => {
    this.#change({ phase: this.#read.length > 0 ? 'ready' : 'loading', busy: 'first', error: null })
    return this.#readFirst()
  }

  loadMore = async (): Promise<void> => {
    const place = this.#place
    if (place === null || this.getSnapshot().busy !== null) return
    this.#change({ busy: 'more', error: null })
    await this.#guard(this.#running.signal, async (signal) => {
      const { choice, rows } = this.getSnapshot()
      const page = await this.#readPages(place, choice, signal)
      const all = merge(this.#read, page.nodes)
      this.#read = all
      this.#change({
        rows: merge(
          rows,
          page.nodes.filter((row) => hasText(row, choice.text)),
        ),
        hasMore: page.hasMore,
        busy: null,
      })
    })
  }

  readAll = async (max: number, progress: (rows: number) => void = () => undefined): Promise<readonly Posting[]> => {
    const { choice } = this.getSnapshot()
    const place: Place = { filter: filterOf(choice, await ledgerNow(this.#scope)), start: null, end: null }
    let rows: Posting[] = []
    for (;;) {
      const page = await pausesFor(() => this.#page(place, searchPageSize))
      rows = rows.concat(page.nodes.filter((row) => hasText(row, choice.text)))
      progress(Math.min(rows.length, max))
      if (!page.pageInfo.hasNextPage || rows.length >= max) return rows.slice(0, max)
    }
  }

  #start(): () => void {
    const stop = onEvent(this.#scope, () => this.#follow())
    this.#readFirst()
    this.#readMembers()
    return () => {
      stop()
      this.#running.abort()
    }
  }

  async #readMembers(): Promise<void> {
    try {
      this.#change({ members: await readMembers(this.#scope) })
    } catch {
      // The list works without this filter.
    }
  }

  async #readFirst(): Promise<void> {
    this.#running.abort()
    this.#running = new AbortController()
    await this.#guard(this.#running.signal, async (signal) => {
      const { choice } = this.getSnapshot()
      const place: Place = { filter: filterOf(choice, await ledgerNow(this.#scope, signal)), start: null, end: null }
      const { nodes, hasMore } = await this.#readPages(place, choice, signal)
      this.#place = place
      this.#read = nodes
      const rows = nodes.filter((row) => hasText(row, choice.text))
      const seenRevision = nodes[0]?.revision ?? 0
      this.#change({ phase: 'ready', rows, hasMore, busy: null, error: null, seenRevision })
    })
  }

  /** Pages until there is something to show, the list ends or enough was searched. */
  async #readPages(place: Place, { text }: ActivityChoice, signal: AbortSignal) {
    const searches = text.trim() !== ''
    let nodes: readonly Posting[] = []
    let found = 0
    for (let pages = 1; ; pages += 1) {
      const page = await this.#page(place, searches ? searchPageSize : pageSize, signal)
      nodes = nodes.concat(page.nodes)
      found += page.nodes.filter((row) => hasText(row, text)).length
      const { hasNextPage } = page.pageInfo
      const enough = found >= pageSize || pages >= searchPages || (!searches && found > 0)
      if (!hasNextPage || enough) return { nodes, hasMore: hasNextPage }
    }
  }

  async #page(place: Place, first: number, signal?: AbortSignal) {
    const { client, teamId } = this.#scope
    const variables = { teamId, filter: place.filter, first, after: place.end }
    const activity = fieldOf(teamOf(await client.request(ActivityDocument, variables, { signal })).activity)
    place.start ??= activity.pageInfo.startCursor
    place.end = activity.pageInfo.endCursor ?? place.end
    return activity
  }

  /** One reading at a time takes in all that is newer. */
  #follow(): void {
    if (this.#following !== null) {
      this.#followAgain = true
      return
    }
    this.#following = this.#readNewer().finally(() => {
      this.#following = null
      if (!this.#followAgain) return
      this.#followAgain = false
      this.#follow()
    })
  }

  async #readNewer(): Promise<void> {
    const place = this.#place
    if (place === null || this.getSnapshot().busy === 'first') return
    if (place.start === null) return this.#readFirst()
    const { client, teamId } = this.#scope
    await this.#guard(this.#running.signal, async (signal) => {
      for (let more = true; more && place === this.#place; ) {
        const variables = { teamId, filter: place.filter, before: place.start ?? '' }
        const activity = fieldOf(teamOf(await client.request(NewerActivityDocument, variables, { signal })).activity)
        if (place !== this.#place) return
        place.start = activity.pageInfo.startCursor ?? place.start
        more = activity.pageInfo.hasPreviousPage
        const { rows, choice } = this.getSnapshot()
        this.#read = merge(activity.nodes, this.#read)
        this.#change({
          rows: merge(
            activity.nodes.filter((row) => hasText(row, choice.text)),
            rows,
          ),
        })
      }
    })
  }

  async #guard(signal: AbortSignal, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await act(signal)
    } catch (thrown) {
      if (signal.aborted) return
      const error = thrown as CreditsClientError
      const forbidden = error.code === 'FORBIDDEN'
      const phase = forbidden ? 'forbidden' : this.#place === null ? 'failed' : 'ready'
      this.#change({ phase, error, busy: null })
    }
  }

  #change(change: Partial<ActivitySnapshot>): void {
    this.#cell.set({ ...this.getSnapshot(), ...change })
  }
}

/** One list after the other, each posting once. */
export function merge(newer: readonly Posting[], older: readonly Posting[]): readonly Posting[] {
  const known = new Set(newer.map(({ id }) => id))
  return newer.concat(older.filter(({ id }) => !known.has(id)))
}
