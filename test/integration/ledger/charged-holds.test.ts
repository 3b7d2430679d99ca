import { describe, expect, test } from 'vitest'
import type { Charge } from '../../../src/domain/charge.ts'
import type { Command } from '../../../src/domain/decisions/command.ts'
import { RefundExceedsCharge } from '../../../src/domain/errors.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { chargeId, holdId, type TeamId } from '../../../src/domain/identity.ts'
import { startSweeper } from '../../../src/ledger/background/sweeper.ts'
import { readActivity } from '../../../src/ledger/history/activity.ts'
import { readCharges } from '../../../src/ledger/history/charges.ts'
import { readHold } from '../../../src/ledger/history/holds.ts'
import { teamAsOf } from '../../../src/ledger/history/team-as-of.ts'
import { readUsageSums } from '../../../src/ledger/history/usage.ts'
import { wholeSpan } from '../../../src/ledger/rows/span.ts'
import {
  at,
  capture,
  charge,
  chargeOf,
  clawBack,
  credits,
  day,
  extendHold,
  failureOf,
  grantOf,
  heldBy,
  hour,
  minute,
  placeHold,
  platform,
  refund,
  refundOf,
  release,
  sceneOfFile,
  settle,
  startHold,
  submission,
  use,
} from './scene.ts'

const start = at('2026-11-18T12:00:00Z')
const scene = sceneOfFile()

/** A charge of 25 at the start: 10 of a promotion that ends in an hour, all of it, then 15 of a package of 20. */
async function heldOverTwoGrants(seconds = 600) {
  const team = await scene.team()
  await scene.submit(team, grantOf(10, 'promo', { grantKind: 'PROMOTION', expiresAt: start + hour }))
  await scene.submit(team, grantOf(20, 'pack'))
  return { team, hold: heldBy(await scene.submit(team, startHold(25, { expiresInSeconds: seconds }))) }
}

const settleWith = (hold: Hold, amount: number, rate = 'start'): Command => ({
  kind: 'settle-hold',
  caller: platform,
  holdId: hold.id,
  usage: use(amount, rate),
})
function atStart({ charged }: Pick<Hold, 'charged'>): Pick<Charge, 'id'> {
  if (charged === null) throw new Error('The hold was not charged at its start')
  return charged
}

async function activity(team: TeamId): Promise<string[]> {
  const all = { from: null, to: null, types: null, memberId: null, rate: null, references: null }
  const { items } = await scene.database.snapshot((client) =>
    readActivity(client, team, { filter: all, span: wholeSpan, limit: 100 }),
  )
  return items.toReversed().map(({ type, amount }) => `${type} ${Number(amount) / 1e6}`)
}

const stored = (team: TeamId, hold: Hold) => scene.database.snapshot((client) => readHold(client, team, hold.id))
const toldLater = async (team: TeamId, { id }: Charge) =>
  (await scene.database.snapshot((client) => readCharges(client, team, [id]))).get(id)

describe('a hold on a rate that is charged at the start', () => {
  test('is charged when it is placed, and holds nothing', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, startHold(40)))
    expect(hold).toMatchObject({ state: 'OPEN', amount: credits(40), captured: credits(40), slices: [] })
    expect(await scene.balance(team)).toMatchObject({ available: credits(10), held: 0n })
    expect(await activity(team)).toEqual(['GRANT 50', 'CHARGE -40'])
  })

  test('is charged at once where any of its lines says so', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, placeHold(0, { usage: [...use(5), ...use(7, 'start')] })))
    expect(hold.charged).not.toBeNull()
    expect(await scene.balance(team)).toMatchObject({ available: credits(38), held: 0n })
  })

  test('needs its whole price', async () => {
    const team = await scene.teamWith(50)
    expect(failureOf(await scene.submit(team, startHold(51)))).toMatchObject({ required: credits(51) })
    expect(await activity(team)).toEqual(['GRANT 50'])
  })

  test('placed at the price of a quote is charged that', async () => {
    const team = await scene.teamWith(50)
    const quoted = { usage: use(30, 'start'), rateCardVersion: scene.rules.card.version }
    expect(heldBy(await scene.submit(team, startHold(0, { usage: quoted })))).toMatchObject({ captured: credits(30) })
    expect(await scene.balance(team)).toMatchObject({ available: credits(20), held: 0n })
  })

  test('takes only a later deadline, and no capture', async () => {
    const team = await scene.teamWith(50)
    const hold = heldBy(await scene.submit(team, startHold(40)))
    const more = failureOf(await scene.submit(team, extendHold(hold, { usage: use(1, 'start') })))
    expect(more.message).toBe('usage: the hold was charged when it was placed: place another hold.')
    const captured = failureOf(await scene.submit(team, capture(hold, 1)))
    expect(captured.message).toBe('holdId: it was charged when it was placed: settle or release it.')
    const longer = heldBy(await scene.submit(team, extendHold(hold, { expiresInSeconds: 1_200 })))
    expect(longer.expiresAt).toBeGreaterThanOrEqual(start + 20 * minute)
    await scene.setClock(start + 15 * minute)
    expect(chargeOf(await scene.submit(team, settle(longer))).amount).toBe(credits(40))
  })
})

describe('settling it', () => {
  for (const [named, command] of [
    ['without usage', (hold: Hold) => settle(hold)],
    ['for what it was placed for', (hold: Hold) => settleWith(hold, 25)],
  ] as const) {
    test(`${named} confirms the charge: nothing moves, and the charge is told`, async () => {
      const { team, hold } = await heldOverTwoGrants()
      await scene.setClock(start + minute)
      const before = await activity(team)
      const confirmed = chargeOf(await scene.submit(team, command(hold)))
      expect(confirmed).toMatchObject({ id: hold.id, amount: credits(25), at: hold.placedAt })
      expect(confirmed).toEqual(await toldLater(team, confirmed))
      expect(await activity(team)).toEqual(before)
      expect(await stored(team, hold)).toMatchObject({ state: 'SETTLED', captured: credits(25) })
      await scene.setClock(start + day)
      expect(await scene.balance(team)).toMatchObject({ available: credits(5) })
      expect(await activity(team)).toEqual(before)
    })
  }

  test('for a line more or less often, or of another rate, gives the charge back and charges that', async () => {
    for (const [usage, price] of [
      [use(24, 'start'), 24],
      [[...use(25, 'start'), ...use(1, 'start-free').map((line) => ({ ...line }))], 25],
      [use(3, 'start-double'), 6],
      [[{ rate: 'start', quantity: credits(5), count: 5 }], 25],
      [use(29), 29],
    ] as const) {
      const { team, hold } = await heldOverTwoGrants()
      const anew = chargeOf(await scene.submit(team, { kind: 'settle-hold', caller: platform, holdId: hold.id, usage }))
      expect(anew.amount).toBe(credits(price))
      expect(anew).toEqual(await toldLater(team, anew))
      expect((await scene.balance(team)).available).toBe(credits(30 - price))
      expect((await activity(team)).slice(2)).toEqual(['CHARGE -25', 'REFUND 25', `CHARGE -${price}`])
      expect(await stored(team, hold)).toMatchObject({
        state: 'SETTLED',
        amount: credits(25),
        captured: credits(price),
        charged: { id: anew.id },
      })
    }
  })

  test('for more than there is, with what came back, is refused, and it stays as it was', async () => {
    const { team, hold } = await heldOverTwoGrants()
    expect(failureOf(await scene.submit(team, settleWith(hold, 31)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      required: credits(31),
      available: credits(30),
    })
    expect(await stored(team, hold)).toMatchObject({ state: 'OPEN', captured: credits(25) })
    expect(chargeOf(await scene.submit(team, settleWith(hold, 30))).amount).toBe(credits(30))
  })

  test('by naming the engine that did the work charges its price; without usage the dearest is confirmed', async () => {
    const team = await scene.teamWith(50)
    const auto = () => scene.submit(team, startHold(0, { usage: use(10, 'start-auto') })).then(heldBy)
    const named = await auto()
    expect(await scene.balance(team)).toMatchObject({ available: credits(30), held: 0n })
    expect(chargeOf(await scene.submit(team, settleWith(named, 10))).amount).toBe(credits(10))
    const unnamed = await auto()
    expect(chargeOf(await scene.submit(team, settle(unnamed))).amount).toBe(credits(20))
    const still = await auto()
    const confirmed = chargeOf(await scene.submit(team, settleWith(still, 10, 'start-auto')))
    expect(confirmed).toMatchObject({ id: still.id, amount: credits(20) })
    expect((await scene.balance(team)).available).toBe(0n)
  })

  test('is done once', async () => {
    const { team, hold } = await heldOverTwoGrants()
    await scene.submit(team, settle(hold))
    expect(failureOf(await scene.submit(team, settle(hold)))).toMatchObject({ code: 'HOLD_CLOSED', state: 'SETTLED' })
    expect(failureOf(await scene.submit(team, release(hold)))).toMatchObject({ code: 'HOLD_CLOSED' })
  })
})

describe('a hold that is not confirmed', () => {
  test('is given back when it is released, to the very grants, for the reason given', async () => {
    const { team, hold } = await heldOverTwoGrants()
    const released = heldBy(await scene.submit(team, { ...release(hold), reason: 'the filter said no' } as Command))
    expect(released).toMatchObject({ state: 'RELEASED', captured: 0n })
    expect(await scene.grants(team)).toMatchObject({ promo: { available: 10 }, pack: { available: 20 } })
    expect((await activity(team)).slice(2)).toEqual(['CHARGE -25', 'REFUND 25'])
    const { rows } = await scene.database.pool.query(
      `select reason, charge_id::int, hold_id::int from entry where team_id = $1 and type = 'REFUND'`,
      [team],
    )
    expect(rows).toEqual([{ reason: 'the filter said no', charge_id: hold.id, hold_id: hold.id }])
  })

  test('is given back at its deadline, whoever looks and however late', async () => {
    const { team, hold } = await heldOverTwoGrants()
    await scene.setClock(start + 11 * minute)
    expect(await scene.balance(team)).toMatchObject({ available: credits(30), held: 0n })
    expect(await stored(team, hold)).toMatchObject({ state: 'EXPIRED', captured: 0n })
    await scene.setClock(start + 2 * hour)
    expect(failureOf(await scene.submit(team, settle(hold)))).toMatchObject({ code: 'HOLD_CLOSED', state: 'EXPIRED' })
    expect((await activity(team)).slice(2)).toEqual(['CHARGE -25', 'REFUND 25', 'EXPIRY -10'])
    const { rows } = await scene.database.pool.query(
      `select reason, (extract(epoch from effective_at) * 1000)::float8 as at from entry where team_id = $1 and type = 'REFUND'`,
      [team],
    )
    expect(rows).toEqual([{ reason: 'not confirmed in time', at: hold.expiresAt }])
    expect(await stored(team, hold)).toMatchObject({ state: 'EXPIRED', captured: 0n, amount: credits(25) })
  })

  test('is given back by the sweeper, with nobody asking', async () => {
    const { team } = await heldOverTwoGrants()
    const sweeper = startSweeper(scene.database, scene.ledger, { warn: () => undefined } as never)
    await scene.setClock(start + 11 * minute)
    sweeper.poke()
    await expect.poll(() => activity(team).then((lines) => lines.at(-1)), { timeout: 5_000 }).toBe('REFUND 25')
    await sweeper.stop()
  })

  test('gives back to an ended grant what expires at once', async () => {
    const { team, hold } = await heldOverTwoGrants(86_400)
    await scene.setClock(start + 2 * hour)
    await scene.submit(team, release(hold))
    expect(await scene.grants(team)).toMatchObject({ promo: { expired: 10, spent: 0 }, pack: { available: 20 } })
    expect((await activity(team)).slice(2)).toEqual(['CHARGE -25', 'REFUND 25', 'EXPIRY -10'])
  })

  test('pays what is owed first where its grant was clawed back', async () => {
    const team = await scene.teamWith(20)
    const hold = heldBy(await scene.submit(team, startHold(15)))
    await scene.submit(team, clawBack('pack', 12))
    expect(await scene.balance(team)).toMatchObject({ available: 0n, owed: credits(7) })
    await scene.submit(team, release(hold))
    expect(await scene.balance(team)).toMatchObject({ available: credits(8), owed: 0n })
  })

  test('reaches grants that were used up and closed, at the deadline and for a look ahead', async () => {
    const used = async () => {
      const team = await scene.teamWith(10)
      const hold = heldBy(await scene.submit(team, startHold(10)))
      await scene.submit(team, grantOf(5, 'other'))
      await scene.submit(team, charge(1))
      return { team, hold }
    }
    const [due, released, other, confirmed] = await Promise.all([used(), used(), used(), used()])
    const ahead = await teamAsOf(scene.database.pool, scene.world, due.team, start + day)
    expect(ahead?.available).toBe(credits(14))
    await scene.submit(released.team, release(released.hold))
    expect(await scene.grants(released.team)).toMatchObject({ pack: { available: 10 }, other: { available: 4 } })
    await scene.submit(other.team, settleWith(other.hold, 2))
    expect(await scene.grants(other.team)).toMatchObject({ pack: { available: 8 }, other: { available: 4 } })
    const kept = chargeOf(await scene.submit(confirmed.team, settle(confirmed.hold)))
    expect(kept).toEqual(await toldLater(confirmed.team, kept))
    await scene.setClock(start + day)
    expect((await scene.balance(due.team)).available).toBe(credits(14))
    await scene.submit(due.team, charge(12))
    expect(await scene.grants(due.team)).toMatchObject({ pack: { available: 0 }, other: { available: 2 } })
  })

  test('reaches them also in a batch with commands that need no reading', async () => {
    const team = await scene.teamWith(10)
    const hold = heldBy(await scene.submit(team, startHold(10)))
    await scene.submit(team, grantOf(5, 'other'))
    await scene.submit(team, charge(1))
    const batch = [charge(1), release(hold), charge(1)].map((command) => submission(team, command))
    const answers = await scene.ledger.submitAll(batch)
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect((await scene.balance(team)).available).toBe(credits(12))
  })

  test('that was free is marked as given back', async () => {
    const team = await scene.teamWith(5)
    const hold = heldBy(await scene.submit(team, startHold(0, { usage: use(1, 'start-free') })))
    expect(hold).toMatchObject({ amount: 0n, charged: { movements: [] } })
    await scene.submit(team, release(hold))
    expect(await activity(team)).toEqual(['GRANT 5', 'CHARGE 0', 'REFUND 0'])
  })

  test('leaves no use and no metered money behind', async () => {
    const team = await scene.teamWith(50)
    const usage = [...use(3, 'start-metered'), ...use(4, 'start')]
    const failed = heldBy(await scene.submit(team, startHold(0, { usage })))
    await scene.submit(team, startHold(0, { usage }))
    await scene.submit(team, release(failed))
    const { rows } = await scene.database.pool.query(
      `select sum(money_amount)::text as money, sum(quantity) filter (where rate = 'start')::text as quantity
       from entry where team_id = $1`,
      [team],
    )
    expect(rows).toEqual([{ money: '1500000000', quantity: `${credits(4)}` }])
    const window = { startsAt: start - hour, endsAt: start + hour }
    const sums = await scene.database.snapshot((client) =>
      readUsageSums(client, team, [window], { byRate: true, byMember: false }),
    )
    expect(sums.map(({ rate, credits, count }) => [rate, credits, count]).toSorted()).toEqual([
      ['start', credits(4), 1],
      ['start-metered', 0n, 1],
    ])
  })
})

describe('its charge', () => {
  test('is not refunded by hand while the hold is open, and is an ordinary charge afterwards', async () => {
    const { team, hold } = await heldOverTwoGrants()
    const refused = failureOf(await scene.submit(team, refund(atStart(hold), 3), 'by hand'))
    expect(refused).toMatchObject({ code: 'REFUND_EXCEEDS_CHARGE', refundable: 0n })
    expect(refused.message).toBe('0 credits of the charge are refundable. Its hold is open: release the hold instead.')
    expect(failureOf(await scene.submit(team, refund(atStart(hold), 3), 'by hand'))).toEqual(refused)
    expect(failureOf(await scene.submit(team, refund(atStart(hold), 26)))).toEqual(
      new RefundExceedsCharge({ refundable: 0n, asked: credits(26), unconfirmed: true }),
    )
    const confirmed = chargeOf(await scene.submit(team, settle(hold)))
    expect(refundOf(await scene.submit(team, refund(confirmed, 3))).amount).toBe(credits(3))
    expect(refundOf(await scene.submit(team, refund(confirmed))).amount).toBe(credits(22))
  })

  test('is given back once, by whatever ends the hold', async () => {
    const nothingLeft = { code: 'REFUND_EXCEEDS_CHARGE', refundable: 0n }
    const { team, hold } = await heldOverTwoGrants()
    await scene.submit(team, release(hold))
    expect(failureOf(await scene.submit(team, refund(atStart(hold))))).toMatchObject(nothingLeft)
    const late = await heldOverTwoGrants()
    await scene.setClock(start + 11 * minute)
    expect(failureOf(await scene.submit(late.team, refund(atStart(late.hold))))).toMatchObject(nothingLeft)
    await scene.setClock(start)
    const other = await heldOverTwoGrants()
    const anew = chargeOf(await scene.submit(other.team, settleWith(other.hold, 4)))
    expect(failureOf(await scene.submit(other.team, refund(atStart(other.hold))))).toMatchObject(nothingLeft)
    expect(refundOf(await scene.submit(other.team, refund(anew))).amount).toBe(credits(4))
  })

  test('is told and refused right also within one batch that makes and ends it', async () => {
    const team = await scene.teamWith(50)
    const { account } = await scene.account(team)
    const id = account.revision + 1
    const next = { id: holdId(id), charged: { id: chargeId(id), movements: [] } }
    const commands = [
      startHold(20),
      refund(atStart(next)),
      settle(next),
      refund(atStart(next), 8),
      refund(atStart(next), 13),
      release(next),
      refund(atStart(next)),
    ]
    const answers = await scene.ledger.submitAll(commands.map((command) => submission(team, command)))
    const told = answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason
      const { outcome } = answer.value
      if (outcome.kind === 'refused') return outcome.failure.message
      return outcome.kind === 'refund' ? `refund ${outcome.refund.amount}` : outcome.kind
    })
    expect(told).toEqual([
      'hold',
      '0 credits of the charge are refundable. Its hold is open: release the hold instead.',
      'charge',
      `refund ${credits(8)}`,
      '12 credits of the charge are refundable. Refund that much or less.',
      'The hold is already settled. Place a new hold for further work.',
      `refund ${credits(12)}`,
    ])
    expect(await scene.balance(team)).toMatchObject({ available: credits(50) })
  })

  test('is the outcome of its two commands, however often they are repeated', async () => {
    const { team, hold } = await heldOverTwoGrants()
    const commands: [string, Command][] = [
      ['place', startHold(5)],
      ['settle', settle(hold)],
    ]
    const first = []
    for (const [key, command] of commands) first.push(await scene.submit(team, command, key))
    const again = []
    for (const [key, command] of commands) again.push(await scene.other.submit(submission(team, command, key)))
    const [placed, settled] = again
    if (placed === undefined || settled === undefined) throw new Error('Two were asked')
    expect(heldBy(placed)).toMatchObject({ ...heldBy(first[0] as never), lines: [], charged: { movements: [] } })
    expect(chargeOf(settled)).toEqual(chargeOf(first[1] as never))
  })
})
