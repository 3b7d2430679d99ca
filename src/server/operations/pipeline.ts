import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql'
import type { Viewer } from '../../access/viewer.ts'
import type { GatewayContext } from '../../resolvers/request/context.ts'
import { markMeasured } from '../../schema/limits.ts'
import { type BudgetState, type Budgets, costOf, leftAfter, type Payer } from '../limits/budgets.ts'
import { anonymousRefusal, type Shown } from './anonymous.ts'
import { parseDocument } from './document-limits.ts'
import { executed } from './execution.ts'
import type { DocumentRequest, TrustedDocuments } from './trusted-documents.ts'
import { createValidation, type Validate } from './validation.ts'
import { variableFaults } from './variable-faults.ts'
import { variablesRefusal } from './variables.ts'

/** A request of GraphQL, as a client sends it. */
export type Params = {
  readonly query: string
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

/** A query or mutation of a valid document. */
export type Execution = Omit<Params, 'query'> & {
  readonly document: DocumentNode
  readonly context: GatewayContext
  readonly payer: Payer
  /** When it aborts, fields that have not begun are not executed. */
  readonly signal?: AbortSignal | null | undefined
  /** Receives what the payer has left, before anything is executed. */
  readonly onCharged?: (account: BudgetState | null) => void
}

export type PipelineOptions = {
  readonly schema: GraphQLSchema
  readonly trusted: TrustedDocuments
  readonly budgets: Budgets
  /** Outside production: nobody may introspect the schema. */
  readonly development: boolean
  /** Whether nobody may read the present catalog. */
  readonly isCatalogPublic: () => boolean
}

/** The steps of an operation, in their order, for every transport: POST, GET, event streams and sockets. */
export class Pipeline {
  readonly #schema: GraphQLSchema
  readonly #trusted: TrustedDocuments
  readonly #budgets: Budgets
  readonly #shown: () => Shown
  readonly validate: Validate

  constructor({ schema, trusted, budgets, development, isCatalogPublic }: PipelineOptions) {
    this.#schema = schema
    this.#trusted = trusted
    this.#budgets = budgets
    this.#shown = () => ({ introspection: development, catalog: isCatalogPublic() })
    this.validate = createValidation(schema)
  }

  /** The request with the trusted document that it names, where it has no text; an error: there is none of this id. */
  complete<Request extends DocumentRequest>(request: Request) {
    return this.#trusted.complete(request)
  }

  /** The answer to a request whose document is not parsed; null: it is. A refusal has `data` where the caller is nobody. */
  refusal(viewer: Viewer | null, { query, variables }: Params): ExecutionResult | null {
    const refusal = viewer === null ? anonymousRefusal(query, this.#shown()) : null
    if (refusal !== null) return refusal
    const fault = this.#trusted.refusal(query) ?? variablesRefusal(variables)
    return fault === null ? null : { errors: [fault] }
  }

  /** @throws {GraphQLError} where the text is no document, or too much to parse. */
  parse(text: string): DocumentNode {
    return parseDocument(text)
  }

  /** Checks the variables, takes the points, executes. The errors are not masked. */
  async execute(execution: Execution): Promise<ExecutionResult> {
    const { document, operationName, variables, context, payer, signal, onCharged } = execution
    const operation = { schema: this.#schema, document, operationName, variables }
    const faults = variableFaults(operation)
    if (faults.length > 0) return { errors: faults }
    markMeasured(context)
    const charge = this.#budgets.operation(payer, operation, 'operation')
    const charged = charge instanceof Promise ? await charge : charge
    onCharged?.(leftAfter(charged))
    if (charged instanceof GraphQLError) return { errors: [charged] }
    const result = await executed({ ...operation, context, signal })
    // The headers tell nobody enough.
    const cost = payer.anonymous ? null : costOf(charged)
    return cost === null ? result : { ...result, extensions: { ...result.extensions, cost } }
  }
}
