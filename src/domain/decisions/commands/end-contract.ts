import { contractId } from '../../allowance.ts'
import { NotFound } from '../../errors.ts'
import { type EndContract, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Nothing is deposited by it any more; what it deposited stays to its own end. Again is harmless. */
export function endContract(
  draft: Draft,
  command: EndContract,
  { account, context }: Given,
): OutcomeOf<'end-contract'> {
  const id = contractId(command.reference)
  if (!account.allowances.some((one) => one.id === id)) return refused(new NotFound({ what: 'contract' }))
  const allowances = account.allowances.map((one) =>
    one.id === id ? { ...one, ended: true, endsAt: Math.min(one.endsAt ?? Infinity, context.at) } : one,
  )
  draft.set({ allowances })
  return { kind: 'done' }
}
