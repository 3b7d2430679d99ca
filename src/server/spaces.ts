import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import type { Access } from '../access/open-access.ts'
import { isOfTestSpace } from '../access/secret.ts'
import type { Services } from '../resolvers/request/context.ts'
import { unavailableTestSpace } from '../resolvers/request/in-space.ts'
import type { Addresses } from './addresses.ts'
import { createGraphql, type Graphql } from './graphql.ts'
import type { Budgets } from './limits/budgets.ts'
import { LimitedCallers } from './limits/caller-limits.ts'
import { HeldBytes, maxAllBodyBytes, maxTestSpaceBodyBytes } from './limits/held-bytes.ts'
import type { LedgerDelay } from './limits/ledger-delay.ts'
import { UnderWay } from './limits/under-way.ts'
import type { OpenResponses } from './open-responses.ts'
import { createMasking, type MaskError } from './operations/masking.ts'
import { Pipeline } from './operations/pipeline.ts'
import { createSubscriptions, type SharedSubscriptions } from './operations/shared-subscriptions.ts'
import type { TrustedDocuments } from './operations/trusted-documents.ts'
import { Posts } from './posts.ts'
import { type Operations, operationsOf } from './sockets/socket-operations.ts'

/** An opened space: what its operations read and change. */
export type SpaceToServe = {
  readonly services: Services
  readonly ledgerDelay: LedgerDelay
  readonly log: Logger
}

/** The test space, if the gateway has one. */
export type TestSpaceToServe = {
  /** Null: it has not begun. Rejects while it can't be opened. */
  find(): Promise<SpaceToServe | null>
  readonly log: Logger
  /** The paths of its pages and its webhook. */
  readonly paths: ReadonlySet<string>
}

/** Everything that serves the operations of one space. No two spaces share any of it, except the budget of nobody. */
export type ServedSpace = {
  /** Logs and metrics name it where it is so. */
  readonly isTest: boolean
  readonly mask: MaskError
  readonly access: Pick<Access, 'read' | 'watch'>
  readonly budgets: Budgets
  readonly callers: LimitedCallers
  readonly underWay: UnderWay
  readonly heldBytes: HeldBytes
  readonly subscriptions: SharedSubscriptions
  readonly graphql: Graphql
  readonly posts: Posts
  /** Operations over sockets. */
  readonly operations: Operations
}

export type ServingOptions = {
  readonly schema: GraphQLSchema
  readonly trusted: TrustedDocuments
  readonly budgets: Budgets
  readonly addresses: Addresses
  readonly responses: OpenResponses
  /** Outside production: nobody may introspect the schema. */
  readonly development: boolean
}

export function serveSpace({ services, ledgerDelay, log }: SpaceToServe, options: ServingOptions): ServedSpace {
  const { schema, trusted, budgets, addresses, responses, development } = options
  const { access } = services
  const isTest = services.space === 'TEST'
  const mask = createMasking(log)
  const underWay = new UnderWay(ledgerDelay)
  const heldBytes = new HeldBytes(isTest ? maxTestSpaceBodyBytes : maxAllBodyBytes)
  const callers = new LimitedCallers()
  const subscriptions = createSubscriptions({ schema, services, mask })
  const isCatalogPublic = () => services.catalogs.inForce().isPublic
  const pipeline = new Pipeline({ schema, trusted, budgets, development, isCatalogPublic })
  const shared = { services, pipeline, subscriptions, budgets, access, callers, mask, addresses }
  const graphql = createGraphql({
    ...shared,
    schema,
    development,
    streaming: (response) => {
      responses.streaming.add(response)
      underWay.leave(response)
    },
  })
  const posts = new Posts({ pipeline, services, mask, addresses })
  const operations = operationsOf(shared)
  return { isTest, mask, access, budgets, callers, underWay, heldBytes, subscriptions, graphql, posts, operations }
}

export type SpacesOptions = ServingOptions & {
  readonly production: SpaceToServe
  /** Null: the gateway has none. */
  readonly testSpace: TestSpaceToServe | null
}

/** The spaces of a gateway. A credential chooses its space by its shape, before anything is read for it. */
export class Spaces {
  readonly production: ServedSpace
  readonly #options: SpacesOptions
  /** Serves the credentials of a test space that can't be opened: production counts none of their requests. */
  readonly #unavailable: ServedSpace
  #test: { readonly opened: SpaceToServe; readonly served: ServedSpace } | null = null

  constructor(options: SpacesOptions) {
    this.#options = options
    this.production = serveSpace(options.production, options)
    const underWay = new UnderWay(options.production.ledgerDelay)
    this.#unavailable = { ...this.production, isTest: true, access: unavailable, underWay }
  }

  /**
   * The space of a request with this header. Without a test space, production refuses its credentials. A test space that
   * can't be opened now refuses them as an outage. Never rejects.
   */
  of(authorization: string | null | undefined): ServedSpace | Promise<ServedSpace> {
    const { testSpace } = this.#options
    if (testSpace === null || !namesTestSpace(authorization)) return this.production
    return testSpace.find().then(
      (opened) => (opened === null ? this.production : this.#testSpace(opened)),
      () => this.#unavailable,
    )
  }

  #testSpace(opened: SpaceToServe): ServedSpace {
    if (this.#test?.opened !== opened) {
      const budgets = this.#options.budgets.inSpace('test')
      this.#test = { opened, served: serveSpace(opened, { ...this.#options, budgets }) }
    }
    return this.#test.served
  }
}

function namesTestSpace(authorization: string | null | undefined): boolean {
  if (authorization == null || !authorization.includes('_test_')) return false
  const secret = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1]
  return secret !== undefined && isOfTestSpace(secret)
}

const unavailable: Pick<Access, 'read' | 'watch'> = {
  read: () => Promise.reject(unavailableTestSpace()),
  watch: () => () => undefined,
}
