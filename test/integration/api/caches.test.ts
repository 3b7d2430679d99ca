import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memberId, teamId } from '../../../src/domain/identity.ts'
import { encodeId, encodeMemberId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
const admin = caller('ADMIN')
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team)
})
afterAll(() => gateway.close())

const usage = 'usage: [{ rate: "image.flux-2-pro" }]'
const key = () => `idempotencyKey: "${newKey()}"`
const balance = 'balance { id available revision }'
const holding = `mutation { holdCredits(input: { ${usage}, ${key()} }) { ... on Hold { id team { id ${balance} } ${balance} } } }`
const read = async (text: string, viewer = admin): Promise<Data> => gateway.ask(viewer, text)
const place = async (): Promise<Data> => (await read(holding.replace(/key-\d+/, newKey()))).holdCredits
const charge = async (): Promise<Data> =>
  (await read(`mutation { chargeUsage(input: { ${usage}, ${key()} }) { ... on Charge { id } } }`)).chargeUsage
const present = encodeId('Balance', 0, teamId('acme'))

/** The events behind `after`, as many as are wanted. */
async function eventsBehind(after: string, wanted: number, selection: string, viewer = admin): Promise<Data[]> {
  const text = `subscription ($after: ID) { accountEvents(after: $after) { id type ${selection} } }`
  const result = await gateway.watch(viewer, text, { after })
  if (!(Symbol.asyncIterator in result)) throw new AggregateError(result.errors ?? [])
  const events: Data[] = []
  for await (const { data, errors } of result) {
    if (errors) throw new AggregateError(errors)
    events.push((data as Data).accountEvents)
    if (events.length === wanted) break
  }
  return events
}
const lastEventId = async (viewer = admin): Promise<string> =>
  (await read('{ team { lastEventId } }', viewer)).team.lastEventId

describe('the id of a balance', () => {
  it('is one for the present, whoever tells it', async () => {
    const hold = await place()
    const pill = await gateway.watch(admin, `subscription { ${balance} }`)
    const { value } = await (pill as AsyncGenerator<Data>).next()
    await (pill as AsyncGenerator).return(undefined)
    const { team } = await read(`{ team { ${balance} holds { nodes { ${balance} team { ${balance} } } } } }`)
    const [listed] = team.holds.nodes
    const told = [
      hold.balance,
      hold.team.balance,
      value.data.balance,
      team.balance,
      listed.balance,
      listed.team.balance,
    ]
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set([present]))
    expect(new Set(told.map(({ revision }) => revision)).size).toBe(1)
    const other = (await read(`{ team { ${balance} } }`, caller('ADMIN', 'globex'))).team.balance.id
    expect(other).not.toBe(present)
  })

  it('is another one for another time, and its team is still that of now', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const { team } = await read(`{ team { ${balance} then: balance(asOf: "${at}") { id team { ${balance} } } } }`)
    expect(team.then.id).not.toBe(present)
    expect(team.then.team.balance).toEqual(team.balance)
  })

  it('is another one for events that newer ones have overtaken, and the same for the newest', async () => {
    const after = await lastEventId()
    await charge()
    await charge()
    const events = await eventsBehind(after, 2, `${balance} balance { team { id ${balance} } }`)
    expect(events.map((event) => event.balance.id === present)).toEqual([false, true])
    const now = (await read(`{ team { ${balance} } }`)).team.balance
    expect(events[1]?.balance).toMatchObject(now)
    for (const event of events) expect(event.balance.team).toEqual({ id: 'acme', balance: now })
  })

  it('of the newest event tells the live session, too', async () => {
    const session = `usage: [{ rate: "video.runway-gen-4", quantity: "10" }]`
    const opened = `mutation { holdCredits(input: { ${session}, ${key()} }) { ... on Hold { id } } }`
    const { id } = (await read(opened, caller('ADMIN', 'globex'))).holdCredits
    const after = await lastEventId(caller('ADMIN', 'globex'))
    await read(
      `mutation { captureHold(input: { holdId: "${id}", usage: [{ rate: "video.runway-gen-4", quantity: "1" }], ${key()} }) { __typename } }`,
      caller('ADMIN', 'globex'),
    )
    const [event] = await eventsBehind(after, 1, 'balance { revision runwaySeconds }', caller('ADMIN', 'globex'))
    const { team } = await read('{ team { balance { revision runwaySeconds } } }', caller('ADMIN', 'globex'))
    expect(event?.balance.revision).toBe(team.balance.revision)
    expect([event?.balance.runwaySeconds, team.balance.runwaySeconds]).toEqual([expect.any(Number), expect.any(Number)])
  })

  it('is another one where a key tells an earlier answer again, whose team is that of now', async () => {
    const text = `mutation { chargeUsage(input: { ${usage}, ${key()} }) { ... on Charge { ${balance} team { ${balance} } } } }`
    const first = (await read(text)).chargeUsage
    expect([first.balance.id, (await read(text)).chargeUsage]).toEqual([present, first])
    await charge()
    const again = (await read(text)).chargeUsage
    expect(again.balance).toMatchObject({ available: first.balance.available, revision: first.balance.revision })
    expect(again.balance.id).not.toBe(present)
    expect(again.team.balance).toEqual((await read(`{ team { ${balance} } }`)).team.balance)
  })
})

describe("a mutation's result", () => {
  const team = `team { id ${balance} }`

  it('has its team, and a charge its hold, without reading anything', async () => {
    const reading = () => {
      throw new Error('Nothing is to be read')
    }
    const { services } = gateway
    // The test replaces only the services that read, and each only in part, which the type does not allow.
    const blind = {
      ...services,
      teams: { ...services.teams, read: reading },
      database: { ...services.database, readings: { read: reading } },
    } as unknown as typeof services
    const ask = (text: string, viewer = admin) => gateway.askWith(blind, viewer, text)
    const hold = (
      await ask(`mutation { holdCredits(input: { ${usage}, ${key()} }) { ... on Hold { id ${team} ${balance} } } }`)
    ).holdCredits
    const ofHold = `... on Charge { id ${team} ${balance} hold { id state captured remaining ${team} } }`
    const captured = (
      await ask(`mutation { captureHold(input: { holdId: "${hold.id}", ${usage}, ${key()} }) { ${ofHold} } }`)
    ).captureHold
    expect(captured.hold).toMatchObject({ id: hold.id, state: 'OPEN', captured: '30', remaining: '0' })
    const settled = (await ask(`mutation { settleHold(input: { holdId: "${hold.id}", ${key()} }) { ${ofHold} } }`))
      .settleHold
    expect(settled.hold).toMatchObject({ id: hold.id, state: 'SETTLED' })
    const used = (await ask(`mutation { chargeUsage(input: { ${usage}, ${key()} }) { ${ofHold} } }`)).chargeUsage
    expect(used.hold).toBeNull()
    const platform = `mutation {
      refundCharge(input: { chargeId: "${used.id}", reason: "blank", ${key()} }) { ... on Refund { ${team} ${balance} } }
      grantCredits(input: { teamId: "acme", amount: "1", kind: PROMOTION, source: "${newKey()}", ${key()} }) { ... on CreditGrant { ${team} } }
      createContract(input: { teamId: "acme", reference: "${newKey()}", credits: "5", ${key()} }) { ... on Contract { team { id contracts { reference } ${balance} } } } }`
    const done = await ask(platform, operator)
    const results: Data[] = [hold, captured, captured.hold, settled, used, ...Object.values(done)]
    for (const result of results) expect(result.team).toMatchObject({ id: 'acme', balance: { id: present } })
    const revisions = results.map((result) => result.team.balance.revision)
    expect(revisions).toEqual(revisions.toSorted((one, other) => one - other))
  })

  it('of auto-recharge and of a purchase has its team', async () => {
    payments.tell({ intent: `pi_${newKey()}`, outcome: 'PAID' })
    const { configureAutoRecharge, purchaseCredits } = await read(`mutation {
      configureAutoRecharge(input: { enabled: true, threshold: "5", packageId: "starter" }) { ... on AutoRecharge { team { id autoRecharge { threshold } } } }
      purchaseCredits(input: { packageId: "starter", ${key()} }) { ... on Purchase { state ${team} ${balance} } } }`)
    expect(configureAutoRecharge.team).toEqual({ id: 'acme', autoRecharge: { threshold: '5' } })
    expect(purchaseCredits).toMatchObject({ state: 'PAID', team: { id: 'acme', balance: purchaseCredits.balance } })
  })

  it('that a key tells again has the hold as it is now', async () => {
    const { id } = await place()
    const text = `mutation { captureHold(input: { holdId: "${id}", ${usage}, ${key()} }) { ... on Charge { id hold { id state } } } }`
    const { captureHold } = await read(text)
    await read(`mutation { releaseHold(input: { holdId: "${id}", ${key()} }) { __typename } }`)
    expect((await read(text)).captureHold).toEqual({ ...captureHold, hold: { id, state: 'RELEASED' } })
    const node = `{ node(id: "${captureHold.id}") { ... on Charge { hold { id } } } }`
    expect((await read(node)).node.hold.id).toBe(id)
  })
})

describe('what an event and an activity are about', () => {
  const subject =
    'subject { __typename id ... on Hold { state } ... on Purchase { paying: state } ... on Refund { charge { id } } }'
  const activities = async (count: number): Promise<Data[]> =>
    (
      await read(`{ team { activity(first: ${count}) { nodes { type ${subject} } } } }`)
    ).team.activity.nodes.toReversed()

  it('is the hold, the charge, the refund or the grant, as it is now', async () => {
    const after = await lastEventId()
    const settled = await place()
    const released = await place()
    const text = `mutation { settleHold(input: { holdId: "${settled.id}", ${key()} }) { ... on Charge { id } } }`
    const { id } = (await read(text)).settleHold
    await read(`mutation { releaseHold(input: { holdId: "${released.id}", ${key()} }) { __typename } }`)
    const refund = `mutation { refundCharge(input: { chargeId: "${id}", reason: "blank", ${key()} }) { ... on Refund { id } } }`
    const refunded = (await read(refund, operator)).refundCharge
    const grant = `mutation { grantCredits(input: { teamId: "acme", amount: "1", kind: PROMOTION, source: "${newKey()}", ${key()} }) { ... on CreditGrant { id } } }`
    const granted = (await read(grant, operator)).grantCredits
    const about = [
      ...[settled, released].map((hold) => ({ __typename: 'Hold', id: hold.id })),
      { __typename: 'Charge', id },
      { __typename: 'Hold', id: released.id, state: 'RELEASED' },
      { __typename: 'Refund', id: refunded.id, charge: { id } },
      { __typename: 'CreditGrant', id: granted.id },
    ]
    expect((await activities(6)).map((one) => one.subject)).toMatchObject(about)
    const events = await eventsBehind(after, 6, subject)
    expect(events.map((one) => one.subject)).toMatchObject(about.with(4, { __typename: 'Charge', id }))
  })

  it('is the purchase, from its Checkout to its refund', async () => {
    const after = await lastEventId()
    const intent = `pi_${newKey()}`
    payments.tell({ session: 'cs_1', checkoutUrl: 'https://pay.example/cs_1' })
    const text = `mutation { purchaseCredits(input: { packageId: "starter", ${key()} }) { ... on Purchase { id state } } }`
    const { purchaseCredits } = await read(text)
    expect(purchaseCredits.state).toBe('PENDING')
    payments.tell({ intent, outcome: 'PAID' })
    await read(text)
    const { id } = purchaseCredits
    const [paid] = await eventsBehind(after, 1, subject)
    expect(paid).toMatchObject({ type: 'CREDITS_ADDED', subject: { __typename: 'Purchase', id, paying: 'PAID' } })
    payments.tell({ intent, reversal: { id: 're_1', amount: 5_000_000_000n, effect: 'WITHDRAWN' } })
    await read(text)
    const [taken] = await eventsBehind(paid?.id, 1, subject)
    expect(taken).toMatchObject({
      type: 'CREDITS_CLAWED_BACK',
      subject: { __typename: 'Purchase', id, paying: 'REFUNDED' },
    })
    expect((await activities(1))[0]).toMatchObject({ type: 'CLAWBACK', subject: { __typename: 'Purchase', id } })
  })

  it('is nothing for a crossing', async () => {
    await makeTeam(gateway, 'low', '0')
    const viewer = caller('ADMIN', 'low')
    const after = await lastEventId(viewer)
    await read(
      `mutation { chargeUsage(input: { usage: [{ rate: "video.runway-gen-4", quantity: "9" }], ${key()} }) { __typename } }`,
      viewer,
    )
    const [charged, low] = await eventsBehind(after, 2, subject, viewer)
    expect(charged?.subject.__typename).toBe('Charge')
    expect(low).toMatchObject({ type: 'BALANCE_LOW', subject: null })
  })
})

describe('nodes', () => {
  const text = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }'

  it('are found by their ids, each in its place, and null where there is none', async () => {
    const hold = await place()
    const used = await charge()
    const member = encodeMemberId({ teamId: teamId('acme'), id: memberId('admin') })
    const ids = [hold.id, 'acme', 'no such thing', used.id, hold.id, member]
    const found = (await gateway.ask(admin, text, { ids })).nodes
    const types = ['Hold', 'Team', null, 'Charge', 'Hold', 'Member']
    expect(found).toEqual(ids.map((id, index) => types[index] && { __typename: types[index], id }))
    expect((await gateway.ask(admin, text, { ids: [] })).nodes).toEqual([])
    expect((await gateway.ask(caller('ADMIN', 'globex'), text, { ids })).nodes).toEqual(ids.map(() => null))
  })

  it('that the caller may not see are null with a reason, beside those that it may', async () => {
    const apiKey = encodeId('ApiKey', 1, teamId('acme'))
    const { data, codes } = await gateway.run(caller('VIEWER'), text, { ids: [apiKey, 'acme'] })
    expect(JSON.parse(JSON.stringify(data)).nodes).toEqual([null, { __typename: 'Team', id: 'acme' }])
    expect(codes).toEqual(['FORBIDDEN'])
  })

  it('are at most 100 at once', async () => {
    expect((await gateway.run(admin, text, { ids: Array(101).fill('acme') })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('of whatever text never fail', async () => {
    const ids = [
      '',
      ' ',
      '\u0000',
      '🙂',
      'x'.repeat(5_000),
      Buffer.from('Member:1:\u0000acme').toString('base64url'),
      present,
    ]
    expect(await gateway.run(admin, text, { ids })).toMatchObject({ codes: [], data: { nodes: ids.map(() => null) } })
  })
})
