import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { CompactSign, compactVerify } from 'jose'
import { formatDecimal, parseDecimal } from '../domain/amounts/decimal.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { Tag } from '../domain/tags.ts'
import type { Usage } from '../domain/usage.ts'

/** A price that binds for one team until `expiresAt`: usage at one version of the rate card, at most `high`. */
export type Quote = {
  readonly teamId: TeamId
  readonly usage: readonly Usage[]
  readonly rateCardVersion: string
  readonly high: bigint
  readonly expiresAt: Instant
}

export type Quotes = {
  /** The quote as its own id: nothing is stored. */
  sign(quote: Quote): Promise<string>
  /** The quote behind the id, if this gateway made it for the team and it still binds at `at`; null otherwise. */
  read(id: string, teamId: TeamId, at: Instant): Promise<Quote | null>
}

export const quoteLastsMs = 15 * 60_000

const maxIdLength = 64_000
const type = 'credits-quote'

const keyOf = (secret: string) =>
  createSecretKey(createHmac('sha256', secret).update('credits-gateway quote 1').digest())

/**
 * Quotes signed with a key of their own, derived from `secret`: a token is never a quote, nor a quote a token. Quotes of
 * `previousSecret` bind to their end.
 */
export function createQuotes(secret: string, previousSecret?: string): Quotes {
  const key = keyOf(secret)
  const previousKey = previousSecret === undefined ? null : keyOf(previousSecret)
  const verifiedBy = (id: string, by: KeyObject) => compactVerify(id, by, { algorithms: ['HS256'] }).catch(() => null)
  return {
    sign: ({ teamId, usage, rateCardVersion, high, expiresAt }) => {
      const lines = usage.map(({ rate, quantity, count, tags }): SignedLine => {
        const line = [rate, formatDecimal(quantity), count] as const
        return tags === undefined ? line : [...line, tags]
      })
      const text = JSON.stringify({
        team: teamId,
        usage: lines,
        card: rateCardVersion,
        high: `${high}`,
        exp: expiresAt,
      })
      return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ alg: 'HS256', typ: type }).sign(key)
    },
    async read(id, teamId, at) {
      if (id.length > maxIdLength) return null
      const verified = (await verifiedBy(id, key)) ?? (previousKey && (await verifiedBy(id, previousKey)))
      if (verified === null || verified.protectedHeader.typ !== type) return null
      const quote = quoteOf(JSON.parse(new TextDecoder().decode(verified.payload)))
      return quote.teamId === teamId && at < quote.expiresAt ? quote : null
    },
  }
}

type SignedLine = readonly [rate: string, quantity: string, count: number, tags?: readonly Tag[]]
type SignedQuote = { team: TeamId; usage: SignedLine[]; card: string; high: string; exp: Instant }

// A text with the gateway's own signature has the shape that the gateway gave it.
const quoteOf = (signed: SignedQuote): Quote => ({
  teamId: signed.team,
  usage: signed.usage.map(([rate, quantity, count, tags]) => {
    const line = { rate, quantity: parseDecimal(quantity) ?? 0n, count }
    return tags === undefined ? line : { ...line, tags }
  }),
  rateCardVersion: signed.card,
  high: BigInt(signed.high),
  expiresAt: signed.exp,
})
