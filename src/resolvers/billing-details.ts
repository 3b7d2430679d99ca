import { type BillingDetails, faultIn, type TaxId } from '../domain/billing-details.ts'
import { InvalidInput } from '../domain/errors.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import { countRequest, paid, servedByPayments } from './request/payment-faults.ts'
import type { ResultOf } from './request/results.ts'
import { knownTeam, served } from './request/submit.ts'

type Text = Optional<string>
export type BillingDetailsInput = { [Name in Exclude<keyof BillingDetails, 'taxIds'>]?: Text } & {
  teamId?: Text
  taxIds?: Optional<TaxId[]>
}

/** An absent part stays as it is; null or no text removes it. Source: docs/payments.md. */
export async function setBillingDetails(
  _: unknown,
  { input }: { input: BillingDetailsInput },
  context: GatewayContext,
): Promise<ResultOf<'SetBillingDetailsResult'>> {
  const viewer = callerWithRole(context, 'ADMIN')
  const { services } = context
  const { teamId } = (await knownTeam(services, teamFor(viewer, input.teamId))).account
  const { teamId: _team, taxIds, ...texts } = input
  const details: Partial<BillingDetails> = { ...texts, ...(taxIds === undefined ? {} : { taxIds: taxIds ?? [] }) }
  const fault = faultIn(details)
  if (fault !== null) return fault
  await countRequest(services, teamId)
  const refused = await paid(() => services.payments.setBillingDetails(teamId, details))
  if (refused !== null) {
    if (!('field' in refused)) return refused
    return new InvalidInput({ path: [refused.field], reason: refused.reason.replace(/\.$/, '') })
  }
  const act = actOf(context, viewer, 'setBillingDetails')
  // The details are personal: the record tells only which parts were set.
  const after = { parts: Object.keys(details).sort() }
  await served(() => writeAuditRecord(services.database.pool, teamId, act, { before: null, after }))
  return { type: 'Team', ...(await knownTeam(services, teamId)) }
}

export async function billingDetails(
  _: unknown,
  { teamId: given }: { teamId?: Text },
  context: GatewayContext,
): Promise<BillingDetails> {
  const viewer = callerWithRole(context, 'ADMIN')
  const { services } = context
  const { teamId } = (await knownTeam(services, teamFor(viewer, given))).account
  await countRequest(services, teamId)
  return servedByPayments(() => services.payments.billingDetails(teamId))
}
