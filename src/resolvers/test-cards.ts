import { Forbidden } from '../access/faults.ts'
import type { TestCard } from '../payments/test-cards.ts'
import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import { countRequest, servedByPayments } from './request/payment-faults.ts'
import { knownTeam } from './request/submit.ts'

type Arguments = { card: TestCard; teamId?: Optional<string> }

export async function saveTestCard(
  _: unknown,
  { card, teamId: given }: Arguments,
  context: GatewayContext,
): Promise<TestCard> {
  const viewer = callerWithRole(context, 'ADMIN')
  const { services } = context
  const { saveTestCard: save } = services
  if (save === null) {
    throw new Forbidden('test cards are for the test space: create a key with createApiKey(input: { space: TEST, … })')
  }
  const { teamId } = (await knownTeam(services, teamFor(viewer, given))).account
  await countRequest(services, teamId)
  await servedByPayments(() => save(teamId, card))
  return card
}
