import { randomUUID } from 'node:crypto'
import type { CreditsClient } from '../client/create-client.ts'
import type { Unsubscribe } from '../client/listeners.ts'
import type { Caller } from './caller.ts'
import { ExtendDocument, type HeldFragment, ReleaseDocument, type UsageInput } from './contract.ts'
import type { Outbox } from './outbox.ts'
import { decimalOf, millionths, type PriceList } from './price-list.ts'

/** Why a lease says yes no more. */
export type LeaseEnd = 'CLOSED' | 'EXPIRED' | 'RECALLED'

export type Spent =
  /** The usage is in the outbox, and is charged. */
  | { readonly __typename: 'Spent'; readonly credits: string; readonly remaining: string }
  /** The lease has fewer credits left. Nothing was spent. */
  | { readonly __typename: 'LeaseExhausted'; readonly credits: string; readonly remaining: string }
  /** Nothing was spent: lease again, or place a hold. */
  | { readonly __typename: 'LeaseEnded'; readonly reason: LeaseEnd }

export type LeaseParts = {
  readonly caller: Pick<Caller, 'mutate'>
  readonly outbox: Pick<Outbox, 'keep'>
  readonly watcher: Pick<CreditsClient, 'events' | 'close'>
  readonly hold: HeldFragment
  readonly prices: PriceList
  readonly usage: readonly UsageInput[]
  readonly teamId: string | undefined
  readonly memberId: string | undefined
  readonly seconds: number
  /** When the request for the hold was sent: `[performance.now(), Date.now()]`. */
  readonly sentAt: Instant
  /** The team's last event before the hold, behind which it is watched. */
  readonly after: string | null | undefined
}
type Instant = readonly [monotonicMs: number, wallMs: number]

export const instantNow = (): Instant => [performance.now(), Date.now()]

/** The least time between two attempts to renew. */
const minRenewMs = 1_000

/**
 * One hold that many small decisions are made against in memory, so that work goes on while the gateway is away. Each spend is in the outbox
 * before it is answered, and captures its part of the hold when the gateway can be reached.
 *
 * - Prices are those of the gateway: a hold keeps the rate card with which it was placed.
 * - It ends here no later than there: its time counts from when the request was sent, by the monotonic clock and by the wall clock.
 * - It is renewed when half of its time is over, and gets more credits when a quarter is left.
 * - It ends at once when the gateway says that its hold is released or has expired, or that the plan changed.
 */
export class Lease {
  readonly __typename = 'Lease'
  readonly holdId: string
  readonly reference: string
  readonly #parts: LeaseParts
  readonly #unsubscribe: Unsubscribe
  #amount: bigint
  #spent = 0n
  /** The sum of the spends that were charged, and what the gateway last said of the hold. The larger one counts. */
  #charged = 0n
  #captured = 0n
  /** The spends of which the outbox still has to tell what became of them. */
  #unsettled = 0
  #onAllSettled: (() => void) | null = null
  #until: Instant
  #ended: LeaseEnd | null = null
  #renewing: Promise<void> | null = null
  #renewedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: LeaseParts) {
    const { hold, watcher } = parts
    this.#parts = parts
    this.holdId = hold.id
    this.reference = hold.reference ?? ''
    this.#amount = millionths(hold.amount)
    this.#until = this.#deadline(parts.sentAt)
    this.#unsubscribe = watcher.events.subscribe(
      ({ type, activity }) => {
        if (type === 'PLAN_CHANGED') this.#end('RECALLED')
        if (type === 'CREDITS_RELEASED' && activity?.reference === this.reference) this.#end('RECALLED')
      },
      // A refused subscription is no outage: the lease then ends by its deadline and by its renewals.
      { after: parts.after ?? undefined, onError: () => undefined },
    )
    this.#renewLater()
  }

  /** All credits of the lease, as a decimal: the bound of `overspend`. */
  get credits(): string {
    return decimalOf(this.#amount)
  }

  /** The credits that can still be spent. */
  get remaining(): string {
    return decimalOf(this.#amount - this.#spent)
  }

  /**
   * The credits that were spent here and that the gateway has not confirmed: the most that could have been spent beyond what the team has. It is
   * at most `credits`.
   */
  get overspend(): string {
    return decimalOf(this.#unconfirmed)
  }

  /** Why it says yes no more; null: it does. */
  get ended(): LeaseEnd | null {
    if (this.#ended === null && isOver(this.#until)) this.#end('EXPIRED')
    return this.#ended
  }

  /**
   * Decides at once, in memory, and resolves when the usage is in the outbox.
   *
   * @throws {TypeError} for a rate that the lease does not have, or that has no price beforehand.
   * @throws {CreditsClientError} NOT_RECORDED: nothing was spent.
   */
  async spend(usage: readonly UsageInput[]): Promise<Spent> {
    const reason = this.ended
    if (reason !== null) return { __typename: 'LeaseEnded', reason }
    const price = this.#parts.prices.priceOf(usage)
    const credits = decimalOf(price)
    if (price > this.#amount - this.#spent) {
      this.#renew(true)
      return { __typename: 'LeaseExhausted', credits, remaining: this.remaining }
    }
    this.#spent += price
    try {
      await this.#keep(usage, price)
    } catch (error) {
      this.#spent -= price
      throw error
    }
    if ((this.#amount - this.#spent) * 4n < this.#amount) this.#renew(true)
    return { __typename: 'Spent', credits, remaining: this.remaining }
  }

  /**
   * Ends the lease. Waits until its own spends are charged, whatever else is in the outbox, and gives the rest back. If the time is over first, or
   * a spend is parked, the spends stay in the outbox, and the rest comes back at the deadline of the hold. Default: 30,000 milliseconds.
   */
  async close({ timeoutMs = 30_000 }: { timeoutMs?: number } = {}): Promise<void> {
    this.#end('CLOSED')
    await this.#renewing
    await this.#allSettled(timeoutMs)
    if (this.#unconfirmed > 0n) return
    await this.#parts.caller
      .mutate(ReleaseDocument, { holdId: this.holdId, reason: 'The lease ended' })
      .catch(() => undefined)
  }

  get #unconfirmed(): bigint {
    const confirmed = this.#charged > this.#captured ? this.#charged : this.#captured
    return this.#spent - confirmed
  }

  async #keep(usage: readonly UsageInput[], price: bigint): Promise<void> {
    const { teamId, memberId } = this.#parts
    const { holdId, reference } = this
    const recorded = {
      usage,
      teamId,
      memberId,
      reference,
      holdId,
      captures: true,
      idempotencyKey: randomUUID(),
    } as const
    this.#unsettled += 1
    try {
      await this.#parts.outbox.keep(recorded, (isCharged) => {
        if (isCharged) this.#charged += price
        this.#settled()
      })
    } catch (error) {
      this.#settled()
      throw error
    }
  }

  #settled(): void {
    this.#unsettled -= 1
    if (this.#unsettled === 0) this.#onAllSettled?.()
  }

  async #allSettled(timeoutMs: number): Promise<void> {
    if (this.#unsettled === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onAllSettled = resolve
    const timer = setTimeout(resolve, timeoutMs)
    await promise
    clearTimeout(timer)
  }

  #renew(more: boolean): void {
    const isSoon = performance.now() - this.#renewedAt < minRenewMs
    if (this.#ended !== null || isSoon || this.#renewing !== null) return
    this.#renewedAt = performance.now()
    this.#renewing = this.#extend(more).finally(() => {
      this.#renewing = null
      this.#renewLater()
    })
  }

  /** Nothing changes where the gateway is away, or the team has no more credits. */
  async #extend(more: boolean): Promise<void> {
    const { caller, usage, seconds } = this.#parts
    const sentAt = instantNow()
    const input = { holdId: this.holdId, expiresInSeconds: seconds }
    try {
      let result = await caller.mutate(ExtendDocument, more ? { ...input, usage: [...usage] } : input)
      if (more && result.__typename !== 'Hold') result = await caller.mutate(ExtendDocument, input)
      if (result.__typename !== 'Hold') return this.#end('RECALLED')
      this.#amount = millionths(result.amount)
      this.#captured = millionths(result.captured)
      this.#until = this.#deadline(sentAt)
    } catch {
      // The lease goes on until its deadline.
    }
  }

  #renewLater(): void {
    clearTimeout(this.#timer)
    if (this.#ended !== null) return
    const leftMs = this.#until[0] - performance.now()
    this.#timer = setTimeout(() => this.ended ?? this.#renew(false), Math.max(leftMs / 2, minRenewMs + 1))
    this.#timer.unref()
  }

  #end(reason: LeaseEnd): void {
    if (this.#ended !== null) return
    this.#ended = reason
    clearTimeout(this.#timer)
    this.#unsubscribe()
    this.#parts.watcher.close()
  }

  #deadline = ([monotonicMs, wallMs]: Instant): Instant => {
    const ms = this.#parts.seconds * 1_000
    return [monotonicMs + ms, wallMs + ms]
  }
}

const isOver = ([monotonicMs, wallMs]: Instant): boolean => performance.now() >= monotonicMs || Date.now() >= wallMs
