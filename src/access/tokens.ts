import { createSecretKey, type KeyObject } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { memberId, teamId } from '../domain/identity.ts'
import type { Role } from '../domain/role.ts'
import { keepNewest } from '../ledger/keep-newest.ts'
import { readRole } from './roles.ts'
import { isPrefix } from './secret.ts'
import { isName, isVisibleId, visibleIdRule } from './text.ts'
import type { Viewer } from './viewer.ts'

/** The token or key doesn't say who is asking; `expired` ones were good once, and a client gets a new one. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken'
  readonly expired: boolean

  constructor(message: string, expired = false) {
    super(message)
    this.expired = expired
  }
}

export type TokenTrust =
  /** `previousSecret` only verifies, while the secret is changed. */
  | { readonly secret: string; readonly previousSecret?: string | undefined }
  | { readonly jwksUrl: string; readonly issuer: string; readonly audience: string }

export type TokenReader = {
  /**
   * Who the token vouches for, whether or not it was revoked.
   *
   * @throws {InvalidToken} for one that is malformed, forged, expired, or lacks `sub`, `role`, `exp` or `team`.
   */
  read(token: string): Promise<Viewer>
}

const mostKnown = 10_000
/** A longer token is not parsed. */
const maxTokenBytes = 8_192
/** How long a token may live where AUTH_MAX_TOKEN_SECONDS says nothing. */
export const defaultMaxTokenSeconds = 86_400
/** By how much an issuer's clock may be ahead; what claims to be made later tells nothing of when it was. */
const clocksDifferBySeconds = 5

/**
 * What the header (`Bearer …`) brings; null without one.
 *
 * @throws {InvalidToken} for another form.
 */
export function bearerOf(authorization: string | null | undefined): string | null {
  if (authorization == null || authorization.trim() === '') return null
  const token = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1]
  if (token === undefined) throw new InvalidToken("The authorization is not of the form 'Bearer <token>'.")
  if (Buffer.byteLength(token) > maxTokenBytes) {
    throw new InvalidToken(`A token has at most ${maxTokenBytes} bytes: get one with fewer claims.`)
  }
  return token
}

export type TokenLimits = {
  /** The longest lifetime of a token, in seconds. */
  readonly maxTokenSeconds?: number
}

/** Reads tokens that a secret (HS256 alone) or a key set (RS256, ES256, EdDSA) has signed. */
export function createTokenReader(trust: TokenTrust, { maxTokenSeconds }: TokenLimits = {}): TokenReader {
  const verify = verifierOf(trust)
  // Verifying costs more than a charge, and a token is sent with each request.
  const known = new Map<string, Viewer>()

  return {
    async read(token) {
      const viewer =
        known.get(token) ?? viewerOf(await claimsOf(token, verify), maxTokenSeconds ?? defaultMaxTokenSeconds)
      if (viewer.expiresAt <= Date.now()) {
        known.delete(token)
        throw expired()
      }
      if (!known.has(token)) known.set(token, viewer)
      keepNewest(known, mostKnown)
      return viewer
    },
  }
}

export type TokenClaims = {
  readonly member: string
  readonly role: Role | Lowercase<Role>
  readonly team?: string | null
  readonly name?: string | null
}

/** A token that is good for `seconds` from now. */
export function signToken(secret: string, { member, role, team, name }: TokenClaims, seconds: number): Promise<string> {
  const claims = { role: role.toLowerCase(), ...(team ? { team } : {}), ...(name ? { name } : {}) }
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(member)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(keyOf(secret))
}

type Verify = (token: string) => Promise<{ payload: JWTPayload }>

const keyOf = (secret: string) => createSecretKey(secret, 'utf8')
const requiredClaims = ['sub', 'role', 'exp']

function verifierOf(trust: TokenTrust): Verify {
  if ('secret' in trust) {
    const { secret, previousSecret } = trust
    const verifyBy = (key: KeyObject) => (token: string) =>
      jwtVerify(token, key, { algorithms: ['HS256'], requiredClaims })
    const verify = verifyBy(keyOf(secret))
    if (previousSecret === undefined) return verify
    const verifyPrevious = verifyBy(keyOf(previousSecret))
    return (token) =>
      verify(token).catch((error) => {
        if (error instanceof errors.JWSSignatureVerificationFailed) return verifyPrevious(token)
        throw error
      })
  }
  const keys = createRemoteJWKSet(new URL(trust.jwksUrl))
  const { issuer, audience } = trust
  const algorithms = ['RS256', 'ES256', 'EdDSA']
  return (token) => jwtVerify(token, keys, { algorithms, issuer, audience, requiredClaims })
}

const expired = () => new InvalidToken('The token has expired: get a new one.', true)

async function claimsOf(token: string, verify: Verify): Promise<JWTPayload> {
  try {
    return (await verify(token)).payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw expired()
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw new InvalidToken(
        `The token's claim '${error.claim}' is missing or wrong: get a token made for this gateway.`,
      )
    }
    // A key set that can't be fetched says nothing about the token.
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error
    throw new InvalidToken('The token is not one that this gateway trusts: get a token made for it.')
  }
}

function viewerOf(claims: JWTPayload, maxTokenSeconds: number): Viewer {
  const role = typeof claims.role === 'string' ? readRole(claims.role) : undefined
  if (role === undefined) throw wrongClaim('role', 'one of viewer, member, admin, platform')
  if (typeof claims.sub !== 'string' || !isVisibleId(claims.sub))
    throw wrongClaim('sub', `a member id of ${visibleIdRule}`)
  // A key acts as its prefix: a token of that name would be the placer of what the key placed.
  if (isPrefix(claims.sub)) throw wrongClaim('sub', "a member id that is not an API key's prefix")
  if (claims.exp === undefined || !Number.isFinite(claims.exp)) throw wrongClaim('exp', 'the time of its end')
  checkLifetime(claims, claims.exp, maxTokenSeconds)
  const { team, name } = claims
  const hasTeam = typeof team === 'string' && isVisibleId(team)
  if (!hasTeam && (role !== 'PLATFORM' || (team !== undefined && team !== null))) {
    throw wrongClaim('team', `a team id of ${visibleIdRule}`)
  }
  return Object.freeze({
    memberId: memberId(claims.sub),
    name: typeof name === 'string' && isName(name) ? name : null,
    teamId: hasTeam ? teamId(team) : null,
    role,
    expiresAt: claims.exp * 1000,
    credential: { kind: 'TOKEN' as const, issuedAt: issuedAt(claims) },
  })
}

/** A token without a beginning, or with one in the future, is counted from now: otherwise it could live for ever. */
function checkLifetime({ iat }: JWTPayload, exp: number, maxTokenSeconds: number): void {
  const now = Math.floor(Date.now() / 1000)
  const begun = iat !== undefined && Number.isFinite(iat) ? Math.min(iat, now) : now
  if (exp - begun > maxTokenSeconds) {
    throw wrongClaim('exp', `an end at most ${maxTokenSeconds} seconds (AUTH_MAX_TOKEN_SECONDS) after 'iat'`)
  }
}

function issuedAt({ iat }: JWTPayload): number | null {
  const latest = Date.now() / 1000 + clocksDifferBySeconds
  return iat !== undefined && Number.isFinite(iat) && iat <= latest ? Math.floor(iat) : null
}

const wrongClaim = (claim: string, expected: string) =>
  new InvalidToken(`The token's claim '${claim}' is missing or wrong: expected ${expected}.`)
