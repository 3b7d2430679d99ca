import type { CreditsClientError } from '../../client/index.ts'
import type { PostingFragment } from '../billing/contract.ts'
import { type ActivityChoice, everything, filterOf, hasText } from './activity-filter.ts'
import { ActivityPages } from './activity-pages.ts'
import { type Member, readMembers } from './members.ts'
import { pausesFor } from './patience.ts'
import { ledgerNow, onEvent, type TeamScope } from './scope.ts'
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
  /** The error of the last request; rows that are there stay. */
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

class Activity implements ActivityController {
  readonly #scope: TeamScope
  readonly #cell: Cell<ActivitySnapshot>
  #pages: ActivityPages | null = null
  #running = new AbortController()
  #following: Promise<void> | null = null
  #followAgain = false
  /** Something happened while the first page was read, which may not have it. */
  #missed = false

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
    this.#change({ phase: this.#pages === null ? 'loading' : 'ready', busy: 'first', error: null })
    return this.#readFirst()
  }

  loadMore = async (): Promise<void> => {
    const pages = this.#pages
    if (pages === null || this.getSnapshot().busy !== null) return
    this.#change({ busy: 'more', error: null })
    await this.#guard(this.#running.signal, async (signal) => {
      const { choice, rows } = this.getSnapshot()
      const page = await this.#readPages(pages, choice, signal)
      this.#change({
        rows: merge(rows, matching(page.nodes, choice)),
        hasMore: page.hasMore,
        busy: null,
      })
    })
  }

  readAll = async (max: number, progress: (rows: number) => void = () => undefined): Promise<readonly Posting[]> => {
    const { choice } = this.getSnapshot()
    const pages = new ActivityPages(this.#scope, filterOf(choice, await ledgerNow(this.#scope)))
    let rows: Posting[] = []
    for (;;) {
      const page = await pausesFor(() => pages.older(searchPageSize))
      rows = rows.concat(matching(page.nodes, choice))
      progress(Math.min(rows.length, max))
      if (!page.hasMore || rows.length >= max) return rows.slice(0, max)
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
      const pages = new ActivityPages(this.#scope, filterOf(choice, await ledgerNow(this.#scope, signal)))
      const { nodes, hasMore } = await this.#readPages(pages, choice, signal)
      this.#pages = pages
      const rows = matching(nodes, choice)
      const seenRevision = nodes[0]?.revision ?? 0
      this.#change({ phase: 'ready', rows, hasMore, busy: null, error: null, seenRevision })
      if (!this.#missed) return
      this.#missed = false
      this.#follow()
    })
  }

  /** Pages until there is something to show, the list ends or enough was searched. */
  async #readPages(pages: ActivityPages, choice: ActivityChoice, signal: AbortSignal) {
    const searches = choice.text.trim() !== ''
    let nodes: readonly Posting[] = []
    let found = 0
    for (let count = 1; ; count += 1) {
      const page = await pages.older(searches ? searchPageSize : pageSize, signal)
      nodes = nodes.concat(page.nodes)
      found += matching(page.nodes, choice).length
      const enough = found >= pageSize || count >= searchPages || (!searches && found > 0)
      if (!page.hasMore || enough) return { nodes, hasMore: page.hasMore }
    }
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
    const pages = this.#pages
    if (pages === null || this.getSnapshot().busy === 'first') {
      this.#missed = true
      return
    }
    if (pages.isEmpty) return this.#readFirst()
    await this.#guard(this.#running.signal, async (signal) => {
      for (let more = true; more; ) {
        const { nodes, hasMore } = await pages.newer(signal)
        if (pages !== this.#pages) return
        more = hasMore
        const { rows, choice } = this.getSnapshot()
        this.#change({ rows: merge(matching(nodes, choice), rows) })
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
      const phase = forbidden ? 'forbidden' : this.#pages === null ? 'failed' : 'ready'
      this.#change({ phase, error, busy: null })
    }
  }

  #change(change: Partial<ActivitySnapshot>): void {
    this.#cell.set({ ...this.getSnapshot(), ...change })
  }
}

const matching = (nodes: readonly Posting[], { text }: ActivityChoice): readonly Posting[] =>
  nodes.filter((row) => hasText(row, text))

/** One list after the other, each posting once. */
export function merge(newer: readonly Posting[], older: readonly Posting[]): readonly Posting[] {
  const known = new Set(newer.map(({ id }) => id))
  return newer.concat(older.filter(({ id }) => !known.has(id)))
}
