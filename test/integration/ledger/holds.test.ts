import { describe, expect, test } from 'vitest'
import {
  at,
  capture,
  charge,
  chargeOf,
  credits,
  day,
  extendHold,
  failureOf,
  grantOf,
  heldBy,
  hour,
  minute,
  placeHold,
  release,
  sceneOfFile,
  settle,
  use,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile()

/** A hold of 30 on 20 that end in an hour and 10 that don't, both of which stay held when the hour is over. */
async function holdThatOutlivesItsGrant() {
  const team = await scene.team()
  await scene.submit(team, grantOf(20, 'promo', { grantKind: 'PROMOTION', expiresAt: start + hour }))
  await scene.submit(team, grantOf(100, 'pack'))
  const hold = heldBy(await scene.submit(team, placeHold(30, { expiresInSeconds: 86_400 })))
  await scene.setClock(start + 2 * hour)
  return { team, hold }
}

describe('a hold', () => {
  test('reserves, so that nothing else can spend it', async () => {
    const team = await scene.teamWith(50)
    await scene.submit(team, placeHold(40))
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: credits(40) })
    expect(failureOf(await scene.submit(team, charge(11)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      required: credits(11),
      available: credits(10),
    })
  })

  test('that outlives its grant can still be settled', async () => {
    const { team, hold } = await holdThatOutlivesItsGrant()
    expect(await scene.balance(team)).toMatchObject({ available: credits(90), held: credits(30) })
    expect(chargeOf(await scene.submit(team, settle(hold, 25))).amount).toBe(credits(25))
    expect(await scene.grants(team)).toMatchObject({
      promo: { spent: 20, expired: 0 },
      pack: { spent: 5, available: 95 },
    })
  })

  test('gives back to an ended grant only what expires at once', async () => {
    const { team, hold } = await holdThatOutlivesItsGrant()
    await scene.submit(team, release(hold))
    expect(await scene.balance(team)).toMatchObject({ available: credits(100), held: 0n })
    expect(await scene.grants(team)).toMatchObject({ promo: { available: 0, expired: 20 }, pack: { available: 100 } })
  })

  test('that is settled for less gives the rest of an ended grant back to expiry', async () => {
    const { team, hold } = await holdThatOutlivesItsGrant()
    await scene.submit(team, settle(hold, 12))
    expect(await scene.grants(team)).toMatchObject({ promo: { spent: 12, expired: 8 }, pack: { available: 100 } })
  })

  test('settled without usage charges what was held', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    expect(chargeOf(await scene.submit(team, settle(hold))).amount).toBe(credits(40))
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: 0n })
  })

  test('settled for less frees the rest', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    await scene.submit(team, settle(hold, 1))
    expect(await scene.balance(team)).toMatchObject({ available: credits(49), held: 0n })
  })

  test('settled for more takes the difference from the balance', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    expect(chargeOf(await scene.submit(team, settle(hold, 45))).amount).toBe(credits(45))
    expect(await scene.balance(team)).toMatchObject({ available: credits(5), held: 0n })
  })

  test('settled for more than there is is refused, and stays as it was', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    expect(failureOf(await scene.submit(team, settle(hold, 51)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      required: credits(51),
      available: credits(50),
    })
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: credits(40) })
    expect(chargeOf(await scene.submit(team, settle(hold, 50))).amount).toBe(credits(50))
  })

  test('is captured in parts, and settled for what remains', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    await scene.submit(team, capture(hold, 15))
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: credits(25) })
    await scene.submit(team, capture(hold, 5))
    const last = chargeOf(await scene.submit(team, settle(hold)))
    expect(last).toMatchObject({ amount: credits(20), lines: [{ rate: 'credit', quantity: credits(20) }] })
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: 0n })
  })

  test('captured beyond what it holds goes on from the balance and stays open', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(10)))
    await scene.submit(team, capture(hold, 30))
    expect(await scene.balance(team)).toMatchObject({ available: credits(20), held: 0n })
    expect(chargeOf(await scene.submit(team, settle(hold, 20))).amount).toBe(credits(20))
  })

  test('extends by more usage and by a later deadline', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(10, { expiresInSeconds: 60 })))
    await scene.setClock(start + 59_000)
    const longer = heldBy(await scene.submit(team, extendHold(hold, { usage: use(25), expiresInSeconds: 60 })))
    expect(longer).toMatchObject({ amount: credits(35), expiresAt: expect.any(Number) })
    await scene.setClock(start + 118_000)
    expect(await scene.balance(team)).toMatchObject({ available: credits(15), held: credits(35) })
    expect(failureOf(await scene.submit(team, extendHold(hold, { usage: use(16) })))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
    })
    expect(await scene.balance(team)).toMatchObject({ held: credits(35) })
  })

  test('extended by less time than it has keeps its deadline', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(10, { expiresInSeconds: 600 })))
    expect(heldBy(await scene.submit(team, extendHold(hold, { expiresInSeconds: 1 }))).expiresAt).toBe(hold.expiresAt)
  })

  test('whose deadline passes frees everything at that instant, without any job', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40)))
    await scene.setClock(hold.expiresAt - 1)
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: credits(40) })
    await scene.setClock(hold.expiresAt)
    expect(await scene.balance(team)).toMatchObject({ available: credits(50), held: 0n })
    expect(failureOf(await scene.submit(team, settle(hold)))).toMatchObject({ code: 'HOLD_CLOSED', state: 'EXPIRED' })
    const { rows } = await scene.database.pool.query(
      `select extract(epoch from effective_at) * 1000 as at from entry where team_id = $1 and type = 'RELEASE'`,
      [team],
    )
    expect(rows.map((row) => Number(row.at))).toEqual([hold.expiresAt])
  })

  test('that has ended takes no further command', async () => {
    const team = await scene.teamWith(50)
    const settled = heldBy(await scene.submit(team, placeHold(10)))
    const released = heldBy(await scene.submit(team, placeHold(10)))
    await scene.submit(team, settle(settled))
    await scene.submit(team, release(released))
    for (const command of [
      settle(settled),
      capture(settled, 1),
      release(settled),
      extendHold(settled, { expiresInSeconds: 9 }),
    ]) {
      expect(failureOf(await scene.submit(team, command))).toMatchObject({ code: 'HOLD_CLOSED', state: 'SETTLED' })
    }
    expect(failureOf(await scene.submit(team, settle(released)))).toMatchObject({
      code: 'HOLD_CLOSED',
      state: 'RELEASED',
    })
  })

  test("of another team is answered like one that doesn't exist", async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(10)))
    const stranger = await scene.teamWith(50)
    expect(failureOf(await scene.submit(stranger, settle({ ...hold, id: hold.id })))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('of nothing but free usage is a hold all the same', async () => {
    const team = await scene.team()
    const hold = heldBy(await scene.submit(team, placeHold(0, { usage: use(1, 'free') })))
    expect(chargeOf(await scene.submit(team, settle(hold)))).toMatchObject({ amount: 0n, lines: [{ rate: 'free' }] })
  })

  test('is closed the same for a process that has never seen it', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(40, { expiresInSeconds: 86_400 })))
    await scene.setClock(start + day - minute)
    const command = settle(hold, 30)
    const answer = await scene.other.submit({ teamId: team, key: 'elsewhere', fingerprint: '00', command })
    expect(chargeOf(answer).amount).toBe(credits(30))
    expect(await scene.balance(team)).toMatchObject({ available: credits(20), held: 0n })
    expect(failureOf(await scene.submit(team, settle(hold)))).toMatchObject({ code: 'HOLD_CLOSED', state: 'SETTLED' })
  })
})

describe('a hold that another process has closed', () => {
  test('stays closed for a process that remembers it open and has answered a repeated key since', async () => {
    const team = await scene.teamWith(100)
    const command = grantOf(1, 'read again')
    await scene.submit(team, command, 'again')
    const hold = heldBy(await scene.submit(team, placeHold(10)))
    await scene.submit(team, placeHold(30))
    await scene.other.submit({ teamId: team, key: 'elsewhere', fingerprint: '00', command: settle(hold) })
    await scene.submit(team, command, 'again')
    expect(failureOf(await scene.submit(team, settle(hold)))).toMatchObject({ code: 'HOLD_CLOSED', state: 'SETTLED' })
  })

  test('stays closed for a process that remembers it open and has read the team since', async () => {
    const team = await scene.teamWith(100)
    const hold = heldBy(await scene.submit(team, placeHold(10)))
    await scene.submit(team, placeHold(30))
    await scene.other.submit({ teamId: team, key: 'elsewhere', fingerprint: '00', command: settle(hold) })
    await scene.submit(team, grantOf(1, 'read again'))
    expect(failureOf(await scene.submit(team, settle(hold)))).toMatchObject({ code: 'HOLD_CLOSED', state: 'SETTLED' })
    expect(await scene.balance(team)).toMatchObject({ available: credits(61), held: credits(30) })
  })
})
