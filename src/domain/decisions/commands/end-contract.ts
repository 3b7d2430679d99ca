import type { Account } from '../../account.ts'
import { contractId } from '../../allowance.ts'
import { NotFound } from '../../errors.ts'
import type { Context } from '../../rules.ts'
import { type EndContract, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Nothing is deposited by it any more; what it deposited stays to its own end. Again is harmless. */
export function endContract(
  draft: Draft,
  account: Account,
  command: EndContract,
  context: Context,
): OutcomeOf<'end-contract'> {
  const id = contractId(command.reference)
  if (!account.allowances.some((one) => one.id === id)) return refused(new NotFound({ what: 'contract' }))
  const allowances = account.allowances.map((one) =>
    one.id === id ? { ...one, ended: true, endsAt: Math.min(one.endsAt ?? Infinity, context.at) } : one,
  )
  draft.set({ allowances })
  return { kind: 'done' }
}
