import { maxSeats } from '../../domain/account.ts'
import { creditsRule, parseCredits } from '../../domain/amounts/credits.ts'
import { grantKinds } from '../../domain/grant.ts'
import { instantRule, parseInstant } from '../../domain/instant.ts'
import { isName, isVisibleId, nameRule, visibleIdRule } from '../../domain/names.ts'
import { cadences } from '../../domain/period.ts'
import type { ImportGrantInput, ImportTeamInput } from '../../resolvers/imports.ts'

/** `rule`: what to write. */
type Column = { readonly isUsable: (text: string) => boolean; readonly rule: string }

const instant: Column = { isUsable: (text) => parseInstant(text) !== undefined, rule: `write ${instantRule}` }
const oneOf = (values: readonly string[]): Column => ({
  isUsable: (text) => values.includes(text),
  rule: `write one of ${values.join(', ')}`,
})

/** The columns that a team has once, each with the name of its field of `ImportTeamInput`. */
export const teamColumns: Record<Exclude<keyof ImportTeamInput, 'grants'>, Column> = {
  teamId: { isUsable: isVisibleId, rule: `give ${visibleIdRule}` },
  name: { isUsable: (text) => isName(text), rule: nameRule },
  planId: { isUsable: (text) => text !== '', rule: 'write the code of a plan' },
  seats: {
    isUsable: (text) => /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= maxSeats,
    rule: `write a whole number from 1 to ${maxSeats}`,
  },
  interval: oneOf(cadences),
  anchor: instant,
}

/** The columns of a grant, each with the name of its field of `ImportGrantInput`. */
export const grantColumns: Record<keyof ImportGrantInput, Column> = {
  source: { isUsable: (text) => isName(text), rule: nameRule },
  kind: oneOf(grantKinds),
  amount: {
    isUsable: (text) => (parseCredits(text) ?? 0n) > 0n,
    rule: `write an amount above 0 with ${creditsRule}, and leave out what is used up`,
  },
  startsAt: instant,
  expiresAt: instant,
}
export const neededByGrant = ['source', 'kind', 'amount'] as const
const neededByTeam = ['teamId', 'planId'] as const

const columns = new Map<string, Column>(Object.entries({ ...teamColumns, ...grantColumns }))

/** The fault of a header; null: none. */
export function faultOfHeader(names: readonly string[]): string | null {
  const known = [...columns.keys()].join(', ')
  const unknown = names.find((name) => !columns.has(name))
  if (unknown !== undefined) {
    return `'${unknown}' is no column of an import: separate columns by commas, and name them as in ${known}`
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return `there are two columns ${twice}: leave one of them out`
  const needed = names.some((name) => name in grantColumns) ? [...neededByTeam, ...neededByGrant] : neededByTeam
  const missing = needed.filter((name) => !names.includes(name))
  return missing.length === 0 ? null : `there is no column ${missing.join(', ')}: add it, as in ${known}`
}

/** The fault of a cell that is not empty, with what to write; null: none. */
export function faultOfCell(name: string, text: string): string | null {
  // Bytes that are no UTF-8 are read as this character.
  if (text.includes('\uFFFD')) return 'the text is not in UTF-8: save the file as CSV in UTF-8'
  const column = columns.get(name)
  if (column === undefined || column.isUsable(text)) return null
  return `'${text.length > 40 ? `${text.slice(0, 40)}…` : text}' is not usable: ${column.rule}`
}
