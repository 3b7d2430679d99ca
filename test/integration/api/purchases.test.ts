import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { roles } from '../../../src/domain/role.ts'
import { encodeCursor } from '../../../src/resolvers/request/cursors.ts'
import { encodeId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

let gateway: Gateway
const payments = pretendPayments()
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  for (const team of ['acme', 'globex', 'pages']) await makeTeam(gateway, team)
  await makeTeam(gateway, 'corporate', '0', 'enterprise')
})
afterAll(() => gateway.close())
beforeEach(() => payments.tell({}))

const ana = caller('ADMIN', 'acme', 'ana')
const purchaseFields = `id state cause price { amount currency } checkoutUrl confirmUrl invoiceUrl paymentReference failure
  refunded { amount currency } createdAt member { memberId name } package { code credits purchasable } grant { kind granted available source }
  balance { available }`
const buying = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { __typename
  ... on Purchase { ${purchaseFields} }
  ... on Error { code message }
  ... on PurchaseNotAllowed { contact admins { memberId name } }
  ... on PaymentDeclined { declineCode }
  ... on PaymentActionRequired { actionUrl }
  ... on PaymentUnavailable { retryAfterSeconds } } }`
const buy = async (input: object = {}, viewer = ana): Promise<Data> =>
  (await gateway.ask(viewer, buying, { input: { packageId: 'starter', idempotencyKey: newKey(), ...input } }))
    .purchaseCredits

let payment = 0
const paid = () => ({ outcome: 'PAID', intent: `pi_${++payment}`, receiptUrl: 'https://pay.example/receipt' }) as const

describe('a purchase', () => {
  it('that is paid at once is told with its credits, its grant and its receipt (facts W4)', async () => {
    payments.tell(paid())
    const purchase = await buy()
    expect(purchase).toMatchObject({
      __typename: 'Purchase',
      state: 'PAID',
      cause: 'PURCHASE',
      price: { amount: '5', currency: 'USD' },
      checkoutUrl: null,
      confirmUrl: null,
      failure: null,
      invoiceUrl: 'https://pay.example/receipt',
      ...{ paymentReference: `pi_${payment}`, refunded: { amount: '0', currency: 'USD' } },
      member: { memberId: 'ana', name: 'Ana' },
      package: { code: 'starter', credits: '5000', purchasable: true },
      grant: { kind: 'PACKAGE', granted: '5000', available: '5000', source: `stripe:pi_${payment}` },
      balance: { available: '6500' },
    })
  })

  it('that waits for the customer says where to send it, to those who buy (facts A4)', async () => {
    payments.tell({ session: 'cs_1', checkoutUrl: 'https://pay.example/checkout' })
    const { id, ...told } = await buy({ pay: 'CHECKOUT' })
    expect(told).toMatchObject({ state: 'PENDING', checkoutUrl: 'https://pay.example/checkout', grant: null })
    const seen = `{ node(id: "${id}") { ... on Purchase { state checkoutUrl confirmUrl } } }`
    for (const role of roles) {
      const mayBuy = role === 'ADMIN' || role === 'PLATFORM'
      const { node } = await gateway.ask(caller(role), seen)
      expect(node, role).toMatchObject({ state: 'PENDING', checkoutUrl: mayBuy ? told.checkoutUrl : null })
    }
  })

  it('that is declined says why and what to do', async () => {
    payments.tell({
      outcome: 'FAILED',
      declineCode: 'insufficient_funds',
      failure: 'Your card has insufficient funds.',
    })
    expect(await buy()).toEqual({
      __typename: 'PaymentDeclined',
      code: 'PAYMENT_DECLINED',
      declineCode: 'insufficient_funds',
      message:
        'Your card has insufficient funds. Nothing was charged. Try again with a new key and another payment method.',
    })
  })

  it('that the bank wants confirmed says where', async () => {
    payments.tell({ intent: 'pi_confirm', actionUrl: 'https://bank.example/confirm' })
    expect(await buy()).toMatchObject({
      __typename: 'PaymentActionRequired',
      actionUrl: 'https://bank.example/confirm',
      message: expect.stringContaining('Open the actionUrl'),
    })
  })

  it('of which nothing is known yet is told as it is, with nothing to do', async () => {
    expect(await buy()).toMatchObject({ __typename: 'Purchase', state: 'PENDING', checkoutUrl: null, grant: null })
  })

  it('goes on under its key where it stopped, once', async () => {
    const again = { idempotencyKey: newKey() }
    payments.tell('unreachable')
    expect(await buy(again)).toMatchObject({
      __typename: 'PaymentUnavailable',
      code: 'PAYMENT_UNAVAILABLE',
      retryAfterSeconds: 30,
      message: 'Payments are out of reach. Try again in 30 seconds with the same key, which never pays twice.',
    })
    payments.tell(paid())
    const first = await buy(again)
    const second = await buy(again)
    expect(first).toMatchObject({ __typename: 'Purchase', state: 'PAID' })
    expect(second).toEqual(first)
    const advanced = payments.asked.slice(-3)
    expect(new Set(advanced).size).toBe(1)
  })

  it('of another input under the same key is a conflict', async () => {
    const again = { idempotencyKey: newKey() }
    await buy(again)
    for (const other of [{ packageId: 'pro' }, { pay: 'CHECKOUT' }, { successUrl: 'https://app.example/done' }]) {
      expect(await buy({ ...again, ...other })).toMatchObject({ __typename: 'IdempotencyConflict' })
    }
    expect(await buy({ ...again, pay: 'AUTO', teamId: 'acme' })).toMatchObject({ __typename: 'Purchase' })
  })

  it('of no package is refused', async () => {
    expect(await buy({ packageId: 'huge' })).toMatchObject({ __typename: 'UnknownPackage', code: 'UNKNOWN_PACKAGE' })
  })

  it('is made by the platform for any team, and in its own name', async () => {
    payments.tell(paid())
    expect(await buy({ teamId: 'globex' }, operator)).toMatchObject({ state: 'PAID', member: { memberId: 'backend' } })
    const { codes } = await gateway.run(operator, buying, {
      input: { packageId: 'starter', idempotencyKey: newKey(), teamId: 'nobody' },
    })
    expect(codes).toEqual(['NOT_FOUND'])
  })
})

describe('who may not buy', () => {
  it('is told whom to ask, under a key that stays free (facts G4)', async () => {
    const again = { idempotencyKey: newKey() }
    const ben = caller('MEMBER', 'acme', 'ben')
    await gateway.ask(caller('ADMIN', 'acme', 'cleo'), '{ viewer { role } }')
    for (const viewer of [ben, caller('VIEWER', 'acme', 'dan')]) {
      const refused = await buy(again, viewer)
      expect(refused).toMatchObject({ __typename: 'PurchaseNotAllowed', code: 'PURCHASE_NOT_ALLOWED', contact: null })
      expect(refused.admins).toContainEqual({ memberId: 'cleo', name: 'Cleo' })
      expect(refused.message).toBe('Only admins of the team buy credits. Ask Admin, Ana or Cleo.')
    }
    expect(await buy(again)).toMatchObject({ __typename: 'Purchase' })
  })

  it('does not learn from a key what an admin began with it', async () => {
    const again = { idempotencyKey: newKey() }
    payments.tell({ intent: 'pi_secret', actionUrl: 'https://bank.example/secret' })
    await buy(again)
    const refused = await buy(again, caller('MEMBER', 'acme', 'ben'))
    expect(refused).toMatchObject({ __typename: 'PurchaseNotAllowed' })
  })

  it('is no admin any more once it was seen with another role', async () => {
    await makeTeam(gateway, 'changing')
    await gateway.ask(caller('ADMIN', 'changing', 'eve'), '{ viewer { role } }')
    await gateway.ask(caller('MEMBER', 'changing', 'eve'), '{ viewer { role } }')
    const refused = await buy({}, caller('MEMBER', 'changing', 'ben'))
    expect(refused).toMatchObject({ admins: [], message: 'Only admins of the team buy credits. Ask one of them.' })
  })

  it('hears of at most 20 admins', async () => {
    await makeTeam(gateway, 'crowded')
    for (let i = 10; i < 35; i++) await gateway.ask(caller('ADMIN', 'crowded', `admin-${i}`), '{ viewer { role } }')
    const { admins } = await buy({}, caller('MEMBER', 'crowded', 'ben'))
    expect(admins.map(({ memberId }: Data) => memberId)).toEqual(
      Array.from({ length: 20 }, (_, i) => `admin-${i + 10}`),
    )
  })

  it('because of its plan is told its contact, and no admin (facts W9)', async () => {
    expect(await buy({}, caller('ADMIN', 'corporate'))).toMatchObject({
      __typename: 'PurchaseNotAllowed',
      contact: 'sales@wevion.ai',
      admins: [],
      message: 'The plan sells no packages. Contact sales@wevion.ai.',
    })
  })
})

describe('where a customer comes back to', () => {
  const fault = async (input: object) => {
    const asked = { packageId: 'starter', idempotencyKey: newKey(), ...input }
    const { codes, data } = await gateway.run(ana, buying, { input: asked })
    return { codes, message: data.purchaseCredits.message }
  }

  it.each([
    'https://credits.example/payment?of=1',
    'https://app.example/done?session={CHECKOUT_SESSION_ID}#top',
    'http://localhost:3000',
  ])('is the gateway or an origin that the operator lists: %s', async (url) => {
    expect(await buy({ successUrl: url, cancelUrl: url })).toMatchObject({ __typename: 'Purchase' })
  })

  it.each([
    'https://evil.example/',
    'http://app.example/',
    'https://app.example:8443/',
    'https://app.example.evil.example/',
    'https://app.example@evil.example/',
    'https://user:word@app.example/',
    'https://evil.example\\@app.example/',
    'https:\\\\app.example/',
    'https:app.example/',
    '//app.example/',
    '/payment',
    'javascript:alert(1)',
    ' https://app.example/',
    'https://app.example/a b',
    'https://app.example/\n',
    '',
  ])('is no other page: %j', async (url) => {
    for (const name of ['successUrl', 'cancelUrl']) {
      expect(await fault({ [name]: url })).toEqual({
        codes: ['INVALID_INPUT'],
        message: `${name}: not usable: give an absolute URL of at most 2000 characters on https://credits.example, https://app.example, http://localhost:3000 (ALLOWED_ORIGINS lists others).`,
      })
    }
  })

  it('has an address of at most 2,000 characters', async () => {
    const long = (length: number) => 'https://app.example/'.padEnd(length, 'a')
    expect(await buy({ successUrl: long(2_000) })).toMatchObject({ __typename: 'Purchase' })
    expect((await fault({ successUrl: long(2_001) })).codes).toEqual(['INVALID_INPUT'])
  })
})

describe('the purchases of a team', () => {
  const list = `query ($first: Int, $after: String) { team { purchases(first: $first, after: $after) {
    edges { cursor node { id } } nodes { ${purchaseFields} } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`
  const admin = caller('ADMIN', 'pages')
  beforeAll(async () => {
    for (let i = 0; i < 5; i++) {
      payments.tell(paid())
      await buy({ packageId: i === 0 ? 'standard' : 'starter' }, admin)
    }
    payments.tell({ checkoutUrl: 'https://pay.example/checkout' })
    await buy({}, admin)
  })

  it('are seen by everyone in it, newest first, with their payments (facts V11)', async () => {
    const { team } = await gateway.ask(caller('VIEWER', 'pages'), list)
    const { nodes, edges } = team.purchases
    expect(nodes.map(({ state }: Data) => state)).toEqual(['PENDING', 'PAID', 'PAID', 'PAID', 'PAID', 'PAID'])
    expect(nodes[0]).toMatchObject({ checkoutUrl: null, grant: null, paymentReference: null })
    expect(nodes[5]).toMatchObject({
      package: { code: 'standard', credits: '20000', purchasable: false },
      balance: { available: '41500' },
      grant: { granted: '20000', source: `stripe:${nodes[5].paymentReference}` },
    })
    expect(edges.map(({ node }: Data) => node.id)).toEqual(nodes.map(({ id }: Data) => id))
  })

  it('come in pages that meet without a gap', async () => {
    const all = (await gateway.ask(admin, list)).team.purchases.nodes.map(({ id }: Data) => id)
    const seen: string[] = []
    let after: string | null = null
    for (let more = true; more; ) {
      const { purchases }: Data = (await gateway.ask(admin, list, { first: 4, after })).team
      seen.push(...purchases.nodes.map(({ id }: Data) => id))
      expect(purchases.pageInfo.hasPreviousPage).toBe(after !== null)
      after = purchases.pageInfo.endCursor
      more = purchases.pageInfo.hasNextPage
    }
    expect(seen).toEqual(all)
  })

  it("are not listed by another team's cursor, nor found by a number beyond them", async () => {
    const { purchases } = (await gateway.ask(admin, list, { first: 1 })).team
    expect((await gateway.run(ana, list, { after: purchases.pageInfo.endCursor })).codes).toEqual(['BAD_USER_INPUT'])
    for (const number of [99, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const id = encodeId('Purchase', number, teamId('pages'))
      expect((await gateway.ask(admin, `{ node(id: "${id}") { id } }`)).node).toBeNull()
    }
    const far = encodeCursor({ kind: 'purchases', teamId: teamId('pages'), filter: '' }, Number.MAX_SAFE_INTEGER)
    expect((await gateway.ask(admin, list, { after: far })).team.purchases.nodes).toHaveLength(6)
    expect((await gateway.run(admin, list, { first: 101 })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('tell what the payer has back', async () => {
    const again = { idempotencyKey: newKey() }
    payments.tell(paid())
    await buy(again, admin)
    const returned = (id: string, amount: bigint) =>
      ({ reversal: { id, amount: amount * NANO, effect: 'WITHDRAWN' } }) as const
    payments.tell(returned('re_1', 2n))
    expect(await buy(again, admin)).toMatchObject({ state: 'PAID', refunded: { amount: '2', currency: 'USD' } })
    payments.tell(returned('re_2', 3n))
    expect(await buy(again, admin)).toMatchObject({ state: 'REFUNDED', refunded: { amount: '5', currency: 'USD' } })
  })
})

describe('another catalog', () => {
  it('leaves a purchase as it was sold, and says what can be bought now', async () => {
    payments.tell(paid())
    const { id } = await buy()
    const yaml = readFileSync('catalogs/wevion.yaml', 'utf8')
    const pack = '{ id: starter, name: Starter, credits: 5000, price: 5 }'
    const shown = async () =>
      (
        await gateway.ask(
          ana,
          `{ node(id: "${id}") { ... on Purchase { price { amount } package { credits purchasable } } } }`,
        )
      ).node
    for (const [other, purchasable] of [
      [pack.replace('5000', '4000').replace('price: 5', 'price: 9'), true],
      [pack.replace('starter', 'beginner'), false],
    ] as const) {
      await publish(yaml.replace(pack, other))
      expect(await shown()).toEqual({ price: { amount: '5' }, package: { credits: '5000', purchasable } })
    }
  })

  async function publish(source: string) {
    const publishing = `mutation ($input: PublishCatalogInput!) { publishCatalog(input: $input) { __typename
      ... on PublishedCatalog { effectiveFrom } } }`
    const { publishCatalog } = await gateway.ask(operator, publishing, { input: { source } })
    const moving = 'mutation ($to: DateTime!) { advanceClock(to: $to) }'
    await gateway.ask(operator, moving, { to: publishCatalog.effectiveFrom })
  }
})

describe('what a new team buys, where the catalog lets it spend a part of it at once', () => {
  const slowly = pretendPayments({ ofNewTeams: true })
  let slow: Gateway
  const bob = caller('ADMIN', 'slow', 'bob')
  beforeAll(async () => {
    const { source } = loadCatalog('catalogs/wevion.yaml')
    const fraud = 'fraud: { newTeamCredits: { percentAtOnce: 20, restAfterHours: 24 } }'
    slow = await openGateway({ payments: slowly.api }, { catalog: parseCatalog(`${source}\n${fraud}\n`, 'slow.yaml') })
    slowly.of(slow)
    await makeTeam(slow, 'slow', '100')
  })
  afterAll(() => slow.close())

  it('is told before the payment and after it, with the instant of the rest', async () => {
    const preview = `{ purchasePreview(packageId: "starter") { credits currentBalance projectedBalance locked unlocksAt } }`
    const { purchasePreview: before } = await slow.ask(bob, preview)
    const available = Number(before.currentBalance)
    expect(before).toMatchObject({ credits: '5000', projectedBalance: `${available + 1_000}`, locked: '4000' })
    slowly.tell(paid())
    const purchasing = `mutation ($input: PurchaseCreditsInput!) { purchaseCredits(input: $input) { ... on Purchase {
      grant { granted available locked unlocksAt } balance { available locked nextUnlock { amount at } } } } }`
    const input = { packageId: 'starter', idempotencyKey: newKey() }
    const { purchaseCredits: bought } = await slow.ask(bob, purchasing, { input })
    const { unlocksAt } = bought.grant
    expect(bought.grant).toMatchObject({ granted: '5000', available: '1000', locked: '4000' })
    expect(bought.balance).toEqual({
      available: before.projectedBalance,
      locked: '4000',
      nextUnlock: { amount: '4000', at: unlocksAt },
    })
    expect(Date.parse(unlocksAt) - Date.parse(before.unlocksAt)).toBeLessThan(60_000)

    const charging = `mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { ... on InsufficientCredits {
      available nextGrantAt message } } }`
    const usage = [{ rate: 'video.luma-ray-3', quantity: '100' }]
    const { chargeUsage: refusal } = await slow.ask(bob, charging, { input: { usage, idempotencyKey: newKey() } })
    expect(refusal.available).toBe(before.projectedBalance)
    expect(Date.parse(refusal.nextGrantAt)).toBeLessThanOrEqual(Date.parse(unlocksAt))

    const at = `query ($at: DateTime) { team { balance(asOf: $at) { available locked nextUnlock { amount } } grants { locked unlocksAt } } }`
    const { team } = await slow.ask(bob, at, { at: unlocksAt })
    expect(team.balance).toMatchObject({ locked: '0', nextUnlock: null })
    expect(team.grants).toContainEqual({ locked: '4000', unlocksAt })
  })
})
