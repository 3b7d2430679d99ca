import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import {
  defaultFieldResolver,
  extendSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  parse,
} from 'graphql'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scope, scopeOf, type Viewer } from '../../../src/access/viewer.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { memberId, purchaseId, teamId } from '../../../src/domain/identity.ts'
import { type Role, roles } from '../../../src/domain/role.ts'
import { readEvents } from '../../../src/ledger/history/account-events.ts'
import type { GatewayContext } from '../../../src/resolvers/request/context.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { schema } from '../../../src/schema/schema.ts'
import { iterateSubscription } from '../../../src/server/event-streams/subscription-iterator.ts'
import { createMasking } from '../../../src/server/operations/masking.ts'
import {
  createSubscriptions,
  isSubscription,
  type SharedSubscriptions,
  type Subscribing,
} from '../../../src/server/operations/shared-subscriptions.ts'
import { ScriptedWatcher } from '../../property/model/scripted-watcher.ts'
import { caller, type Gateway, makeTeam, openGateway, operator } from '../api/gateway.ts'
import { chargeOf, heldBy, submission } from '../ledger/scene.ts'

const team = teamId('acme')
const mask = createMasking(pino({ level: 'silent' }))
const ana = memberId('ana')

let gateway: Gateway
let after = ''
let platformAfter = ''
let events = 0

beforeAll(async () => {
  const { source } = loadCatalog('catalogs/wevion.yaml')
  const fraud = 'fraud: { newTeamCredits: { percentAtOnce: 25, restAfterHours: 24 } }'
  gateway = await openGateway({}, { catalog: parseCatalog(`${source}\n${fraud}\n`, 'slow.yaml') })
  await makeTeam(gateway, team, '0')
  await makeTeam(gateway, 'other', '0')
  await live()
  const all = await readEvents(gateway.database.pool, team, { revision: -1, number: 0 }, 1_000)
  const [first] = all
  if (first === undefined) throw new Error('Nothing has happened')
  after = encodeId('Event', `${first.revision}.${first.number}`, team)
  events = all.length - 1
  // Transactions in the databases of other tests hold the order of all teams back.
  while (platformAfter === '') {
    const { platformEvents } = await gateway.ask(operator, '{ platformEvents(first: 2) { nodes { id } } }')
    if (platformEvents.nodes.length === 2) platformAfter = platformEvents.nodes[0].id
    await delay(10)
  }
})
afterAll(() => gateway?.close())

const submit = (command: Command) => gateway.services.ledger.submit(submission(team, command))

/** Causes one example of everything that a team receives, and a low balance at the end. */
async function live(): Promise<void> {
  gateway.services.members.seen({ teamId: team, id: ana, name: 'Ana', role: 'ADMIN' })
  const by = { memberId: ana, reference: 'job', caller: { id: ana, role: 'MEMBER' } } as const
  const tags = [{ key: 'project', value: 'apollo' }]
  const clip = (count: number) => [{ rate: 'video.runway-gen-4', quantity: MICRO, count, tags }]
  const charge = (count: number) => submit({ kind: 'charge-usage', usage: clip(count), ...by })
  const hold = async () => heldBy(await submit({ kind: 'place-hold', usage: clip(1), expiresInSeconds: 600, ...by }))
  const grant = (amount: number, source: string, expiresAt: number | null = null) =>
    submit({ kind: 'grant-credits', amount: BigInt(amount) * MICRO, grantKind: 'PACKAGE', source, expiresAt })

  const charged = chargeOf(await charge(2))
  await submit({ kind: 'refund-charge', chargeId: charged.id, amount: MICRO, reason: 'blank' })
  await submit({
    kind: 'release-hold',
    holdId: (await hold()).id,
    reason: 'given up',
    caller: { id: null, role: 'PLATFORM' },
  })
  await submit({ kind: 'settle-hold', holdId: (await hold()).id, usage: null, caller: by.caller })
  const { at } = (await gateway.services.teams.read(team)) ?? { at: 0 }
  await grant(100, 'ends', at + 2_000)
  await gateway.database.pool.query('select 1 from pg_sleep(2.1)')
  await submit({ kind: 'roll-forward' })
  await grant(500, 'taken back', at + 86_400_000)
  await submit({
    kind: 'claw-back',
    source: 'taken back',
    total: 100n * MICRO,
    reference: 'dispute',
    frozen: false,
    loss: null,
    reason: null,
  })
  const price = { amount: 5n * NANO, currency: 'USD' }
  await submit({
    kind: 'configure-recharge',
    enabled: true,
    threshold: 400n * MICRO,
    packageId: 'starter',
    targetBalance: null,
    monthlyCap: 2n * price.amount,
    maxPerDay: null,
    caller: { id: null, role: 'ADMIN' },
  } as Command)
  await charge(10)
  const paid = { memberId: null, loss: null, price, costBasis: null }
  const sold = { kind: 'land-purchase', purchase: purchaseId(1), ...paid } as const
  const locked = { cause: 'PURCHASE', ofNewTeam: true, source: 'payment 0', credits: 4n * MICRO } as const
  await submit({ ...sold, ...locked })
  const recharged = { cause: 'RECHARGE', ofNewTeam: false, source: 'payment 1', credits: 5_000n * MICRO } as const
  await submit({ ...sold, ...recharged })
  // What is left is less than two clips, and a recharge that is not paid.
  const left = (await gateway.services.teams.read(team))?.account.available ?? 0n
  await charge(Number(left / (50n * MICRO)) - 1)
  const failure = { kind: 'declined', reason: 'Too little money.' } as const
  await submit({ kind: 'fail-purchase', purchase: purchaseId(2), price, failure })
  await submit({
    kind: 'grant-credits',
    amount: MICRO,
    grantKind: 'PROMOTION',
    source: 'for one rate',
    expiresAt: at + 86_400_000,
    scope: { categories: ['video'], rates: ['image.flux-2-pro'] },
  })
}

type Place = { readonly type: GraphQLObjectType; readonly field: string }
const nameOf = ({ type, field }: Place) => `${type.name}.${field}`

/** Behind these lies what a query or another subscription reads, too: a team, what an event is about, and a team's event. */
const beyond = new Set(['Team', 'Node', 'AccountEvent'])

const argumentsOf: Readonly<Record<string, readonly [string, string]>> = {
  accountEvents: ['($after: ID)', '(teamId: "acme", after: $after)'],
  platformEvents: ['($platformAfter: ID)', '(after: $platformAfter)'],
}
/** The arguments of fields that need some. */
const argumentsOfField: Readonly<Record<string, string>> = { 'Balance.spendable': '(rate: "video.runway-gen-4")' }

/** One query for each way through the types to a leaf that this role may select, and every field on these ways. */
function waysOf(schema: GraphQLSchema, role: Role): { queries: string[]; places: Set<string> } {
  const queries: string[] = []
  const places = new Set<string>()
  const walk = (type: GraphQLObjectType, passed: readonly GraphQLObjectType[], open: string, close: string) => {
    for (const [field, { type: given }] of Object.entries(type.getFields())) {
      places.add(nameOf({ type, field }))
      const of = getNamedType(given)
      const asked = `${field}${argumentsOfField[nameOf({ type, field })] ?? ''}`
      if (isLeafType(of)) queries.push(`${open} ${asked} ${close}`)
      if (beyond.has(of.name)) {
        queries.push(`${open} ${field} { id } ${close}`)
        continue
      }
      const next = isAbstractType(of) ? schema.getPossibleTypes(of) : isObjectType(of) ? [of] : []
      for (const one of next.filter((one) => !passed.includes(one))) {
        const part = isAbstractType(of) ? [`${field} { ... on ${one.name} {`, '} }'] : [`${field} {`, '}']
        walk(one, [...passed, one], `${open} ${part[0]}`, `${part[1]} ${close}`)
      }
    }
  }
  for (const [field, { type }] of Object.entries(schema.getSubscriptionType()?.getFields() ?? {})) {
    if (field === 'platformEvents' && role !== 'PLATFORM') continue
    places.add(`Subscription.${field}`)
    const of = getNamedType(type)
    const [variables, given] = argumentsOf[field] ?? ['', '(teamId: "acme")']
    const head = `subscription ${variables} { ${field}${given} {`
    if (isObjectType(of)) walk(of, [of], head, '} }')
  }
  return { queries, places }
}

/** Executes every way for real, as each role would, and tells which fields were never resolved, and which asked who calls. */
async function exercised(given: GraphQLSchema, resolvers: Record<string, (context: GatewayContext) => unknown> = {}) {
  const copy = extendSchema(given, parse('directive @copied on FIELD'))
  const ran = new Set<string>()
  const asking = new Set<string>()
  for (const type of Object.values(copy.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const [field, config] of Object.entries(type.getFields())) {
      const name = nameOf({ type, field })
      const own = resolvers[name]
      const resolve = config.resolve ?? defaultFieldResolver
      const watched = (context: GatewayContext): GatewayContext => ({
        ...context,
        caller() {
          asking.add(name)
          return context.caller()
        },
      })
      config.resolve = (source, args, context, info) => {
        ran.add(name)
        return own === undefined ? resolve(source, args, watched(context), info) : own(watched(context))
      }
      const { subscribe } = config
      if (subscribe) config.subscribe = (source, args, context, info) => subscribe(source, args, watched(context), info)
    }
  }
  const all = waysOf(copy, 'PLATFORM').places
  const subscriptions = createSubscriptions({ schema: copy, services: gateway.services, mask })
  const unresolved = new Map<string, string[]>()
  const errors = new Set<string>()
  for (const role of roles) {
    ran.clear()
    const viewer = role === 'PLATFORM' ? operator : caller(role, team)
    const { queries, places } = waysOf(copy, role)
    const variables = { after, platformAfter }
    const told = await Promise.all(
      queries.map((query) => firstOf(subscriptions, { query, document: parse(query), variables, viewer })),
    )
    for (const result of told.flat()) if ('errors' in result) errors.add(`${role}: ${JSON.stringify(result)}`)
    for (const place of places) if (!ran.has(place)) unresolved.set(place, [...(unresolved.get(place) ?? []), role])
  }
  expect(subscriptions.running).toBe(0)
  return { places: all, unresolved: Object.fromEntries(unresolved), asking: [...asking], errors: [...errors] }
}

async function firstOf(subscriptions: SharedSubscriptions, subscribing: Subscribing): Promise<object[]> {
  const subscription = await subscriptions.subscribe(subscribing)
  if (!isSubscription(subscription)) throw new AggregateError(subscription.errors ?? [])
  const results = iterateSubscription(subscription, mask)
  const seen: object[] = []
  const wanted = subscribing.query.includes('accountEvents') ? events : 1
  while (seen.length < wanted) seen.push(JSON.parse((await results.next()).value.stringify()))
  await results.return?.()
  return seen
}

describe('what all who share an answer get', () => {
  test('is resolved, for each role and every field a subscription can select, without asking who calls', async () => {
    const { places, ...found } = await exercised(schema)
    expect(found).toEqual({ unresolved: {}, asking: [], errors: [] })
    for (const place of ['Subscription.lowBalance', 'PriceLine.rate', 'Member.name', 'CreditPackage.purchasable']) {
      expect(places).toContain(place)
    }
  })

  test('has of a team what its role sees, and a fault where it depends on who asks', async () => {
    const subscriptions = subscriptionsOf()
    const limit = { kind: 'set-spending-limit', subject: 'MEMBER', id: ana, per: 'DAY', credits: MICRO } as const
    await submit(limit)
    const query = 'subscription { balance(teamId: "acme") { team { id spendingLimits { member { memberId } } } } }'
    const shown = { id: team, spendingLimits: [{ member: { memberId: ana } }] }
    for (const viewer of [operator, caller('ADMIN', team)]) {
      const [told] = await firstOf(subscriptions, { query, document: parse(query), variables: {}, viewer })
      expect(told).toEqual({ data: { balance: { team: shown } } })
    }
    for (const viewer of [caller('MEMBER', team, 'ana'), caller('VIEWER', team, 'ana')]) {
      const [told] = await firstOf(subscriptions, { query, document: parse(query), variables: {}, viewer })
      expect(told).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    }
  })

  test('would be found out where a field asked who calls, or nothing that happens here resolved it', async () => {
    const extended = extendSchema(
      schema,
      parse('type Secret { word: String } extend type Balance { whose: String secret: Secret }'),
    )
    const { unresolved, asking, errors } = await exercised(extended, {
      'Balance.whose': (context) => context.caller()?.memberId,
      'Balance.secret': () => null,
    })
    expect(asking).toEqual(['Balance.whose'])
    expect(unresolved).toEqual({ 'Secret.word': roles })
    expect(errors.length).toBeGreaterThan(0)
  })
})

const balance = 'subscription ($teamId: ID) { balance(teamId: $teamId) { revision available } }'
const alert = 'subscription ($teamId: ID) { lowBalance(teamId: $teamId) { canPurchase packages { code } } }'
const both = `query Other { __typename } ${balance.replace('subscription', 'subscription Watch')}`

async function joined(subscriptions: SharedSubscriptions, asked: Omit<Subscribing, 'document'>, slow = false) {
  const subscription = await subscriptions.subscribe({ ...asked, document: parse(asked.query) })
  if (!isSubscription(subscription)) throw new AggregateError(subscription.errors ?? [])
  const watcher = new ScriptedWatcher(slow)
  watcher.joined(subscription.join(watcher))
  return watcher
}

const subscriptionsOf = () => createSubscriptions({ schema, services: gateway.services, mask })

describe('one stream', () => {
  test('is shared by two exactly where document, operation, variables, team and role are the same', async () => {
    const subscriptions = subscriptionsOf()
    const viewers: fc.Arbitrary<{ role: Role; of: string | null }> = fc.oneof(
      fc.record({ role: fc.constantFrom<Role>('VIEWER', 'MEMBER', 'ADMIN'), of: fc.constantFrom('acme', 'other') }),
      fc.constant({ role: 'PLATFORM', of: null }),
    )
    const asking = fc
      .record({
        query: fc.constantFrom(balance, alert, both),
        viewer: viewers,
        member: fc.constantFrom('ana', 'ben'),
        expiresAt: fc.constantFrom(Infinity, 4e12),
        target: fc.constantFrom('acme', 'other'),
      })
      .map(({ query, viewer: { role, of }, member, expiresAt, target }) => ({
        query,
        operationName: query === both ? 'Watch' : null,
        variables: { teamId: of ?? target },
        viewer: { ...caller(role, of, member), expiresAt } satisfies Viewer,
      }))
    const keyOf = ({ query, variables, viewer }: { query: string; variables: object; viewer: Viewer }) =>
      [query, JSON.stringify(variables), viewer.teamId, viewer.role].join()
    await fc.assert(
      fc.asyncProperty(asking, asking, async (one, other) => {
        const watchers = [await joined(subscriptions, one), await joined(subscriptions, other)]
        expect(subscriptions.running).toBe(keyOf(one) === keyOf(other) ? 1 : 2)
        for (const watcher of watchers) watcher.leave()
        expect(subscriptions.running).toBe(0)
      }),
      {
        numRuns: 200,
        examples: [
          [
            { ...example(), viewer: caller('ADMIN') },
            { ...example(), viewer: caller('VIEWER') },
          ],
        ],
      },
    )
  })

  test('tells each part of a scope apart: one that is added to it has to be named here', async () => {
    const subscriptions = subscriptionsOf()
    const viewer = caller('PLATFORM', team)
    const others: { [Part in keyof Scope]: Scope[Part] } = { teamId: null, role: 'ADMIN' }
    expect(Object.keys(others).toSorted()).toEqual(Object.keys(scopeOf(viewer)).toSorted())
    for (const [part, value] of Object.entries(others)) {
      const watchers = [
        await joined(subscriptions, { ...example(), viewer }),
        await joined(subscriptions, { ...example(), viewer: { ...viewer, [part]: value } }),
      ]
      expect(subscriptions.running, part).toBe(2)
      for (const watcher of watchers) watcher.leave()
    }
  })

  test('is the same for variables in another order', async () => {
    const subscriptions = subscriptionsOf()
    const query = `subscription ($teamId: ID, $locale: String!) { balance(teamId: $teamId) { label(locale: $locale) } }`
    const watchers = [
      await joined(subscriptions, { query, variables: { teamId: 'acme', locale: 'de' }, viewer: caller('VIEWER') }),
      await joined(subscriptions, { query, variables: { locale: 'de', teamId: 'acme' }, viewer: caller('VIEWER') }),
    ]
    expect(subscriptions.running).toBe(1)
    for (const watcher of watchers) watcher.leave()
  })

  test('of events is shared wherever its watchers begin, and each gets exactly its own', async () => {
    const subscriptions = subscriptionsOf()
    const query = 'subscription ($after: ID) { accountEvents(after: $after) { id } }'
    const all = await readEvents(gateway.database.pool, team, { revision: -1, number: 0 }, 1_000)
    const ids = all.map(({ revision, number }) => encodeId('Event', `${revision}.${number}`, team))
    const watchers = await Promise.all(
      ids.map((after) => joined(subscriptions, { query, variables: { after }, viewer: caller('VIEWER') })),
    )
    expect(subscriptions.running).toBe(1)
    const told = () => watchers.map((one) => one.told.map((text) => JSON.parse(text).data.accountEvents.id))
    await expect.poll(told).toEqual(ids.map((_, index) => ids.slice(index + 1)))
    for (const watcher of watchers) watcher.leave()
    expect(subscriptions.running).toBe(0)
  })

  test('that ends while another one is about to join begins anew, and tells what comes', async () => {
    const subscriptions = subscriptionsOf()
    const asked = { ...example(), variables: { teamId: 'other' }, viewer: caller('VIEWER', 'other') }
    const last = await joined(subscriptions, asked)
    const subscription = await subscriptions.subscribe({ ...asked, document: parse(balance) })
    if (!isSubscription(subscription)) throw new AggregateError(subscription.errors ?? [])
    last.leave()
    const watcher = new ScriptedWatcher(false)
    watcher.joined(subscription.join(watcher))
    const revisions = () => watcher.told.map((text) => JSON.parse(text).data.balance.revision)
    await expect.poll(() => revisions()).toHaveLength(1)
    const grant: Command = {
      kind: 'grant-credits',
      amount: MICRO,
      grantKind: 'PACKAGE',
      source: 'joining',
      expiresAt: null,
    }
    await gateway.services.ledger.submit(submission(teamId('other'), grant))
    await expect.poll(() => revisions()).toHaveLength(2)
    expect(subscriptions.running).toBe(1)
    watcher.leave()
    expect(subscriptions.running).toBe(0)
  })

  test('that nobody joins does not begin', async () => {
    const subscriptions = subscriptionsOf()
    await subscriptions.subscribe({ ...example(), document: parse(balance), viewer: caller('VIEWER') })
    expect(subscriptions.running).toBe(0)
  })
})

function example() {
  return { query: balance, operationName: null, variables: { teamId: 'acme' } }
}
