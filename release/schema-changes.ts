import { BreakingChangeType, buildSchema, DangerousChangeType, findSchemaChanges } from 'graphql'

/** The changes between two versions of the API's schema, by their effect on clients; a line for each change. */
export type SchemaChanges = {
  /** Operations that were valid may fail. */
  readonly breaking: readonly string[]
  /** Operations stay valid, but may get values that a client does not know. */
  readonly dangerous: readonly string[]
  /** Clients notice nothing. */
  readonly safe: readonly string[]
  /** How many descriptions differ. */
  readonly descriptions: number
}

const breakingTypes: ReadonlySet<string> = new Set(Object.values(BreakingChangeType))
const dangerousTypes: ReadonlySet<string> = new Set(Object.values(DangerousChangeType))

/** The changes from one schema to the next, both in GraphQL's schema language. */
export function schemaChanges(before: string, after: string): SchemaChanges {
  const changes = findSchemaChanges(buildSchema(before), buildSchema(after))
  const lines = (isWanted: (type: string) => boolean) =>
    changes.flatMap(({ type, description }) => (isWanted(type) ? [`${type}: ${description}`] : [])).toSorted()
  const isDescription = (type: string) => type === 'DESCRIPTION_CHANGED'
  return {
    breaking: lines((type) => breakingTypes.has(type)),
    dangerous: lines((type) => dangerousTypes.has(type)),
    safe: lines((type) => !breakingTypes.has(type) && !dangerousTypes.has(type) && !isDescription(type)),
    descriptions: lines(isDescription).length,
  }
}

/** A report for people: each kind of change under its own heading. `since` names the earlier version. */
export function changesInWords({ breaking, dangerous, safe, descriptions }: SchemaChanges, since: string): string {
  const parts = [
    section('Breaking: operations that were valid may fail', breaking),
    section('Dangerous: a client may get a value that it does not know', dangerous),
    section('Safe', safe),
    ...(descriptions === 0 ? [] : [`Changed descriptions: ${descriptions}.\n`]),
  ].filter((part) => part !== '')
  return parts.length === 0 ? `schema.graphql is the same as at ${since}.\n` : parts.join('\n')
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title} (${lines.length})\n${lines.map((line) => `- ${line}\n`).join('')}`
