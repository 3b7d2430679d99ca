import { type DocumentNode, type ExecutionResult, Kind, parse } from 'graphql'
import { RequestFault } from '../../access/faults.ts'
import { requireRole } from '../../access/viewer.ts'

/** Characters of a document that is parsed for a sender without a token. */
export const maxAnonymousDocumentCharacters = 2_000
/** The same bound for introspection outside production: the query that GraphiQL sends has some 2,100 characters. */
export const maxAnonymousIntrospectionCharacters = 4_000
/** Tokens of a document that is parsed for a sender without a token. */
const maxAnonymousTokens = 1_000

/** Root fields that a sender without a token may select. */
const publicFields: ReadonlySet<string> = new Set(['__typename'])
const catalogFields: ReadonlySet<string> = new Set(['plans', 'packages', 'customTopUp', 'rateCard'])
const introspectionFields: ReadonlySet<string> = new Set(['__schema', '__type'])

/** Further fields that a sender without a token may select. */
export type Shown = {
  /** The schema itself. */
  readonly introspection: boolean
  /** The present catalog: it is public. */
  readonly catalog: boolean
}

/**
 * The answer to a document without a token, unless the document selects public fields alone; null: it may be validated
 * and executed. A document beyond the bounds is not even parsed.
 */
export function anonymousRefusal(text: string, { introspection, catalog }: Shown): ExecutionResult | null {
  if (text.length > (introspection ? maxAnonymousIntrospectionCharacters : maxAnonymousDocumentCharacters)) {
    return unauthenticated()
  }
  const document = parsed(text)
  // The pipeline reports the syntax error.
  if (document === null) return null
  const fields = rootFields(document)
  const introspects = introspection && fields?.some((name) => introspectionFields.has(name)) === true
  if (text.length > maxAnonymousDocumentCharacters && !introspects) return unauthenticated()
  const isPublic = (name: string) =>
    publicFields.has(name) || (catalog && catalogFields.has(name)) || (introspection && introspectionFields.has(name))
  return fields?.every(isPublic) === true ? null : unauthenticated()
}

function parsed(text: string): DocumentNode | null {
  try {
    return parse(text, { noLocation: true, maxTokens: maxAnonymousTokens })
  } catch {
    return null
  }
}

/** The names of all root fields; null: there is a fragment among them. */
function rootFields({ definitions }: DocumentNode): string[] | null {
  const names: string[] = []
  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) return null
      names.push(selection.name.value)
    }
  }
  return names
}

function unauthenticated(): ExecutionResult {
  try {
    requireRole(null, 'VIEWER')
  } catch (error) {
    if (error instanceof RequestFault) return { data: null, errors: [error] }
    throw error
  }
  throw new Error('Nobody has no role')
}
