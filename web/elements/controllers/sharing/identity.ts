/** Claims that differ between two tokens of one caller. */
const passing: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'jti'])

/** The claims of a token; null: it is no JWT. The gateway alone checks whether it is true. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | null {
  try {
    const [, payload = ''] = token.split('.')
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

/** Whether its time is over by the clock of this device. */
export function hasEnded(token: string): boolean {
  const { exp } = claimsOf(token) ?? {}
  return typeof exp === 'number' && exp * 1_000 <= Date.now()
}

/**
 * Names what tabs share: the same for two tokens of one caller at one gateway, another for any two callers. A digest, so that neither a token
 * nor a name can be read from it. Where the page has no secure context there is no digest, and no sharing with other tabs either.
 * `viewer`: whom the gateway takes the caller for, where the token does not say so itself, such as a pill token.
 */
export async function identityOf(
  url: string,
  teamId: string | undefined,
  token: string,
  viewer: () => Promise<unknown>,
): Promise<string> {
  const claims = claimsOf(token)
  const caller =
    claims === null
      ? await viewer()
      : Object.entries(claims)
          .filter(([name]) => !passing.has(name))
          .sort()
  const text = JSON.stringify([url, teamId, caller])
  const { subtle } = globalThis.crypto ?? {}
  if (subtle === undefined) return text
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
