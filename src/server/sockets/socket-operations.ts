import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { Viewer } from '../../access/viewer.ts'
import { contextOf, type Services } from '../../resolvers/request/context.ts'
import type { Sender } from '../../resolvers/request/sender.ts'
import { type BudgetState, type Budgets, type Payer, RateLimited } from '../limits/budgets.ts'
import type { LimitedCaller } from '../limits/caller-limits.ts'
import { maxErrors } from '../limits/error-limits.ts'
import { type MaskError, toPublic } from '../operations/masking.ts'
import type { Pipeline } from '../operations/pipeline.ts'
import { isSubscription, type SharedSubscriptions, type Subscription } from '../operations/shared-subscriptions.ts'

export type OperationOptions = {
  readonly pipeline: Pipeline
  readonly services: Services
  readonly subscriptions: SharedSubscriptions
  readonly budgets: Budgets
  readonly mask: MaskError
}

/**
 * The sender of operations over a socket: its viewer, its address, its payer, and the caller whose streams are counted.
 */
export type Asker = {
  readonly viewer: Viewer | null
  readonly sender: Sender
  readonly payer: Payer
  readonly caller: LimitedCaller
}

/** A valid operation of a client: a subscription to watch, or a query or mutation to execute. */
export type AskedOperation =
  | { readonly watches: true; subscribe(): Promise<Subscription | ExecutionResult> }
  | { readonly watches: false; execute(): Promise<ExecutionResult> }

export type Operations = {
  /** Takes the points of a message. Returns the errors that refuse it; null: it may be read. */
  refusal(asker: Asker): readonly GraphQLError[] | null | Promise<readonly GraphQLError[] | null>
  /**
   * The operation that the message requests, or the errors in it. `signal` aborts when the client no longer waits for
   * an answer.
   */
  read(payload: SubscribePayload, asker: Asker, signal: AbortSignal): AskedOperation | readonly GraphQLError[]
  /** The errors as a client may see them. */
  told(errors: readonly unknown[]): readonly GraphQLError[]
}

/** Operations of sockets, through the same pipeline as over HTTP. */
export function operationsOf({ pipeline, services, subscriptions, budgets, mask }: OperationOptions): Operations {
  const told = (errors: readonly unknown[]) => errors.slice(0, maxErrors).map((error) => toPublic(mask(error)))

  /** Nobody sees the answer of an operation that its client has left, so its errors are neither masked nor logged. */
  async function answer(signal: AbortSignal, run: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    try {
      const { errors, ...result } = await run()
      return errors === undefined || signal.aborted ? result : { ...result, errors: told(errors) }
    } catch (error) {
      return { errors: signal.aborted ? [] : told([error]) }
    }
  }

  function read(
    payload: SubscribePayload,
    asker: Asker,
    signal: AbortSignal,
  ): AskedOperation | readonly GraphQLError[] {
    const complete = pipeline.complete(payload)
    if (complete instanceof GraphQLError) return told([complete])
    const { query, operationName, variables } = complete
    const { viewer, payer, caller } = asker
    const refusal = pipeline.refusal(viewer, complete)
    if (refusal !== null) {
      return 'data' in refusal ? { watches: false, execute: async () => refusal } : told(refusal.errors ?? [])
    }
    const document = pipeline.parse(query)
    const faults = pipeline.validate(document)
    if (faults.length > 0) return told(faults)
    const operation = getOperationAST(document, operationName)
    if (operation == null) {
      const message = 'Which operation is meant? Name one of the document in operationName'
      return [new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })]
    }
    if (operation.operation !== 'subscription') {
      const run = () =>
        pipeline.execute({
          document,
          operationName,
          variables,
          payer,
          signal,
          context: contextOf(viewer, services, signal, asker.sender),
        })
      return { watches: false, execute: () => answer(signal, run) }
    }
    return {
      watches: true,
      async subscribe() {
        let subscription: Subscription | null = null
        const refusal = await answer(signal, async () => {
          const result = await subscriptions.subscribe({
            query,
            document,
            operationName,
            variables,
            viewer,
            caller,
            async pay(operation) {
              const charged = await budgets.operation(payer, operation, 'subscription')
              return charged instanceof GraphQLError ? charged : null
            },
          })
          if (!isSubscription(result)) return result
          subscription = result
          return {}
        })
        return subscription ?? refusal
      },
    }
  }

  return {
    refusal({ payer }) {
      const refused = (account: BudgetState | null | RateLimited) =>
        account instanceof RateLimited ? told([account]) : null
      const request = budgets.request(payer)
      return request instanceof Promise ? request.then(refused) : refused(request)
    },
    read(payload, asker, signal) {
      try {
        return read(payload, asker, signal)
      } catch (error) {
        return told([error])
      }
    },
    told,
  }
}
