import { type RoleNames, readRole } from '../access/roles.ts'
import { signToken } from '../access/tokens.ts'
import { json } from '../server/json.ts'
import type { Route } from '../server/route.ts'

const lifetimeSeconds = 3600

export type DemoOptions = {
  /** The secret that signs tokens; null: an identity provider signs them. */
  readonly secret: string | null
  /** How tokens name roles. */
  readonly roleNames: RoleNames
  readonly team: string
  /** Whether `advanceClock` works. */
  readonly devClock: boolean
  /** Whether payments go to the stand-in for Stripe, whose cards the demo may choose. */
  readonly testCards: boolean
}

/**
 * `POST /demo/session?member=ana&role=admin` signs anybody in as a member of the demo team, or as the operator. It
 * serves the pages of a gateway that is not in production.
 */
export function demoSession({ secret, roleNames, team, devClock, testCards }: DemoOptions): Route {
  return async (request, response) => {
    if (request.method !== 'POST') return json(response, 405, { message: 'Send a POST' })
    const { searchParams } = new URL(request.url ?? '/', 'http://gateway')
    const role = readRole(searchParams.get('role') ?? 'admin')
    const member = searchParams.get('member') ?? 'ana'
    if (role === undefined || !/^[a-z]{1,20}$/.test(member)) {
      return json(response, 400, {
        message: '`role` is viewer, member, admin or platform; `member` is a name such as ana',
      })
    }
    if (secret === null) {
      return json(response, 409, { message: 'AUTH_JWKS_URL is set: sign in with a token of its identity provider' })
    }
    const name = `${member[0]?.toUpperCase()}${member.slice(1)}`
    const roleName = roleNames.nameOf(role)
    if (roleName === undefined) {
      return json(response, 409, {
        message: `AUTH_ROLES has no name for ${role}: add one, or sign in with another role`,
      })
    }
    const claims = { member, name, role: roleName, team: role === 'PLATFORM' ? undefined : team }
    const token = await signToken(secret, claims, lifetimeSeconds)
    json(response, 200, { team, member, role, token, expiresInSeconds: lifetimeSeconds, devClock, testCards })
  }
}
