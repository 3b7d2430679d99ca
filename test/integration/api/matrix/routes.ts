import { isAtLeast, type Role } from '../../../../src/domain/role.ts'
import { newKey } from '../gateway.ts'
import { catalogText } from './catalog.ts'
import type { Column } from './columns.ts'
import type { Ids, Scene } from './scene.ts'

/**
 * The outcome of a field for a caller: `told` the same as the caller that may see the most, `part` of that list,
 * `false`, `nothing` (null or an empty list), an `other` value, or the code of the error that refuses it.
 */
export type Outcome = 'told' | 'part' | 'false' | 'nothing' | 'other' | (string & {})

/** A way to objects of one type. `text`: a root field that selects `selection` of them. */
export type Route = {
  readonly kind: 'query' | 'mutation' | 'subscription'
  text(ids: Ids, selection: string): string
  /** The outcome for a caller of the team. */
  expected(column: Column): Outcome
  /**
   * `unknown`: another team's caller gets the same answer as if the objects did not exist. `own`: it sees its own
   * objects.
   */
  readonly foreign: 'unknown' | 'own'
  /** The column that sees the most. */
  readonly most: string
  readonly before?: (payments: Scene['payments']) => void
}

/** Shown to this role and higher ones; lower ones get `below`. */
export const from =
  (least: Role, below: Outcome) =>
  (column: Column): Outcome => {
    if (column.role === null) return 'UNAUTHENTICATED'
    return isAtLeast(column.role, least) ? 'told' : below
  }

/** Shown to everyone who has signed in. */
export const everyone = from('VIEWER', 'UNAUTHENTICATED')
const reading = { kind: 'query', expected: everyone, foreign: 'unknown', most: 'PLATFORM' } as const

/** Objects that a team has. */
export const ofTeam = (inside: (selection: string) => string): Route => ({
  ...reading,
  text: (ids, selection) => `team(id: "${ids.team}") { ${inside(selection)} }`,
})

/** One object of a team. */
export const byId = (type: string, id: keyof Ids, inside = (selection: string) => selection): Route => ({
  ...reading,
  text: (ids, selection) => `node(id: "${ids[id]}") { ... on ${type} { ${inside(selection)} } }`,
})

/** Objects that every team sees. */
export const ofCatalog = (text: (selection: string) => string): Route => ({
  ...reading,
  foreign: 'own',
  text: (_, selection) => text(selection),
})

/** Objects that belong to the caller. */
export const ofCaller = (text: (selection: string) => string): Route => ({ ...ofCatalog(text), most: 'ADMIN' })

/** Objects that belong to the operator. */
export const ofOperator = (text: (ids: Ids, selection: string) => string): Route => ({
  ...reading,
  text,
  expected: from('PLATFORM', 'FORBIDDEN'),
})

/** Objects of a team that a subscription sends. */
export const watched = (text: (ids: Ids, selection: string) => string): Route => ({
  ...reading,
  text,
  kind: 'subscription',
})

/** The answer of a mutation, for cases in which its type is `type`. */
export const answered = (
  type: string,
  text: (ids: Ids) => string,
  expected: Route['expected'],
  more: Partial<Route> = {},
): Route => ({
  ...reading,
  kind: 'mutation' as const,
  expected,
  text: (ids, selection) => `${text(ids)} { ... on ${type} { ${selection} } }`,
  ...more,
})

export const key = () => `idempotencyKey: "${newKey()}"`

/** A charge of acme whose result is no charge. */
export const charging = (type: string, usage: string, expected: Route['expected'], more = '', given = key): Route =>
  answered(
    type,
    ({ team }) => `chargeUsage(input: { teamId: "${team}", usage: [${usage}], ${given()} ${more} })`,
    expected,
  )

/** A purchase whose payment is observed as `observation`. */
export const buying = (
  type: string,
  observation: Parameters<Scene['payments']['tell']>[0],
  packageId = 'starter',
): Route =>
  answered(
    type,
    ({ team }) => `purchaseCredits(input: { teamId: "${team}", packageId: "${packageId}", ${key()} })`,
    from('ADMIN', 'nothing'),
    { before: (payments) => payments.tell(observation) },
  )

export const onHold = (type: string, mutation: string, id: keyof Ids, expected: Route['expected'], more = ''): Route =>
  answered(type, (ids) => `${mutation}(input: { holdId: "${ids[id]}", ${more} ${key()} })`, expected)

/** A mutation of a team that only the operator may send. */
export const operating = (type: string, text: (team: string) => string): Route =>
  answered(type, ({ team }) => text(`teamId: "${team}", ${key()}`), from('PLATFORM', 'nothing'))

/** Shown to everyone who may spend. */
export const spending = from('MEMBER', 'nothing')
/** Shown to everyone who may configure. */
export const configuring = from('ADMIN', 'nothing')
/** Shown to tokens of an admin and of the operator; a key manages no credentials. */
export const inPerson = (column: Column): Outcome => (column.key ? 'nothing' : configuring(column))

/** Shown to the member that placed a hold, and to higher roles. */
export const byPlacer = (column: Column): Outcome => {
  if (column.role === 'VIEWER') return 'nothing'
  return column.ana ? 'told' : from('ADMIN', 'nothing')(column)
}

export const publishing = (type: string, more: string, source = catalogText): Route =>
  answered(
    type,
    () => `publishCatalog(input: { source: ${JSON.stringify(source)} ${more} })`,
    from('PLATFORM', 'nothing'),
  )
