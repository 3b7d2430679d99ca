import { setTimeout as delay } from 'node:timers/promises'
import { execute, parse } from 'graphql'
import type { Viewer } from '../../../../src/access/viewer.ts'
import { NANO } from '../../../../src/domain/amounts/money.ts'
import type { Command } from '../../../../src/domain/decisions/command.ts'
import { memberId, purchaseId, type TeamId, teamId } from '../../../../src/domain/identity.ts'
import { keyless } from '../../../../src/ledger/deciding/team-state.ts'
import type { Observation } from '../../../../src/payments/purchase.ts'
import { contextOf } from '../../../../src/resolvers/request/context.ts'
import { encodeCursor, type List } from '../../../../src/resolvers/request/cursors.ts'
import {
  decodeIdOf,
  encodeId,
  encodeMemberId,
  encodePlatformPlace,
  type IdType,
} from '../../../../src/resolvers/request/ids.ts'
import { senderOf } from '../../../../src/resolvers/request/sender.ts'
import { schema } from '../../../../src/schema/schema.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from '../gateway.ts'
import { pretendPayments } from '../pretend-payments.ts'
import { catalogText, catalog as usual } from './catalog.ts'
import { openColumns, type Viewers } from './columns.ts'

const named = {
  hold: 'Hold',
  startedHold: 'Hold',
  closedHold: 'Hold',
  operatorHold: 'Hold',
  charge: 'Charge',
  heldCharge: 'Charge',
  refund: 'Refund',
  grant: 'CreditGrant',
  chargeActivity: 'Activity',
  grantActivity: 'Activity',
  refundActivity: 'Activity',
  pendingPurchase: 'Purchase',
  failedPurchase: 'Purchase',
  paidPurchase: 'Purchase',
  key: 'ApiKey',
  liveKey: 'ApiKey',
  event: 'Event',
  balanceEvent: 'Event',
  auditEntry: 'AuditRecord',
  endpoint: 'WebhookEndpoint',
  delivery: 'WebhookDelivery',
} as const satisfies Record<string, IdType>

const cursors = {
  activityCursor: 'activity',
  auditCursor: 'audit',
  holdsCursor: 'holds',
  purchasesCursor: 'purchases',
  deliveriesCursor: 'deliveries',
  usesCursor: 'uses',
} as const satisfies Record<string, List['kind']>

/** The ids that the documents of the matrix use. */
export type Ids = Readonly<
  Record<keyof typeof named | keyof typeof cursors | 'team' | 'member' | 'quote' | 'platformEvent', string>
>

/** Ids of the same kinds, of a team that does not exist. */
export const unknownIds = {
  ...Object.fromEntries(
    Object.entries(named).map(([name, type], index) => [
      name,
      encodeId(type, type === 'Event' ? `${900 + index}.0` : 900 + index, teamId('nobody')),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(cursors).map(([name, kind]) => [
      name,
      encodeCursor({ kind, teamId: teamId('nobody'), filter: '' }, 900),
    ]),
  ),
  team: 'nobody',
  member: encodeMemberId({ teamId: teamId('nobody'), id: memberId('ana') }),
  quote: 'quote_unknown',
  platformEvent: encodePlatformPlace({ platformPosition: 1, teamId: teamId('nobody'), revision: 900, number: 0 }),
} as Ids

export type Scene = {
  readonly gateway: Gateway
  readonly payments: ReturnType<typeof pretendPayments>
  readonly ids: Ids
  readonly viewers: Viewers
  /** Another hold that ana placed. */
  newHold(): Promise<string>
  /** Another webhook endpoint of the team, which is disabled. */
  newEndpoint(): Promise<string>
  close(): Promise<void>
}

const acme = teamId('acme')
const ana = caller('MEMBER', 'acme', 'ana')
const ada = caller('ADMIN', 'acme', 'ada')
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const input = (type: string, mutation: string, selection: string) =>
  `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on Error { message } ${selection} } }`

/** Two teams, and one object of each kind of `acme`, at a standing clock. */
export async function openScene(catalog = usual): Promise<Scene> {
  const payments = pretendPayments({ ofNewTeams: true })
  // The matrix asks for more payments in a minute than a team may.
  const gateway = await openGateway(
    { payments: { ...payments.api, countRequest: async () => undefined }, saveTestCard: async () => undefined },
    { catalog, allowPrivate: true },
  )
  payments.of(gateway)
  await gateway.database.pool.query(clock)
  await standAt(gateway, '2040-01-20T12:00:00Z')
  const scene = new SceneMaker(gateway, payments)
  await scene.teams()
  const viewers = await openColumns(gateway)
  await scene.january()
  await standAt(gateway, '2040-02-10T12:00:00Z')
  await scene.february()
  await scene.moves()
  await gateway.database.pool.query(damage)
  return {
    gateway,
    payments,
    ids: scene.ids as Ids,
    viewers,
    newHold: () => scene.hold(ana, 'video'),
    newEndpoint: () => scene.endpoint(acme),
    async close() {
      // The bill is none of the ledger's.
      await gateway.database.pool.query('delete from metered_bill')
      await gateway.close()
    },
  }
}

const clock = `
  create table standing_clock (instant timestamptz not null);
  insert into standing_clock values (now());
  create or replace function ledger_now() returns timestamptz language sql volatile as
    $$ select instant from standing_clock $$`
const standAt = ({ database }: Gateway, instant: string) =>
  database.pool.query('update standing_clock set instant = $1', [instant])

/** No command on this team can be written. */
const damage = `
  create function refuse_entry() returns trigger language plpgsql as $$ begin raise 'This team is damaged'; end $$;
  create trigger damage before insert on entry for each row when (new.team_id = 'damaged') execute function refuse_entry()`

class SceneMaker {
  readonly ids: Record<string, string> = {
    team: 'acme',
    member: encodeMemberId({ teamId: acme, id: memberId('ana') }),
  }
  readonly #gateway: Gateway
  readonly #payments: ReturnType<typeof pretendPayments>

  constructor(gateway: Gateway, payments: ReturnType<typeof pretendPayments>) {
    this.#gateway = gateway
    this.#payments = payments
  }

  async #does(viewer: Viewer, text: string, given: object): Promise<Data> {
    const context = contextOf(viewer, this.#gateway.services, undefined, senderOf('203.0.113.7', traceparent))
    const variableValues = { input: given }
    const result = await execute({ schema, document: parse(text), variableValues, contextValue: context })
    if (result.errors) throw new AggregateError(result.errors, result.errors.map(({ message }) => message).join('\n'))
    return JSON.parse(JSON.stringify(result.data)).result
  }

  #submit(command: Command) {
    return this.#gateway.services.ledger.submit(keyless(acme, command))
  }

  async teams(): Promise<void> {
    const assign = input('AssignPlanInput', 'assignPlan', '')
    for (const [team, planId] of [
      ['acme', 'tried'],
      ['acme', 'pro'],
      ['globex', 'pro'],
      ['corporate', 'closed'],
      ['damaged', 'pro'],
    ]) {
      const terms = { interval: 'MONTH', seats: 2, idempotencyKey: newKey() }
      await this.#does(operator, assign, { teamId: team, teamName: `Team ${team}`, planId, ...terms })
    }
    await makeTeam(this.#gateway, 'globex', '1000', 'pro')
  }

  /** A month of metered usage that is billed, and a recharge that was declined. */
  async january(): Promise<void> {
    await this.#submit({
      kind: 'configure-recharge',
      enabled: true,
      threshold: 20_000_000_000n,
      packageId: 'starter',
      monthlyCap: 1000n * NANO,
      targetBalance: null,
      maxPerDay: 9,
      caller: { id: ada.memberId, role: 'ADMIN' },
    })
    await this.failRecharge({ kind: 'declined', reason: 'Your card was declined.' })
    await this.#gateway.database.pool.query(`
      insert into metered_bill (team_id, month, currency, amount, carried, carried_to, lines, state, created_at, invoice,
        invoice_url, overdue_at)
      values ('acme', '2040-01', 'USD', 4, 3, null, '[]', 'PAID', now(), 'in_1', 'https://pay.example/invoice', now()),
        ('acme', '2039-12', 'USD', 3, 0, '2040-01', '[]', 'CARRIED', now(), null, null, null)`)
  }

  async failRecharge(failure: Extract<Command, { kind: 'fail-purchase' }>['failure']): Promise<void> {
    await this.charge(ana, [{ rate: 'video' }, { rate: 'metered' }])
    const recharge = (await this.#gateway.services.teams.read(acme))?.account.recharge
    if (recharge?.attempt == null)
      throw new Error(
        `There is no recharge under way: ${JSON.stringify(recharge, (_, v) => (typeof v === 'bigint' ? String(v) : v))}`,
      )
    const price = { amount: 5n * NANO, currency: 'USD' }
    await this.#submit({ kind: 'fail-purchase', purchase: purchaseId(recharge.attempt), price, failure })
  }

  /** A team that another system serves, and one that was cut over. */
  async moves(): Promise<void> {
    const team = (id: string) => ({
      startsAt: '2040-02-05T00:00:00Z',
      team: { teamId: id, planId: 'pro', grants: [{ source: 'old:1', kind: 'PACKAGE', amount: '10' }] },
    })
    const follow = 'mutation ($input: FollowTeamsInput!) { followTeams(input: $input) { problem } }'
    await this.#gateway.ask(operator, follow, { input: { system: 'Old', teams: [team('followed'), team('moved')] } })
    const record = `mutation ($input: RecordRehearsalEventsInput!) { recordRehearsalEvents(input: $input) { problem } }`
    const event = { id: '1', at: '2040-02-06T00:00:00Z', type: 'CHARGE', amount: '1', balanceAfter: '8' }
    await this.#gateway.ask(operator, record, { input: { teams: [{ teamId: 'followed', events: [event] }] } })
    await this.#does(operator, input('CutOverInput', 'cutOver', ''), {
      ...{ teamId: 'moved', balance: '10', acceptDifference: true, idempotencyKey: 'moved' },
    })
  }

  async february(): Promise<void> {
    await this.failRecharge({ kind: 'action-required', url: 'https://bank.example/recharge' })
    await this.credits()
    await this.holds()
    await this.purchases()
    await this.settings()
    await this.activities()
    await this.webhooks()
    await this.audited()
  }

  async charge(viewer: Viewer, usage: object[], more: object = {}): Promise<string> {
    const given = { teamId: 'acme', usage, idempotencyKey: newKey(), reference: 'job-1', ...more }
    return (await this.#does(viewer, input('ChargeUsageInput', 'chargeUsage', '... on Charge { id }'), given)).id
  }

  async credits(): Promise<void> {
    const grant = input('GrantCreditsInput', 'grantCredits', '... on CreditGrant { id }')
    const terms = { teamId: 'acme', kind: 'PACKAGE', source: 'test:1', expiresAt: '2040-03-01T00:00:00Z' }
    const granted = await this.#does(operator, grant, { ...terms, amount: '1000000', idempotencyKey: newKey() })
    this.ids.grant = granted.id
    const scope = { categories: ['music'], rates: ['free'] }
    const songs = { ...terms, kind: 'PROMOTION', source: 'test:songs', scope, amount: '7', idempotencyKey: newKey() }
    await this.#does(operator, grant, songs)
    const tags = [{ key: 'project', value: 'apollo' }]
    this.ids.charge = await this.charge(ana, [{ rate: 'image', tags }, { rate: 'metered' }])
    const refund = input('RefundChargeInput', 'refundCharge', '... on Refund { id }')
    const back = { chargeId: this.ids.charge, amount: '1', reason: 'Spoilt', idempotencyKey: newKey() }
    this.ids.refund = (await this.#does(operator, refund, back)).id
    await this.charge(ana, [{ rate: 'image' }], { reference: 'job-of-one-member' })
    await this.charge(operator, [{ rate: 'video', quantity: '50000' }])
    for (const viewer of [ana, operator]) await this.charge(viewer, [{ rate: 'image' }], { idempotencyKey: 'conflict' })
  }

  async holds(): Promise<void> {
    this.ids.hold = await this.hold(ana, 'video')
    this.ids.startedHold = await this.hold(ana, 'start')
    this.ids.closedHold = await this.hold(ana, 'image')
    this.ids.operatorHold = await this.hold(operator, 'video')
    const release = input('ReleaseHoldInput', 'releaseHold', '')
    await this.#does(ana, release, { holdId: this.ids.closedHold, reason: 'Cancelled', idempotencyKey: newKey() })
    const capture = input('CaptureHoldInput', 'captureHold', '... on Charge { id }')
    const usage = [{ rate: 'video', quantity: '5' }]
    const captured = await this.#does(ana, capture, { holdId: this.ids.hold, usage, idempotencyKey: newKey() })
    this.ids.heldCharge = captured.id
    const { team } = await this.#gateway.ask(ana, '{ team { holds(first: 1) { pageInfo { endCursor } } } }')
    this.ids.holdsCursor = team.holds.pageInfo.endCursor
    const { estimate } = await this.#gateway.ask(
      ana,
      '{ estimate(usage: [{ rate: "image" }]) { ... on Estimate { quoteId } } }',
    )
    this.ids.quote = estimate.quoteId
  }

  async hold(viewer: Viewer, rate: string): Promise<string> {
    const text = input('HoldCreditsInput', 'holdCredits', '... on Hold { id }')
    const most = rate === 'image' ? '1' : '60'
    const given = { teamId: 'acme', usage: [{ rate }], fit: { atLeast: most, atMost: most }, reference: 'job-1' }
    return (await this.#does(viewer, text, { ...given, idempotencyKey: newKey(), expiresInSeconds: 86_400 })).id
  }

  async purchases(): Promise<void> {
    const buy = async (observation: Observation) => {
      this.#payments.tell(observation)
      const text = input('PurchaseCreditsInput', 'purchaseCredits', '')
      await this.#does(ada, text, { packageId: 'starter', idempotencyKey: newKey(), pay: 'CHECKOUT' })
      const { team } = await this.#gateway.ask(ada, '{ team { purchases(first: 1) { nodes { id } } } }')
      return team.purchases.nodes[0].id
    }
    const pages = { checkoutUrl: 'https://pay.example/checkout', actionUrl: 'https://bank.example/confirm' }
    this.ids.pendingPurchase = await buy({ session: 'cs_1', ...pages })
    this.ids.failedPurchase = await buy({ outcome: 'FAILED', declineCode: 'lost', failure: 'Your card is lost.' })
    const paid = { outcome: 'PAID', intent: 'pi_1', discount: 10_000_000n } as const
    this.ids.paidPurchase = await buy({ ...paid, receiptUrl: 'https://pay.example/receipt' })
    const booking = `balance_transaction = 'txn_1', fee_amount = 450000000, fee_currency = 'USD', payout = 'po_1'`
    await this.#gateway.database.pool.query(`update purchase set ${booking} where payment_intent = 'pi_1'`)
    this.#payments.tell({})
    const { team } = await this.#gateway.ask(ada, '{ team { purchases(first: 1) { pageInfo { endCursor } } } }')
    this.ids.purchasesCursor = team.purchases.pageInfo.endCursor
  }

  async settings(): Promise<void> {
    const contract = input('CreateContractInput', 'createContract', '')
    const terms = { teamId: 'acme', reference: 'ACME-42', credits: '5', every: 'MONTH', endsAt: '2041-01-01T00:00:00Z' }
    const carried = { rollover: 'CAPPED', rolloverUpTo: '3', creditLine: '20', idempotencyKey: newKey() }
    await this.#does(operator, contract, { ...terms, ...carried })
    const store = input('SetStoredAmountInput', 'setStoredAmount', '')
    await this.#does(ana, store, { rate: 'storage', amount: '1', idempotencyKey: newKey() })
    const threshold = input('LowBalanceThresholdInput', 'setLowBalanceThreshold', '')
    await this.#does(ada, threshold, { credits: '5000000' })
    const levels = input('AlertLevelsInput', 'setAlertLevels', '')
    await this.#does(ada, levels, { levels: [{ credits: '5000' }, { percentOfMonthlyUsage: '25' }] })
    const limit = input('SpendingLimitInput', 'setSpendingLimit', '')
    await this.#does(ada, limit, { callerId: 'backend-9', per: 'DAY', credits: '100' })
    const group = input('MemberGroupInput', 'setMemberGroup', '')
    await this.#does(ada, group, { groupId: 'house', name: 'House' })
    for (const name of ['crew', 'others']) await this.#does(ada, group, { groupId: name, name, parentId: 'house' })
    // A cursor of another team's members is read only where there are groups.
    await this.#does(caller('ADMIN', 'globex', 'gus'), group, { groupId: 'house', name: 'House' })
    const move = input('MoveMemberInput', 'moveMember', '')
    await this.#does(ada, move, { memberId: 'ana', groupId: 'crew' })
    for (const groupId of ['house', 'others']) {
      await this.#does(ada, limit, { groupId, per: 'DAY', credits: '5000000' })
    }
    const make = input('CreateApiKeyInput', 'createApiKey', '... on CreatedApiKey { key { id } }')
    const key = { name: 'shown', scopes: ['READ'], expiresAt: '2041-01-01T00:00:00Z', allowedAddresses: ['::1'] }
    this.ids.key = (await this.#does(ada, make, key)).key.id
    this.ids.liveKey = (await this.#does(ada, make, key)).key.id
    for (const id of [this.ids.key, this.ids.liveKey]) {
      await this.#gateway.ask(ada, `mutation { rotateApiKey(id: "${id}") { __typename } }`)
    }
    await this.#gateway.ask(ada, `mutation { revokeApiKey(id: "${this.ids.key}") { __typename } }`)
    // A use is noted in the background, and not again for a minute: no key's last use changes while callers ask for it.
    await this.#gateway.database.pool.query('update api_key set last_used_at = clock_timestamp()')
    const publish = input('PublishCatalogInput', 'publishCatalog', '')
    const dearer = catalogText.replace('credits: 10, unit: SECOND', 'credits: 11, unit: SECOND')
    await this.#does(operator, publish, { source: dearer, effectiveFrom: '2040-03-01T00:00:00Z' })
  }

  /** An endpoint that is disabled: nothing is sent to it while callers read it. */
  async endpoint(team: TeamId): Promise<string> {
    const { rows } = await this.#gateway.database.pool.query(
      `insert into webhook_endpoint (team_id, url, types, selection, secret, public_key, created_at, disabled_at,
         last_delivery_at, last_failure)
       values ($1, 'http://127.0.0.1:9/', '{BALANCE_LOW}', '{ message }', '', 'whpk_1', now(), now(), now(), 'Status 500')
       returning id`,
      [team],
    )
    return encodeId('WebhookEndpoint', rows[0].id, team)
  }

  async webhooks(): Promise<void> {
    for (const owner of ['', 'globex']) await this.endpoint(teamId(owner))
    this.ids.endpoint = await this.endpoint(acme)
    const { rows } = await this.#gateway.database.pool.query(
      `insert into webhook_delivery (endpoint_id, team_id, type, attempts, delivered, status, latency_ms, answer, failure,
         at, next_attempt_at)
       values ($1, 'acme', 'WEBHOOK_TEST', 2, false, 500, 12, 'no', 'Status 500', now(), now()) returning number`,
      [decodeIdOf('WebhookEndpoint', this.ids.endpoint)?.number],
    )
    this.ids.delivery = encodeId('WebhookDelivery', rows[0].number, acme)
    const { team } = await this.#gateway.ask(
      ada,
      '{ team { webhookEndpoints { deliveries(first: 1) { pageInfo { endCursor } } } } }',
    )
    this.ids.deliveriesCursor = team.webhookEndpoints[0].deliveries.pageInfo.endCursor
  }

  async activities(): Promise<void> {
    const text = `{ team { activity(first: 100) { edges { cursor node { id type member { memberId } lines { rate } grantKind reason } } } } }`
    const { team } = await this.#gateway.ask(ana, text)
    const edges: { cursor: string; node: Data }[] = team.activity.edges
    const first = (found: (node: Data) => boolean) => edges.find(({ node }) => found(node))?.node.id
    this.ids.chargeActivity = first(({ type, lines }) => type === 'CHARGE' && lines.length === 2)
    this.ids.grantActivity = first(({ grantKind }) => grantKind !== null)
    this.ids.refundActivity = first(({ type }) => type === 'REFUND')
    this.ids.activityCursor = edges[0]?.cursor ?? ''
    const uses = await this.#gateway.ask(ana, '{ team { grants { uses(first: 1) { pageInfo { endCursor } } } } }')
    this.ids.usesCursor = uses.team.grants.find(({ uses }: Data) => uses.pageInfo.endCursor).uses.pageInfo.endCursor
    const stream = await this.#gateway.watch(
      ana,
      `subscription ($after: ID) { accountEvents(after: $after) { id type } }`,
      {
        after: encodeId('Event', '1.0', acme),
      },
    )
    if (!(Symbol.asyncIterator in stream)) throw new AggregateError(stream.errors ?? [])
    let before = encodeId('Event', '1.0', acme)
    for await (const { data } of stream) {
      const event: Data = data?.accountEvents
      if (event.type === 'CREDITS_CHARGED') this.ids.event ??= before
      if (event.type === 'BALANCE_LOW') this.ids.balanceEvent ??= before
      if (this.ids.event && this.ids.balanceEvent) break
      before = event.id
    }
    // Transactions in the databases of other tests hold the order back, too.
    const pages = '{ platformEvents(first: 6) { nodes { id } } }'
    let events: { id: string }[] = []
    while (events.length < 6) {
      events = (await this.#gateway.ask(operator, pages)).platformEvents.nodes
      await delay(10)
    }
    this.ids.platformEvent = events[0]?.id ?? ''
  }

  /** The newest act is an admin's, the one before it the operator's. */
  async audited(): Promise<void> {
    const limit = input('SpendingLimitInput', 'setSpendingLimit', '')
    const ofAna = { teamId: 'acme', memberId: 'ana', per: 'DAY' }
    await this.#does(operator, limit, { ...ofAna, credits: '90000' })
    await this.#does(ada, limit, { ...ofAna, credits: '100000' })
    const { team } = await this.#gateway.ask(
      ada,
      '{ team { auditLog(first: 1) { nodes { id } pageInfo { endCursor } } } }',
    )
    this.ids.auditEntry = team.auditLog.nodes[0].id
    this.ids.auditCursor = team.auditLog.pageInfo.endCursor
  }
}
