import { type Credits, formatCredits } from '../../amounts/credits.ts'
import { InvalidInput, NotAllowed } from '../../errors.ts'
import type { Grant } from '../../grant.ts'
import type { Move } from '../../move.ts'
import { paymentSource } from '../../purchase.ts'
import { type CutOver, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { movedSource } from '../reserved-sources.ts'
import { importTeam } from './import-team.ts'

/**
 * The gateway serves the team from now on. A team that has nothing here is imported. One that was cut back gets the balance
 * of the other system: what was used there is charged in one posting, or what came there is granted. Source: decision 42.
 */
export function cutOver(draft: Draft, command: CutOver, given: Given): OutcomeOf<'cut-over'> {
  const { account, context } = given
  const { move } = account
  if (move === null || move.stage === 'CUT_OVER') {
    const next = move === null ? 'follow it by followTeams before' : 'there is nothing to do'
    return refused(new NotAllowed({ reason: `the gateway serves the team already: ${next}` }))
  }
  if (command.since !== move.since) {
    return refused(new NotAllowed({ reason: 'the team has moved in the meantime: look where it is, then try again' }))
  }
  const outcome =
    move.stage === 'FOLLOWED' ? importFollowed(draft, command, given) : takeUp(draft, command, move, given)
  if (outcome.kind === 'refused') return outcome
  const { at } = context
  draft.set({ move: { ...move, stage: 'CUT_OVER', since: at, revision: draft.revision, cutOverAt: at } })
  return outcome
}

function importFollowed(draft: Draft, { team }: CutOver, given: Given): OutcomeOf<'import-team'> {
  if (team === null) throw new Error(`${given.account.teamId} is cut over without its standing`)
  return importTeam(draft, { kind: 'import-team', ...team }, { ...given, facts: { hasBegun: false } })
}

function takeUp(draft: Draft, { balance, posted }: CutOver, move: Move, { context }: Given): OutcomeOf<'cut-over'> {
  const kept = new Set(draft.grants.filter((grant) => isWaiting(grant, move, posted)).map(({ id }) => id))
  const waiting = sumOf(draft.grants.filter(({ id }) => kept.has(id)))
  const excess = draft.available - draft.owed - waiting - balance
  const { at, card, policy } = context
  if (excess > 0n) {
    let left = excess
    for (const { id, available, scope } of draft.grants.slice()) {
      const amount = available < left ? available : left
      if (amount === 0n || scope !== null || kept.has(id)) continue
      draft.move(id, { from: 'available', to: 'spent', amount })
      left -= amount
    }
    if (left > 0n) throw new Error(`${left} micro-credits of ${move.system} have no grant`)
    draft.post('CHARGE', at, { reference: `${movedSource}${move.system}`, rateCardVersion: card.version })
    return { kind: 'imported', created: false, grants: 0 }
  }
  if (-excess > draft.fitting(-excess)) {
    const reason = `the balance would be larger than a ledger can hold: give less than ${formatCredits(balance)}`
    return refused(new InvalidInput({ path: ['balance'], reason }))
  }
  if (excess === 0n) return { kind: 'imported', created: false, grants: 0 }
  const source = `${movedSource}${move.system}:${draft.revision + 1}`
  const terms = { kind: 'ADJUSTMENT', priority: policy.burnPriority.ADJUSTMENT, startsAt: at, expiresAt: null } as const
  draft.arrive({ ...terms, source, allowance: null }, -excess, at, { type: 'ADJUSTMENT' })
  return { kind: 'imported', created: false, grants: 1 }
}

/** A paid purchase that arrived here after the cut back, and that the other system does not have. */
const isWaiting = ({ id, source, scope }: Grant, { revision }: Move, posted: readonly string[]): boolean =>
  scope === null && id > revision && source.startsWith(paymentSource) && !posted.includes(source)

const sumOf = (grants: readonly Grant[]): Credits => grants.reduce((sum, { available }) => sum + available, 0n)
