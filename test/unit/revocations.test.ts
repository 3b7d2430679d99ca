import { describe, expect, it } from 'vitest'
import { Revocations } from '../../src/access/revocations.ts'
import { type Credential, operatorId, type Viewer } from '../../src/access/viewer.ts'
import { memberId, type TeamId, teamId } from '../../src/domain/identity.ts'
import type { Role } from '../../src/domain/role.ts'

const acme = teamId('acme')
const second = 1_795_000_000
const at = second * 1000 + 400

const viewer = (team: TeamId | null, member: string, credential: Credential, role: Role = 'MEMBER'): Viewer => ({
  memberId: memberId(member),
  name: null,
  teamId: team,
  role,
  expiresAt: Infinity,
  credential,
})
const token = (
  issuedAt: number | null,
  { member = 'ana', team = acme as TeamId | null, role = 'MEMBER' as Role } = {},
) => viewer(team, member, { kind: 'TOKEN', issuedAt }, role)
const key = (team: TeamId, id: number, changedAt: number | null = null) =>
  viewer(team, 'cg_abc', { kind: 'KEY', teamId: team, id, changedAt, allowed: null })

const knowing = (...revoked: Parameters<Revocations['take']>[0][]) => {
  const revocations = new Revocations()
  for (const one of revoked) revocations.take(one)
  return revocations
}
const tokens = (member: string | null, { team = acme, instant = at } = {}) =>
  ({ kind: 'TOKENS', teamId: team, memberId: member === null ? null : memberId(member), at: instant }) as const

describe("a member's revoked tokens", () => {
  const revocations = knowing(tokens('ana'))

  it('are those of the second of the revocation and before, and those that do not tell', () => {
    for (const issuedAt of [0, second - 1, second, null]) expect(revocations.refuses(token(issuedAt))).toBe(true)
    for (const issuedAt of [second + 1, second + 1_000]) expect(revocations.refuses(token(issuedAt))).toBe(false)
  })

  it("are not another member's, another team's, the operator's or a key's", () => {
    expect(revocations.refuses(token(0, { member: 'ben' }))).toBe(false)
    expect(revocations.refuses(token(0, { team: teamId('globex') }))).toBe(false)
    expect(revocations.refuses(token(0, { role: 'PLATFORM' }))).toBe(false)
    expect(revocations.refuses(token(0, { role: 'PLATFORM', team: null }))).toBe(false)
    expect(revocations.refuses(key(acme, 1))).toBe(false)
  })

  it('say from when on new ones are taken', () => {
    expect(revocations.takenFrom(token(0))).toBe((second + 1) * 1000)
    expect(revocations.takenFrom(token(0, { member: 'ben' }))).toBeNull()
    expect(revocations.takenFrom(key(acme, 1))).toBeNull()
  })

  it('stay revoked when an older revocation is told later', () => {
    const told = knowing(tokens('ana'), tokens('ana', { instant: at - 60_000 }))
    expect(told.refuses(token(second))).toBe(true)
  })
})

describe("a team's revoked tokens", () => {
  it("are all members', also of those who were revoked before and after", () => {
    const revocations = knowing(
      tokens('ana', { instant: at - 60_000 }),
      tokens(null),
      tokens('ben', { instant: at + 60_000 }),
    )
    for (const member of ['ana', 'ben', 'cleo']) expect(revocations.refuses(token(second, { member }))).toBe(true)
    expect(revocations.refuses(token(second + 1))).toBe(false)
    expect(revocations.refuses(token(second + 60, { member: 'ben' }))).toBe(true)
    expect(revocations.refuses(token(0, { team: teamId('acme2') }))).toBe(false)
  })

  it('leave a later revocation of a member in force', () => {
    const revocations = knowing(tokens('ana', { instant: at + 60_000 }), tokens(null))
    expect(revocations.refuses(token(second + 60))).toBe(true)
  })
})

it("the operator's revoked tokens are PLATFORM tokens alone, whichever team they name", () => {
  const revocations = knowing(tokens('ana', { team: operatorId }))
  expect(revocations.refuses(token(0, { role: 'PLATFORM', team: null }))).toBe(true)
  expect(revocations.refuses(token(0, { role: 'PLATFORM' }))).toBe(true)
  expect(revocations.refuses(token(0, { role: 'ADMIN' }))).toBe(false)
})

it('a revoked key is the one of its team', () => {
  const revocations = knowing({ kind: 'KEY', teamId: acme, id: 7 })
  expect(revocations.refuses(key(acme, 7))).toBe(true)
  expect(revocations.refuses(key(acme, 8))).toBe(false)
  expect(revocations.refuses(key(teamId('globex'), 7))).toBe(false)
})

it('a key that was changed since it was read is outdated, whichever order the news comes in', () => {
  const revocations = knowing({ kind: 'KEY_CHANGED', teamId: acme, id: 7, at })
  for (const [changedAt, outdated] of [
    [null, true],
    [at - 1, true],
    [at, false],
    [at + 1, false],
  ] as const) {
    expect(revocations.isOutdated(key(acme, 7, changedAt))).toBe(outdated)
  }
  revocations.take({ kind: 'KEY_CHANGED', teamId: acme, id: 7, at: at - 5 })
  expect(revocations.isOutdated(key(acme, 7, at - 1))).toBe(true)
  expect(revocations.refuses(key(acme, 7))).toBe(false)
  for (const other of [key(acme, 8), key(teamId('globex'), 7)]) expect(revocations.isOutdated(other)).toBe(false)
})
