import { parseArgs } from 'node:util'
import { authSecret } from '../access/auth-secret.ts'
import { readRole, roleNamesOf } from '../access/roles.ts'
import { signToken } from '../access/tokens.ts'
import { readConfig } from '../config.ts'
import { roles } from '../domain/role.ts'

const usage = `npm run -s token -- --team demo --member ana --role admin [--name Ana] [--hours 24]
  --role   ${roles.join(', ').toLowerCase()}; platform alone needs no --team`

class WrongUse extends Error {}

/** Prints a token that the gateway of the same environment accepts, and nothing else. */
async function main(): Promise<void> {
  const options = { team: string, member: string, role: string, name: string, hours: string }
  const { values } = parseArgs({ options })
  const { team, member, name } = values
  const role = readRole(values.role ?? 'member')
  const hours = Number(values.hours ?? 24)
  if (role === undefined) throw new WrongUse(`--role is '${values.role}'`)
  if (!member) throw new WrongUse('--member is missing')
  if (!team && role !== 'PLATFORM') throw new WrongUse('--team is missing')
  if (!Number.isFinite(hours) || hours <= 0) throw new WrongUse(`--hours is '${values.hours}'`)
  const config = readConfig(process.env)
  if (hours * 3600 > config.maxTokenSeconds) {
    throw new WrongUse(`--hours is '${values.hours}': AUTH_MAX_TOKEN_SECONDS allows ${config.maxTokenSeconds / 3600}`)
  }
  const secret = await authSecret(config)
  if (secret === undefined) {
    throw new WrongUse('AUTH_JWKS_URL is set: its identity provider signs the tokens, not this command')
  }
  const roleName = roleNamesOf(config.roleNames).nameOf(role)
  if (roleName === undefined) throw new WrongUse(`--role is '${role}': AUTH_ROLES has no name for it, so add one`)
  const claims = { member, role: roleName, team, name }
  process.stdout.write(`${await signToken(secret, claims, Math.ceil(hours * 3600))}\n`)
}

const string = { type: 'string' } as const

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`)
  process.exitCode = 1
})
