import type { TeamId } from '../domain/identity.ts'
import type { Admin } from '../ledger/members.ts'
import type { Services } from './request/context.ts'
import { served } from './request/submit.ts'

const maxNamed = 3
const list = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/** The members that were admins of the team when last seen, by name. */
export const adminsOf = ({ members }: Services, teamId: TeamId): Promise<readonly Admin[]> =>
  served(() => members.adminsOf(teamId))

/** The people to ask: `Ana, Ben or Cleo`; null if no admin was seen yet. Source: facts G4. */
export async function adminsInWords(services: Services, teamId: TeamId): Promise<string | null> {
  const admins = await adminsOf(services, teamId)
  return admins.length === 0 ? null : list.format(admins.slice(0, maxNamed).map(({ id, name }) => name ?? id))
}
