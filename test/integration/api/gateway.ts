import { type ExecutionResult, execute, type GraphQLError, parse, validate } from 'graphql'
import pino from 'pino'
import { openAccess } from '../../../src/access/open-access.ts'
import { createQuotes } from '../../../src/access/quotes.ts'
import type { Viewer } from '../../../src/access/viewer.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { memberId, teamId } from '../../../src/domain/identity.ts'
import type { Role } from '../../../src/domain/role.ts'
import { publishFile } from '../../../src/ledger/catalogs/publish-file.ts'
import { readClock } from '../../../src/ledger/clock/move-clock.ts'
import { createEnsuredTeams } from '../../../src/ledger/ensure-team.ts'
import { openLedger } from '../../../src/ledger/open-ledger.ts'
import { Hints } from '../../../src/live/hints/hints.ts'
import { createLiveStreams } from '../../../src/live/streams.ts'
import { openWebhooks } from '../../../src/partners/open-webhooks.ts'
import { createSecretBox } from '../../../src/partners/signing-keys.ts'
import { type Payments, StripeUnavailable } from '../../../src/payments/payments.ts'
import { contextOf, type Services } from '../../../src/resolvers/request/context.ts'
import { schema } from '../../../src/schema/schema.ts'
import { iterateSubscription } from '../../../src/server/event-streams/subscription-iterator.ts'
import { createMasking } from '../../../src/server/operations/masking.ts'
import { createSubscriptions, isSubscription } from '../../../src/server/operations/shared-subscriptions.ts'
import { createWebhookBodies } from '../../../src/server/operations/webhook-bodies.ts'
import { createTestDatabase } from '../../setup/database.ts'

/** An answer as any client parses it; each test knows its shape from its own selection. */
export type Data = ReturnType<typeof JSON.parse>
/** `codes`: of errors, and of refusals as data. */
export type Answered = { data: Data; errors: readonly GraphQLError[] | undefined; codes: unknown[] }

const secret = 'a secret of tests, long enough to be one'
const fail = () => Promise.reject(new StripeUnavailable(30))
/** There is nobody to pay here; a test of what the API says of payments brings its own. */
const unreachable: Payments = {
  advance: fail,
  refund: fail,
  refundInvoice: fail,
  paidInvoices: fail,
  refundPreview: fail,
  billingDetails: fail,
  setBillingDetails: fail,
  setAddOnUnits: fail,
  hasSavedMethod: fail,
  isNewTeam: async () => false,
  setupPage: fail,
  billingPortal: fail,
  taxOn: fail,
  planChangeCost: fail,
  countRequest: async () => undefined,
}

/** The schema over real services and a database of its own, without the server around it. */
export async function openGateway(
  overrides: Partial<Services> = {},
  given: { catalog?: WholeCatalog; allowPrivate?: boolean } = {},
) {
  const { url, drop } = await createTestDatabase()
  const log = pino({ level: 'silent' })
  const database = await openDatabase({ url, poolSize: 6, log })
  const opened = await openLedger(database)
  const { catalogs, ledger, teams, members } = opened
  await publishFile(catalogs, given.catalog ?? loadCatalog('catalogs/wevion.yaml'), () => undefined)
  const hints = new Hints()
  ledger.onCommitted(({ account }) => hints.publish(account.teamId))
  const access = await openAccess({ database, trust: { secret } })
  const mask = createMasking(log)
  const views = createWebhookBodies({ schema, services: () => services, mask })
  const box = createSecretBox(secret)
  const partners = openWebhooks({ database, ledger, hints, box, views, allowPrivate: given.allowPrivate ?? false })
  const services: Services = {
    space: 'PRODUCTION',
    testSpace: null,
    ledger,
    teams,
    database,
    catalogs,
    members,
    ensuredTeams: createEnsuredTeams(teams, ledger),
    quotes: createQuotes(secret),
    access,
    live: createLiveStreams({ database, teams, hints }),
    payments: unreachable,
    webhooks: partners.webhooks,
    saveTestCard: null,
    publicUrl: () => 'https://credits.example',
    returnOrigins: ['https://app.example', 'http://localhost:3000'],
    devClock: true,
    now: () => readClock(database),
    ...overrides,
  }

  const subscriptions = createSubscriptions({ schema, services, mask })

  async function runWith(
    contextServices: Services,
    viewer: Viewer | null,
    source: string,
    variableValues: Record<string, unknown>,
  ): Promise<Answered> {
    const document = parse(source)
    const invalid = validate(schema, document)
    const contextValue = contextOf(viewer, contextServices)
    const result =
      invalid.length > 0
        ? { data: null, errors: invalid }
        : await execute({ schema, document, variableValues, contextValue })
    const codes = [...(result.errors ?? []).map(({ extensions }) => extensions.code), ...refusalsIn(result.data)]
    return { data: result.data, errors: result.errors, codes }
  }

  /** The data alone; fails where there are errors. */
  async function askWith(
    contextServices: Services,
    viewer: Viewer,
    source: string,
    variables: Record<string, unknown> = {},
  ): Promise<Data> {
    const { data, errors } = await runWith(contextServices, viewer, source, variables)
    if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'))
    return JSON.parse(JSON.stringify(data))
  }

  return {
    services,
    database,
    subscriptions,
    run: (viewer: Viewer | null, source: string, variables: Record<string, unknown> = {}) =>
      runWith(services, viewer, source, variables),
    ask: (viewer: Viewer, source: string, variables: Record<string, unknown> = {}) =>
      askWith(services, viewer, source, variables),
    askWith,
    async watch(viewer: Viewer | null, query: string, variables: Record<string, unknown> = {}) {
      const result = await subscriptions.subscribe({ query, document: parse(query), variables, viewer })
      return isSubscription(result) ? resultsOf(iterateSubscription(result, mask)) : result
    },
    async close() {
      await partners.close()
      await access.close()
      await opened.close()
      await database.close()
      await drop()
    },
  }
}

const refusals: Readonly<Record<string, string>> = {
  InvalidInput: 'INVALID_INPUT',
  NotAllowed: 'NOT_ALLOWED',
  NotFound: 'NOT_FOUND',
}

/** The codes of root results that are refusals; where `__typename` is selected. */
const refusalsIn = (data: Data): string[] =>
  Object.values(data ?? {}).flatMap((result) => refusals[(result as Data)?.__typename] ?? [])

/** The results as a client reads them. */
async function* resultsOf(texts: ReturnType<typeof iterateSubscription>): AsyncGenerator<ExecutionResult, void> {
  for await (const { stringify } of texts) yield JSON.parse(stringify())
}

export type Gateway = Awaited<ReturnType<typeof openGateway>>

export const caller = (role: Role, team: string | null = 'acme', member = role.toLowerCase()): Viewer => ({
  memberId: memberId(member),
  name: `${member[0]?.toUpperCase()}${member.slice(1)}`,
  teamId: team === null ? null : teamId(team),
  role,
  expiresAt: Infinity,
  credential: { kind: 'TOKEN', issuedAt: null },
})
export const operator = caller('PLATFORM', null, 'backend')

let keys = 0
export const newKey = () => `key-${++keys}`

const assign = `mutation ($input: AssignPlanInput!) { assignPlan(input: $input) { __typename ... on Team { id } } }`
const grant = `mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { __typename ... on CreditGrant { id } } }`

/** A team on the catalog's Free plan (500 credits this week), with `credits` on top. */
export async function makeTeam({ ask }: Gateway, team: string, credits = '1000', planId = 'free') {
  await ask(operator, assign, { input: { teamId: team, planId, idempotencyKey: newKey() } })
  if (credits === '0') return
  const input = { teamId: team, amount: credits, kind: 'PACKAGE', source: `test:${newKey()}`, idempotencyKey: newKey() }
  await ask(operator, grant, { input })
}
