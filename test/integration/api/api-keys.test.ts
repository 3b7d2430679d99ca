import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
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
// A team makes 20 keys in 24 hours.
afterEach(() => aDayLater('acme'))

const admin = caller('ADMIN')
const fields =
  'id name prefix scopes createdAt lastUsedAt expiresAt revokedAt rotatedAt previousSecretUntil allowedAddresses'
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
const rotate = `mutation ($id: ID!, $overlapSeconds: Int) { rotateApiKey(id: $id, overlapSeconds: $overlapSeconds) {
  __typename ... on CreatedApiKey { secret key { ${fields} } } ... on Error { code message } ... on InvalidInput { path } } }`
const rotated = async (id: string, overlapSeconds?: number, viewer = admin): Promise<Data> =>
  (await gateway.ask(viewer, rotate, { id, overlapSeconds })).rotateApiKey
const allow = `mutation ($id: ID!, $addresses: [String!]) { setAllowedAddresses(id: $id, addresses: $addresses) {
  __typename ... on ApiKey { ${fields} } ... on Error { code message } ... on InvalidInput { path } } }`
const allowed = async (id: string, addresses: unknown, viewer = admin): Promise<Data> =>
  (await gateway.ask(viewer, allow, { id, addresses })).setAllowedAddresses
/** The earlier secrets of the key end now, as after their overlap. */
const overlapIsOver = (prefix: string) =>
  gateway.database.pool.query(
    `update api_key_previous_secret set until = clock_timestamp()
     where (team_id, key_id) = (select team_id, id from api_key where prefix = $1)`,
    [prefix],
  )
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
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const expiresAt = Date.now() + 1_000
    const { secret } = await created({ expiresAt: new Date(expiresAt).toISOString() })
    const viewer = await signedIn(secret)
    expect(viewer.expiresAt).toBe(expiresAt)
    const end = new Promise((ended) => gateway.services.access.watch(viewer, ended))
    vi.setSystemTime(expiresAt)
    expect(await end).toBe('The API key has expired')
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

describe('a rotated API key', () => {
  it('gets a secret of the same prefix, and acts as before with either one until the overlap is over', async () => {
    const { secret, key } = await created({ name: 'Rotated', scopes: ['SPEND'] })
    const before = await signedIn(secret)
    const { secret: next, key: after, __typename } = await rotated(key.id, 3_600)
    expect([__typename, next.slice(0, 11), next.length]).toEqual(['CreatedApiKey', key.prefix, secret.length])
    expect(next).not.toBe(secret)
    const until = Date.parse(after.previousSecretUntil)
    expect(until - Date.parse(after.rotatedAt)).toBeGreaterThanOrEqual(3_599_000)
    expect(until - Date.parse(after.rotatedAt)).toBeLessThanOrEqual(3_601_000)
    expect(await signedIn(next)).toMatchObject({ memberId: before.memberId, role: 'MEMBER', expiresAt: Infinity })
    expect(await signedIn(secret)).toMatchObject({ memberId: before.memberId, role: 'MEMBER', expiresAt: until })
    const { team } = await gateway.ask(admin, `{ team { apiKeys { ${fields} } } }`)
    expect(team.apiKeys[0]).toMatchObject({ id: key.id, previousSecretUntil: after.previousSecretUntil })
    expect(JSON.stringify(team)).not.toContain(next)
  })

  it('refuses the earlier secret after the overlap, also where it was never read before', async () => {
    const { secret, key } = await created()
    await rotated(key.id, 2)
    const viewer = await signedIn(secret)
    const end = await new Promise((ended) => gateway.services.access.watch(viewer, ended))
    expect(end).toBe('The secret of the API key was replaced')
    expect((await refused(secret)).message).toMatch(/rotation has ended this secret.*use its new secret/)
    const another = await created()
    const { secret: next } = await rotated(another.key.id)
    await overlapIsOver(another.key.prefix)
    expect(await refused(another.secret)).toMatchObject({ expired: true })
    expect(await signedIn(next)).toMatchObject({ memberId: another.key.prefix })
    const { node } = await gateway.ask(admin, `{ node(id: "${another.key.id}") { ... on ApiKey { ${fields} } } }`)
    expect(node).toMatchObject({ previousSecretUntil: null, rotatedAt: expect.stringMatching(/Z$/) })
  })

  it('without an overlap refuses all earlier secrets at once, and closes what they opened', async () => {
    const { secret, key } = await created()
    const second = (await rotated(key.id)).secret
    const viewers = [await signedIn(secret), await signedIn(second)]
    const ends = viewers.map((viewer) => new Promise((ended) => gateway.services.access.watch(viewer, ended)))
    const { secret: third, key: after } = await rotated(key.id, 0)
    expect(await Promise.all(ends)).toEqual(['The API key was changed', 'The API key was changed'])
    for (const old of [secret, second]) await refused(old)
    expect(after.previousSecretUntil).toBeNull()
    expect(await signedIn(third)).toMatchObject({ memberId: key.prefix })
  })

  it('gives an earlier secret no more time by a repeated rotation, whose answer may have been lost', async () => {
    const { secret, key } = await created()
    const first = (await rotated(key.id, 600)).key.previousSecretUntil
    const { key: again, secret: newest } = await rotated(key.id, 3_600)
    expect((await signedIn(secret)).expiresAt).toBe(Date.parse(first))
    expect(Date.parse(again.previousSecretUntil)).toBeGreaterThan(Date.parse(first))
    expect((await rotated(key.id, 60)).__typename).toBe('CreatedApiKey')
    for (const old of [secret, newest]) {
      expect((await signedIn(old)).expiresAt).toBeLessThanOrEqual(Date.now() + 61_000)
    }
  })

  it('has at most 5 earlier secrets that are accepted, also when it is rotated many times at once', async () => {
    const { secret, key } = await created()
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotated(key.id)))
    expect(answers.filter(({ __typename }) => __typename === 'CreatedApiKey')).toHaveLength(5)
    const refusals = answers.filter(({ __typename }) => __typename === 'InvalidInput')
    expect(refusals[0]).toMatchObject({ path: ['overlapSeconds'], message: expect.stringContaining('give 0') })
    for (const one of [secret, ...answers.flatMap((answer) => answer.secret ?? [])]) await signedIn(one)
    expect((await rotated(key.id, 0)).__typename).toBe('CreatedApiKey')
    expect((await rotated(key.id)).__typename).toBe('CreatedApiKey')
  })

  it('ends with all its secrets when it is revoked, and is not rotated any more', async () => {
    const { secret, key } = await created()
    const { secret: next } = await rotated(key.id)
    const viewers = [await signedIn(secret), await signedIn(next)]
    const ends = viewers.map((viewer) => new Promise((ended) => gateway.services.access.watch(viewer, ended)))
    expect(await revoked(key.id)).toMatchObject({ __typename: 'ApiKey', previousSecretUntil: null })
    expect(await Promise.all(ends)).toEqual(['The API key was revoked', 'The API key was revoked'])
    for (const one of [secret, next]) expect((await refused(one)).message).toContain('revoked')
    expect(await rotated(key.id)).toMatchObject({ path: ['id'], message: expect.stringContaining('create another') })
  })

  it.each([-1, 604_801, 2_147_483_647])('is refused an overlap of %i seconds', async (overlapSeconds) => {
    const { key } = await created()
    expect(await rotated(key.id, overlapSeconds)).toMatchObject({
      __typename: 'InvalidInput',
      path: ['overlapSeconds'],
    })
  })

  it('leaves nothing of a secret in the database but hashes', async () => {
    const { secret, key } = await created()
    const { secret: next } = await rotated(key.id)
    const { rows } = await gateway.database.pool.query(
      'select k::text from api_key k union all select s::text from api_key_previous_secret s union all select r::text from audit_record r',
    )
    for (const one of [secret, next]) expect(JSON.stringify(rows)).not.toContain(one.slice(0, 13))
  })
})

describe('an API key with allowed addresses', () => {
  const from = (secret: string, address: string | null) =>
    gateway.services.access.read(`Bearer ${secret}`, undefined, () => address)

  it('is accepted from these alone, and the refusal says from where it came and what to do', async () => {
    const allowedAddresses = ['203.0.113.0/24', '198.51.100.7', '2001:db8::/32']
    const { secret, key } = await created({ allowedAddresses })
    expect(key.allowedAddresses).toEqual(allowedAddresses)
    for (const address of ['203.0.113.200', '198.51.100.7', '2001:db8:1::5', '::ffff:203.0.113.9']) {
      expect(await from(secret, address)).toMatchObject({ memberId: key.prefix })
    }
    for (const address of ['203.0.114.1', '198.51.100.8', '2001:db9::1', '::ffff:192.0.2.1', '127.0.0.1']) {
      await expect(from(secret, address)).rejects.toMatchObject({
        name: 'InvalidToken',
        message: expect.stringMatching(`from ${address}: add the address with setAllowedAddresses`),
      })
    }
    for (const unknown of [null, '', 'unknown', '203.0.113.0/24']) {
      await expect(from(secret, unknown)).rejects.toBeInstanceOf(InvalidToken)
    }
    await expect(signIn(secret)).rejects.toMatchObject({ message: expect.stringContaining('an unknown address') })
  })

  it('may have them changed, which closes what it opened; the same ones again change nothing', async () => {
    const { secret, key } = await created()
    const viewer = await signedIn(secret)
    const end = new Promise((ended) => gateway.services.access.watch(viewer, ended))
    const changed = await allowed(key.id, ['10.1.2.3/8', '::ffff:192.0.2.1', '10.0.0.0/8', '2001:DB8:0::/33'])
    expect(changed.allowedAddresses).toEqual(['10.0.0.0/8', '192.0.2.1', '2001:db8::/33'])
    expect(await end).toBe('The API key was changed')
    await refused(secret)
    const within = (await from(secret, '10.200.0.1')) ?? expect.unreachable('nobody')
    const never = { reason: '' }
    gateway.services.access.watch(within, (reason) => Object.assign(never, { reason }))
    expect(await allowed(key.id, ['10.0.0.0/8', '192.0.2.1', '2001:db8::/33'])).toEqual(changed)
    expect(never.reason).toBe('')
    expect((await allowed(key.id, null)).allowedAddresses).toBeNull()
    expect(await signedIn(secret)).toMatchObject({ memberId: key.prefix })
    expect(never.reason).toBe('The API key was changed')
  })

  it('keeps them when it is rotated', async () => {
    const { key } = await created({ allowedAddresses: ['192.0.2.0/24'] })
    const { secret } = await rotated(key.id)
    await refused(secret)
    expect(await from(secret, '192.0.2.9')).toMatchObject({ memberId: key.prefix })
  })

  it.each([
    ['none', []],
    ['a name', ['example.com']],
    ['an address with a port', ['192.0.2.1:80']],
    ['three numbers', ['10.0.1']],
    ['octal digits', ['010.0.0.1']],
    ['a hexadecimal number', ['0x7f000001']],
    ['33 bits of an IPv4 address', ['10.0.0.0/33']],
    ['129 bits', ['::/129']],
    ['a mask', ['10.0.0.0/255.0.0.0']],
    ['no bits', ['10.0.0.0/']],
    ['signed bits', ['10.0.0.0/+8']],
    ['two slashes', ['10.0.0.0/8/8']],
    ['a zone', ['fe80::1%eth0']],
    ['more than all IPv4 addresses inside IPv6', ['::ffff:0.0.0.0/90']],
    ['a space', [' 10.0.0.1']],
    ['one wrong of two', ['10.0.0.1', '']],
    ['51 of them', Array.from({ length: 51 }, (_, index) => `10.0.0.${index}`)],
  ])('is refused %s', async (_, addresses) => {
    expect(await created({ allowedAddresses: addresses })).toMatchObject({ path: ['allowedAddresses'] })
    const { key } = await created()
    expect(await allowed(key.id, addresses)).toMatchObject({ __typename: 'InvalidInput', path: ['addresses'] })
  })

  it('keeps them where they are left out by mistake', async () => {
    const { key } = await created({ allowedAddresses: ['192.0.2.0/24'] })
    const { setAllowedAddresses } = await gateway.ask(
      admin,
      'mutation ($id: ID!) { setAllowedAddresses(id: $id) { ... on InvalidInput { path message } } }',
      { id: key.id },
    )
    expect(setAllowedAddresses).toMatchObject({ path: ['addresses'], message: expect.stringContaining('null') })
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
      expect(await rotated(id, 0, globex)).toEqual(await rotated('nothing', 0, globex))
      expect(await allowed(id, ['::1'], globex)).toEqual(await allowed('nothing', ['::1'], globex))
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
