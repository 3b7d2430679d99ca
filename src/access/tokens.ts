import { createSecretKey, type KeyObject } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { keepNewest } from '../concurrency/bounded-map.ts'
import { memberId, teamId } from '../domain/identity.ts'
import { isName, isVisibleId, visibleIdRule } from '../domain/names.ts'
import type { Role } from '../domain/role.ts'
import { readRole } from './roles.ts'
import { isPrefix } from './secret.ts'
import type { Viewer } from './viewer.ts'

/**
 * The token or key does not authenticate its sender. An `expired` one did until its end, so the client gets a new one.
 */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken'
  readonly expired: boolean

  constructor(message: string, expired = false) {
    super(message)
    this.expired = expired
  }
}

/** The key set of the identity provider can't be read. That says nothing about a token. */
export class IdentityProviderUnavailable extends Error {
  override readonly name = 'IdentityProviderUnavailable'
}

export type TokenTrust =
  /** `previousSecret` only verifies, while the secret is changed. */
  | { readonly secret: string; readonly previousSecret?: string | undefined }
  | { readonly jwksUrl: string; readonly issuer: string; readonly audience: string }

export type TokenReader = {
  /**
   * The viewer that the token authenticates, whether or not the token was revoked.
   *
   * @throws {InvalidToken} for one that is malformed, forged, expired, or lacks `sub`, `role`, `exp` or `team`.
   * @throws {IdentityProviderUnavailable} if the key set has to be read and can't be.
   */
  read(token: string): Promise<Viewer>
}

const maxKnown = 10_000
/**
 * How long a key set is valid after it was read, and how long the tokens that it verified are: a withdrawn key is
 * accepted for at most a minute.
 */
const keySetGoodForMs = 30_000
const keySetWithinMs = 3_000
/** A longer token is not parsed. */
const maxTokenBytes = 8_192
/** The longest lifetime of a token, in seconds, if AUTH_MAX_TOKEN_SECONDS is not set. */
export const defaultMaxTokenSeconds = 86_400
/** How far an issuer's clock may be ahead. A later `iat` says nothing about when the token was made. */
const clocksDifferBySeconds = 5

/**
 * The token in the header (`Bearer …`); null without a header.
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

/** Reads tokens that are signed with a secret (HS256 alone) or by a key set (RS256, ES256, EdDSA). */
export function createTokenReader(trust: TokenTrust, { maxTokenSeconds }: TokenLimits = {}): TokenReader {
  const verify = verifierOf(trust)
  // Verifying costs more than a charge, and a token is sent with each request.
  const known = new Map<string, { readonly viewer: Viewer; readonly until: number }>()
  const goodForMs = 'secret' in trust ? Infinity : keySetGoodForMs

  async function verified(token: string): Promise<Viewer> {
    const viewer = viewerOf(await claimsOf(token, verify), maxTokenSeconds ?? defaultMaxTokenSeconds)
    known.set(token, { viewer, until: Math.min(viewer.expiresAt, Date.now() + goodForMs) })
    keepNewest(known, maxKnown)
    return viewer
  }

  return {
    async read(token) {
      const before = known.get(token)
      if (before !== undefined && Date.now() < before.until) return before.viewer
      known.delete(token)
      return verified(token)
    },
  }
}

export type TokenClaims = {
  readonly member: string
  readonly role: Role | Lowercase<Role>
  readonly team?: string | null
  readonly name?: string | null
}

/** A token that is valid for `seconds` from now. */
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
  const keys = keySetOf(trust.jwksUrl)
  const { issuer, audience } = trust
  const algorithms = ['RS256', 'ES256', 'EdDSA']
  return (token) => jwtVerify(token, keys, { algorithms, issuer, audience, requiredClaims })
}

function keySetOf(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { cacheMaxAge: keySetGoodForMs, timeoutDuration: keySetWithinMs })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (faultsOfTokens.some((fault) => error instanceof fault)) throw error
      throw new IdentityProviderUnavailable('The key set of the identity provider could not be read.', { cause: error })
    }
  }
}

/** Errors of a key set that concern the token. Every other error concerns the key set. */
const faultsOfTokens = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]

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
    if (!(error instanceof errors.JOSEError)) throw error
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

/**
 * The lifetime of a token without an `iat`, or with one in the future, is counted from now: otherwise such a token
 * could live for ever.
 */
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
