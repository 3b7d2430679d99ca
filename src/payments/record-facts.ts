import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import { retryConflicts } from '../database/retry-conflicts.ts'
import type { Submission } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { retryLostConnection } from '../ledger/retry-lost-connection.ts'
import { type EventName, type ToldEvent, type Written, writeEvents, writeFacts } from './fact-rows.ts'
import { commandsOf } from './ledger-commands.ts'
import { isSecondPayment, type Observation, observe, type Purchase, stateOf } from './purchase.ts'
import { type KnownPurchase, readKnownPurchases } from './purchase-rows.ts'
import { nextAskAt } from './schedule.ts'
import { type PurchaseName, tagOf } from './stripe-metadata.ts'

/** An observation of a purchase. `tag`: the purchase's name at Stripe, if it has to be checked. */
export type Seen = {
  readonly purchase: PurchaseName
  readonly tag: string | null
  /** The purchase as the caller has just read it, which spares a reading; absent: it was not read. */
  readonly known?: KnownPurchase
  /** The observation, given the facts that are known. */
  readonly see: (known: Purchase) => Observation
  /** The event is not stored if it reports a second payment: whoever refunds that payment stores it. */
  readonly event: EventName | null
}

export type FactRecorder = {
  /**
   * Stores the observation and tells the ledger. Returns the purchase after that; null: there is none of this name.
   * Resolves after commit: the observation is stored, and its credits are on the balance.
   */
  record(seen: Seen): Promise<Purchase | null>
  idle(): Promise<void>
}

const limits = { batch: 64, parallel: 2, capacity: 20_000 }

export const createFactRecorder = (database: Database, ledger: Ledger, log: Logger): FactRecorder =>
  new LaneRecorder(database, ledger, log)

type Known = Map<string, KnownPurchase>

/**
 * The only writer of payment facts. Observations that arrive together are written together, in two steps: first the
 * facts, with the Stripe events that reported them; then the ledger's commands that follow from them, with which the
 * ledger writes how many facts it has. Facts that say nothing new to the ledger are written in the first step alone. After
 * a crash between the steps `posted` is behind `facts`, and the reconciler continues.
 */
class LaneRecorder implements FactRecorder {
  readonly #database: Database
  readonly #ledger: Ledger
  readonly #log: Logger
  readonly #lane = new Lane<Seen, Purchase | null>((batch) => this.#work(batch), limits)

  constructor(database: Database, ledger: Ledger, log: Logger) {
    this.#database = database
    this.#ledger = ledger
    this.#log = log
  }

  record(seen: Seen): Promise<Purchase | null> {
    return this.#lane.one(seen)
  }

  idle(): Promise<void> {
    return this.#lane.idle()
  }

  async #work(batch: readonly Seen[]): Promise<PromiseSettledResult<Purchase | null>[]> {
    const known = await retryLostConnection(() => this.#keep(batch))
    const behind = [...known.values()].filter(({ purchase: { facts, posted } }) => posted < facts)
    const failures = await this.#post(behind)
    return batch.map(({ purchase, tag }) => {
      const found = known.get(nameOf(purchase))?.purchase
      if (found === undefined || isOther(found, tag)) return { status: 'fulfilled', value: null }
      const reason = failures.get(nameOf(found))
      if (reason !== undefined) return { status: 'rejected', reason }
      return { status: 'fulfilled', value: { ...found, posted: found.facts } }
    })
  }

  /** Stores the facts and their events. A purchase that has changed since it was read is read and observed again. */
  async #keep(batch: readonly Seen[]): Promise<Known> {
    const known: Known = new Map(batch.flatMap(({ purchase, known }) => (known ? [[nameOf(purchase), known]] : [])))
    for (let left = batch; left.length > 0; ) {
      await this.#read(left, known)
      const changes = this.#observe(left, known)
      const written = await this.#write(changes, eventsOf(left, known, changes))
      for (const [name, { after, at }] of changes) {
        if (written.has(name)) known.set(name, { purchase: after, at })
        else known.delete(name)
      }
      left = left.filter(({ purchase }) => changes.has(nameOf(purchase)) && !written.has(nameOf(purchase)))
    }
    return known
  }

  async #read(batch: readonly Seen[], known: Known): Promise<void> {
    const unread = new Map(batch.map(({ purchase }) => [nameOf(purchase), purchase]))
    for (const name of known.keys()) unread.delete(name)
    if (unread.size === 0) return
    for (const one of await readKnownPurchases(this.#database.pool, [...unread.values()])) {
      known.set(nameOf(one.purchase), one)
    }
  }

  /** The purchases of which anything is to be written, in the order of their names. */
  #observe(batch: readonly Seen[], known: ReadonlyMap<string, KnownPurchase>): Map<string, Written> {
    const changes = new Map<string, Written>()
    for (const { purchase, tag, see } of batch) {
      const name = nameOf(purchase)
      const read = known.get(name)
      if (read === undefined || isOther(read.purchase, tag)) continue
      const { purchase: first, at } = read
      const before = changes.get(name)?.after ?? first
      const seen = see(before)
      const facts = observe(before, seen)
      if (facts !== before) this.#report(purchase, before, facts, seen)
      const after = settled(first, facts === before ? before : withFacts(first, facts))
      if (after !== first) changes.set(name, { before: first, after, at })
    }
    // Two gateways that write the same purchases must not wait for each other.
    return new Map([...changes].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  #report(
    name: PurchaseName,
    before: Purchase,
    { outcome, failure }: Purchase,
    { intent, session }: Observation,
  ): void {
    if (outcome !== 'PAID_OTHERWISE' || before.outcome === outcome) return
    this.#log.error({ ...name, payment: intent ?? session, failure }, 'A payment is not the price: refund it')
  }

  /** The names of the purchases that were written. */
  async #write(changes: ReadonlyMap<string, Written>, events: readonly ToldEvent[]): Promise<ReadonlySet<string>> {
    const { pool } = this.#database
    if (changes.size === 0) {
      await writeEvents(
        pool,
        events.map(({ event }) => event),
      )
      return new Set()
    }
    return new Set((await retryConflicts(() => writeFacts(pool, [...changes.values()], events))).map(nameOf))
  }

  /** Tells the ledger what it does not know. Returns why purchases could not be posted. */
  async #post(behind: readonly KnownPurchase[]): Promise<ReadonlyMap<string, unknown>> {
    const submissions = behind.flatMap((known) =>
      submissionsOf(known).map((each) => [nameOf(known.purchase), each] as const),
    )
    const failures = new Map<string, unknown>()
    const results = await this.#ledger.submitAll(submissions.map(([, submission]) => submission))
    for (const [index, [name]] of submissions.entries()) {
      const result = results[index]
      if (result?.status !== 'fulfilled') failures.set(name, result?.reason)
      else if (result.value.outcome.kind === 'refused') {
        const reason = result.value.outcome.failure.message
        this.#log.error({ purchase: name, reason }, 'The ledger refused a payment; it is tried again')
        failures.set(name, new Error(`Purchase ${name} could not be posted: ${reason}`))
      }
    }
    return failures
  }
}

const nameOf = ({ teamId, id }: PurchaseName): string => `${teamId}\n${id}`

const isOther = (found: Purchase, tag: string | null): boolean => tag !== null && tag !== tagOf(found)

/** However many observations are written together, they count as one more fact. */
function withFacts({ state: former, asks, facts, posted }: Purchase, observed: Purchase): Purchase {
  const state = stateOf(observed)
  return { ...observed, state, asks: state === former ? asks : 0, facts: facts + 1, posted }
}

/** Facts of which the ledger need not be told are posted at once; the very same object if there is nothing to write. */
function settled(before: Purchase, after: Purchase): Purchase {
  if (after.posted === after.facts) return after
  const commands = commandsOf(after)
  const isTold = before.posted === before.facts && isDeepStrictEqual(commands, commandsOf(before))
  return commands.length === 0 || isTold ? { ...after, posted: after.facts } : after
}

/** An event is stored with the facts that it told of. */
function eventsOf(
  batch: readonly Seen[],
  known: ReadonlyMap<string, KnownPurchase>,
  changes: ReadonlyMap<string, Written>,
) {
  return batch.flatMap(({ purchase, see, event }): readonly ToldEvent[] => {
    const name = nameOf(purchase)
    const changed = changes.get(name)
    const now = changed?.after ?? known.get(name)?.purchase
    // A second payment is refunded first: until then its event comes again.
    if (event === null || (now !== undefined && isSecondPayment(now, see(now)))) return []
    return [{ event, with: changed === undefined ? null : purchase }]
  })
}

/** The ledger's commands, with which it writes that it has these facts. */
function submissionsOf({ purchase, at }: KnownPurchase): readonly Submission[] {
  const { id, facts } = purchase
  const posts = { purchase: id, facts, askAt: nextAskAt({ ...purchase, posted: facts }, at) }
  return commandsOf(purchase).map((submission) => ({ ...submission, posts }))
}
