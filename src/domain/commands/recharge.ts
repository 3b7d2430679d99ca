import type { Account } from '../account.ts'
import type { ConfigureRecharge, Context, Outcome } from '../command.ts'
import type { Draft } from '../draft.ts'

export function configureRecharge(
  _draft: Draft,
  _account: Account,
  _command: ConfigureRecharge,
  _context: Context,
): Outcome {
  return { kind: 'done' }
}

export function rearmRecharge(_draft: Draft, _context: Context): Outcome {
  return { kind: 'done' }
}
