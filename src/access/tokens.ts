import { createSecretKey, type KeyObject } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Logger } from 'pino'
import { keepNewest } from '../concurrency/bounded-map.ts'
import { memberId, teamId } from '../domain/identity.ts'
import { isName, isVisibleId, visibleIdRule } from '../domain/names.ts'
import { KeySet, type KeySetState, keySetGoodForMs } from './key-set.ts'
import { ownRoleNames, type RoleNames } from './roles.ts'
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

/** An identity provider: where its key set is, its name in `iss`, and the gateway's name in `aud`. */
export type IdentityProvider = { readonly url: string; readonly issuer: string; readonly audience: string }

/** Whose tokens are accepted: those of a secret (HS256), of an identity provider, or of both. */
export type TokenTrust = {
  readonly secret?: string | undefined
  /** Only verifies, while the secret is changed. */
  readonly previousSecret?: string | undefined
  readonly provider?: IdentityProvider | undefined
}

export type TokenReader = {
  /**
   * The viewer that the token authenticates, whether or not the token was revoked.
   *
   * @throws {InvalidToken} for one that is malformed, forged, expired, or lacks `sub`, `role`, `exp` or `team`.
   * @throws {IdentityProviderUnavailable} if the key set has to be read and can't be.
   */
  read(token: string): Promise<Viewer>
  /** Reads the key set before the first token comes. Never rejects. */
  prepare(): Promise<void>
  /** Null without an identity provider. While readings fail, asking for the state causes the next one. */
  keySetState(): KeySetState | null
}

const maxKnown = 10_000
/** A longer token is not parsed. */
const maxTokenBytes = 8_192
/** The longest lifetime of a token, in seconds, if AUTH_MAX_TOKEN_SECONDS is not set. */
export const defaultMaxTokenSeconds = 86_400
/**
 * How far the clocks of an issuer and of the gateway may differ. A later `iat` says nothing about when the token was made.
 * An identity provider's `exp` and `nbf` are compared with this tolerance. Clocks that follow a time server differ by less
 * than a second; with a wider tolerance, a token would outlive its revocation by as much.
 */
export const clocksDifferBySeconds = 5
/** Never `none`, and no HS…: a public key would be the secret. */
const providerAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

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

export type TokenReaderOptions = {
  readonly log: Logger
  /** The longest lifetime of a token, in seconds. */
  readonly maxTokenSeconds?: number | undefined
  /** The names of roles in tokens; absent: the gateway's own. */
  readonly roleNames?: RoleNames | undefined
}

/** Reads tokens that are signed with a secret (HS256 alone) or by an identity provider (asymmetric algorithms alone). */
export function createTokenReader(trust: TokenTrust, options: TokenReaderOptions): TokenReader {
  const keySet = trust.provider === undefined ? null : new KeySet(trust.provider.url, options.log)
  const bySecret = trust.secret === undefined ? null : secretVerifier(trust.secret, trust.previousSecret)
  const byProvider = keySet && trust.provider ? providerVerifier(keySet, trust.provider) : null
  const { maxTokenSeconds = defaultMaxTokenSeconds, roleNames = ownRoleNames } = options
  // Verifying costs more than a charge, and a token is sent with each request.
  const known = new Map<string, { readonly viewer: Viewer; readonly until: number }>()

  async function verified(token: string): Promise<Viewer> {
    const isShared = byProvider === null || (bySecret !== null && isSignedBySecret(token))
    const verify = isShared ? bySecret : byProvider
    if (verify === null) throw untrusted()
    const goodForMs = isShared ? Infinity : keySetGoodForMs
    const toleranceMs = isShared ? 0 : clocksDifferBySeconds * 1000
    const claims = await claimsOf(token, verify)
    const viewer = viewerOf(claims, { maxTokenSeconds, roleNames, toleranceMs })
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
    prepare: async () => keySet?.read(),
    keySetState() {
      if (keySet === null) return null
      // No token may come for long: else the state would stay as it was when the last one came.
      if (keySet.state !== 'READ') void keySet.read()
      return keySet.state
    },
  }
}

export type TokenClaims = {
  readonly member: string
  /** The name of the role in tokens. */
  readonly role: string
  readonly team?: string | null
  readonly name?: string | null
}

/** A token that is valid for `seconds` from now. */
export function signToken(secret: string, { member, role, team, name }: TokenClaims, seconds: number): Promise<string> {
  const claims = { role, ...(team ? { team } : {}), ...(name ? { name } : {}) }
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

/** A token without a header that can be read is nobody's. */
function isSignedBySecret(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg === 'HS256'
  } catch {
    return false
  }
}

function secretVerifier(secret: string, previousSecret: string | undefined): Verify {
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

function providerVerifier({ keyOf }: KeySet, { issuer, audience }: IdentityProvider): Verify {
  const required = { algorithms: providerAlgorithms, issuer, audience, requiredClaims }
  return (token) => jwtVerify(token, keyOf, { ...required, clockTolerance: clocksDifferBySeconds })
}

const untrusted = () => new InvalidToken('The token is not one that this gateway trusts: get a token made for it.')
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
    throw untrusted()
  }
}

type Terms = {
  readonly maxTokenSeconds: number
  readonly roleNames: RoleNames
  /** How long after its `exp` the token is accepted. */
  readonly toleranceMs: number
}

function viewerOf(claims: JWTPayload, { maxTokenSeconds, roleNames, toleranceMs }: Terms): Viewer {
  const role = typeof claims.role === 'string' ? roleNames.roleOf(claims.role) : undefined
  if (role === undefined) throw wrongClaim('role', roleNames.expected)
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
    expiresAt: claims.exp * 1000 + toleranceMs,
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
