import type { ServerResponse } from 'node:http'
import type { GraphQLError } from 'graphql'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { RequestFault, tryAgain } from '../../access/faults.ts'
import { callerKey, type Viewer } from '../../access/viewer.ts'
import type { BudgetPoints } from '../../config.ts'
import { requestCost } from '../../schema/costs.ts'
import { type Operation, type OperationKind, sizeOf, sizeRefusal } from '../../schema/size.ts'

/**
 * One caller, from whichever address; or a sender without a token, by its address. `limit`: points a second, infinite
 * without a budget.
 */
export type Payer = {
  readonly key: string
  readonly anonymous: boolean
  readonly limit: number
  readonly limiter: RateLimiterMemory | null
}

/** The points that a payer has left in this second. */
export type BudgetState = { readonly limit: number; readonly remaining: number; readonly resetSeconds: number }

/** `points`: the price of the request and its document. `account` is null for a payer without a budget. */
export type Charged = { readonly points: number; readonly account: BudgetState | null }

type Limiters = Readonly<Record<keyof BudgetPoints, RateLimiterMemory | null>>

/**
 * The points that each caller may use in a second. They are counted in the memory of this gateway: each gateway counts
 * for itself. A refused request counts, too, until the second is over.
 */
export class Budgets {
  readonly #limiters: Limiters
  /** Tells the callers of one space from those of another. */
  readonly #space: string

  private constructor(limiters: Limiters, space: string) {
    this.#limiters = limiters
    this.#space = space
  }

  static of({ anonymous, viewer, member, platform }: BudgetPoints): Budgets {
    const limiters = {
      anonymous: limiterOf(anonymous),
      viewer: limiterOf(viewer),
      member: limiterOf(member),
      platform: limiterOf(platform),
    }
    return new Budgets(limiters, '')
  }

  /** The same budgets for callers of another space, each counted apart. An address without a token is counted once. */
  inSpace(space: string): Budgets {
    return new Budgets(this.#limiters, `${space} `)
  }

  /** `address` is called only if the request has no token. */
  payerOf(viewer: Viewer | null, address: () => string): Payer {
    const limiter = this.#limiters[classOf(viewer)]
    const anonymous = viewer === null
    const key = anonymous ? address() : `${this.#space}${callerKey(viewer)}`
    return { key, anonymous, limit: limiter?.points ?? Infinity, limiter }
  }

  /**
   * Takes the points of a request before the request is read. Returns the account, or the error that refuses the
   * request.
   */
  request({ key, limiter }: Payer): BudgetState | null | RateLimited | Promise<BudgetState | RateLimited> {
    return limiter === null ? null : take(limiter, key, requestCost, requestCost)
  }

  /** Whether the payer may send no further request in this second. This takes no points. */
  async isUsedUp({ key, limiter }: Payer): Promise<boolean> {
    const account = await limiter?.get(key)
    return account != null && account.remainingPoints < requestCost
  }

  /**
   * Takes the points of an operation before it is executed. The points of its request are taken already.
   *
   * @returns the points taken, or the error that refuses the operation.
   */
  operation(
    payer: Payer,
    operation: Operation,
    kind: OperationKind,
  ): Charged | GraphQLError | Promise<Charged | GraphQLError> {
    const size = sizeOf(operation)
    const points = size.cost + requestCost
    const refusal = sizeRefusal(size, kind, payer.limit)
    if (refusal !== null) return refusal
    const { key, limiter } = payer
    if (limiter === null) return { points, account: null }
    return take(limiter, key, size.cost, points).then((account) =>
      account instanceof RateLimited ? account : { points, account },
    )
  }
}

/** The caller has used its points of this second. */
export class RateLimited extends RequestFault {
  readonly account: BudgetState

  constructor(points: number, account: BudgetState) {
    const { limit, resetSeconds } = account
    const message = `Your budget of ${limit} points a second is used up, and this costs ${points}: try again in ${resetSeconds} s, and send less at once.`
    const http = tryAgain(429, resetSeconds)
    super('RATE_LIMITED', message, { retryAfterSeconds: resetSeconds, cost: costOf({ points, account }), http })
    this.account = account
  }
}

/** The value of `extensions.cost` in a response; null: the caller has no budget, and its responses have no cost. */
export const costOf = ({ points, account }: Charged) => account && { points, ...account }

/** The points that the payer has left; null: it has no budget, or the operation was refused for its size. */
export const leftAfter = (charged: Charged | GraphQLError): BudgetState | null =>
  'account' in charged ? charged.account : null

/** Headers that tell an HTTP client how many points it has left. Source: draft-ietf-httpapi-ratelimit-headers-05. */
export const accountHeaders = (account: BudgetState | null): Readonly<Record<string, number>> =>
  account === null
    ? {}
    : {
        'RateLimit-Limit': account.limit,
        'RateLimit-Remaining': account.remaining,
        'RateLimit-Reset': account.resetSeconds,
      }

export function showAccount(response: ServerResponse, account: BudgetState | null): void {
  if (response.headersSent) return
  for (const [name, value] of Object.entries(accountHeaders(account))) response.setHeader(name, value)
}

const limiterOf = (points: number) =>
  points === 0 ? null : new RateLimiterMemory({ points, duration: 1, keyPrefix: '' })

function classOf(viewer: Viewer | null): keyof BudgetPoints {
  if (viewer === null) return 'anonymous'
  if (viewer.role === 'PLATFORM') return 'platform'
  return viewer.role === 'VIEWER' || viewer.pill !== undefined ? 'viewer' : 'member'
}

/** `shown`: the points that the client sees. */
async function take(
  limiter: RateLimiterMemory,
  key: string,
  points: number,
  shown: number,
): Promise<BudgetState | RateLimited> {
  try {
    return accountOf(limiter, await limiter.consume(key, points))
  } catch (error) {
    if (error instanceof RateLimiterRes) return new RateLimited(shown, accountOf(limiter, error))
    throw error
  }
}

const accountOf = ({ points }: RateLimiterMemory, { remainingPoints, msBeforeNext }: RateLimiterRes): BudgetState => ({
  limit: points,
  remaining: remainingPoints,
  resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
})
