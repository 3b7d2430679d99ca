import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Access, openAccess } from '../../../src/access/open-access.ts'
import { signToken } from '../../../src/access/tokens.ts'
import { operatorId, type Viewer } from '../../../src/access/viewer.ts'
import { type Database, openDatabase } from '../../../src/database/open.ts'
import { type MemberId, memberId, type TeamId, teamId } from '../../../src/domain/identity.ts'
import { actOf } from '../../setup/acts.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'

const secret = 'a secret of tests, long enough to be one'
let home: TestDatabase
let database: Database
const opened: Access[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  database = await openDatabase({ url: home.url, poolSize: 12, log: pino({ level: 'silent' }) })
})
afterAll(async () => {
  await Promise.all(opened.map((access) => access.close()))
  await database.close()
  await home.drop()
})

async function gateway(onRevoked: () => void = () => undefined): Promise<Access> {
  const access = await openAccess({ database, trust: { secret } })
  access.onRevoked(onRevoked)
  opened.push(access)
  return access
}

async function viewerOf(access: Access, credential: string): Promise<Viewer> {
  return (await access.read(`Bearer ${credential}`)) ?? expect.unreachable('nobody')
}
const tokenOf = (team: string, member: string) => signToken(secret, { team, member, role: 'member' }, 600)
const ended = (access: Access, viewer: Viewer) => new Promise<string>((resolve) => access.watch(viewer, resolve))
const refused = (access: Access, credential: string) =>
  expect(access.read(`Bearer ${credential}`)).rejects.toMatchObject({ name: 'InvalidToken', expired: true })

test('none of many revocations, by two gateways at once, is missed by a third that reads all the while', async () => {
  const third = await gateway()
  const tellThird = () => third.refresh()
  const [one, two] = [await gateway(tellThird), await gateway(tellThird)]
  const revoking: Promise<unknown>[] = []
  const heard: Promise<string>[] = []
  for (let index = 0; index < 60; index += 1) {
    const by = index % 2 === 0 ? one : two
    const team = teamId(`team-${index % 7}`)
    const made = await by.createKey(
      { teamId: team, name: 'n', scopes: ['READ'], expiresAt: null, allowedAddresses: null },
      actOf('createApiKey'),
    )
    if (typeof made !== 'object') expect.unreachable('too many')
    heard.push(ended(third, await viewerOf(third, made.secret)))
    heard.push(ended(third, await viewerOf(third, await tokenOf(team, `member-${index}`))))
    revoking.push(
      by.revokeKey(team, made.key.id, actOf('revokeApiKey')),
      by.revokeTokens(team, memberId(`member-${index}`), actOf('revokeTokens')),
    )
  }
  await Promise.all(revoking)
  const reasons = await Promise.all(heard)
  expect(new Set(reasons)).toEqual(new Set(['The API key was revoked', 'The token was revoked']))
  expect(reasons).toHaveLength(120)
})

/** Revokes the tokens of `count` members now, as if one by one. */
const revokeMembers = (team: TeamId, count: number) =>
  database.pool.query(
    `with turn as (update access_turn set number = number + $2::integer returning number)
     insert into revocation (team_id, kind, subject, revoked_at, number)
     select $1, 'TOKENS', 'm' || i, clock_timestamp(), number - $2::integer + i from turn, generate_series(1, $2::integer) i`,
    [team, count],
  )

test('a start reads them all; 10,000 members of a team are the most, and revoking the whole team makes room', async () => {
  const crowd = teamId('crowd')
  const tokens = await Promise.all(['m1', 'm10000', 'free'].map((member) => tokenOf(crowd, member)))
  const before = await gateway()
  const [first, last, free] = [await viewerOf(before, tokens[0] ?? ''), tokens[1] ?? '', tokens[2] ?? '']
  const over = ended(before, first)
  await revokeMembers(teamId('earlier'), 7)
  await revokeMembers(crowd, 10_000)
  before.refresh()
  expect(await over).toBe('The token was revoked')
  const access = await gateway()
  await refused(access, tokens[0] ?? '')
  await refused(access, last)
  expect(await viewerOf(access, free)).toMatchObject({ memberId: 'free' })

  const another: MemberId = memberId('another')
  expect(await access.revokeTokens(crowd, another, actOf('revokeTokens'))).toBeNull()
  expect(await access.revokeTokens(crowd, memberId('m5'), actOf('revokeTokens')), 'one of them again').not.toBeNull()
  expect(await access.revokeTokens(teamId('elsewhere'), another, actOf('revokeTokens'))).not.toBeNull()
  expect(await access.revokeTokens(crowd, null, actOf('revokeTokens'))).not.toBeNull()
  const { rows } = await database.pool.query('select subject from revocation where team_id = $1', [crowd])
  expect(rows).toEqual([{ subject: '' }])
  for (const late of [access, await gateway()]) await refused(late, free)
  expect(await access.revokeTokens(crowd, another, actOf('revokeTokens'))).not.toBeNull()
})

test('a credential that is revoked between its reading and its watching ends all the same', async () => {
  const access = await gateway()
  const made = await access.createKey(
    { teamId: operatorId, name: 'n', scopes: ['PLATFORM'], expiresAt: null, allowedAddresses: null },
    actOf('createApiKey'),
  )
  if (typeof made !== 'object') expect.unreachable('too many')
  const byKey = await viewerOf(access, made.secret)
  const byToken = await viewerOf(access, await tokenOf('acme', 'ana'))
  await access.revokeKey(operatorId, made.key.id, actOf('revokeApiKey'))
  await access.revokeTokens(teamId('acme'), memberId('ana'), actOf('revokeTokens'))
  expect(await ended(access, byKey)).toBe('The API key was revoked')
  expect(await ended(access, byToken)).toBe('The token was revoked')
})

test('of a key that two gateways rotate at once, a third one that knew its secret accepts the last one alone', async () => {
  const third = await gateway()
  const tellThird = () => third.refresh()
  const [one, two] = [await gateway(tellThird), await gateway(tellThird)]
  const owner = teamId('rotating')
  const terms = { teamId: owner, name: 'n', scopes: ['READ'], expiresAt: null, allowedAddresses: null } as const
  const made = await one.createKey(terms, actOf('createApiKey'))
  if (typeof made !== 'object') expect.unreachable('too many')
  const over = ended(third, await viewerOf(third, made.secret))
  const rotation = { teamId: owner, id: made.key.id, overlapSeconds: 0 }
  const rotated = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).rotateKey(rotation, actOf('rotateApiKey'))),
  )
  expect(await over).toBe('The API key was changed')
  const secrets = [made.secret, ...rotated.map((key) => (key as { secret: string }).secret)]
  expect(new Set(secrets).size).toBe(21)
  const acceptedBy = async (access: Access) => {
    const readings = await Promise.allSettled(secrets.map((secret) => viewerOf(access, secret)))
    return secrets.filter((_, index) => readings[index]?.status === 'fulfilled')
  }
  const last = await acceptedBy(await gateway())
  expect(last).toHaveLength(1)
  for (const access of [one, two, third]) {
    while ((await acceptedBy(access)).join() !== last.join());
  }
})

test('a key that is changed between its reading and its watching ends all the same, and is accepted again', async () => {
  const access = await gateway()
  const terms = {
    teamId: operatorId,
    name: 'n',
    scopes: ['PLATFORM'],
    expiresAt: null,
    allowedAddresses: null,
  } as const
  const made = await access.createKey(terms, actOf('createApiKey'))
  if (typeof made !== 'object') expect.unreachable('too many')
  const viewer = await viewerOf(access, made.secret)
  await access.rotateKey({ teamId: operatorId, id: made.key.id, overlapSeconds: 60 }, actOf('rotateApiKey'))
  expect(await ended(access, viewer)).toBe('The API key was changed')
  expect((await viewerOf(access, made.secret)).expiresAt).toBeLessThan(Date.now() + 61_000)
})
