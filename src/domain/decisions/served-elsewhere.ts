import type { Account } from '../account.ts'
import { type Blocker, NotAllowed } from '../errors.ts'
import { servedBy } from '../move.ts'
import { type Command, type Outcome, refused } from './command.ts'

/** Decided as usual, refused, or done without an effect. */
type Rule = 'decided' | 'refused' | 'ignored'

/** The rule of each command while another system serves the team: before its first cut over, and after a cut back. */
const rules: { readonly [Kind in Command['kind']]: Rule | { readonly FOLLOWED: Rule; readonly CUT_BACK: Rule } } = {
  'follow-team': 'decided',
  'cut-over': 'decided',
  'cut-back': 'decided',

  // Neither system may charge, give or sell what the other one does.
  'place-hold': 'refused',
  'extend-hold': 'refused',
  'capture-hold': 'refused',
  'settle-hold': 'refused',
  'release-hold': 'refused',
  'charge-usage': 'refused',
  'refund-charge': 'refused',
  'grant-credits': 'refused',
  'import-team': 'refused',
  'create-contract': 'refused',
  'order-add-on-units': 'refused',
  'begin-purchase': 'refused',
  'configure-recharge': 'refused',
  'set-stored-amount': 'refused',

  // After a cut back the plan goes on by time in both systems.
  'assign-plan': { FOLLOWED: 'refused', CUT_BACK: 'decided' },
  'end-contract': { FOLLOWED: 'refused', CUT_BACK: 'decided' },
  'set-add-on-units': { FOLLOWED: 'refused', CUT_BACK: 'decided' },
  // The cut over brings the credits of a team that is followed. Its subscription is read again afterwards.
  'follow-subscription': { FOLLOWED: 'ignored', CUT_BACK: 'decided' },

  // Money that was on its way is the ledger's own.
  'land-purchase': 'decided',
  'fail-purchase': 'decided',
  'claw-back': 'decided',
  'rearm-recharge': 'decided',
  'tell-of-payment': 'decided',
  'follow-bills': 'decided',

  'open-team': 'decided',
  'tell-of-webhook': 'decided',
  'set-alert-levels': 'decided',
  'set-low-threshold': 'decided',
  'set-spending-limit': 'decided',
  'set-member-group': 'decided',
  'delete-member-group': 'decided',
  'move-member': 'decided',
  refuse: 'decided',
  'roll-forward': 'decided',
  'post-due': 'decided',
}

/** The outcome of a command on a team that another system serves; null: it is decided as usual. */
export function outcomeElsewhere({ move }: Account, { kind }: Command): Outcome | null {
  const system = servedBy(move)
  if (move === null || move.stage === 'CUT_OVER' || system === null) return null
  const given = rules[kind]
  const rule = typeof given === 'string' ? given : given[move.stage]
  if (rule === 'decided') return null
  if (rule === 'ignored') return { kind: 'done' }
  return refused(new NotAllowed({ reason: reasonOf(system) }))
}

const reasonOf = (system: string) => `the team is still served by ${system}: do it there, or cut the team over first`

/** The reason why another system's team can't use anything here; none where the gateway serves it. */
export function blockersElsewhere({ move }: Account): Blocker[] {
  const system = servedBy(move)
  return system === null ? [] : [{ code: 'SERVED_ELSEWHERE', message: reasonOf(system) }]
}
