import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { sdkOf } from '../../../packages/stripe-sandbox/test/scene.ts'
import { brokenInvariants, createTestDatabase, rowsIn, type TestDatabase } from '../../setup/database.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { grant, makeTeam, resultOf } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'
import { spaceKey } from '../../setup/test-space.ts'
import { WebhookReceiver } from '../../setup/webhook-receiver.ts'

let home: TestDatabase
let stripeOfProduction: Sandbox
let stripe: Stripe
let gateway: Gateway
let url: string
/** A key of the team `acme` in the test space that may do everything that a key of a team may. */
let testKey: string
let productionKey: string
/** A key of another team in the test space, which has nothing but its plan. */
let initechKey: string
/** The operator's key in the test space. */
let operatorsTestKey: string

beforeAll(async () => {
  home = await createTestDatabase()
  stripeOfProduction = await openSandbox({ dir: null, maxRequestsPerSecond: 10_000 })
  stripe = sdkOf(stripeOfProduction)
  const { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET, url: STRIPE_API_URL } = stripeOfProduction
  const stripeAccess = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_URL }
  const env = { ...stripeAccess, TEST_DATABASE_URL: home.url, DEV_CLOCK: '', WEBHOOK_ALLOW_PRIVATE: '1' }
  gateway = await startGateway({ env })
  url = gateway.url
  stripeOfProduction.deliverTo(`${url}/webhooks/stripe`)
  for (const team of ['acme', 'globex']) await makeTeam(url, team, 'pro')
  await grant(url, 'acme', '1000')
  testKey = (await spaceKey(url)).secret
  productionKey = (await spaceKey(url, { space: 'PRODUCTION' })).secret
  await makeTeam(url, 'initech', 'pro')
  initechKey = (await spaceKey(url, { team: 'initech' })).secret
  operatorsTestKey = (await spaceKey(url, { team: null, scopes: ['PLATFORM'] })).secret
})
afterAll(async () => {
  await gateway?.close()
  await stripeOfProduction?.close()
  await home?.drop()
})

const reading = 'query { result: team { id balance { available } } }'
const availableOf = async (key: string) =>
  Number(resultOf<{ balance: { available: string } }>(await ask(url, reading, {}, key)).balance.available)
const mutating = async <Result>(
  key: string,
  name: string,
  input: object,
  selection = '__typename ... on Error { message }',
) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${name}(input: $input) { ${selection} } }`
  return resultOf<Result>(await ask(url, query, { input }, key))
}
type Told = { __typename: string; message?: string }
const granting = (key: string, amount: string, more: object = {}) =>
  mutating<Told>(key, 'grantCredits', {
    ...{ teamId: 'acme', amount, kind: 'PROMOTION', source: randomUUID(), idempotencyKey: randomUUID() },
    ...more,
  })
const spend = (key: string) =>
  mutating<Told>(key, 'chargeUsage', { usage: [{ rate: 'image.flux-2-pro' }], idempotencyKey: randomUUID() })
const spent = async (key: string) => expect((await spend(key)).__typename).toBe('Charge')
/** The codes of the errors; none: the request was served. */
const codesOf = async (key: string, query = reading, variables = {}) =>
  (await ask(url, query, variables, key)).errors?.map(({ extensions }) => extensions?.code) ?? []
const prefixOf = (key: string) => key.slice(0, -35)

describe('a key of the test space', () => {
  test('begins with its own head, and reaches the team of the same id with a balance of its own', async () => {
    expect(testKey).toMatch(/^cg_test_[\w-]{43}$/)
    expect(resultOf<{ id: string }>(await ask(url, reading, {}, testKey)).id).toBe('acme')
    expect(await availableOf(testKey)).not.toBe(await availableOf(productionKey))
  })

  test('charges nothing in production, and production charges nothing there', async () => {
    const before = { test: await availableOf(testKey), production: await availableOf(productionKey) }
    await spent(testKey)
    const between = { test: await availableOf(testKey), production: await availableOf(productionKey) }
    expect(between.test).toBeLessThan(before.test)
    expect(between.production).toBe(before.production)
    await spent(productionKey)
    expect(await availableOf(testKey)).toBe(between.test)
    expect(await availableOf(productionKey)).toBeLessThan(between.production)

    const activity = '{ result: team { activity(first: 50) { nodes { member { memberId } } } } }'
    for (const [key, other] of [
      [testKey, productionKey],
      [productionKey, testKey],
    ] as const) {
      const told = JSON.stringify(await ask(url, activity, {}, key))
      expect(told).toContain(prefixOf(key))
      expect(told).not.toContain(prefixOf(other))
    }
    const byTests = "select count(*)::int from entry where caller_id like 'cg\\_test\\_%'"
    expect(await rowsIn(gateway.databaseUrl, byTests)).toEqual([{ count: 0 }])
    expect(await brokenInvariants(gateway.databaseUrl)).toEqual([])
    expect(await brokenInvariants(home.url)).toEqual([])
  })

  test('is in no list of events of the other space', async () => {
    const query = '{ result: platformEvents(last: 50) { nodes { event { amount } team { id } } } }'
    const events = async (key?: string) => JSON.stringify(resultOf(await ask(url, query, {}, key)))
    await granting(testKey, '12.345678')
    await grant(url, 'acme', '9.876543')
    await expect.poll(() => events(operatorsTestKey)).toContain('12.345678')
    await expect.poll(() => events()).toContain('9.876543')
    expect(await events(operatorsTestKey)).not.toContain('9.876543')
    expect(await events()).not.toContain('12.345678')
  })

  test('watches its own space alone, over a socket and as an event stream', async () => {
    const socket = await RawSocket.open(url)
    await socket.init(`Bearer ${testKey}`)
    const query = 'subscription { balance { available } }'
    socket.subscribe('1', query)
    const available = await availableOf(testKey)
    const expected = (credits: number) => ({ data: { balance: { available: `${credits}` } } })
    expect((await socket.next()).payload).toEqual(expected(available))
    const leaving = new AbortController()
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${testKey}` }
    const stream = await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers, signal: leaving.signal })
    const parts = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    const streamed = async (text: string, seen = ''): Promise<string> =>
      seen.includes(text) ? seen : streamed(text, seen + ((await parts?.read())?.value ?? expect.unreachable('ended')))
    await streamed(`"available":"${available}"`)

    await grant(url, 'acme', '7')
    await granting(testKey, '11')
    expect((await socket.next()).payload).toEqual(expected(available + 11))
    expect(await streamed(`"available":"${available + 11}"`)).not.toContain(`"${available + 7}"`)
    leaving.abort()
    socket.terminate()
  })

  test('gives its own team credits and a plan, and no other team', async () => {
    const before = await availableOf(testKey)
    expect((await granting(testKey, '5')).__typename).toBe('CreditGrant')
    expect(await availableOf(testKey)).toBe(before + 5)
    const assigning = (teamId: string) =>
      mutating<Told>(testKey, 'assignPlan', { teamId, planId: 'pro', idempotencyKey: randomUUID() })
    expect((await assigning('acme')).__typename).toBe('Team')
    for (const refused of [await assigning('globex'), await granting(testKey, '5', { teamId: 'globex' })]) {
      expect(refused.__typename).toBe('NotFound')
    }
    expect((await granting(productionKey, '5')).__typename).toBe('NotAllowed')
    const { secret: reader } = await spaceKey(url, { scopes: ['SPEND'] })
    expect((await granting(reader, '5')).__typename).toBe('NotAllowed')
  })

  test('moves the clock of the test space, and not of production', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    await granting(testKey, '300', { expiresAt })
    await grant(url, 'acme', '300', { expiresAt })
    const before = { test: await availableOf(testKey), production: await availableOf(productionKey) }
    const moving = 'mutation ($to: DateTime!) { result: advanceClock(to: $to) }'
    const variables = { to: new Date(Date.now() + 7_200_000).toISOString() }
    expect(await codesOf(productionKey, moving, variables)).toEqual(['FORBIDDEN'])
    expect((await ask(url, moving, variables)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    expect(resultOf(await ask(url, moving, variables, testKey))).toBe(variables.to)
    expect(await availableOf(testKey)).toBe(before.test - 300)
    expect(await availableOf(productionKey)).toBe(before.production)
  })

  test('buys with the stand-in, of which the Stripe of production hears nothing', async () => {
    const saving = 'mutation ($card: TestCard!) { result: saveTestCard(card: $card) }'
    const save = async (card: string, key = testKey) => ask(url, saving, { card }, key)
    const buy = () =>
      mutating<{ purchase?: { state: string } } & Told>(
        testKey,
        'purchaseCredits',
        { packageId: 'starter', pay: 'SAVED_METHOD', idempotencyKey: randomUUID() },
        '__typename ... on Purchase { state } ... on Error { message }',
      )
    expect(resultOf(await save('PAYS'))).toBe('PAYS')
    const before = await availableOf(testKey)
    expect(await buy()).toEqual({ __typename: 'Purchase', state: 'PAID' })
    expect(await availableOf(testKey)).toBeGreaterThan(before)
    await save('DECLINES')
    expect((await buy()).__typename).toBe('PaymentDeclined')

    await save('PAYS')
    const threshold = `${(await availableOf(testKey)) + 1}`
    const configuring = `mutation ($input: AutoRechargeInput!) { result: configureAutoRecharge(input: $input) { __typename } }`
    const input = { enabled: true, threshold, packageId: 'starter' }
    const asked = await availableOf(testKey)
    expect(resultOf(await ask(url, configuring, { input }, testKey))).toEqual({ __typename: 'AutoRecharge' })
    await spent(testKey)
    await expect.poll(() => availableOf(testKey), { timeout: 20_000 }).toBeGreaterThan(asked)

    expect((await save('PAYS', productionKey)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    expect((await stripe.customers.list()).data).toEqual([])
    expect((await stripe.paymentIntents.list()).data).toEqual([])
    for (const table of ['purchase', 'customer']) {
      expect(await rowsIn(gateway.databaseUrl, `select * from ${table}`)).toEqual([])
    }
  })

  test('sends the webhooks of its own space', async () => {
    const receiver = await new WebhookReceiver().listen()
    const selection = '__typename ... on CreatedWebhookEndpoint { secret endpoint { id } } ... on Error { message }'
    type Made = { secret: string; endpoint: { id: string } }
    const input = { url: receiver.url(), selection: '{ amount }' }
    const { secret } = await mutating<Made>(testKey, 'createWebhookEndpoint', input, selection)
    receiver.expect([secret])
    await grant(url, 'acme', '13')
    await granting(testKey, '17')
    await expect
      .poll(() => JSON.stringify(receiver.received.map(({ body }) => body)), { timeout: 10_000 })
      .toContain('"17"')
    expect(JSON.stringify(receiver.received.map(({ body }) => body))).not.toContain('"13"')
    expect(receiver.refused).toEqual([])
    await receiver.close()
  })

  test('makes pill tokens for its own space, which end with it', async () => {
    const { secret, key } = await spaceKey(url, { scopes: ['READ'] })
    const making = 'mutation { result: createPillToken { token } }'
    const { token } = resultOf<{ token: string }>(await ask(url, making, {}, secret))
    expect(token).toMatch(/^pill_test_[\w-]{43}$/)
    expect(await availableOf(token)).toBe(await availableOf(testKey))
    const admin = await tokenFor({ team: 'acme', role: 'ADMIN' })
    const revoking = 'mutation ($id: ID!) { result: revokeApiKey(id: $id) { __typename } }'
    expect(resultOf(await ask(url, revoking, { id: key.id }, admin))).toEqual({ __typename: 'ApiKey' })
    for (const ended of [secret, token]) expect(await codesOf(ended)).toEqual(['UNAUTHENTICATED'])
  })

  test('makes quotes that production does not accept', async () => {
    const estimating = `query { result: estimate(usage: [{ rate: "image.flux-2-pro" }]) { ... on Estimate { quoteId } } }`
    const { quoteId } = resultOf<{ quoteId: string }>(await ask(url, estimating, {}, testKey))
    const hold = (key: string) => mutating<Told>(key, 'holdCredits', { quoteId, idempotencyKey: randomUUID() })
    expect((await hold(productionKey)).__typename).not.toBe('Hold')
    expect((await hold(testKey)).__typename).toBe('Hold')
  })
})

describe('a credential', () => {
  test('of one space is unknown in the other', async () => {
    const random = (key: string) => key.slice(-43)
    for (const forged of [`cg_${random(testKey)}`, `cg_test_${random(productionKey)}`]) {
      expect(await codesOf(forged)).toEqual(['UNAUTHENTICATED'])
    }
  })

  test.each(['cg_test_', 'pill_test_'])('%s that nobody made is refused, as over a socket', async (headOf) => {
    const garbage = `${headOf}${'x'.repeat(43)}`
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${garbage}` },
      body: JSON.stringify({ query: reading }),
    })
    expect(response.status).toBe(401)
    const socket = await RawSocket.open(url)
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${garbage}` } })
    expect((await socket.closed).code).toBe(4403)
    for (const odd of [`${headOf}short`, `${headOf}${'x'.repeat(44)}`, headOf]) {
      expect(await codesOf(odd)).toEqual(['UNAUTHENTICATED'])
    }
  })

  test('of the test space makes and ends no credentials', async () => {
    const input = { name: 'More', scopes: ['READ'] }
    for (const key of [testKey, operatorsTestKey]) {
      const refused = await mutating<Told>(key, 'createApiKey', key === testKey ? input : { ...input, teamId: 'acme' })
      expect(refused.__typename).toBe('NotAllowed')
    }
  })
})

describe('an admin of production', () => {
  const fields = 'id name prefix space revokedAt allowedAddresses'
  const admin = (team = 'acme') => tokenFor({ team, role: 'ADMIN' })
  type Listed = { id: string; space: string; prefix: string }
  const listed = async (space: string) => {
    const query = `query ($space: Space) { result: team { apiKeys(space: $space) { ${fields} } } }`
    return resultOf<{ apiKeys: Listed[] }>(await ask(url, query, { space }, await admin())).apiKeys
  }

  test('lists the keys of each space, and finds one by its id', async () => {
    const { key } = await spaceKey(url)
    const [inTest, inProduction] = [await listed('TEST'), await listed('PRODUCTION')]
    expect(inTest.map(({ id }) => id)).toContain(key.id)
    expect(new Set(inTest.map(({ space }) => space))).toEqual(new Set(['TEST']))
    expect(new Set(inProduction.map(({ space }) => space))).toEqual(new Set(['PRODUCTION']))
    const finding = 'query ($id: ID!) { result: node(id: $id) { id ... on ApiKey { prefix } } }'
    const found = { id: key.id, prefix: key.prefix }
    expect(resultOf(await ask(url, finding, { id: key.id }, await admin()))).toEqual(found)
    expect(resultOf(await ask(url, finding, { id: key.id }, testKey))).toEqual(found)
    expect(resultOf(await ask(url, finding, { id: inProduction[0]?.id }, testKey))).toBeNull()
    expect(resultOf(await ask(url, finding, { id: key.id }, await admin('globex')))).toBeNull()
  })

  test('rotates, limits and revokes a test key, whose sockets close', async () => {
    const { secret, key } = await spaceKey(url)
    const rotating = `mutation ($id: ID!) { result: rotateApiKey(id: $id, overlapSeconds: 0) { __typename
      ... on CreatedApiKey { secret key { prefix } } } }`
    const others = await ask(url, rotating, { id: key.id }, await admin('globex'))
    expect(resultOf(others)).toEqual({ __typename: 'NotFound' })
    const rotated = resultOf<{ secret: string; key: { prefix: string } }>(
      await ask(url, rotating, { id: key.id }, await admin()),
    )
    expect(rotated.secret).toMatch(/^cg_test_[\w-]{43}$/)
    expect(rotated.key.prefix).toBe(key.prefix)
    expect(await codesOf(secret)).toEqual(['UNAUTHENTICATED'])
    expect(await codesOf(rotated.secret)).toEqual([])

    const limiting = `mutation ($id: ID!, $addresses: [String!]) {
      result: setAllowedAddresses(id: $id, addresses: $addresses) { __typename } }`
    const limit = async (addresses: string[] | null) => ask(url, limiting, { id: key.id, addresses }, await admin())
    await limit(['203.0.113.7'])
    expect(await codesOf(rotated.secret)).toEqual(['UNAUTHENTICATED'])
    await limit(null)

    const socket = await RawSocket.open(url)
    await socket.init(`Bearer ${rotated.secret}`)
    const revoking = 'mutation ($id: ID!) { result: revokeApiKey(id: $id) { __typename } }'
    await ask(url, revoking, { id: key.id }, await admin())
    expect((await socket.closed).code).toBe(4403)
    expect(await codesOf(rotated.secret)).toEqual(['UNAUTHENTICATED'])
  })

  test('finds the acts on test keys in the audit log of the test space', async () => {
    const { key } = await spaceKey(url)
    const query = '{ result: team { auditLog(first: 50) { nodes { mutation reference } } } }'
    expect(JSON.stringify(await ask(url, query, {}, testKey))).toContain(key.prefix)
    expect(JSON.stringify(await ask(url, query, {}, await admin()))).not.toContain(key.prefix)
  })
})

describe('the test space', () => {
  const versionSeen = async (key?: string) =>
    resultOf<{ version: string }>(await ask(url, '{ result: rateCard { version } }', {}, key)).version

  test('has the catalog of production, also after a publication, and publishes none', async () => {
    expect(await versionSeen(testKey)).toBe(await versionSeen())
    const source = await readFile('catalogs/wevion-2026-04.yaml', 'utf8')
    const publish = (key: string) => mutating<Told>(key, 'publishCatalog', { source })
    expect((await publish(operatorsTestKey)).__typename).toBe('NotAllowed')
    expect((await publish(await tokenFor())).__typename).toBe('PublishedCatalog')
    const before = await versionSeen(testKey)
    await expect.poll(() => versionSeen(testKey), { timeout: 20_000 }).not.toBe(before)
    expect(await versionSeen(testKey)).toBe(await versionSeen())
  })

  test('is not counted in the metrics of production', async () => {
    const counted = async () =>
      (await (await fetch(`${url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('credits_commands_total{kind="charge-usage"'))
    const before = await counted()
    await spent(testKey)
    expect(await counted()).toEqual(before)
    await spent(productionKey)
    expect(await counted()).not.toEqual(before)
  })
})

describe('an admin of the test space', () => {
  const moving = 'mutation ($to: DateTime!) { result: advanceClock(to: $to) }'
  const dayMs = 86_400_000
  const daysAhead = (days: number) => ({ to: new Date(Date.now() + days * dayMs).toISOString() })

  test('gives its team 200 open grants, which may all end at instants of their own', async () => {
    const ofPlan = await availableOf(initechKey)
    const give = (minute: number, by = initechKey) => {
      const expiresAt = new Date(Date.now() + 100 * dayMs + minute * 60_000).toISOString()
      return granting(by, '1', { teamId: 'initech', expiresAt })
    }
    let given = 0
    let refused: Told | undefined
    while (refused === undefined) {
      const told = await Promise.all(Array.from({ length: 20 }, (_, index) => give(given + index)))
      refused = told.find(({ __typename }) => __typename !== 'CreditGrant')
      given += told.filter(({ __typename }) => __typename === 'CreditGrant').length
    }
    expect(refused).toMatchObject({
      __typename: 'InvalidInput',
      message: expect.stringContaining('200 open grants already: give larger amounts'),
    })
    expect(given).toBeGreaterThan(190)
    expect(given).toBeLessThan(200)
    expect((await give(given, operatorsTestKey)).__typename).toBe('CreditGrant')
    expect(await availableOf(initechKey)).toBe(ofPlan + given + 1)
    expect(resultOf(await ask(url, moving, daysAhead(102), initechKey))).toBeTruthy()
    expect((await give(10 * 1440)).__typename).toBe('CreditGrant')
  })

  test('moves the clock to 5 years ahead of the real time, in however many calls', async () => {
    expect(resultOf(await ask(url, moving, daysAhead(4 * 366), testKey))).toBeTruthy()
    const refused = await ask(url, moving, daysAhead(5 * 366 + 1), testKey)
    expect(refused.errors?.[0]).toMatchObject({
      message: expect.stringContaining('at most 5 years ahead of the real time: give an instant before 20'),
      extensions: { code: 'BAD_USER_INPUT' },
    })
    expect(resultOf(await ask(url, moving, daysAhead(5 * 366 - 1), testKey))).toBeTruthy()
  })
})
