import { randomUUID } from 'node:crypto'
import { createCreditsClient } from '../client/create-client.ts'
import { CreditsClientError } from '../client/errors.ts'
import type { CreditsClientOptions } from '../client/options.ts'
import type { Caller } from './caller.ts'
import { HoldDocument, type HoldMutation, PricesDocument, ReleaseDocument, type UsageInput } from './contract.ts'
import { instantNow, Lease } from './lease.ts'
import type { Outbox } from './outbox.ts'
import { decimalOf, PriceList } from './price-list.ts'

export type LeaseOptions = {
  /** The usage whose price the lease holds, and holds again when it runs low. The lease spends on these rates alone, which are named by their codes. */
  readonly usage: readonly UsageInput[]
  /** The team, for PLATFORM tokens and keys. Absent: the caller's own team. */
  readonly teamId?: string
  /** The member that a PLATFORM caller acts for. */
  readonly memberId?: string
  /** The caller's own name for the lease, which no other hold has. Absent: a new one. */
  readonly reference?: string
  /** How long the lease lasts without the gateway: 10 to 86,400 seconds. Default: 600. */
  readonly seconds?: number
}

type HoldRefusal = Exclude<HoldMutation['result'], { readonly __typename: 'Hold' }>

/**
 * Places the hold of a lease. A refusal of the gateway is the result.
 *
 * @throws {TypeError} for a rate that has no price in credits beforehand.
 * @throws {CreditsClientError} PRICES_DIFFER where the prices that are known here are not those of the hold. Nothing is held.
 */
export async function openLease(
  line: { caller: Caller; outbox: Outbox; connection: Pick<CreditsClientOptions, 'url' | 'token'> },
  { usage, teamId, memberId, reference = `lease ${randomUUID()}`, seconds = 600 }: LeaseOptions,
): Promise<Lease | HoldRefusal> {
  const { caller, outbox, connection } = line
  const { rateCard, team } = await caller.read(PricesDocument, { teamId })
  const prices = new PriceList(rateCard, new Set(usage.map(({ rate }) => rate)))
  const price = decimalOf(prices.priceOf(usage))
  const sentAt = instantNow()
  const input = { usage: [...usage], teamId, memberId, reference, expiresInSeconds: seconds }
  const hold = await caller.mutate(HoldDocument, input)
  if (hold.__typename !== 'Hold') return hold
  if (hold.amount !== price) {
    await caller.mutate(ReleaseDocument, { holdId: hold.id, reason: 'The prices of the lease differ' })
    const message = `The gateway holds ${hold.amount} credits for usage that costs ${price} by the rate card: lease again, or place a hold for each use`
    throw new CreditsClientError('PRICES_DIFFER', message, { held: hold.amount, price })
  }
  const watcher = createCreditsClient({ ...connection, teamId })
  return new Lease({
    caller,
    outbox,
    watcher,
    hold,
    prices,
    usage,
    teamId,
    memberId,
    seconds,
    sentAt,
    after: team?.lastEventId,
  })
}
