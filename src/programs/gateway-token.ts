import { randomBytes } from 'node:crypto'
import { authSecret } from '../access/auth-secret.ts'
import { roleNamesOf } from '../access/roles.ts'
import { signToken } from '../access/tokens.ts'
import { readConfig } from '../config.ts'
import type { Role } from '../domain/role.ts'

/** The token or API key in TOKEN; without it, a token for an hour that is signed with the gateway's own secret. */
export async function gatewayToken(program: string, as: Role, team?: string): Promise<string> {
  const given = process.env.TOKEN
  if (given !== undefined && given !== '') return given
  const config = readConfig(process.env)
  const secret = await authSecret(config)
  if (secret === undefined) throw new Error('AUTH_JWKS_URL is set: give a token or an API key in TOKEN')
  const role = roleNamesOf(config.roleNames).nameOf(as)
  if (role === undefined) throw new Error(`AUTH_ROLES has no name for ${as}: add one, or give a token in TOKEN`)
  const member = `${program}-${randomBytes(3).toString('hex')}`
  return signToken(secret, { member, role, team, name: undefined }, 3_600)
}

/** The address of the gateway of the same environment. */
export function gatewayAddress(): string {
  const { publicUrl, port } = readConfig(process.env)
  return publicUrl ?? `http://127.0.0.1:${port}`
}
