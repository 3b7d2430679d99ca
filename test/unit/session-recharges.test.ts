import { expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import type { Command } from '../../src/domain/decisions/command.ts'
import { remainingOf } from '../../src/domain/hold.ts'
import { cutOffOf } from '../../src/domain/runway.ts'
import { configure, pack, Recharging } from '../property/model/recharging.ts'
import { cardOf, storageRate, worldOf } from '../property/model/storing.ts'
import { ana, noon } from '../setup/deciding.ts'

const second = 1_000
/** A second of talk costs a credit. */
const card = cardOf('talk', [storageRate('talk', { credits: MICRO }, { unit: 'SECOND' })])
const small = pack('small', 100n * MICRO, 10n)
const talk = (seconds: bigint) => [{ rate: 'talk', quantity: seconds * MICRO, count: 1 }]
const ofHold = { reference: null, memberId: null, caller: ana }

test('a live session whose hold is used up goes on when a recharge lands, without an extension', () => {
  const team = new Recharging(worldOf({ package: () => small }, card), noon)
  team.grant(60n * MICRO, 'gift')
  team.do(configure())
  const { hold } = team.do({ kind: 'place-hold', usage: talk(60n), expiresInSeconds: 600, ...ofHold })
  if (hold === null) throw new Error('nothing was held')
  expect(team.recharge.state).toBe('CHARGING')
  const capture = (seconds: bigint) =>
    team.do({ kind: 'capture-hold', holdId: hold.id, usage: talk(seconds), caller: ana } as Command)

  team.at = noon + 60 * second
  const used = capture(60n).hold
  expect(used && remainingOf(used)).toBe(0n)
  team.at = noon + 70 * second
  expect(capture(10n).outcome).toMatchObject({ failure: { code: 'INSUFFICIENT_CREDITS', required: 10n * MICRO } })
  expect(cutOffOf(team.account, team.at)).toBe(noon + 60 * second)

  team.land(1)
  expect(cutOffOf(team.account, team.at)).toBe(noon + 160 * second)
  expect(capture(10n).outcome).toMatchObject({ kind: 'charge', charge: { amount: 10n * MICRO } })
  expect(team.account).toMatchObject({ available: 90n * MICRO, held: 0n })
  expect(cutOffOf(team.account, team.at)).toBe(noon + 160 * second)
})
