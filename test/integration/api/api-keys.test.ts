import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noteKeyUses } from '../../../src/access/api-key-rows.ts'
import { InvalidToken } from '../../../src/access/tokens.ts'
import type { Viewer } from '../../../src/access/viewer.ts'
import { teamId } from '../../../src/domain/identity.ts'
import { decodeIdOf, encodeId } from '../../../src/resolvers/request/ids.ts'
import { caller, type Data, type Gateway, makeTeam, newKey, openGateway, operator } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await openGateway()
  for (const team of ['acme', 'globex', 'full', 'hasty']) await makeTeam(gateway, team)
})
afterAll(() => gateway.close())

const admin = caller('ADMIN')
const fields = 'id name prefix scopes createdAt lastUsedAt expiresAt revokedAt'
const create = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
  ... on CreatedApiKey { secret key { ${fields} } } ... on Error { code message } ... on InvalidInput { path } } }`
const revoke = `mutation ($id: ID!) { revokeApiKey(id: $id) { __typename ... on ApiKey { ${fields} } ... on Error { code message } } }`

const created = async (input: object = {}, viewer = admin): Promise<Data> =>
  (await gateway.ask(viewer, create, { input: { name: 'Import', scopes: ['READ'], ...input } })).createApiKey
const revoked = async (id: string, viewer = admin): Promise<Data> =>
  (await gateway.ask(viewer, revoke, { id })).revokeApiKey
const signIn = (secret: string) => gateway.services.access.read(`Bearer ${secret}`)
const refused = (secret: string): Promise<InvalidToken> =>
  signIn(secret).then(
    () => expect.unreachable('it was taken'),
    (error) => {
      expect(error).toBeInstanceOf(InvalidToken)
      return error
    },
  )
const signedIn = async (secret: string): Promise<Viewer> => (await signIn(secret)) ?? expect.unreachable('nobody')
/** The keys that the team has were made a day earlier. */
const aDayLater = (team: string) =>
  gateway.database.pool.query("update api_key set created_at = created_at - interval '24 hours' where team_id = $1", [
    team,
  ])
const list = '{ team { apiKeys { id name revokedAt } } }'

describe('an API key', () => {
  it('is told with its secret once, and listed without', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const { secret, key } = await created({ name: 'Nightly import', scopes: ['SPEND', 'READ', 'SPEND'], expiresAt })
    expect(secret).toMatch(/^cg_[\w-]{43}$/)
    expect(key).toMatchObject({ name: 'Nightly import', scopes: ['READ', 'SPEND'], expiresAt })
    expect(key).toMatchObject({ prefix: secret.slice(0, 11), lastUsedAt: null, revokedAt: null })
    expect(Math.abs(Date.parse(key.createdAt) - Date.now())).toBeLessThan(60_000)
    const { team } = await gateway.ask(admin, `{ team { apiKeys { ${fields} } } }`)
    expect(team.apiKeys[0]).toEqual(key)
    const again = await gateway.ask(admin, `{ node(id: "${key.id}") { id ... on ApiKey { name } } }`)
    expect(again.node).toEqual({ id: key.id, name: 'Nightly import' })
    expect(JSON.stringify([team, again])).not.toContain(secret)
  })

  it('leaves nothing of its secret in the database but a hash', async () => {
    const { secret } = await created()
    const { rows } = await gateway.database.pool.query(
      'select k::text from api_key k union all select m::text from member m',
    )
    const dump = JSON.stringify(rows)
    expect(dump).toContain(secret.slice(0, 11))
    expect(dump).not.toContain(secret.slice(0, 13))
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'))
  })

  it('acts under its prefix: in the history by its name, and against a limit of its own', async () => {
    const { secret, key } = await created({ name: 'Video robot', scopes: ['SPEND'] })
    const robot = await signedIn(secret)
    const charge = `mutation { chargeUsage(input: { usage: [{ rate: "image.flux-2-pro" }], idempotencyKey: "${newKey()}" }) { __typename } }`
    expect((await gateway.ask(robot, charge)).chargeUsage.__typename).toBe('Charge')
    const { viewer, team } = await gateway.ask(
      robot,
      '{ viewer { memberId name role } team { activity(first: 1) { nodes { member { memberId name } } } } }',
    )
    expect(viewer).toEqual({ memberId: key.prefix, name: 'Video robot', role: 'MEMBER' })
    expect(team.activity.nodes[0].member).toEqual({ memberId: key.prefix, name: 'Video robot' })
    await gateway.ask(
      admin,
      `mutation { setSpendingLimit(input: { callerId: "${key.prefix}", per: DAY, credits: "1" }) { __typename } }`,
    )
    const next = charge.replace(/idempotencyKey: "[^"]*"/, `idempotencyKey: "${newKey()}"`)
    expect((await gateway.ask(robot, next)).chargeUsage.__typename).toBe('SpendingLimitReached')
  })

  it('that may buy is not somebody whom members are told to ask', async () => {
    const { secret } = await created({ name: 'Billing robot', scopes: ['BILLING'] })
    await gateway.ask(await signedIn(secret), '{ viewer { role } team { id } }')
    const bought = await gateway.ask(
      caller('MEMBER'),
      `mutation { purchaseCredits(input: { packageId: "starter", idempotencyKey: "${newKey()}" }) { ... on PurchaseNotAllowed { admins { name } } } }`,
    )
    expect(bought.purchaseCredits.admins).toContainEqual({ name: 'Admin' })
    expect(bought.purchaseCredits.admins).not.toContainEqual({ name: 'Billing robot' })
  })

  it('tells when it was last used', async () => {
    const { secret, key } = await created({ name: 'Used' })
    await signIn(secret)
    const lastUsed = async () => {
      const { node } = await gateway.ask(admin, `{ node(id: "${key.id}") { ... on ApiKey { lastUsedAt } } }`)
      return node.lastUsedAt
    }
    while ((await lastUsed()) === null) await delay(20)
    const first = await lastUsed()
    expect(Date.parse(first)).toBeGreaterThanOrEqual(Date.parse(key.createdAt))
    const used = [{ teamId: teamId('acme'), id: decodeIdOf('ApiKey', key.id)?.number ?? 0 }]
    await noteKeyUses(gateway.database, used)
    expect(await lastUsed(), 'within a minute').toBe(first)
    await gateway.database.pool.query(
      "update api_key set last_used_at = last_used_at - interval '2 minutes' where prefix = $1",
      [key.prefix],
    )
    await noteKeyUses(gateway.database, used)
    expect(Date.parse(await lastUsed()), 'later').toBeGreaterThanOrEqual(Date.parse(first))
  })

  it('is taken until it expires', async () => {
    const expiresAt = Date.now() + 1_000
    const { secret } = await created({ expiresAt: new Date(expiresAt).toISOString() })
    const viewer = await signedIn(secret)
    expect(viewer.expiresAt).toBe(expiresAt)
    expect(await new Promise((ended) => gateway.services.access.watch(viewer, ended))).toBe('The API key has expired')
    for (let time = 0; time < 2; time += 1) expect(await refused(secret)).toMatchObject({ expired: true })
  })

  it('is refused when it is unknown, misspelt or revoked, however often', async () => {
    const { secret, key } = await created()
    await signIn(secret)
    expect(await revoked(key.id)).toMatchObject({ __typename: 'ApiKey', id: key.id })
    const near = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`
    for (const wrong of [near, secret.slice(0, -1), 'cg_', `${secret}A`, secret.toUpperCase(), secret]) {
      for (let time = 0; time < 2; time += 1) await refused(wrong)
    }
    expect(await refused(secret)).toMatchObject({ expired: true, message: expect.stringContaining('revoked') })
    const another = await gateway.services.access.read(`Bearer ${(await created()).secret}`)
    expect(another).toMatchObject({ role: 'VIEWER', teamId: 'acme' })
  })

  it('that a gateway has never seen is refused there, too, once it is revoked', async () => {
    const { secret, key } = await created()
    await revoked(key.id)
    expect((await refused(secret)).message).toContain('revoked')
  })

  it('stays revoked since the first time', async () => {
    const { key } = await created()
    const first = await revoked(key.id)
    expect(first.revokedAt).not.toBeNull()
    expect(await revoked(key.id)).toEqual(first)
  })

  it('of one second is read once for all who come with it', async () => {
    const { secret } = await created({ name: 'Busy' })
    const viewers = await Promise.all(Array.from({ length: 50 }, () => signIn(secret)))
    expect(viewers.every((viewer) => viewer?.name === 'Busy')).toBe(true)
  })
})

describe('creating one', () => {
  it.each([
    ['no name', { name: '' }, 'name'],
    ['a name of control characters', { name: 'a\nb' }, 'name'],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, 'name'],
    ['no scope', { scopes: [] }, 'scopes'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ])('is refused with %s', async (_, input, field) => {
    expect(await created(input)).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path: [field] })
  })

  it('of PLATFORM is for the operator, whose own it is', async () => {
    const input = { name: 'Backend', scopes: ['PLATFORM'] }
    expect((await gateway.run(admin, create, { input })).codes).toEqual(['NOT_ALLOWED'])
    expect(await created({ ...input, teamId: 'acme' }, operator)).toMatchObject({ path: ['teamId'] })
    const { secret, key } = await created(input, operator)
    const backend = await signedIn(secret)
    expect(backend).toMatchObject({ role: 'PLATFORM', teamId: null })
    const { apiKeys } = await gateway.ask(backend, '{ apiKeys { id } }')
    expect(apiKeys).toEqual([{ id: key.id }])
    expect((await gateway.ask(admin, `{ node(id: "${key.id}") { id } }`)).node).toBeNull()
    expect(await revoked(key.id)).toMatchObject({ __typename: 'NotFound' })
    expect(await revoked(key.id, operator)).toMatchObject({ __typename: 'ApiKey' })
    await refused(secret)
  })

  it('for a team says which one, and it exists', async () => {
    const input = { name: 'n', scopes: ['READ'] }
    expect((await gateway.run(operator, create, { input })).codes).toEqual(['INVALID_INPUT'])
    expect((await gateway.run(operator, create, { input: { ...input, teamId: 'nobody' } })).codes).toEqual([
      'NOT_FOUND',
    ])
  })

  it('stops at 20 in 24 hours, also when many are made at once and none is kept', async () => {
    const owner = caller('ADMIN', 'hasty')
    const made = await Promise.all(Array.from({ length: 24 }, () => created({}, owner)))
    const keys = made.filter(({ __typename }) => __typename === 'CreatedApiKey')
    expect(keys).toHaveLength(20)
    for (const { key } of keys) await revoked(key.id, owner)
    expect(await created({}, owner)).toMatchObject({
      path: ['teamId'],
      message: expect.stringContaining('try again tomorrow'),
    })
    await aDayLater('hasty')
    expect(await created({}, owner)).toMatchObject({ __typename: 'CreatedApiKey' })
  })

  it('stops at 100 live ones; revoking makes room', async () => {
    const owner = caller('ADMIN', 'full')
    const keys: Data[] = []
    for (let day = 1; day <= 5; day += 1) {
      keys.push(...(await Promise.all(Array.from({ length: 20 }, () => created({}, owner)))))
      await aDayLater('full')
    }
    expect(keys.every(({ __typename }) => __typename === 'CreatedApiKey')).toBe(true)
    expect((await created({}, owner)).message).toContain('100 live keys')
    await revoked(keys[0]?.key.id, owner)
    expect(await created({ name: 'newest' }, owner)).toMatchObject({ __typename: 'CreatedApiKey' })
    expect(await created({}, owner)).toMatchObject({ __typename: 'InvalidInput' })
    const { team } = await gateway.ask(owner, list)
    expect(team.apiKeys).toHaveLength(101)
    expect(team.apiKeys[0].name).toBe('newest')
    expect(team.apiKeys.filter(({ revokedAt }: Data) => revokedAt !== null)).toHaveLength(1)
  })
})

describe("another team's keys", () => {
  it('are not listed, found or revoked, and answered like unknown ones', async () => {
    const { key, secret } = await created()
    const globex = caller('ADMIN', 'globex')
    expect(JSON.stringify(await gateway.ask(globex, list))).not.toContain(key.id)
    const unknown = [encodeId('ApiKey', 9_999, teamId('acme')), encodeId('ApiKey', 1, teamId('nobody')), 'nothing']
    for (const id of [key.id, ...unknown]) {
      expect(await revoked(id, globex)).toEqual(await revoked('nothing', globex))
      expect((await gateway.ask(globex, `{ node(id: "${id}") { id } }`)).node).toBeNull()
    }
    expect(await revoked('nothing', globex)).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' })
    expect(await signIn(secret)).not.toBeNull()
    expect(await revoked(key.id, operator)).toMatchObject({ __typename: 'ApiKey' })
  })

  it("are no business of those who are not admins, the own team's neither", async () => {
    const { key } = await created()
    for (const role of ['VIEWER', 'MEMBER'] as const) {
      for (const text of [list, `{ node(id: "${key.id}") { id } }`]) {
        expect((await gateway.run(caller(role), text)).codes).toEqual(['FORBIDDEN'])
      }
    }
  })
})
