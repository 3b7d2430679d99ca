import type { Credits } from '../domain/amounts/credits.ts'
import { type GrantUse, readGrantUses } from '../ledger/history/grant-uses.ts'
import type { GatewayContext } from './request/context.ts'
import { type Connection, listOf, type PageArguments, pageOf, readPage } from './request/pages.ts'
import { readCaughtUp } from './request/reading.ts'
import type { ChargeView, GrantView } from './request/results.ts'

export type GrantUseView = { readonly charge: ChargeView; readonly amount: Credits }

export async function grantUses(
  { teamId, team, grant }: GrantView,
  given: PageArguments,
  context: GatewayContext,
): Promise<Connection<GrantUseView>> {
  const page = readPage(listOf('uses', teamId), given)
  const part = { span: page.span, limit: page.size + 1 }
  const uses = await readCaughtUp(context, teamId, (client) => readGrantUses(client, teamId, grant.id, part))
  const view = ({ charge, amount }: GrantUse): GrantUseView => ({
    charge: { type: 'Charge', teamId, charge, team },
    amount,
  })
  return pageOf(page, uses, ({ charge }) => charge.id, view)
}
