import { type Credits, MOST_CREDITS } from '../../amounts/credits.ts'
import { InvalidAmount, NotFound } from '../../errors.ts'
import type { Instant } from '../../identity.ts'
import { groupOf } from '../../member-group.ts'
import { inOrder, isLimitOf, limitAt, maxLimits, windowAt } from '../../spending-limit.ts'
import { type Given, refused, type SetSpendingLimit } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Sets, changes or lifts a limit; it holds from the next command on, and touches no open hold. What was used stays used
 * when it changes. A new one begins with `usedBefore`. The first window of a group's limit begins at `at`, so that what
 * was used before is neither counted nor given back.
 */
export function setSpendingLimit(
  draft: Draft,
  command: SetSpendingLimit,
  {
    account,
    facts: { usedBefore },
    context: {
      policy: { timeZone },
      at,
    },
  }: Given,
): OutcomeOf<'set-spending-limit'> {
  const { subject, id, per, credits } = command
  if (credits !== null && (credits < 0n || credits > MOST_CREDITS)) {
    return refusedAmount('a limit is not negative: give 0 or more, or null to lift it')
  }
  if (subject === 'GROUP' && groupOf(account.groups, id) === undefined) return refused(new NotFound({ what: 'group' }))
  const others = account.limits.filter((limit) => !isLimitOf(limit, command))
  const known = account.limits.find((limit) => limit.credits !== null && isLimitOf(limit, command))
  if (known === undefined && credits === null) return { kind: 'done' }
  if (credits !== null && others.filter((other) => other.credits !== null).length >= maxLimits) {
    return refusedAmount(`a team has at most ${maxLimits} limits: lift another one first`)
  }
  const limit =
    known === undefined
      ? {
          subject,
          id,
          per,
          credits,
          ...firstWindow(command, timeZone, at),
          used: notNegative(usedBefore ?? 0n),
          setAt: at,
        }
      : { ...limitAt(known, timeZone, at), credits }
  draft.set({ limits: inOrder([...others, limit]) })
  return { kind: 'done' }
}

function firstWindow({ subject, per }: SetSpendingLimit, timeZone: string, at: Instant) {
  const window = windowAt(per, timeZone, at)
  return subject === 'GROUP' ? { ...window, windowStart: at } : window
}

const notNegative = (amount: Credits): Credits => (amount > 0n ? amount : 0n)

const refusedAmount = (reason: string) => refused(new InvalidAmount({ path: ['credits'], reason }))
