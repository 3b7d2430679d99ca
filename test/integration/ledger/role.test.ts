import { beforeAll, expect, test } from 'vitest'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import type { Role } from '../../../src/domain/role.ts'
import { charge, extendHold, failureOf, grantOf, heldBy, placeHold, sceneOfFile, use } from './scene.ts'

const scene = sceneOfFile()
let team: TeamId

beforeAll(async () => {
  team = await scene.team()
  await scene.submit(team, grantOf(1_000, 'pack'))
})

const by = (role: Role) => ({ id: memberId(role), role })
const audit = { usage: use(5, 'audit') }
const message = 'Audit needs the role ADMIN: ask an admin of your team'
const blockers = [{ code: 'ROLE_REQUIRED', message }]

test('a rate for admins is refused to a member, in every command that would spend on it', async () => {
  const caller = by('MEMBER')
  const open = heldBy(await scene.submit(team, placeHold(10, { caller })))
  const extended = extendHold(open, { ...audit, caller })
  const settled = { kind: 'settle-hold', holdId: open.id, ...audit, caller } as const
  for (const command of [charge(0, { ...audit, caller }), placeHold(0, { ...audit, caller }), extended, settled]) {
    const failure = failureOf(await scene.submit(team, command))
    expect(failure).toMatchObject({ code: 'REQUIREMENT_NOT_MET', blockers, message: `${message}.` })
  }
})

test('an admin and the platform may spend on it', async () => {
  for (const role of ['ADMIN', 'PLATFORM'] as const) {
    expect((await scene.submit(team, charge(0, { ...audit, caller: by(role) }))).outcome.kind).toBe('charge')
  }
})

test('what an admin held for it, the same person may settle as a member', async () => {
  const ana = memberId('ana')
  const held = heldBy(await scene.submit(team, placeHold(0, { ...audit, caller: { id: ana, role: 'ADMIN' } })))
  const caller = { id: ana, role: 'MEMBER' } as const
  const command = { kind: 'settle-hold', holdId: held.id, usage: use(4, 'audit'), caller } as const
  const settled = await scene.submit(team, command)
  expect(settled.outcome.kind).toBe('charge')
})
