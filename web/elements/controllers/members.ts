import { UsageDocument } from '../billing/contract.ts'
import { fieldOf, ledgerNow, type TeamScope, teamOf } from './scope.ts'

export type Member = { readonly memberId: string; readonly name: string }

const days = 90

/** The members who used credits in the last 90 days, by name. */
export async function readMembers(scope: TeamScope, signal?: AbortSignal): Promise<readonly Member[]> {
  const to = await ledgerNow(scope, signal)
  const from = new Date(to.getTime() - days * 86_400_000)
  const variables = {
    teamId: scope.teamId,
    from: from.toISOString(),
    to: to.toISOString(),
    groupBy: ['MEMBER' as const],
  }
  const { usage } = teamOf(await scope.client.request(UsageDocument, variables, { signal }))
  return fieldOf(usage)
    .rows.flatMap(({ member }) => (member ? [{ memberId: member.memberId, name: member.name ?? member.memberId }] : []))
    .sort((one, other) => one.name.localeCompare(other.name))
}
