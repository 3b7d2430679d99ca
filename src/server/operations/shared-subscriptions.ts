import { setTimeout as delay } from 'node:timers/promises'
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  executeSubscriptionEvent,
  type GraphQLError,
  type GraphQLSchema,
  TypeInfo,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { RequestFault } from '../../access/faults.ts'
import { type Scope, scopeOf, type Viewer } from '../../access/viewer.ts'
import { pauseBefore } from '../../concurrency/pauses.ts'
import type { Feed } from '../../live/feed.ts'
import { type Render, SharedStream } from '../../live/shared-stream.ts'
import type { Watcher } from '../../live/watcher.ts'
import { ownTeamBegun } from '../../resolvers/own-team.ts'
import { type Services, sharedContextOf } from '../../resolvers/request/context.ts'
import { markMeasured } from '../../schema/limits.ts'
import { type Operation, sizeOf, sizeRefusal } from '../../schema/size.ts'
import type { LimitedCaller } from '../limits/caller-limits.ts'
import { maxErrors } from '../limits/error-limits.ts'
import { type MaskError, outageCodes, toPublic } from './masking.ts'
import { variableFaults } from './variable-faults.ts'

/** One caller's subscription, validated. */
export type Subscribing = {
  readonly query: string
  readonly document: DocumentNode
  readonly operationName?: string | null
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly viewer: Viewer | null
  /** The caller whose streams are counted. */
  readonly caller?: LimitedCaller
  /** Takes the points of the subscription. Returns the error that refuses it; null: it is paid. */
  readonly pay?: (operation: Operation) => Promise<GraphQLError | null>
}

/** A stream to join, which runs while anybody watches it. The function that `join` returns leaves it. */
export type Subscription = { join(watcher: Watcher): () => void }

export type SharedSubscriptions = {
  /** How many streams are running, whatever the number of their watchers. */
  readonly running: number
  /** The stream, or the errors that refuse it. */
  subscribe(subscribing: Subscribing): Promise<Subscription | ExecutionResult>
}

/** A subscription with its key: the operation and the scope, without the place where it starts. */
type Stream = Subscription & { readonly key: string }
type Refused = { readonly errors: readonly GraphQLError[] }

export type SharedSubscriptionsOptions = {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly mask: MaskError
}

const maxPauseMs = 1_000
/**
 * The longest subscription, in characters, that is kept as a key while it is watched. It equals the longest message of
 * a socket.
 */
const maxCharacters = 64 * 1024

export const isSubscription = (result: object): result is Subscription => 'join' in result

/**
 * Subscriptions that are executed and serialised once for all callers with the same operation and the same scope: one
 * stream for each document, operation, variables and scope. The rendering code gets the scope and nothing else of the
 * callers, and every part of the scope is in the key. So an answer can't depend on anything that its receivers don't
 * share.
 */
export function createSubscriptions({ schema, services, mask }: SharedSubscriptionsOptions): SharedSubscriptions {
  const streams = new Map<string, SharedStream<object>>()
  /** Running streams that start at the present, by the whole text of the subscription. */
  const known = new Map<string, Stream>()

  async function subscribe(subscribing: Subscribing): Promise<Subscription | ExecutionResult> {
    const { query, document, operationName, variables, viewer, caller, pay } = subscribing
    const scope = viewer && scopeOf(viewer)
    const asked = askedKey(query, operationName, variables, scope)
    if (asked === null) return { errors: [tooLong()] }
    const operation = { schema, document, operationName, variables }
    const faults = variableFaults(operation)
    if (faults.length > 0) return { errors: faults }
    const unpaid = pay === undefined ? sizeRefusal(sizeOf(operation), 'subscription') : await pay(operation)
    if (unpaid !== null) return { errors: [unpaid] }
    await ownTeamBegun(viewer, services)
    const stream = known.get(asked) ?? (await streamOf(subscribing, asked))
    if ('errors' in stream) return stream
    const tooMany = caller?.streamRefusal(stream.key) ?? null
    return tooMany === null ? countedBy(caller, stream) : { errors: [tooMany] }
  }

  async function streamOf(subscribing: Subscribing, asked: string): Promise<Stream | Refused> {
    const { query, document, operationName, variables, viewer } = subscribing
    const scope = viewer && scopeOf(viewer)
    const contextValue = sharedContextOf(scope, services)
    markMeasured(contextValue)
    const variableValues = { ...variables }
    const args = validateSubscriptionArgs({ schema, document, operationName, variableValues, contextValue })
    if (!('operation' in args)) return { errors: [...args] }
    const feed = await createSourceEventStream(args)
    if (!isFeed(feed)) return { errors: refusedBy(feed) ?? [mask(new Error('A subscription has no feed'))] }

    const starting = startingVariables(schema, document)
    const others = Object.fromEntries(Object.entries(variableValues).filter(([name]) => !starting.has(name)))
    const key = keyOf(feed.key, query, operationName, others, scope)
    const underWay = () => services.ledger.underWay()
    const begin = (): SharedStream<object> => {
      const stream = new SharedStream(feed, rendering(args), underWay, () => {
        streams.delete(key)
        known.delete(asked)
      })
      streams.set(key, stream)
      if (feed.start === null) known.set(asked, joined)
      return stream
    }
    // The stream is looked up at the join: its last watcher may have left since, which ends it.
    const joined: Stream = { key, join: (watcher) => (streams.get(key) ?? begin()).join(watcher, feed.start) }
    return joined
  }

  /** Rendering is retried until an outage is over: a change that is sent once is not sent again. */
  const rendering =
    (args: ValidatedSubscriptionArgs): Render<object> =>
    async (rootValue, isOver) => {
      for (let tries = 0; ; tries++) {
        const { errors = [], ...result } = await executeSubscriptionEvent({ ...args, rootValue })
        const told = errors.slice(0, maxErrors).map((error) => toPublic(mask(error)))
        if (isOver() || !told.some(isOutage))
          return JSON.stringify(told.length === 0 ? result : { ...result, errors: told })
        await delay(pauseBefore(tries, maxPauseMs))
      }
    }

  return {
    get running() {
      return streams.size
    },
    subscribe,
  }
}

/** The stream counts as its caller's while it is watched. Several may start at once, so the limit is checked again. */
function countedBy(caller: LimitedCaller | undefined, { key, join }: Stream): Subscription {
  if (caller === undefined) return { join }
  return {
    join(watcher) {
      const tooMany = caller.streamRefusal(key)
      if (tooMany !== null) {
        watcher.fail(tooMany)
        return () => undefined
      }
      caller.watches(key)
      const leave = join(watcher)
      let watching = true
      return () => {
        if (watching) caller.leaves(key)
        watching = false
        leave()
      }
    },
  }
}

const refusedBy = (source: object): readonly GraphQLError[] | null =>
  'errors' in source ? (source.errors as readonly GraphQLError[]) : null

const tooLong = () =>
  new RequestFault(
    'BAD_USER_INPUT',
    `A subscription with its variables has at most ${maxCharacters} characters: ask for less.`,
  )

const isOutage = ({ extensions }: GraphQLError): boolean => outageCodes.has(extensions.code)

const isFeed = (source: object): source is Feed<object> => 'follow' in source

/** The key; null: it is too long, or nested too deeply to be serialised. */
function askedKey(...parts: readonly KeyPart[]): string | null {
  try {
    const key = keyOf(...parts)
    return key.length > maxCharacters ? null : key
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

type KeyPart = string | Scope | Readonly<Record<string, unknown>> | null | undefined

function keyOf(...parts: readonly KeyPart[]): string {
  return JSON.stringify(
    parts.map((part) => part ?? null),
    inOrder,
  )
}

/** Sorts the keys of an object, so that the same object has one key in whichever order it was written. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value

const starts = new WeakMap<DocumentNode, ReadonlySet<string>>()

/** Variables that say only where a stream starts: its values do not depend on them. */
function startingVariables(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const cached = starts.get(document)
  if (cached !== undefined) return cached
  const starting = new Set<string>()
  const others = new Set<string>()
  const info = new TypeInfo(schema)
  const found = (name: string) => (info.getArgument()?.extensions.startsAt === true ? starting : others).add(name)
  visit(
    document,
    visitWithTypeInfo(info, { VariableDefinition: () => false, Variable: ({ name }) => void found(name.value) }),
  )
  const only = new Set([...starting].filter((name) => !others.has(name)))
  starts.set(document, only)
  return only
}
