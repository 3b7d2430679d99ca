import { expect, test } from 'vitest'
import { parseCatalog } from '../../../src/catalog/load.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import type { Caller } from '../../../src/domain/placer.ts'
import type { Submission } from '../../../src/ledger/deciding/team-state.ts'
import {
  capture,
  credits,
  extendHold,
  failureOf,
  grantOf,
  heldBy,
  paid,
  placeHold,
  plainText,
  platform,
  recharge,
  release,
  sceneOfFile,
  settle,
  submission,
  use,
} from './scene.ts'

/** A second of talk costs a credit. */
const talking = plainText('UTC').replace(
  '- { id: free,',
  '- { id: talk, name: Talk, credits: 1, unit: SECOND }\n      - { id: free,',
)
const scene = sceneOfFile(parseCatalog(talking, 'talking.yaml'))

const talk = (seconds: number) => use(seconds, 'talk')
const extension = (team: TeamId, hold: Hold, seconds: number, key: string, caller = platform): Submission => ({
  ...submission(team, extendHold(hold, { usage: talk(seconds), caller }), key),
  origin: { mutation: 'extendHold', caller },
})
const extend = async (...given: Parameters<typeof extension>) => scene.ledger.submit(extension(...given))

/** A team whose balance lies on a live session of 60 seconds, of which 10 are charged; its recharge is being paid. */
async function session(given: { recharges?: boolean; captured?: number; caller?: Caller } = {}) {
  const { recharges = true, captured = 10, caller = platform } = given
  const team = await scene.teamWith(60)
  if (recharges) await scene.submit(team, recharge())
  const hold = heldBy(await scene.submit(team, placeHold(0, { usage: talk(60), expiresInSeconds: 3600, caller })))
  if (captured > 0) await scene.submit(team, capture(hold, 0, { usage: talk(captured) }))
  return { team, hold }
}
const sums = async (team: TeamId) => {
  const { available, held } = await scene.balance(team)
  return { available, held }
}
const none = { available: 0n, held: credits(50) }
const untouched = { available: credits(100), held: credits(50) }

test('an extension that a recharge could pay is made when the recharge lands, and its key tells it', async () => {
  const { team, hold } = await session()
  expect(failureOf(await extend(team, hold, 30, 'more')).code).toBe('INSUFFICIENT_CREDITS')
  expect(await sums(team)).toEqual(none)
  await scene.other.submit(submission(team, paid(1)))
  expect(await sums(team)).toEqual({ available: credits(70), held: credits(80) })
  const again = await extend(team, hold, 30, 'more')
  expect(heldBy(again)).toMatchObject({ id: hold.id, amount: credits(90) })
  expect(await sums(team)).toEqual({ available: credits(70), held: credits(80) })
  await scene.submit(team, paid(1))
  expect(await sums(team)).toEqual({ available: credits(70), held: credits(80) })
  expect(await scene.verify()).toEqual([])
})

test('the refusal, the payment and the repeated key are decided alike in one batch', async () => {
  const { team, hold } = await session()
  const more = () => extension(team, hold, 30, 'more')
  const answers = await scene.ledger.submitAll([more(), submission(team, paid(1)), more()])
  const kinds = answers.map((one) => (one.status === 'fulfilled' ? one.value.outcome.kind : one.reason))
  expect(kinds).toEqual(['refused', 'grant', 'hold'])
  expect(await sums(team)).toEqual({ available: credits(70), held: credits(80) })
  expect(await scene.verify()).toEqual([])
})

test('the last extension that was refused counts; one that was accepted since is enough', async () => {
  const replaced = await session()
  await extend(replaced.team, replaced.hold, 30, 'more')
  await extend(replaced.team, replaced.hold, 20, 'less')
  await scene.submit(replaced.team, paid(1))
  expect(await sums(replaced.team)).toEqual({ available: credits(80), held: credits(70) })

  const accepted = await session()
  await extend(accepted.team, accepted.hold, 30, 'more')
  await scene.submit(accepted.team, grantOf(5, 'gift'))
  expect((await extend(accepted.team, accepted.hold, 5, 'a little')).outcome.kind).toBe('hold')
  await scene.submit(accepted.team, paid(1))
  expect(await sums(accepted.team)).toEqual({ available: credits(100), held: credits(55) })
})

test('a later deadline leaves it waiting', async () => {
  const { team, hold } = await session()
  await extend(team, hold, 30, 'more')
  await scene.submit(team, extendHold(hold, { expiresInSeconds: 7200 }))
  await scene.submit(team, paid(1))
  expect(await sums(team)).toEqual({ available: credits(70), held: credits(80) })
})

test('one that the recharge does not pay either waits for the next', async () => {
  const { team, hold } = await session()
  await extend(team, hold, 150, 'more')
  await scene.submit(team, paid(1))
  expect(await sums(team)).toEqual(untouched)
  await scene.submit(team, grantOf(0.5, 'gift'))
  expect(failureOf(await extend(team, hold, 101, 'other')).code).toBe('INSUFFICIENT_CREDITS')
  expect(await scene.verify()).toEqual([])
})

test.each<[string, (team: TeamId, hold: Hold) => Promise<unknown>, object]>([
  ['a settled hold', (team, hold) => scene.submit(team, settle(hold, 0, { usage: talk(50) })), { held: 0n }],
  ['a released hold', (team, hold) => scene.submit(team, release(hold)), { available: credits(150), held: 0n }],
])('%s is not extended', async (_, end, expected) => {
  const { team, hold } = await session()
  await extend(team, hold, 30, 'more')
  await end(team, hold)
  await scene.submit(team, paid(1))
  expect(await sums(team)).toEqual({ ...untouched, ...expected })
  expect(await scene.verify()).toEqual([])
})

test('a hold that time has ended is not extended', async () => {
  const { team, hold } = await session()
  await extend(team, hold, 30, 'more')
  await scene.setClock(hold.expiresAt)
  await scene.submit(team, paid(1))
  expect(await sums(team)).toEqual({ available: credits(150), held: 0n })
  expect(await scene.verify()).toEqual([])
})

test('only a live session that its placer extends while a recharge is being paid waits', async () => {
  const reserved = await session({ captured: 0 })
  await extend(reserved.team, reserved.hold, 30, 'more')
  await scene.submit(reserved.team, paid(1))
  expect(await sums(reserved.team)).toEqual({ available: credits(100), held: credits(60) })

  const poor = await session({ recharges: false })
  await extend(poor.team, poor.hold, 30, 'more')
  await scene.submit(poor.team, paid(1))
  expect(await sums(poor.team)).toEqual(untouched)

  const theirs = await session({ caller: { id: memberId('ana'), role: 'MEMBER' } })
  await extend(theirs.team, theirs.hold, 30, 'more')
  await scene.submit(theirs.team, paid(1))
  expect(await sums(theirs.team)).toEqual(untouched)
})

test('a key that has done something else since is left alone', async () => {
  const { team, hold } = await session()
  await extend(team, hold, 30, 'more')
  await scene.submit(team, grantOf(2, 'gift'))
  const other = heldBy(await scene.submit(team, placeHold(1)))
  expect((await extend(team, other, 1, 'more')).outcome.kind).toBe('hold')
  await scene.submit(team, paid(1))
  expect(await sums(team)).toEqual({ available: credits(100), held: credits(52) })
  expect(failureOf(await extend(team, hold, 30, 'more')).code).toBe('IDEMPOTENCY_CONFLICT')
  expect(await scene.verify()).toEqual([])
})
