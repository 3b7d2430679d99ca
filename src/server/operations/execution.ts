import { normalizedExecutor } from '@graphql-tools/executor'
import {
  AbortedGraphQLExecutionError,
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  visit,
} from 'graphql'
import type { GatewayContext } from '../../resolvers/request/context.ts'

export type Executed = {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  readonly context: GatewayContext
  /** When it aborts, fields that have not begun are not executed, and the execution fails with its reason. */
  readonly signal?: AbortSignal | null | undefined
}

/**
 * Executes a query or mutation of a valid document. @graphql-tools' executor takes less than half the time of graphql's
 * own, and takes any object with a key `then` for a promise: graphql executes the documents that make such objects.
 */
export const executed = (operation: Executed): ExecutionResult | Promise<ExecutionResult> =>
  answersThen(operation.document) ? byGraphql(operation) : byTools(operation)

type ToolsArguments = Parameters<typeof normalizedExecutor>[0]

/** No document is valid whose result comes in parts. */
function byTools({ variables, context, ...operation }: Executed): ExecutionResult | Promise<ExecutionResult> {
  const args = { ...operation, variableValues: variables, contextValue: context } as ToolsArguments
  return normalizedExecutor(args) as ExecutionResult | Promise<ExecutionResult>
}

/** graphql ends an aborted execution at once. This resolves when the fields that have begun are finished. */
async function byGraphql({ variables, context, signal, ...operation }: Executed): Promise<ExecutionResult> {
  signal?.throwIfAborted()
  const values = { variableValues: variables, contextValue: context, abortSignal: signal }
  try {
    return await execute({ ...operation, ...values } as ExecutionArgs)
  } catch (error) {
    if (error instanceof AbortedGraphQLExecutionError) await error.abortedResult
    signal?.throwIfAborted()
    throw error
  }
}

const known = new WeakMap<DocumentNode, boolean>()

/** Whether an answer may have the key `then` in any of its objects. */
function answersThen(document: DocumentNode): boolean {
  const before = known.get(document)
  if (before !== undefined) return before
  const found = document.loc?.source.body.includes('then') !== false && selectsThen(document)
  known.set(document, found)
  return found
}

function selectsThen(document: DocumentNode): boolean {
  let found = false
  visit(document, {
    Field({ name, alias = name }) {
      found = alias.value === 'then'
      return found ? BREAK : undefined
    },
  })
  return found
}
