import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql'
import { RequestFault } from '../../access/faults.ts'
import { boundedErrors, maxErrors } from '../limits/error-limits.ts'
import { badDocument } from './document-limits.ts'

/** Selections of `__type` in one document; `__schema` may occur in it once. */
export const maxTypeIntrospections = 10

/** The errors of a document; empty: it may be executed. */
export type Validate = (document: DocumentNode) => readonly GraphQLError[]

/** Validates each document once, with bounded errors. One more error says that validation was aborted. */
export function createValidation(schema: GraphQLSchema): Validate {
  const known = new WeakMap<DocumentNode, readonly GraphQLError[]>()
  return (document) => {
    const before = known.get(document)
    if (before !== undefined) return before
    const errors = boundedErrors(validate(schema, document, rules, { maxErrors: maxErrors - 1 }))
    for (const { extensions } of errors) {
      extensions.code ??= 'GRAPHQL_VALIDATION_FAILED'
      extensions.http ??= badDocument
    }
    known.set(document, errors)
    return errors
  }
}

/** graphql's own rule prints the literal that it refuses. The errors of this rule name the type alone. */
function valuesWithoutText(context: ValidationContext): ReturnType<ValidationRule> {
  const reportError = ({ nodes, originalError, extensions }: GraphQLError) => {
    const type = context.getInputType()
    const expected = type ? `expected ${getNamedType(type)}` : 'it does not fit its type'
    const advice = originalError instanceof RequestFault ? ` ${originalError.message}` : ''
    context.reportError(new GraphQLError(`A value is not usable: ${expected}.${advice}`, { nodes, extensions }))
  }
  const quiet: ValidationContext = Object.create(context, { reportError: { value: reportError } })
  return ValuesOfCorrectTypeRule(quiet)
}

/**
 * Aliases would multiply a schema of some 200 KB by as many as fit into a document. No tool introspects with aliases.
 */
const boundedIntrospection: ValidationRule = (context) => {
  const rest: Record<string, number> = { __schema: 1, __type: maxTypeIntrospections }
  return {
    Field(node) {
      const { value: name } = node.name
      const left = rest[name]
      if (left !== undefined) rest[name] = left - 1
      const inside = context.getParentType()?.name.startsWith('__') === true
      if (left !== 0 && !(inside && node.alias !== undefined)) return
      const limit = `__schema once, __type ${maxTypeIntrospections} times, and no aliases inside`
      context.reportError(new GraphQLError(`A document may introspect ${limit}.`, { nodes: node }))
    },
  }
}

const rules: readonly ValidationRule[] = [
  ...specifiedRules.map((rule) => (rule === ValuesOfCorrectTypeRule ? valuesWithoutText : rule)),
  boundedIntrospection,
]
