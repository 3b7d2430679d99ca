import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { InvalidToken } from '../../../src/access/tokens.ts'
import type { Viewer } from '../../../src/access/viewer.ts'
import { memberId, teamId } from '../../../src/domain/identity.ts'
import { encodeMemberId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'
import { pretendPayments } from './pretend-payments.ts'

/* What a pill token is told of each field is in `matrix/pill-tokens.test.ts`. */

const payments = pretendPayments()
let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway({ payments: payments.api })
  payments.of(gateway)
  for (const team of ['acme', 'globex']) await makeTeam(gateway, team, '1000', 'pro')
})
afterAll(() => gateway.close())

const admin = caller('ADMIN')
const create = `mutation ($teamId: ID, $memberId: ID, $seconds: Int, $origin: String, $mayBuy: Boolean) {
  createPillToken(teamId: $teamId, memberId: $memberId, expiresInSeconds: $seconds, origin: $origin, mayBuy: $mayBuy) {
    token expiresAt } }`

type Terms = { teamId?: string; memberId?: string; seconds?: number; origin?: string; mayBuy?: boolean }
const run = async (by: Viewer | null, terms: Terms = {}) => gateway.run(by, create, terms)
const made = async (by: Viewer = admin, terms: Terms = {}): Promise<{ token: string; expiresAt: string }> =>
  (await gateway.ask(by, create, terms)).createPillToken
const signIn = (token: string, origin?: string) => gateway.services.access.read(`Bearer ${token}`, origin)
const signedIn = async (token: string, origin?: string): Promise<Viewer> =>
  (await signIn(token, origin)) ?? expect.unreachable('nobody')
const pill = async (by: Viewer = admin, terms: Terms = {}) => signedIn((await made(by, terms)).token)
const refused = (token: string, origin?: string): Promise<InvalidToken> =>
  signIn(token, origin).then(
    () => expect.unreachable('it was taken'),
    (error) => {
      expect(error).toBeInstanceOf(InvalidToken)
      return error
    },
  )

async function keyOf(scope: string, team = 'acme'): Promise<{ viewer: Viewer; id: string }> {
  const text = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreatedApiKey { secret key { id } } } }`
  const input = { name: scope, scopes: [scope], teamId: scope === 'PLATFORM' ? null : team }
  const { secret, key } = (await gateway.ask(operator, text, { input })).createApiKey
  return { viewer: await signedIn(secret), id: key.id }
}
const ended = (viewer: Viewer) => new Promise<string>((resolve) => gateway.services.access.watch(viewer, resolve))

describe('a pill token', () => {
  it('acts for a member of one team, for 15 minutes unless told otherwise', async () => {
    const { token, expiresAt } = await made(operator, { teamId: 'acme', memberId: 'ana' })
    expect(token).toMatch(/^pill_[\w-]{43}$/)
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 900_000)).toBeLessThan(30_000)
    const viewer = await signedIn(token)
    expect(viewer).toMatchObject({ memberId: 'ana', teamId: 'acme', role: 'VIEWER', pill: 'WATCH' })
    expect(viewer.expiresAt).toBe(Date.parse(expiresAt))
    const { team } = await gateway.ask(viewer, '{ team { id balance { available } plan { code } } packages { code } }')
    expect(team).toMatchObject({ id: 'acme', plan: { code: 'pro' } })
    expect((await gateway.ask(viewer, '{ team(id: "globex") { id } }')).team).toBeNull()
  })

  it('names the member by its sub or its id, and the caller where none is named', async () => {
    const id = encodeMemberId({ teamId: teamId('acme'), id: memberId('ana') })
    expect((await pill(admin, { memberId: id })).memberId).toBe('ana')
    expect((await pill(admin)).memberId).toBe('admin')
    const foreign = encodeMemberId({ teamId: teamId('globex'), id: memberId('ana') })
    for (const wrong of [foreign, '', 'a\u200bb', 'cg_12345678'])
      expect((await run(admin, { memberId: wrong })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('lives for 1 second to an hour', async () => {
    for (const seconds of [1, 3_600]) {
      const { expiresAt } = await made(admin, { seconds })
      expect(Math.abs(Date.parse(expiresAt) - Date.now() - seconds * 1_000)).toBeLessThan(30_000)
    }
    for (const seconds of [0, -1, 3_601]) expect((await run(admin, { seconds })).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('expires, and ends what it watches then', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { token, expiresAt } = await made(admin, { seconds: 1 })
    const end = ended(await signedIn(token))
    vi.setSystemTime(Date.parse(expiresAt))
    expect(await end).toBe('The pill token has expired')
    for (let time = 0; time < 2; time += 1) expect(await refused(token)).toMatchObject({ expired: true })
  })

  it('ends no later than the credential that made it', async () => {
    const until = Date.now() + 60_000
    expect((await made({ ...admin, expiresAt: until })).expiresAt).toBe(new Date(until).toISOString())
  })

  it('hears events without what they are about', async () => {
    const viewer = await pill()
    const { team } = await gateway.ask(viewer, '{ team { lastEventId } }')
    await gateway.ask(
      caller('MEMBER', 'acme', 'ana'),
      `mutation { chargeUsage(input: { usage: [{ rate: "image.flux-2-pro" }], idempotencyKey: "${newKey()}" }) { __typename } }`,
    )
    const text = `subscription { accountEvents(after: "${team.lastEventId}") { type amount activity { id } subject { id } balance { available } } }`
    const results = await gateway.watch(viewer, text)
    if (!(Symbol.asyncIterator in results)) throw new AggregateError(results.errors ?? [])
    for await (const { data, errors } of results) {
      expect(errors).toBeUndefined()
      expect(data?.accountEvents).toMatchObject({
        type: 'CREDITS_CHARGED',
        amount: '-30',
        activity: null,
        subject: null,
      })
      break
    }
  })

  it('is refused when it is unknown or misspelt, and leaves nothing but a hash', async () => {
    const { token } = await made()
    for (const wrong of [`${token}A`, token.slice(0, -1), `${token.slice(0, -6)}AAAAAA`, 'pill_', token.toUpperCase()])
      await refused(wrong)
    const { rows } = await gateway.database.pool.query(
      'select p::text as row from pill_token p union all select a::text from audit_record a',
    )
    const dump = JSON.stringify(rows)
    expect(dump).toContain(token.slice(0, 13))
    expect(dump).not.toContain(token.slice(0, 15))
  })

  it('is read from the database once', async () => {
    const { token } = await made()
    const viewer = await signIn(token)
    await gateway.database.pool.query('delete from pill_token')
    expect(await signIn(token)).toBe(viewer)
  })

  it('is removed after it has ended, as others are made', async () => {
    const count = async () =>
      (await gateway.database.pool.query('select count(*)::int as count from pill_token')).rows[0].count
    await Promise.all(Array.from({ length: 10 }, () => made()))
    await gateway.database.pool.query(`update pill_token set expires_at = now() - interval '2 hours'`)
    const before = await count()
    for (let time = 0; time < before; time += 1) await made()
    expect(await count()).toBe(before)
  })
})

describe('an origin', () => {
  it('is the only one where its token is taken', async () => {
    const origin = 'https://app.example:8443'
    const { token } = await made(admin, { origin })
    expect(await signedIn(token, origin)).toMatchObject({ teamId: 'acme' })
    for (const other of [undefined, 'null', 'https://app.example', 'http://app.example:8443', 'https://evil.example'])
      expect((await refused(token, other)).message).toContain('another origin')
    expect(await signedIn(token, origin)).toMatchObject({ teamId: 'acme' })
  })

  it('is written as browsers send it', async () => {
    for (const origin of ['https://app.example', 'http://localhost:3000', 'http://127.0.0.1:3000', 'https://[::1]:1'])
      await signedIn((await made(admin, { origin })).token, origin)
    const wrong = [
      '',
      '*',
      'null',
      'app.example',
      'https://app.example/',
      'https://app.example:443',
      'HTTPS://app.example',
    ]
    for (const origin of [...wrong, 'file:///etc/passwd', `https://${'a'.repeat(300)}.example`])
      expect((await run(admin, { origin })).codes, origin).toEqual(['BAD_USER_INPUT'])
  })
})

describe('making one', () => {
  it('is for API keys of the team, admins and the operator', async () => {
    for (const scope of ['READ', 'SPEND', 'BILLING']) {
      const { viewer } = await keyOf(scope)
      expect((await pill(viewer, { memberId: 'ana' })).pill, scope).toBe('WATCH')
    }
    for (const viewer of [operator, (await keyOf('PLATFORM')).viewer])
      expect((await pill(viewer, { teamId: 'globex' })).teamId).toBe('globex')
    for (const role of ['VIEWER', 'MEMBER'] as const) expect((await run(caller(role))).codes).toEqual(['FORBIDDEN'])
    expect((await run(null)).codes).toEqual(['UNAUTHENTICATED'])
  })

  it('that may buy is for callers that may buy', async () => {
    for (const by of [admin, (await keyOf('BILLING')).viewer])
      expect(await pill(by, { mayBuy: true })).toMatchObject({ pill: 'BUY', role: 'ADMIN' })
    for (const scope of ['READ', 'SPEND'])
      expect((await run((await keyOf(scope)).viewer, { mayBuy: true })).codes).toEqual(['FORBIDDEN'])
  })

  it('is for a team that exists and is the own one', async () => {
    for (const by of [admin, (await keyOf('BILLING')).viewer])
      expect((await run(by, { teamId: 'globex' })).codes).toEqual(['NOT_FOUND'])
    expect((await run(operator, { teamId: 'nobody' })).codes).toEqual(['NOT_FOUND'])
    expect((await run(operator)).codes).toEqual(['BAD_USER_INPUT'])
  })

  it('is nothing that a pill token does', async () => {
    for (const mayBuy of [false, true]) {
      const viewer = await pill(admin, { mayBuy })
      expect((await run(viewer)).codes).toEqual(['FORBIDDEN'])
      const key = 'mutation { createApiKey(input: { name: "n", scopes: [READ] }) { __typename } }'
      expect((await gateway.run(viewer, key)).codes).toEqual(['NOT_ALLOWED'])
    }
  })
})

const revokeTokens = (input: object, by: Viewer = admin) =>
  gateway.ask(by, 'mutation ($input: RevokeTokensInput!) { revokeTokens(input: $input) { __typename } }', { input })

describe('revoking', () => {
  it("a member's tokens ends its pill tokens, and new ones are taken", async () => {
    const { token } = await made(admin, { memberId: 'leaver' })
    const other = await made(admin, { memberId: 'other' })
    const end = ended(await signedIn(token))
    await revokeTokens({ memberId: 'leaver' })
    expect(await end).toBe('The pill token was revoked')
    expect(await refused(token)).toMatchObject({ expired: true })
    await signedIn(other.token)
    await pill(admin, { memberId: 'leaver' })
  })

  it("a team's tokens ends all of its pill tokens", async () => {
    const of = caller('ADMIN', 'globex')
    const { token } = await made(of, { memberId: 'ana' })
    await revokeTokens({}, of)
    await refused(token)
  })

  it.each(['READ', 'PLATFORM'])(
    'a key with %s ends the pill tokens that it made, also where they were never read',
    async (scope) => {
      const { viewer, id } = await keyOf(scope)
      const terms = { teamId: 'acme', memberId: 'ana' }
      const [read, unread] = [await made(viewer, terms), await made(viewer, terms)]
      const end = ended(await signedIn(read.token))
      await gateway.ask(operator, `mutation { revokeApiKey(id: "${id}") { __typename } }`)
      expect(await end).toBe('The pill token was revoked')
      for (const { token } of [read, unread]) expect(await refused(token)).toMatchObject({ expired: true })
    },
  )

  it("a member's tokens ends the pill tokens that it made for others", async () => {
    for (const [by, input] of [
      [caller('ADMIN', 'acme', 'gone'), { memberId: 'gone' }],
      [caller('PLATFORM', null, 'retired'), { memberId: 'retired' }],
    ] as const) {
      const { token } = await made(by, { teamId: 'acme', memberId: 'ana' })
      const end = ended(await signedIn(token))
      await revokeTokens(input, by)
      expect(await end).toBe('The pill token was revoked')
      await refused(token)
    }
  })
})

const starter = () => `packageId: "starter", idempotencyKey: "${newKey()}"`
const buy = () =>
  `mutation { purchaseCredits(input: { ${starter()} }) { __typename ... on Purchase { id state checkoutUrl } ... on Error { code } } }`
const purchasesOf = async (viewer: Viewer, page = ''): Promise<Data> =>
  (await gateway.ask(viewer, `{ team { purchases${page} { totalCount nodes { id } pageInfo { endCursor } } } }`)).team
    .purchases

describe('a pill token that may buy', () => {
  it('buys, and sees the purchases of its member alone', async () => {
    payments.tell({ session: 'cs_1', checkoutUrl: 'https://pay.example/checkout' })
    const bought = async (viewer: Viewer) => (await gateway.ask(viewer, buy())).purchaseCredits
    const [ana, ben] = [
      await pill(admin, { memberId: 'ana', mayBuy: true }),
      await pill(admin, { memberId: 'ben', mayBuy: true }),
    ]
    const own = await bought(ana)
    expect(own).toMatchObject({ __typename: 'Purchase', checkoutUrl: 'https://pay.example/checkout' })
    const others = [await bought(ben), await bought(admin)]
    expect(await purchasesOf(ana)).toMatchObject({ totalCount: 1, nodes: [{ id: own.id }] })
    expect((await purchasesOf(admin)).totalCount).toBe(3)
    const node = async (id: string) => (await gateway.ask(ana, `{ node(id: "${id}") { __typename id } }`)).node
    expect(await node(own.id)).toEqual({ __typename: 'Purchase', id: own.id })
    for (const id of [...others.map(({ id }) => id), 'acme', 'nothing']) expect(await node(id)).toBeNull()
    const { endCursor } = (await purchasesOf(admin, '(first: 1)')).pageInfo
    const text = `{ team { purchases(after: "${endCursor}") { nodes { id } } } }`
    expect((await gateway.run(ana, text)).codes).toEqual(['BAD_USER_INPUT'])
    payments.tell({})
  })

  it('is told the price, and switches auto-recharge on', async () => {
    const viewer = await pill(admin, { memberId: 'ana', mayBuy: true })
    const { purchasePreview } = await gateway.ask(
      viewer,
      '{ purchasePreview(packageId: "starter") { price { amount } projectedBalance } }',
    )
    expect(purchasePreview.price.amount).toBe('5')
    const configure =
      'mutation { configureAutoRecharge(input: { enabled: true, threshold: "5", packageId: "starter" }) { __typename ... on AutoRecharge { state } } }'
    expect((await gateway.ask(viewer, configure)).configureAutoRecharge).toEqual({
      __typename: 'AutoRecharge',
      state: 'ARMED',
    })
  })

  it('makes nobody an admin whom members are told to ask', async () => {
    await gateway.ask(await pill(admin, { memberId: 'shopper', mayBuy: true }), buy())
    const told = await gateway.ask(
      caller('MEMBER'),
      `mutation { purchaseCredits(input: { ${starter()} }) { ... on PurchaseNotAllowed { admins { memberId } } } }`,
    )
    expect(JSON.stringify(told)).not.toContain('shopper')
  })

  it('is named by its prefix in the audit log', async () => {
    const { token } = await made(admin, { memberId: 'audited', mayBuy: true })
    await gateway.ask(await signedIn(token), buy())
    const { team } = await gateway.ask(
      admin,
      '{ team { auditLog(first: 2) { nodes { mutation callerId credential reference } } } }',
    )
    expect(team.auditLog.nodes).toEqual([
      {
        mutation: 'purchaseCredits',
        callerId: 'audited',
        credential: token.slice(0, 13),
        reference: expect.anything(),
      },
      { mutation: 'createPillToken', callerId: 'admin', credential: 'TOKEN', reference: token.slice(0, 13) },
    ])
  })

  it('is not one that only watches', async () => {
    const viewer = await pill()
    expect((await gateway.run(viewer, buy())).codes).toEqual(['NOT_ALLOWED'])
    for (const text of [
      '{ purchasePreview(packageId: "starter") { credits: projectedBalance } }',
      '{ team { purchases { totalCount } } }',
    ])
      expect((await gateway.run(viewer, text)).codes).toEqual(['FORBIDDEN'])
    const { packages } = await gateway.ask(viewer, '{ packages { purchasable } }')
    expect(packages.some(({ purchasable }: Data) => purchasable)).toBe(false)
  })
})
