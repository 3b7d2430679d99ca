import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import { countRequest, servedByPayments } from './request/payment-faults.ts'
import { checkedReturnUrl } from './request/return-urls.ts'
import { knownTeam } from './request/submit.ts'

export type BillingPortal = { readonly url: string }

export async function openBillingPortal(
  _: unknown,
  { returnUrl, teamId: given }: { returnUrl: string; teamId?: Optional<string> },
  context: GatewayContext,
): Promise<BillingPortal> {
  const viewer = callerWithRole(context, 'ADMIN')
  const { services } = context
  const back = checkedReturnUrl('returnUrl', returnUrl, services) ?? services.publicUrl()
  const { teamId } = (await knownTeam(services, teamFor(viewer, given))).account
  await countRequest(services, teamId)
  return { url: await servedByPayments(() => services.payments.billingPortal(teamId, back)) }
}
