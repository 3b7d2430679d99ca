import { type Credits, formatCredits } from '../../amounts/credits.ts'
import { InvalidInput, NotAllowed } from '../../errors.ts'
import type { Move, PaymentMeanwhile } from '../../move.ts'
import { type CutOver, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { movedSource } from '../reserved-sources.ts'
import { importTeam } from './import-team.ts'

/**
 * The gateway serves the team from now on. A team that has nothing here is imported. One that was cut back gets the balance
 * of the other system, and what payments changed here meanwhile: what was used there is charged in one posting, or what came
 * there is granted. Source: decision 42.
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
  draft.set({ move: { ...move, stage: 'CUT_OVER', since: at, revision: draft.revision, cutOverAt: at, payments: [] } })
  return outcome
}

function importFollowed(draft: Draft, { team }: CutOver, given: Given): OutcomeOf<'import-team'> {
  if (team === null) throw new Error(`${given.account.teamId} is cut over without its standing`)
  return importTeam(draft, { kind: 'import-team', ...team }, { ...given, facts: { hasBegun: false } })
}

function takeUp(draft: Draft, command: CutOver, move: Move, { context }: Given): OutcomeOf<'cut-over'> {
  const { balance, posted } = command
  const landed = move.payments.filter((payment) => payment.landed > 0n)
  if (posted === null && landed.length > 0) return refused(unknownPayments(landed, move.system))
  const waiting = new Set(landed.map(({ source }) => source).filter((source) => posted?.includes(source) !== true))
  const meanwhile = move.payments.reduce((sum, payment) => sum + changeBy(payment, waiting, command), 0n)
  const excess = draft.worth - meanwhile - balance
  const { at, policy } = context
  if (excess > 0n) {
    chargeFor(draft, excess, { waiting, move, context })
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

/** The change by a payment that the balance of the other system does not contain. Credits that ended unused there are not taken. */
function changeBy({ source, landed, reversed }: PaymentMeanwhile, waiting: Waiting, { ended }: CutOver): Credits {
  if (waiting.has(source)) return landed + reversed
  const unused = ended.find((grant) => grant.source === source)?.credits ?? 0n
  if (reversed >= 0n) return reversed
  return -reversed > unused ? reversed + unused : 0n
}

/** The sources of purchases that were paid here meanwhile, and that the other system does not have. */
type Waiting = ReadonlySet<string>
type Charged = { readonly waiting: Waiting; readonly move: Move; readonly context: Given['context'] }

/** Charges what was used in the other system. Purchases that it does not have come last; what nothing pays is owed. */
function chargeFor(draft: Draft, amount: Credits, { waiting, move, context: { at, card } }: Charged): void {
  const usable = draft.grants.filter(({ scope, available }) => scope === null && available > 0n)
  const isLast = ({ source }: { source: string }) => waiting.has(source)
  let left = amount
  for (const { id, available } of [...usable.filter((grant) => !isLast(grant)), ...usable.filter(isLast)]) {
    const part = available < left ? available : left
    if (part === 0n) break
    draft.move(id, { from: 'available', to: 'spent', amount: part })
    left -= part
  }
  const owed = draft.fittingDebt(left)
  if (owed > 0n) draft.owe(owed, { line: 0, rate: 'moved', use: { quantity: owed, count: 1, money: null } })
  draft.post('CHARGE', at, { reference: `${movedSource}${move.system}`, rateCardVersion: card.version })
}

const maxNamed = 5

function unknownPayments(landed: readonly PaymentMeanwhile[], system: string): InvalidInput {
  const named = landed.slice(0, maxNamed).map((one) => `${one.source} (${formatCredits(one.landed)} credits)`)
  const more = landed.length > maxNamed ? ` and ${landed.length - maxNamed} more` : ''
  const reason = `purchases were paid here while ${system} served the team, and it is not known which of them ${system} has posted: ${named.join(', ')}${more}. Give the sources of those that it has, or an empty list`
  return new InvalidInput({ path: ['posted'], reason })
}
